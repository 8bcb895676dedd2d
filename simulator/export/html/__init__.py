"""Runs as web pages: one self-contained file that plays without a network."""

from simulator.export.html.page import player_page

__all__ = ["player_page"]
