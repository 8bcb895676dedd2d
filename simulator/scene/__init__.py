"""The scene: what to show at a moment of a run, as texts and numbers, for any renderer."""
