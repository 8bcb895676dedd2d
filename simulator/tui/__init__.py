"""The terminal: Textual screens around a session, and drawing of scenes."""
