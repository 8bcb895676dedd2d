"""The console: Celery's own command line, answered for a moment of a run."""
