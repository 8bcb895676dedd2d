"""The idea behind a kind of moment, in one sentence: what to take along from it."""

from __future__ import annotations

from simulator.story.catalog import Words
from simulator.story.narrate.moment import transport_of
from simulator.trace import Trace
from simulator.trace import events as ev

PUSH = Words(
    "RabbitMQ에서는 Broker가 메시지를 push합니다. Worker가 미리 받아 두는 양은 prefetch가 정합니다.",
    "RabbitMQ pushes messages to its consumers; prefetch decides how many a Worker holds in advance.",
)
WAIT = Words(
    "Redis에서는 Worker가 기다리고, 메시지는 빌려 갈 뿐입니다. visibility timeout 안에 ACK가 없으면 Queue로 돌아옵니다.",
    "With Redis a Worker waits and only borrows a message: without an ACK within the visibility timeout it comes back.",
)
LONG_POLL = Words(
    "SQS에서는 질문을 오래 열어 두고(long poll) 메시지를 빌려 갑니다. visibility timeout 안에 ACK가 없으면 Queue로 돌아옵니다.",
    "With SQS a question stays open for long, and a message is borrowed: without an ACK in time it comes back.",
)
SLEEP = Words(
    "이 Broker는 알려 주지 않습니다. Worker는 Queue가 빌 때까지 가져온 뒤 잠들었다가 다시 묻습니다.",
    "This Broker tells nobody: a Worker takes what is there, sleeps, and asks again.",
)
EXPIRED = Words(
    "RabbitMQ는 만료된 메시지를 스스로 버립니다. Worker도 Producer도 알지 못합니다.",
    "RabbitMQ itself discards what has expired. Neither a Worker nor the Producer hears of it.",
)
DELIVERY_LIMIT = Words(
    "되돌아온 횟수에 한도를 두면, Worker를 죽이는 메시지가 끝없이 돌지 않습니다.",
    "A limit on returns keeps a message that kills its Workers from going round for ever.",
)
LEASE_OVER = Words(
    "아무도 죽지 않아도 돌아옵니다. visibility timeout보다 오래 걸리는 Task는 두 번 실행될 수 있습니다.",
    "Nobody has to die for this: a task that takes longer than the visibility timeout may run twice.",
)
OVERDUE = Words(
    "RabbitMQ는 ACK를 끝없이 기다리지 않습니다. 긴 Task나 먼 ETA가 기한을 넘기면 Worker의 연결이 닫힙니다.",
    "RabbitMQ does not wait for an ACK for ever: a long task, or a far ETA, gets its Worker's channel closed.",
)
SOFT = Words(
    "유예 종료는 절충입니다. 정해 둔 시간까지 기다리고, 그래도 남은 Task는 중단합니다.",
    "A soft shutdown is a compromise: it waits for a while, then gives up what still runs.",
)
REVOKE = Words(
    "취소는 Worker의 메모리에 적어 두는 것입니다. 메시지는 Queue에 그대로 있습니다.",
    "A revoke is a note in the Workers' memory. The message stays where it is.",
)
RATE_LIMIT = Words(
    "속도 제한은 Worker마다 따로 셉니다. Worker가 둘이면 전체 속도도 두 배입니다.",
    "A rate limit counts per Worker: with two Workers, twice as many tasks run in all.",
)
TIME_LIMIT = Words(
    "hard limit은 자식 프로세스를 죽이고, soft limit은 Task 안에서 예외를 일으킵니다.",
    "The hard limit kills the child; the soft one raises an exception inside the task.",
)
CHILD_TIME_LIMIT = Words(
    "멈춘 Task를 끝내는 확실한 방법은 그 프로세스를 죽이는 것입니다.",
    "The sure way to end a task that hangs is to kill its process.",
)
TERMINATED = Words(
    "terminate는 Task가 아니라 프로세스를 끝냅니다. 하던 일이 어디까지 되었는지는 아무도 모릅니다.",
    "Terminate ends a process, not a task. How far its work had come, nobody knows.",
)
SHRUNK = Words(
    "자리가 줄어도 실행 중인 Task는 끝까지 갑니다.", "When a pool shrinks, what is running still runs to its end."
)
POLL = Words(
    "묻는 간격이 짧으면 빨리 받지만, 빈 질문이 늘어납니다.",
    "Asking often means waiting less, and more questions in vain.",
)
EARLY = Words(
    "실행 전 ACK: 두 번 실행될 일은 없지만, 실행 중 Worker가 죽으면 Task는 사라집니다.",
    "ACK early: it never runs twice, but if the Worker dies meanwhile, the task is lost.",
)
LATE = Words(
    "실행 후 ACK: 사라질 일은 없지만, 실행 중 Worker가 죽으면 처음부터 다시 실행됩니다.",
    "ACK late: it is never lost, but if the Worker dies meanwhile, it runs again from the start.",
)
REJECTED = Words("거부된 메시지는 다시 오지 않습니다.", "A rejected message does not come back.")
OVERFLOW = Words(
    "가득 찬 Queue는 가장 오래 기다린 메시지부터 버립니다. 아무도 실패했다고 알리지 않습니다.",
    "A full Queue discards what has waited longest. Nobody reports a failure.",
)
WARM = Words(
    "정상 종료는 느립니다. 가장 오래 걸리는 Task가 끝날 때까지 기다립니다.",
    "A warm shutdown takes as long as the longest task that is running.",
)
COLD = Words(
    "즉시 종료는 빠르지만, 이미 ACK한 Task가 실행 중이었다면 사라집니다.",
    "A cold shutdown is quick, but a task that was ACKed and still running is lost.",
)
SERVICE_DOWN = Words(
    "Task가 부르는 서비스의 장애는 Task의 예외가 됩니다. 재시도할지는 Task가 정합니다.",
    "An outage of a service becomes an exception in the tasks that call it. Whether to retry is theirs to say.",
)
SERVICE_UP = Words(
    "서비스가 돌아왔을 때 밀린 재시도가 한꺼번에 몰릴 수 있습니다.",
    "When a service comes back, all the retries that piled up may come at once.",
)
SETTING = Words("설정은 실행 중에도 바뀔 수 있습니다.", "Settings can change while everything is running.")
CHILD_KILLED = Words(
    "자식 프로세스가 죽어도 Worker는 살아 있습니다. 실행하던 Task만 중간에 끊깁니다.",
    "A child dies and its Worker lives on. Only the task that it ran breaks off.",
)
CHILD_REPLACED = Words(
    "프로세스는 한번 쓴 메모리를 좀처럼 돌려주지 않습니다. 자식을 교체하면 돌아옵니다.",
    "A process hardly ever gives back memory that it once had. Replacing the child does.",
)
DELIVERIES = {"amqp": PUSH, "redis": WAIT, "sqs": LONG_POLL, "memory": SLEEP, "filesystem": SLEEP}
"""By transport, how messages come to workers."""
DROPS = {"max-length": OVERFLOW, "expired": EXPIRED, "delivery-limit": DELIVERY_LIMIT}
"""By why a message is dropped."""
EXITS = {
    "killed": CHILD_KILLED,
    "time-limit": CHILD_TIME_LIMIT,
    "terminated": TERMINATED,
    "cancelled": TERMINATED,
    "shrunk": SHRUNK,
}
"""By why a child is gone."""
CONNECTION = Words(
    "연결이 끊기면 ACK하지 않은 메시지는 다른 Worker에게 갈 수 있습니다. 실행은 멈추지 않습니다.",
    "When a connection is lost, unacknowledged messages may go to another Worker. What runs does not stop.",
)
CHANGES = {"connection": CONNECTION, "revoke": REVOKE, "rate_limit": RATE_LIMIT, "time_limit": TIME_LIMIT}
"""By what a remote-control command changes."""
IDEAS: dict[type[ev.Event], Words] = {
    ev.QueueDeclared: Words(
        "Queue는 보내는 쪽과 처리하는 쪽의 속도 차이를 흡수합니다.",
        "A Queue absorbs the difference in speed between those who send and those who work.",
    ),
    ev.WorkerOnline: Words(
        "Worker는 Queue를 구독하는 프로세스입니다. 늘리면 처리량이 늘어납니다.",
        "A Worker is a process that consumes Queues. More Workers, more tasks at a time.",
    ),
    ev.WorkerOffline: Words(
        "정상 종료하는 Worker는 하던 일을 마치고 나머지를 돌려줍니다.",
        "A Worker that shuts down properly finishes what it runs and gives back the rest.",
    ),
    ev.WorkerLost: Words(
        "죽은 Worker는 아무것도 알리지 못합니다. Broker는 끊어진 연결로만 압니다.",
        "A dead Worker tells nobody. All the Broker sees is a lost connection.",
    ),
    ev.WorkerHeartbeat: Words(
        "모니터는 heartbeat로만 Worker가 살아 있음을 압니다. 몇 번 끊기면 죽은 것으로 봅니다.",
        "A monitor knows a Worker only by its heartbeats. When a few are missing, it takes the Worker for dead.",
    ),
    ev.ChildStarted: Words(
        "prefork Worker의 Task는 자식 프로세스에서 실행됩니다. 부모는 메시지만 주고받습니다.",
        "In a prefork Worker the tasks run in child processes. The parent only deals with messages.",
    ),
    ev.PoolResized: Words(
        "동시 실행 수는 실행 중에도 바뀝니다. 늘리기는 바로, 줄이기는 빈자리부터입니다.",
        "A pool can grow and shrink while it works: it grows at once and shrinks where a slot is free.",
    ),
    ev.Effect: Words(
        "실행 횟수와 효과의 횟수는 다릅니다. 두 번 실행해도 효과가 한 번이면 멱등(idempotent)합니다.",
        "Runs are one thing, effects another. A task that may run twice and takes effect once is idempotent.",
    ),
    ev.TaskRejected: Words(
        "거부(reject)는 ACK 대신 보내는 답입니다. 메시지를 다시 넣을지 버릴지는 requeue가 정합니다.",
        "A reject is sent in place of the ACK; requeue says whether the message comes back or goes.",
    ),
    ev.TaskCancelled: Words(
        "중단된 실행은 끝난 것이 아닙니다. ACK가 아직 없었다면 메시지가 다시 와서 처음부터 실행됩니다.",
        "A run that was given up is no end. If there was no ACK yet, the message comes again and runs from the start.",
    ),
    ev.TaskIgnored: Words(
        "Ignore로 끝난 Task에는 상태가 저장되지 않습니다. 결과를 기다리는 쪽은 계속 기다립니다.",
        "No state is stored of a task that ends with Ignore. Who waits for its result waits on.",
    ),
    ev.ResultLost: Words(
        "Result Backend가 중단되면 일은 끝났어도 결과는 사라집니다. 기다리는 쪽에는 계속 PENDING으로 보입니다.",
        "When the result backend is down the work is done and the result gone: whoever waits sees PENDING for ever.",
    ),
    ev.TaskSent: Words(
        "Producer는 결과를 기다리지 않습니다. 메시지를 보내고 바로 다음 일을 합니다.",
        "The Producer does not wait for the result: it sends a message and goes on.",
    ),
    ev.MessageQueued: Words(
        "메시지는 ACK를 받을 때까지 Broker의 책임입니다.", "Until its ACK a message is in the Broker's care."
    ),
    ev.TaskReceived: Words(
        "받았다고 시작한 것은 아닙니다. Worker 안에서도 기다릴 수 있습니다.",
        "Received does not mean started: a task can wait inside a Worker too.",
    ),
    ev.TaskStarted: Words(
        "메시지에는 함수가 아니라 이름과 인자만 있습니다. 함수는 Worker에 있습니다.",
        "The message has only a name and arguments; the function is in the Worker.",
    ),
    ev.ResultStored: Words(
        "결과는 Broker가 아니라 Result Backend에 저장됩니다.",
        "Results go to the Result Backend, which is not the Broker.",
    ),
    ev.TaskSucceeded: Words(
        "빈자리가 생기는 순간, Worker는 다음 작업을 맞을 준비가 됩니다.",
        "The moment a slot is free, the Worker is ready for the next task.",
    ),
    ev.TaskFailed: Words(
        "실패도 결과입니다. FAILURE 상태와 예외가 Result Backend에 남습니다.",
        "A failure is a result too: the state FAILURE and the exception are kept.",
    ),
    ev.MessageRequeued: Words(
        "ACK가 없던 메시지는 사라지지 않고 다른 Worker에 다시 전달됩니다.",
        "A message without ACK is not lost: another Worker will get it.",
    ),
    ev.TaskLost: Words(
        "실제 Celery에서는 아무 기록도 남지 않습니다. 시뮬레이터만 알 수 있습니다.",
        "In a real Celery nothing records this. Only a simulator can know.",
    ),
    ev.TaskRetried: Words(
        "재시도는 새 메시지입니다. id는 같고 retries만 1 늘어나며, 받는 Worker는 달라질 수 있습니다.",
        "A retry is a new message: same id, one more in retries, and any Worker may get it.",
    ),
    ev.TaskScheduled: Words(
        "기다리는 곳은 Broker가 아니라 Worker입니다. 그동안 메시지에는 ACK가 없습니다.",
        "It is a Worker that waits, not the Broker. Until then the message has no ACK.",
    ),
    ev.TaskRevoked: Words(
        "폐기된 Task도 메시지는 Worker까지 옵니다. 실행만 하지 않습니다.",
        "A revoked task's message still comes to a Worker. It just does not run.",
    ),
    ev.MessageDeadLettered: Words(
        "Dead Letter Queue는 끝내 실패한 작업을 잃지 않고 나중에 살펴보기 위한 곳입니다.",
        "A dead-letter queue keeps what has failed for good, so that somebody can look at it later.",
    ),
    ev.PublishFailed: Words(
        "보내지 못한 메시지는 어디에도 없습니다. 보내는 쪽이 처리해야 합니다.",
        "What could not be sent is nowhere. Whoever wanted to send it has to deal with that.",
    ),
    ev.BrokerDown: Words(
        "실행 중인 Task는 계속됩니다. 하지만 ACK를 보내지 못하면 같은 메시지가 다시 옵니다.",
        "What is running goes on. But where the ACK cannot be sent, the same message will come again.",
    ),
    ev.BrokerUp: Words(
        "Worker가 다시 연결하고, ACK를 받지 못한 메시지는 다시 전달됩니다.",
        "The Workers connect again, and whatever had no ACK is delivered once more.",
    ),
}
"""By type of event; what is in none of them depends on the run."""


def idea(trace: Trace, index: int, lang: str) -> str:
    """The idea of an event, in `ko` or `en` (`both`: two lines)."""
    words = _words(trace.events[index], trace)
    return "\n".join(words) if lang == "both" else words.text(lang)


def _words(event: ev.Event, trace: Trace) -> Words:
    cause = trace.events[event.cause] if event.cause >= 0 else None
    match event:
        case ev.Poll():
            return POLL
        case ev.MessageDelivered():
            return DELIVERIES.get(transport_of(trace), PUSH if not isinstance(cause, ev.Poll) else POLL)
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
            return {"cold": COLD, "soft": SOFT, "consumer-timeout": OVERDUE}.get(str(event.value), WARM)
        case ev.SettingChanged(setting="down"):
            return SERVICE_UP if event.value is None else SERVICE_DOWN
        case ev.SettingChanged():
            return CHANGES.get(event.setting.partition(".")[0], SETTING)
        case _:
            return IDEAS[type(event)]
