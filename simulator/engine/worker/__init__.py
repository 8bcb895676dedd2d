"""A worker: its process, its consumer and its pool."""
