"""Words of a search for the run that breaks a goal."""

from __future__ import annotations

from simulator.story.catalog import Words

BROKEN = Words("깨졌습니다: {goal}", "Broken: {goal}")
AS_IT_IS = Words("장애를 넣지 않아도 seed {seed}에서 깨집니다.", "It breaks without any fault, with seed {seed}.")
SCHEDULE = Words("seed {seed}:", "With seed {seed}:")
AFTER = Words("{count}번째 시도에서 찾았습니다.", "Found in trial {count}.")
TASKS = Words("깨뜨리는 데 필요한 Task: {tasks}개", "Tasks it takes to break it: {tasks}")
HOLDS = Words("모든 시도에서 지켜졌습니다: {goals}", "Held in every trial: {goals}")
ALL_SINGLES = Words(
    "  seed {seed}의 단일 장애 {count}가지 모두: {kinds}",
    "  all {count} schedules of seed {seed} with one fault: {kinds}",
)
SOME_SINGLES = Words(
    "  seed {seed}의 단일 장애 {total}가지 중 무작위로 뽑은 {count}가지: {kinds}. 모두 시도하려면 --budget을 늘리세요",
    "  {count} of the {total} schedules of seed {seed} with one fault, drawn at random: {kinds}; raise --budget for all",
)
SEEDS = Words("  장애 없는 다른 seed {count}개", "  {count} other seeds without a fault")
RANDOM = Words("  다른 seed에서 무작위 단일 장애 {count}번", "  {count} random single faults with other seeds")
PAIRS = Words("  무작위 장애 두 번씩 {count}번", "  {count} random pairs of faults")
UNDECIDED = Words(
    "  {count}번은 이벤트가 너무 많아 판정하지 못했습니다",
    "  {count} trials made too many events and were given up undecided",
)
NO_PROOF = Words(
    "시도하지 않은 일정에 대한 증명은 아닙니다. 장애 지속 시간: {lasts}초.",
    "This proves nothing about schedules that were not tried. Faults lasted {lasts} s.",
)
SAVED = Words("저장: {file}", "Saved as {file}")
PLAY = Words("직전부터 보기: {command}", "Watch from just before: {command}")
SMALLEST = Words("가장 작은 예: {command}", "The smallest case: {command}")
FOUND_NAME = {"ko": "찾은 일정", "en": "The schedule that was found"}
"""Text of the variant with what was found."""
SMALLEST_NAME = {"ko": "가장 작은 예", "en": "The smallest case"}
"""Text of the variant with the fewest tasks."""
INTERRUPTED = Words("중단됨: {done}번 시도까지의 결과입니다.", "Interrupted after {done} trials.")

KINDS = {
    "kill": Words("Worker 강제 종료", "a worker is killed"),
    "child": Words("자식 프로세스 강제 종료", "a child is killed"),
    "outage": Words("Broker나 서비스 중단", "the broker or a service is down"),
    "slow": Words("Task나 서비스 지연", "a task or a service is slow"),
}

FAULTS = {
    "kill": Words(
        "{time}, {moment}: {target} 강제 종료, {lasts}초 뒤 다시 시작",
        "at {time}, {moment}, {target} is killed; it is started again {lasts} s later",
    ),
    "child": Words(
        "{time}, {moment}: {target}의 자식 프로세스 강제 종료", "at {time}, {moment}, a child of {target} is killed"
    ),
    "outage": Words(
        "{time}, {moment}: {target} 중단, {lasts}초 동안", "at {time}, {moment}, {target} goes down for {lasts} s"
    ),
    "slow": Words(
        "{time}, {moment}: {target} 10배로 느려짐, {lasts}초 동안",
        "at {time}, {moment}, {target} becomes ten times slower for {lasts} s",
    ),
}
"""A fault in a sentence, by kind."""

BROKER = Words("Broker", "the broker")
BEFORE = Words("{event} 직전", "just before {event}")
AFTERWARDS = Words("{event} 직후", "just after {event}")

EVENTS = {
    "message-queued": Words("{uuid} 메시지가 Queue {place}에 들어가기", "{uuid} enters the queue {place}"),
    "message-delivered": Words("{place}에 {uuid} 전달", "{uuid} is delivered to {place}"),
    "message-acked": Words("{place}의 {uuid} ACK", "{place} ACKs {uuid}"),
    "result-stored": Words("{uuid} 결과 저장", "the result of {uuid} is stored"),
}
"""The moment of a fault, by the type of its event."""
