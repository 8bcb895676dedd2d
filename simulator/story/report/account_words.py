"""The closing account in words: a line for each unfinished thing of a run."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.story.catalog import BOTH, LANGUAGES, Line, Words, line
from simulator.story.values import Joined, Seconds, name_list
from simulator.trace.trace import Trace
from simulator.world import Blocker, Unfinished, account_of
from simulator.world.account import NEVER_SENT

NAMES_SHOWN = 5
"""Names in a line; the others are counted."""

LINES_SHOWN = 20
"""Lines of the account that a table or a telling has; JSON has all."""

HEADING = Words("끝나지 않은 것", "Unfinished")
MORE = Words("그 밖에 {count}건", "{count} more")

TRANSIT = Words("Broker로 가는 중: {names}", "On the way to the broker: {names}")
READY = Words("Queue {where}에서 대기: {names}", "Waiting in the queue {where}: {names}")
READY_WHY = {
    "no-consumer": Words(
        "Queue {where}에서 대기: {names}. 이 Queue를 소비하는 Worker가 없습니다",
        "Waiting in the queue {where}, which no worker consumes: {names}",
    ),
    "no-worker": Words(
        "Queue {where}에서 대기: {names}. 살아 있는 Worker가 없습니다",
        "Waiting in the queue {where}, with no worker alive: {names}",
    ),
    "broker-down": Words(
        "Queue {where}에서 대기: {names}. Broker가 중단되어 있습니다",
        "Waiting in the queue {where}, with the broker down: {names}",
    ),
}
DEAD_LETTER = Words(
    "Dead Letter Queue {where}에 보관 중, 소비하는 Worker 없음: {names}",
    "Kept in the dead letter queue {where}, which no worker consumes: {names}",
)
DELIVERED = Words("{where}: 전달 중: {names}", "On the way to {where}: {names}")
RESERVED = Words("{where}: 미리 받아 두고 ACK하지 않음: {names}", "Reserved in {where} and not ACKed: {names}")
SCHEDULED = Words(
    "{where}: ETA를 기다림: {names}. 가장 이른 ETA는 {due}", "Held in {where} for the ETA: {names}; the first at {due}"
)
DUE = Words(
    "{where}: ETA가 되어 자리를 기다림: {names}", "Held in {where}, its ETA over, until a slot is free: {names}"
)
ACTIVE = Words("{where}: 실행 중: {names} ({since}부터)", "Running in {where} since {since}: {names}")
ACTIVE_ACKED = Words(
    "{where}: 실행 중: {names} ({since}부터). 이미 ACK했으므로 {where} 프로세스가 죽으면 유실됩니다",
    "Running in {where} since {since}: {names}. It is ACKed already, so it would be lost with {where}",
)
UNNOTICED_DEATH = Words(
    "{where}: 실행하던 자식이 {since}에 죽었지만 {where}에서는 아직 모름: {names}",
    "The child of {where} that ran it died at {since}, and {where} has not noticed: {names}",
)
STORED = Words(
    "{where}: 실행은 끝났지만 메시지를 아직 처리하지 않음: {names}",
    "Ended in {where}, its message not settled yet: {names}",
)
LEASED = Words(
    "Broker는 아직 {where}에 빌려준 줄 압니다: {names}. {where} 메모리에는 {since}부터 없습니다 ({why})",
    "Still out to {where} as far as the broker knows: {names}. {where} lost it at {since} ({why})",
)
LOSSES = {
    "killed": Words("강제 종료", "killed"),
    "shutdown": Words("종료", "shut down"),
    "broker-down": Words("Broker 중단", "the broker went down"),
    "connection-lost": Words("연결 끊김", "its connection broke"),
}
RETURNS = Words(
    "{told}. ACK하지 않으면 {returns}에 되돌아옵니다", "{told}. Without an ACK, back in its queue at {returns}"
)
COMES_BACK = Words("{told}. {returns}에 되돌아옵니다", "{told}. Back in its queue at {returns}")

GONE = {
    "lost:acked": Words(
        "유실: {names}. ACK한 뒤에 프로세스가 죽어 사본이 없습니다",
        "Lost: {names}. The process died after the ACK, so no copy is left",
    ),
    "lost:gone": Words("유실: {names}. 마지막 사본이 버려졌습니다", "Lost: {names}. The last copy was discarded"),
    "dropped:expired": Words(
        "만료되어 Broker가 버림: {names}. 아무에게도 알리지 않았습니다",
        "Expired and dropped by the broker, without telling anybody: {names}",
    ),
    "dropped:max-length": Words(
        "Queue가 가득 차 Broker가 버림: {names}. 아무에게도 알리지 않았습니다",
        "Dropped by the broker from a full queue, without telling anybody: {names}",
    ),
    "result-lost": Words(
        "결과를 저장하지 못함: {names}. 상태는 바뀌지 않습니다",
        "Ended, but the result could not be stored: {names}. Its state will not change",
    ),
}
GONE_OTHERWISE = Words("버려짐 ({why}): {names}", "Discarded ({why}): {names}")

NEVER = Words("{names}: 앞으로도 전송되지 않습니다. {reasons}", "{names} will never be sent. {reasons}")
NOT_YET = Words("{names}: 아직 전송되지 않았습니다. {reasons}", "{names} has not been sent yet. {reasons}")
WAITS_FOR = Words("기다리는 Task: {blockers}", "It waits for {blockers}")
BROKEN_OFF = Words(
    "같은 canvas의 다른 Task를 보내지 못해 시도하지 않았습니다",
    "Another task of its canvas could not be sent, so it was not tried",
)
UNNOTICED = Words(
    "기다리던 Task는 모두 끝났지만 celery.chord_unlock이 아직 확인하지 않았습니다",
    "All that it waits for has ended; celery.chord_unlock has yet to look",
)
BLOCKER = Words("{task} ({why})", "{task} ({why})")
OUTCOMES = {
    "alive": Words("끝나지 않음", "unfinished"),
    "unsent": Words("전송되지 않음", "not sent either"),
    "unpublished": Words("전송 실패", "could not be sent"),
    "dropped": Words("Broker가 버림", "dropped by the broker"),
    "lost": Words("유실", "lost"),
    "ignored": Words("결과 없음", "ended without a result"),
    "revoked": Words("취소됨", "revoked"),
    "failed": Words("실패", "failed"),
}

UNHEARD = Words(
    "{since}에 보낸 명령 {where} ({names}): 연결된 Worker가 없어 아무도 듣지 못했습니다",
    "{where} ({names}), sent at {since}: no worker was connected, so nobody heard it",
)
FORGOTTEN = Words(
    "취소했지만 기억하는 Worker가 없음: {names}. Worker가 받으면 실행합니다",
    "Revoked, but no worker remembers: {names}. Whoever receives it will run it",
)

WORDS = {
    "transit": TRANSIT,
    "ready": READY,
    "dead-letter": DEAD_LETTER,
    "delivered": DELIVERED,
    "reserved": RESERVED,
    "scheduled": SCHEDULED,
    "active": ACTIVE,
    "unnoticed": UNNOTICED_DEATH,
    "stored": STORED,
    "leased": LEASED,
    "gone": GONE_OTHERWISE,
    "unsent": NOT_YET,
    "unheard": UNHEARD,
    "forgotten": FORGOTTEN,
}
"""By kind, where nothing more special is to be said."""


def account_lines(trace: Trace, most: int = LINES_SHOWN) -> list[Line]:
    """A line for each unfinished thing at the end of a run, `most` at most, and how many there are besides."""
    found = account_of(trace)
    lines = [_told(one) for one in found[:most]]
    return [*lines, line(MORE, count=len(found) - most)] if len(found) > most else lines


def account_texts(trace: Trace, lang: str) -> Iterator[str]:
    """The account under its heading, in `ko`, `en` or (one after the other) `both`; nothing where all is finished."""
    lines = account_lines(trace)
    for one in LANGUAGES if lang == BOTH else (lang,):
        if lines:
            yield HEADING.text(one)
        for told in lines:
            yield f"  {told.text(one)}"


def _told(one: Unfinished) -> Line:
    told = line(
        _words(one),
        names=name_list(one.names, NAMES_SHOWN),
        where=one.where,
        why=LOSSES.get(one.why, one.why.partition(":")[2]),
        since=Seconds(one.since or 0),
        due=Seconds(one.due or 0),
        reasons=_reasons(one.waits_for, never=one.why == NEVER_SENT),
    )
    if one.returns is None:
        return told
    return line(COMES_BACK if one.kind == "leased" else RETURNS, told=told, returns=Seconds(one.returns))


def _words(one: Unfinished) -> Words:
    match one.kind:
        case "ready":
            return READY_WHY.get(one.why, READY)
        case "active" if one.acked:
            return ACTIVE_ACKED
        case "scheduled" if one.due is None:
            return DUE
        case "gone":
            return GONE.get(one.why, GONE_OTHERWISE)
        case "unsent" if one.why == NEVER_SENT:
            return NEVER
        case kind:
            return WORDS[kind]


def _reasons(blockers: tuple[Blocker, ...], *, never: bool) -> Line:
    if not blockers:
        return line(BROKEN_OFF if never else UNNOTICED)
    told = [line(BLOCKER, task=one.task, why=OUTCOMES[one.why]) for one in blockers[:NAMES_SHOWN]]
    more = [line(MORE, count=len(blockers) - NAMES_SHOWN)] if len(blockers) > NAMES_SHOWN else []
    return line(WAITS_FOR, blockers=Joined((*told, *more), ", "))
