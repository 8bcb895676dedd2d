"""The scene: what is to be shown at a moment of a run, in words and numbers, for any way of drawing it."""
