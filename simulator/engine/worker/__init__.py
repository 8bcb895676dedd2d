"""A worker: its life, what it has taken from the broker, and the pool that runs it."""
