"""Reports: summaries, measures and comparisons as tables and sentences."""
