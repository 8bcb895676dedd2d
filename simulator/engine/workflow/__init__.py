"""What one task leads to: the links of a canvas, and the tasks that a body sends and waits for."""
