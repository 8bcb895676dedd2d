"""A real Celery: where a broker answers, the tests here run one."""
