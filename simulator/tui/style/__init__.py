"""Themes, symbols and colours, and what a terminal can show of them."""
