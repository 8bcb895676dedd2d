"""Screens: each shows a board, takes the keys of the command table, and sends commands up."""
