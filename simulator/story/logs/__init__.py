"""A run as Celery itself would have reported it: worker logs and Celery's own events."""
