"""Rules of Celery 5.7, one small test each, named after the rule. The page scenarios/SIMULATED.md names them all."""
