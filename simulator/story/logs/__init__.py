"""A run as Celery would report it: worker logs and Celery's own events."""
