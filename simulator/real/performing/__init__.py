"""Performance of a scenario by a real Celery: a stage of processes, and the verdict on the prediction."""
