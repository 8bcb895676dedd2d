"""Checks of a whole scenario: names, conditions, size, and settings without effect."""
