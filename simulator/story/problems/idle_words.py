"""Messages about settings without effect (see `scenario.idle`), and the reasons."""

from __future__ import annotations

from simulator.story.catalog import Words

IDLE = {
    "idle.acks_late": Words(
        '여기서는 ACK하는 때만 바뀌는 설정입니다: "{path}". Worker가 죽거나 Broker가 중단되는 일이 없어 유실도 중복 실행도 없습니다',
        '"{path}" only moves the ACK here: no fault ends a worker or takes the broker down, so nothing is lost or run twice',
    ),
    "idle.pushed": Words(
        '여기서는 효과가 없습니다: "{path}". amqp://에서는 Worker가 묻지 않고 Broker가 메시지를 push합니다',
        '"{path}" has no effect here: with amqp:// the broker pushes messages, and no worker polls',
    ),
    "idle.no_gossip": Words(
        '여기서는 효과가 없습니다: "{path}". gossip은 Redis와 RabbitMQ에만 있습니다',
        '"{path}" has no effect here: only on Redis and RabbitMQ do workers gossip',
    ),
    "idle.no_autoretry": Words(
        '여기서는 효과가 없습니다: "{path}". autoretry_for가 있을 때만 쓰입니다',
        '"{path}" has no effect here: it needs autoretry_for, which this task does not have',
    ),
    "idle.no_backoff": Words(
        '여기서는 효과가 없습니다: "{path}". retry_backoff가 있을 때만 쓰입니다',
        '"{path}" has no effect here: it needs retry_backoff, which this task does not have',
    ),
    "idle.backoff_wins": Words(
        '여기서는 효과가 없습니다: "{path}". retry_backoff가 대기 시간을 정합니다',
        '"{path}" has no effect here: retry_backoff decides how long a retry waits',
    ),
    "idle.no_retry": Words(
        '여기서는 효과가 없습니다: "{path}". 이 Task에는 autoretry_for도 retry도 없습니다',
        '"{path}" has no effect here: this task has neither autoretry_for nor retry',
    ),
    "idle.never_fails": Words(
        '여기서는 효과가 없습니다: "{path}". 이 Task는 실패하지 않습니다 (raises, calls, signature 없음)',
        '"{path}" has no effect here: this task never fails (no raises, calls or signature)',
    ),
    "idle.priority": Words(
        '여기서는 효과가 없습니다: "{path}". amqp://에서는 max_priority가 있는 Queue만 우선순위를 봅니다',
        '"{path}" has no effect here: with amqp://, only queues with max_priority honour priorities',
    ),
    "idle.not_consumed": Words(
        '실행되지 않는 Task입니다: "{path}". 이 Task를 보내는 Queue를 소비하는 Worker가 없습니다',
        '"{path}" never runs: no worker consumes the queue it is sent to',
    ),
    "idle.nothing_sent": Words(
        '여기서는 효과가 없습니다: "{path}". 이 Queue에는 아무것도 보내지 않습니다',
        '"{path}" has no effect here: nothing is ever sent to this queue',
    ),
    "idle.queue": Words(
        '쓰이지 않는 Queue입니다: "{path}". 보내는 쪽도 소비하는 쪽도 없습니다',
        '"{path}" has no effect here: nothing is sent to this queue, and no worker consumes it',
    ),
    "idle.overflow": Words(
        '여기서는 효과가 없습니다: "{path}". max_length가 있을 때만 쓰입니다',
        '"{path}" has no effect here: it needs max_length, which this queue does not have',
    ),
    "idle.service": Words(
        '호출하는 Task가 없는 서비스입니다: "{path}". Task의 calls에 적으세요',
        '"{path}" has no effect here: no task calls this service (see calls)',
    ),
    "idle.result_backend": Words(
        '여기서는 효과가 없습니다: "{path}". Result Backend에서는 latency만 시뮬레이션합니다',
        '"{path}" has no effect here: for the result backend, only the latency is simulated',
    ),
    "idle.exception": Words(
        '어디에서도 나지 않는 예외입니다: "{path}"', '"{path}" has no effect here: nothing raises this exception'
    ),
    "idle.route": Words(
        '여기서는 효과가 없습니다: "{path}". 이 라우팅을 쓰는 Task가 없습니다',
        '"{path}" has no effect here: no task is routed by it',
    ),
    "idle.all_workers": Words(
        '여기서는 효과가 없습니다: "{path}". 모든 Worker가 자기 값을 따로 정했습니다',
        '"{path}" has no effect here: every worker sets its own value',
    ),
    "idle.no_leases": Words(
        '여기서는 효과가 없습니다: "{path}". visibility timeout은 redis://와 sqs://에만 있습니다',
        '"{path}" has no effect here: only redis:// and sqs:// have a visibility timeout',
    ),
    "idle.redis_only": Words(
        '여기서는 효과가 없습니다: "{path}". redis://에서만 쓰입니다',
        '"{path}" has no effect here: it applies to redis:// only',
    ),
    "idle.amqp_only": Words(
        '여기서는 효과가 없습니다: "{path}". RabbitMQ(amqp://)에만 있는 기능입니다',
        '"{path}" has no effect here: only RabbitMQ (amqp://) does that',
    ),
    "idle.sqs_only": Words(
        '여기서는 효과가 없습니다: "{path}". sqs://에서만 쓰입니다',
        '"{path}" has no effect here: it applies to sqs:// only',
    ),
    "idle.no_time_limits": Words(
        '여기서는 효과가 없습니다: "{path}". threads와 solo에는 시간 제한이 없고, gevent에는 hard limit만 있습니다',
        '"{path}" has no effect here: threads and solo have no time limits, gevent only the hard one',
    ),
    "idle.no_children": Words(
        '여기서는 효과가 없습니다: "{path}". prefork pool에만 자식 프로세스가 있습니다',
        '"{path}" has no effect here: only prefork pools have child processes',
    ),
    "idle.rate_limits_off": Words(
        '여기서는 효과가 없습니다: "{path}". worker_disable_rate_limits가 켜져 있습니다',
        '"{path}" has no effect here: worker_disable_rate_limits is on',
    ),
    "idle.not_late": Words(
        '여기서는 효과가 없습니다: "{path}". acks_late인 Task에만 쓰입니다',
        '"{path}" has no effect here: it needs acks_late',
    ),
    "idle.dead_letters": Words(
        '여기서는 효과가 없습니다: "{path}". RabbitMQ(amqp://)와 sqs://에만 있는 기능입니다',
        '"{path}" has no effect here: only RabbitMQ (amqp://) and sqs:// do that',
    ),
    "idle.half_redrive": Words(
        '여기서는 효과가 없습니다: "{path}". SQS의 redrive policy에는 delivery_limit와 dead_letter_exchange가 모두 필요합니다',
        '"{path}" has no effect here: a redrive policy of SQS needs both delivery_limit and dead_letter_exchange',
    ),
    "idle.no_dead_letters": Words(
        '여기서는 효과가 없습니다: "{path}". dead_letter_exchange가 있을 때만 쓰입니다',
        '"{path}" has no effect here: it needs dead_letter_exchange',
    ),
    "idle.no_autoscale": Words(
        '여기서는 효과가 없습니다: "{path}". 이 Worker에는 autoscale 설정이 없습니다',
        '"{path}" has no effect here: this worker has no autoscale',
    ),
    "idle.solo": Words(
        '여기서는 효과가 없습니다: "{path}". solo pool에는 언제나 자리가 하나입니다',
        '"{path}" has no effect here: a solo pool always has one slot',
    ),
    "idle.revokes_nothing": Words(
        '여기서는 효과가 없습니다: "{path}". 이런 id로 보낸 Task가 없습니다',
        '"{path}" has no effect here: nothing with this id is sent',
    ),
    "idle.no_terminate": Words(
        '여기서는 효과가 없습니다: "{path}". threads와 solo에서는 실행 중인 Task를 멈출 수 없습니다',
        '"{path}" has no effect here: threads and solo cannot stop a running task',
    ),
    "idle.after_end": Words(
        '일어나지 않는 일입니다: "{path}". 그 전에 실행이 끝납니다 (until)',
        '"{path}" never happens: the run ends before it (until)',
    ),
    "idle.start": Words(
        '여기서는 효과가 없습니다: "{path}". 이 Worker는 이미 실행 중입니다',
        '"{path}" has no effect here: this worker is already running',
    ),
}
"""By code."""
