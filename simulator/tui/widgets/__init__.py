"""Widgets: they show canvases and say what was clicked; they know no run."""
