"""The idea behind a kind of event, in one sentence to remember."""

from __future__ import annotations

from simulator.scenario.transports import transport_named
from simulator.story.catalog import Words
from simulator.story.narrate.moment import transport_of
from simulator.trace import Trace
from simulator.trace import events as ev

PUSH = Words(
    "RabbitMQ에서는 Broker가 메시지를 push합니다. Worker가 얼마나 미리 받을지는 prefetch가 정합니다.",
    "RabbitMQ pushes messages to its consumers; prefetch decides how many a worker may hold in advance.",
)
PUSH_BY_CHANCE = Words(
    "여러 Queue가 밀려 있으면, 빈자리가 날 때마다 RabbitMQ가 어느 Queue에서 보낼지는 우연이 정합니다. -Q의 순서가 아닙니다.",
    "With a backlog in several queues, chance decides which of them RabbitMQ serves next, not the order after -Q.",
)
WAIT = Words(
    "Redis에서는 Worker가 기다렸다가 메시지를 빌려 갑니다. visibility timeout 안에 ACK하지 않으면 메시지는 Queue로 되돌아갑니다.",
    "On Redis a worker waits, and only borrows a message: without an ACK within the visibility timeout, it goes back.",
)
LONG_POLL = Words(
    "SQS에서는 질문을 오래 열어 두고(long poll) 메시지를 빌려 갑니다. visibility timeout 안에 ACK하지 않으면 Queue로 되돌아갑니다.",
    "On SQS a worker uses long polls and only borrows a message: without an ACK in time, it goes back.",
)
SLEEP = Words(
    "이 Broker는 메시지가 왔다고 알려 주지 않습니다. Worker는 Queue가 빌 때까지 가져온 뒤 쉬었다가 다시 묻습니다.",
    "This broker notifies nobody: a worker takes what is there, sleeps, and polls again.",
)
EXPIRED = Words(
    "RabbitMQ는 만료된 메시지를 스스로 버립니다. Worker도 Producer도 모릅니다.",
    "RabbitMQ itself drops expired messages. Neither the workers nor the producer hear of it.",
)
DELIVERY_LIMIT = Words(
    "되돌리는 횟수에 한도를 두면 Worker를 죽이는 메시지가 끝없이 돌지 않습니다.",
    "A limit on requeues keeps a message that kills its workers from going round forever.",
)
LEASE_OVER = Words(
    "아무도 죽지 않아도 되돌아갑니다. visibility timeout보다 오래 걸리는 Task는 두 번 실행될 수 있습니다.",
    "Nobody has to die for this: a task that takes longer than the visibility timeout may run twice.",
)
OVERDUE = Words(
    "RabbitMQ는 ACK를 끝없이 기다리지 않습니다. Task가 길거나 ETA가 멀어 기한을 넘기면 Worker의 채널을 닫습니다.",
    "RabbitMQ does not wait for an ACK forever: a long task or a distant ETA gets the worker's channel closed.",
)
OUTAGE = Words(
    "Celery 5.7의 Worker는 메시지를 들고 있을 때 Redis가 사라지면 AttributeError로 끝납니다. 다시 띄우는 일은 systemd 같은 감시 프로그램의 몫이고, 들고 있던 메시지는 visibility timeout이 지나야 돌아옵니다.",
    "A worker of Celery 5.7 that holds messages when Redis goes away ends with an AttributeError. Something like systemd has to start it again, and what it held comes back with the visibility timeout.",
)
SOFT = Words(
    "soft 종료는 절충안입니다. 정해 둔 시간까지 기다리고, 그래도 끝나지 않은 Task는 중단합니다.",
    "A soft shutdown is a compromise: it waits for a while, then gives up on whatever is still running.",
)
REVOKE = Words(
    "취소는 Worker의 메모리에 적어 두는 것일 뿐입니다. 메시지는 그대로 있습니다.",
    "A revoke is a note in the workers' memory. The message stays where it is.",
)
RATE_LIMIT = Words(
    "속도 제한은 Worker마다 따로 셉니다. Worker가 2개면 전체 속도도 두 배입니다.",
    "A rate limit counts per worker: with two workers, twice as many tasks run in total.",
)
TIME_LIMIT = Words(
    "hard limit은 자식 프로세스를 죽이고, soft limit은 Task 안에서 예외를 일으킵니다.",
    "The hard limit kills the child; the soft limit raises an exception inside the task.",
)
CHILD_TIME_LIMIT = Words(
    "멈춘 Task를 확실하게 끝내려면 그 프로세스를 강제 종료해야 합니다.",
    "The one sure way to stop a task that hangs is to kill its process.",
)
TERMINATED = Words(
    "terminate는 Task가 아니라 프로세스를 끝냅니다. 하던 일이 어디까지 진행되었는지는 알 수 없습니다.",
    "terminate ends a process, not a task. Nobody knows how far its work had come.",
)
SHRUNK = Words(
    "자리가 줄어도 실행 중인 Task는 끝까지 실행됩니다.", "When a pool shrinks, running tasks still run to the end."
)
POLL = Words(
    "자주 물으면 빨리 받지만, 빈손으로 끝나는 질문이 늘어납니다.",
    "Polling often means shorter waits, and more empty polls.",
)
EARLY = Words(
    "실행 전 ACK: 두 번 실행되지는 않지만, 실행 중에 Worker가 죽으면 Task가 유실됩니다.",
    "Early ACK: the task never runs twice, but if the worker dies while running it, it is lost.",
)
LATE = Words(
    "실행 후 ACK: 유실되지는 않지만, 실행 중에 Worker가 죽으면 처음부터 다시 실행됩니다.",
    "Late ACK: the task is never lost, but if the worker dies while running it, it runs again from the start.",
)
REJECTED = Words("거절된 메시지는 되돌아오지 않습니다.", "A rejected message does not come back.")
OVERFLOW = Words(
    "가득 찬 Queue는 가장 오래 기다린 메시지부터 버립니다. 실패했다고 알리는 곳은 없습니다.",
    "A full queue drops the message that has waited longest. Nobody reports a failure.",
)
WARM = Words(
    "warm 종료는 느립니다. 가장 긴 Task가 끝날 때까지 기다립니다.",
    "A warm shutdown takes as long as the longest running task.",
)
COLD = Words(
    "cold 종료는 빠르지만, ACK하고 실행 중이던 Task는 유실됩니다.",
    "A cold shutdown is fast, but a running task that was already ACKed is lost.",
)
SERVICE_DOWN = Words(
    "Task가 호출하는 서비스의 장애는 Task의 예외가 됩니다. 재시도할지는 Task가 정합니다.",
    "An outage of a service becomes an exception in the tasks that call it. Whether to retry is up to them.",
)
SERVICE_UP = Words(
    "서비스가 복구되면 밀린 재시도가 한꺼번에 몰릴 수 있습니다.",
    "When a service recovers, all the retries that piled up may hit it at once.",
)
BREAKER = Words(
    "차단기는 실패가 이어지면 호출을 멈추고 바로 실패시킵니다. Worker의 자리도, 힘겨워하는 서비스도 그동안 쉽니다.",
    "After failures in a row a breaker stops calling and fails at once. That frees the slots, and spares the service.",
)
SETTING = Words("설정은 실행 중에도 바뀔 수 있습니다.", "Settings can change while everything is running.")
CHILD_KILLED = Words(
    "자식 프로세스가 죽어도 Worker는 살아 있습니다. 실행하던 Task만 중간에 끊깁니다.",
    "When a child dies, its worker lives on. Only the task it was running is interrupted.",
)
CHILD_REPLACED = Words(
    "프로세스는 한번 쓴 메모리를 좀처럼 돌려주지 않습니다. 자식을 교체하면 돌아옵니다.",
    "A process hardly ever releases memory once it has it. Replacing the child does.",
)
DELIVERIES = {"push": PUSH, "wait": WAIT, "long poll": LONG_POLL}
"""Delivery of messages, by `TransportTraits.manner`; polling is told by its own event, if there is one."""
DROPS = {"max-length": OVERFLOW, "expired": EXPIRED, "delivery-limit": DELIVERY_LIMIT}
"""Dropped messages, by reason."""
SLOW_START = Words(
    "새 자식이 worker_proc_alive_timeout 안에 준비되지 않으면 부모가 강제 종료하고 다시 시작합니다. 늘 늦는다면 끝없이 되풀이됩니다.",
    "A new child that is not up within worker_proc_alive_timeout is killed and replaced: forever, if it always needs longer.",
)
EXITS = {
    "slow-start": SLOW_START,
    "killed": CHILD_KILLED,
    "time-limit": CHILD_TIME_LIMIT,
    "terminated": TERMINATED,
    "cancelled": TERMINATED,
    "shrunk": SHRUNK,
}
"""Exited children, by reason."""
CONNECTION = Words(
    "연결이 끊기면 ACK하지 않은 메시지가 다른 Worker로 갈 수 있습니다. 실행 중인 Task는 멈추지 않습니다.",
    "When a connection is lost, unACKed messages may go to another worker. Running tasks do not stop.",
)
UNACKED_MUTEX = Words(
    "한 번에 한 Worker만 점검하도록 Redis에 잠금을 둡니다. 쥔 채로 죽으면 잠금이 만료될 때까지 기다려야 합니다.",
    "A lock in Redis lets one worker sweep at a time. If that one dies, all wait until the lock expires.",
)
REPLICAS = Words(
    "컨트롤러는 읽은 값만 압니다. 시작하는 중인 Worker가 할 일도, Worker가 미리 받아 둔 메시지도 보지 못합니다.",
    "A controller knows its reading and no more: neither what starting workers will do, nor what running ones hold.",
)
CHANGES = {
    "replicas": REPLICAS,
    "unacked_mutex": UNACKED_MUTEX,
    "connection": CONNECTION,
    "revoke": REVOKE,
    "rate_limit": RATE_LIMIT,
    "time_limit": TIME_LIMIT,
    "breaker": BREAKER,
}
"""Changed settings, by remote-control command."""
IDEAS: dict[type[ev.Event], Words] = {
    ev.QueueDeclared: Words(
        "Queue는 보내는 속도와 처리하는 속도의 차이를 흡수합니다.",
        "A queue absorbs the difference in speed between senders and workers.",
    ),
    ev.WorkerOnline: Words(
        "Worker는 Queue를 구독하는 프로세스입니다. Worker를 늘리면 처리량도 늘어납니다.",
        "A worker is a process that consumes queues. More workers means more tasks at once.",
    ),
    ev.WorkerOffline: Words(
        "warm 종료하는 Worker는 하던 일을 끝내고 나머지를 되돌립니다.",
        "A worker in a warm shutdown finishes what it is running and returns the rest.",
    ),
    ev.WorkerLost: Words(
        "죽은 Worker는 아무것도 알리지 못합니다. Broker는 연결이 끊긴 것만 봅니다.",
        "A dead worker reports nothing. All the broker sees is a lost connection.",
    ),
    ev.WorkerHeartbeat: Words(
        "모니터링은 heartbeat로만 Worker가 살아 있는지 압니다. 몇 번 끊기면 죽은 것으로 봅니다.",
        "A monitor knows a worker only by its heartbeats. When a few are missing, it presumes the worker dead.",
    ),
    ev.ChildStarted: Words(
        "prefork Worker에서 Task는 자식 프로세스가 실행합니다. 부모는 메시지를 주고받기만 합니다.",
        "In a prefork worker, tasks run in child processes. The parent only handles messages.",
    ),
    ev.PoolResized: Words(
        "자리 수는 실행 중에도 바뀝니다. 늘릴 때는 바로, 줄일 때는 빈자리부터 바뀝니다.",
        "A pool can grow and shrink while it works: it grows at once, and shrinks where a slot is free.",
    ),
    ev.Effect: Words(
        "실행 횟수와 실제 효과의 횟수는 다릅니다. 두 번 실행해도 효과가 한 번이면 멱등(idempotent)합니다.",
        "A run is not the same as an effect. A task that can run twice and take effect once is idempotent.",
    ),
    ev.TaskRejected: Words(
        "거절(reject)은 ACK 대신 보내는 응답입니다. 메시지를 되돌릴지 버릴지는 requeue가 정합니다.",
        "A reject is sent instead of an ACK; requeue decides whether the message goes back or is dropped.",
    ),
    ev.TaskCancelled: Words(
        "실행이 중단되었다고 Task가 끝난 것은 아닙니다. ACK하기 전이었다면 메시지가 다시 와서 처음부터 실행됩니다.",
        "A cancelled run does not end the task. If there was no ACK yet, the message comes again and it runs from the start.",
    ),
    ev.TaskIgnored: Words(
        "Ignore로 끝난 Task는 상태를 저장하지 않습니다. 결과를 기다리는 쪽은 계속 기다립니다.",
        "No state is stored for a task that ends with Ignore. Whoever waits for its result keeps waiting.",
    ),
    ev.ResultLost: Words(
        "Result Backend가 중단되면 일은 끝났어도 결과는 사라집니다. 기다리는 쪽에는 계속 PENDING으로 보입니다.",
        "When the result backend is down the work is done and the result gone: whoever waits sees PENDING for ever.",
    ),
    ev.TaskSent: Words(
        "Producer는 결과를 기다리지 않습니다. 메시지를 보내고 바로 다음 일을 합니다.",
        "The producer does not wait for the result: it sends a message and moves on.",
    ),
    ev.MessageQueued: Words(
        "메시지는 ACK를 받을 때까지 Broker가 책임집니다.", "Until the ACK, the message is the broker's responsibility."
    ),
    ev.TaskReceived: Words(
        "받았다고 시작한 것은 아닙니다. Worker 안에서도 기다릴 수 있습니다.",
        "Received does not mean started: a task can wait inside a worker, too.",
    ),
    ev.TaskStarted: Words(
        "메시지에는 함수가 아니라 이름과 인자만 있습니다. 함수는 Worker에 있습니다.",
        "The message has only a name and arguments; the function is in the worker.",
    ),
    ev.ResultStored: Words(
        "결과는 Broker가 아니라 Result Backend에 저장됩니다.",
        "Results go to the result backend, not to the broker.",
    ),
    ev.TaskSucceeded: Words(
        "자리가 나는 순간 Worker는 다음 Task를 받을 수 있습니다.",
        "The moment a slot is free, the worker can take the next task.",
    ),
    ev.TaskFailed: Words(
        "실패도 결과입니다. FAILURE 상태와 예외가 Result Backend에 남습니다.",
        "A failure is a result, too: the state FAILURE and the exception are stored.",
    ),
    ev.MessageRequeued: Words(
        "ACK하지 않은 메시지는 유실되지 않고 다른 Worker에 다시 전달됩니다.",
        "An unACKed message is not lost: another worker will get it.",
    ),
    ev.TaskLost: Words(
        "실제 Celery에서는 아무 기록도 남지 않습니다. 시뮬레이터에서만 알 수 있습니다.",
        "In real Celery, nothing records this. Only a simulator can know.",
    ),
    ev.TaskRetried: Words(
        "재시도는 새 메시지입니다. id는 같고 retries만 1 늘어나며, 다른 Worker가 받을 수도 있습니다.",
        "A retry is a new message: same id, retries plus one, and any worker may get it.",
    ),
    ev.TaskScheduled: Words(
        "기다리는 곳은 Broker가 아니라 Worker입니다. 그동안 메시지는 ACK되지 않습니다.",
        "It is the worker that waits, not the broker. Until then, the message is not ACKed.",
    ),
    ev.TaskRevoked: Words(
        "취소된 Task도 메시지는 Worker까지 옵니다. 실행만 하지 않습니다.",
        "A revoked task's message still comes to a worker. It just does not run.",
    ),
    ev.MessageDeadLettered: Words(
        "Dead Letter Queue는 최종 실패한 Task를 잃지 않고 나중에 살펴볼 수 있게 보관하는 곳입니다.",
        "A dead letter queue keeps tasks that failed for good, so that somebody can look at them later.",
    ),
    ev.PublishFailed: Words(
        "보내지 못한 메시지는 어디에도 없습니다. 보내는 쪽에서 처리해야 합니다.",
        "A message that could not be sent is nowhere. Its sender has to deal with that.",
    ),
    ev.CommandUnheard: Words(
        "명령은 지금 연결된 Worker에만 갑니다. 나중에 시작한 Worker는 듣지 못합니다.",
        "A command only reaches the workers that are connected now. Nothing keeps it for those that start later.",
    ),
    ev.BrokerDown: Words(
        "실행 중인 Task는 계속됩니다. 하지만 ACK를 보내지 못하면 같은 메시지가 다시 옵니다.",
        "Running tasks go on. But if the ACK cannot be sent, the same message will come again.",
    ),
    ev.BrokerUp: Words(
        "Worker가 다시 연결하고, ACK하지 못한 메시지는 다시 전달됩니다.",
        "The workers reconnect, and whatever was not ACKed is delivered again.",
    ),
}
"""Ideas by type of event; the remaining types depend on the run."""


def idea(trace: Trace, index: int, lang: str) -> str:
    """The idea of an event, in `ko` or `en` (`both`: two lines)."""
    words = _words(trace.events[index], trace)
    return "\n".join(words) if lang == "both" else words.text(lang)


def _words(event: ev.Event, trace: Trace) -> Words:
    cause = trace.events[event.cause] if event.cause >= 0 else None
    match event:
        case ev.Poll():
            return POLL
        case ev.MessageDelivered(chance=True):
            return PUSH_BY_CHANCE
        case ev.MessageDelivered():
            kind = transport_named(transport_of(trace))
            polled = SLEEP if kind is not None and kind.waits_in_pool else POLL if isinstance(cause, ev.Poll) else PUSH
            return DELIVERIES.get(kind.manner, polled) if kind is not None else polled
        case ev.MessageAcked():
            # An early ACK follows the delivery, a late one the result.
            return LATE if isinstance(cause, ev.ResultStored) else EARLY
        case ev.MessageDropped():
            return DROPS.get(event.why, REJECTED)
        case ev.MessageRequeued(why="visibility-timeout"):
            return LEASE_OVER
        case ev.MessageRequeued(why="consumer-timeout"):
            return OVERDUE
        case ev.ChildExited():
            return EXITS.get(event.why, CHILD_REPLACED)
        case ev.TaskRevoked(terminated=True):
            return TERMINATED
        case ev.SettingChanged(setting="shutdown"):
            return {"cold": COLD, "soft": SOFT, "consumer-timeout": OVERDUE, "outage": OUTAGE}.get(
                str(event.value), WARM
            )
        case ev.SettingChanged(setting="down"):
            return SERVICE_UP if event.value is None else SERVICE_DOWN
        case ev.SettingChanged():
            return CHANGES.get(event.setting.partition(".")[0], SETTING)
        case _:
            return IDEAS[type(event)]
