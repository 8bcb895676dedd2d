"""The real Celery: its events as a trace, a trace as its events, and predictions verified against it.

Celery is an extra (`real`) and is imported in this room only, and there only where it is used: reading a recording
needs none.
"""
