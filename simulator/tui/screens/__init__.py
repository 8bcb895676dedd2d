"""Screens: each shows a board, takes the keys of the command table, and says up what was asked for."""
