"""Drawing: from a scene to a canvas of cells, for any size of terminal. Pure, without Textual."""
