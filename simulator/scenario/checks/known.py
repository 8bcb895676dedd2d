"""Names that an author may know from elsewhere: Celery's settings, old spellings, keys planned for later."""

from __future__ import annotations

CELERY_SETTINGS = frozenset(
    """
accept_content result_accept_content enable_utc timezone imports include
task_annotations task_compression task_protocol task_serializer task_publish_retry task_publish_retry_policy
task_always_eager task_eager_propagates task_store_eager_result task_remote_tracebacks task_ignore_result
task_store_errors_even_if_ignored task_track_started task_time_limit task_allow_error_cb_on_chord_header
task_soft_time_limit task_acks_late task_acks_on_failure task_acks_on_timeout task_acks_on_failure_or_timeout
task_reject_on_worker_lost task_retry_on_worker_lost task_default_rate_limit task_queues task_routes
task_queue_max_priority task_default_priority task_inherit_parent_priority task_create_missing_queues
task_create_missing_queue_type task_create_missing_queue_exchange_type task_default_queue task_default_queue_type
task_default_exchange task_default_exchange_type task_default_routing_key task_default_delivery_mode
task_send_sent_event
result_backend result_backend_always_retry result_backend_max_sleep_between_retries_ms
result_backend_base_sleep_between_retries_ms result_backend_max_retries result_backend_thread_safe
result_backend_transport_options result_serializer result_compression result_extended result_expires
result_cache_max result_chord_join_timeout result_chord_retry_interval result_persistent override_backends
broker_url broker_read_url broker_write_url broker_failover_strategy broker_heartbeat broker_heartbeat_checkrate
broker_use_ssl broker_pool_limit broker_connection_timeout broker_connection_retry
broker_connection_retry_on_startup broker_connection_max_retries broker_channel_error_retry broker_login_method
broker_native_delayed_delivery_queue_type broker_transport_options
worker_concurrency worker_prefetch_multiplier worker_eta_task_limit worker_disable_prefetch worker_lost_wait
worker_max_tasks_per_child worker_max_memory_per_child worker_disable_rate_limits worker_state_db
worker_timer_precision worker_enable_remote_control worker_proc_alive_timeout
worker_cancel_long_running_tasks_on_connection_loss worker_detect_quorum_queues worker_soft_shutdown_timeout
worker_enable_soft_shutdown_on_idle worker_send_task_events worker_pool worker_pool_restarts worker_autoscaler
worker_consumer worker_timer worker_direct worker_hijack_root_logger worker_log_color worker_log_format
worker_task_log_format worker_redirect_stdouts worker_redirect_stdouts_level worker_deduplicate_successful_tasks
event_queue_ttl event_queue_expires event_queue_prefix event_exchange event_serializer events_logfile
control_queue_ttl control_queue_expires control_exchange control_queue_durable control_queue_exclusive
beat_schedule beat_scheduler beat_schedule_filename beat_sync_every beat_max_loop_interval beat_cron_starting_deadline
security_key security_certificate security_cert_store security_digest
""".split()
)
"""Celery 5's setting names."""

OLD_SETTINGS = {
    "CELERYD_MAX_TASKS_PER_CHILD": "worker_max_tasks_per_child",
    "CELERYD_CONCURRENCY": "worker_concurrency",
    "CELERYD_PREFETCH_MULTIPLIER": "worker_prefetch_multiplier",
    "CELERYD_TASK_TIME_LIMIT": "task_time_limit",
    "CELERYD_TASK_SOFT_TIME_LIMIT": "task_soft_time_limit",
    "CELERYD_POOL": "worker_pool",
    "CELERYD_STATE_DB": "worker_state_db",
    "CELERY_ACKS_LATE": "task_acks_late",
    "CELERY_ALWAYS_EAGER": "task_always_eager",
    "CELERY_DEFAULT_QUEUE": "task_default_queue",
    "CELERY_DEFAULT_RATE_LIMIT": "task_default_rate_limit",
    "CELERY_DISABLE_RATE_LIMITS": "worker_disable_rate_limits",
    "CELERY_IGNORE_RESULT": "task_ignore_result",
    "CELERY_QUEUES": "task_queues",
    "CELERY_ROUTES": "task_routes",
    "CELERY_TASK_RESULT_EXPIRES": "result_expires",
    "CELERY_TRACK_STARTED": "task_track_started",
    "CELERY_SEND_EVENTS": "worker_send_task_events",
    "CELERY_SEND_TASK_SENT_EVENT": "task_send_sent_event",
    "CELERYBEAT_SCHEDULE": "beat_schedule",
    "BROKER_TRANSPORT_OPTIONS": "broker_transport_options",
}
"""Celery 3's spellings."""

TASK_OPTIONS = frozenset(
    """
autoretry_for dont_autoretry_for retry_kwargs retry max_retries default_retry_delay retry_backoff
retry_backoff_max retry_jitter acks_on_failure acks_on_timeout reject_on_worker_lost reject ignore time_limit
soft_time_limit rate_limit expires track_started ignore_result raises calls gets log memory payload leak cpu kills
idempotent effect_at dead_letter_queue priority duration returns signature acks_late queue
""".split()
)

PLANNED = {
    "scenario": frozenset(),
    "task": frozenset(),
    "worker": frozenset(),
    "send": frozenset(["call"]),
    "queue": frozenset(["max_length_bytes"]),  # RabbitMQ's, as are the limits in config
    "fault": frozenset(),
    "config": CELERY_SETTINGS - {"beat_schedule"} | {"max_message_size", "vm_memory_high_watermark"},
    "broker_transport_options": frozenset(),
    "service": frozenset(),
    "profile": frozenset(),
    "broker_url": frozenset(
        f"{scheme}://"
        for scheme in """amqps rediss sentinel mongodb etcd zookeeper consul sqla+sqlite sqla+postgresql confluentkafka
        gcpubsub azureservicebus azurestoragequeues pgmq qpid pyro slmq librabbitmq py-amqp""".split()
    ),
}
"""Names, by section, that Celery or the plan of the format has and that are not simulated yet."""


def modern_setting(name: str) -> str | None:
    """Current name of a setting written in Celery 3's spelling or with Django's `CELERY_` prefix.

    >>> modern_setting("CELERY_TASK_ROUTES")
    'task_routes'
    """
    if name in OLD_SETTINGS:
        return OLD_SETTINGS[name]
    lowered = name.lower().removeprefix("celery_")
    return lowered if name != lowered and lowered in CELERY_SETTINGS else None
