"""Workflows: the links of a canvas, and the subtasks that a body sends and waits for."""
