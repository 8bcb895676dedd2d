"""Reasons: why nothing happens, and why a task or a queue waits."""
