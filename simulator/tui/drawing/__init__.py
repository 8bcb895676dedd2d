"""Drawing: renders a scene to a canvas of cells, for any terminal size. Pure, without Textual."""
