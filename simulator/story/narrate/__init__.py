"""The narration: what each event says, and what to take along from it."""
