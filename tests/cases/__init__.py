"""Situations from production, each the smallest scenario that shows it; its goals say what is right."""
