"""The idea behind a kind of moment, in one sentence: what to take along from it."""

from __future__ import annotations

from simulator.story.catalog import Words
from simulator.trace import Trace
from simulator.trace import events as ev

PUSH = Words(
    "RabbitMQ에서는 Broker가 메시지를 push합니다. Worker가 미리 받아 두는 양은 prefetch가 정합니다.",
    "RabbitMQ pushes messages to its consumers; prefetch decides how many a Worker holds in advance.",
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
    ev.MessageDropped: Words("거부된 메시지는 다시 오지 않습니다.", "A rejected message does not come back."),
    ev.TaskLost: Words(
        "실제 Celery에서는 아무 기록도 남지 않습니다. 시뮬레이터만 알 수 있습니다.",
        "In a real Celery nothing records this. Only a simulator can know.",
    ),
}
"""By type of event; polls, deliveries and ACKs depend on the run."""


def idea(trace: Trace, index: int, lang: str) -> str:
    """The idea of an event, in `ko` or `en` (`both`: two lines)."""
    words = _words(trace.events[index], trace)
    return "\n".join(words) if lang == "both" else words.text(lang)


def _words(event: ev.Event, trace: Trace) -> Words:
    if isinstance(event, ev.Poll):
        return POLL
    if isinstance(event, ev.MessageDelivered):
        asked = event.cause >= 0 and isinstance(trace.events[event.cause], ev.Poll)
        return POLL if asked else PUSH
    if isinstance(event, ev.MessageAcked):
        # An early ACK follows the delivery, a late one the result.
        late = event.cause >= 0 and isinstance(trace.events[event.cause], ev.ResultStored)
        return LATE if late else EARLY
    return IDEAS[type(event)]
