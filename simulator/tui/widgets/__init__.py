"""Widgets: they show canvases and report clicks; they know no run."""
