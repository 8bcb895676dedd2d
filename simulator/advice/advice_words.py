"""Words around what the rules find; those of each rule are in its demonstration."""

from __future__ import annotations

from simulator.story.catalog import Words

LABELS = {
    "#backlog": Words("한꺼번에 보낸 일을 처리하는 시간(초)", "seconds that the burst takes"),
    "#longest": Words("가장 긴 실행이나 ETA(초)", "longest run or ETA in seconds"),
    "#number": Words("Task 수", "number of tasks"),
    "#priorities": Words("서로 다른 우선순위의 수", "different priorities"),
    "#queue": Words("Queue", "queue"),
    "#slots": Words("자리 수", "slots"),
    "#tasks": Words("Task", "tasks"),
    "#work": Words("1초마다 들어오는 실행 시간(초)", "seconds of work that arrive each second"),
    "#workers": Words("Worker 수", "number of workers"),
}
"""Labels of evidence that is no setting."""

HEAD = Words(
    "{file}: 발견 {count}건, 그중 확실한 것 {certain}건", "{file}: {count} findings, {certain} of them certain"
)
CLEAN = Words("{file}: 걸리는 규칙이 없습니다", "{file}: no rule objects")
LEVEL = {True: Words("확실", "certain"), False: Words("주의", "possible")}
REMEDY = Words("고치려면: {text}", "Remedy: {text}")
SEE = Words("직접 보기: {command}", "See it happen: {command}")

CAUSES = Words("원인이 될 수 있는 것", "Possible causes")
LESSONS = Words("레슨: {names}", "Lessons: {names}")
LOOK = Words("확인할 곳", "Where to look")
KNOWN = Words("설명할 수 있는 증상", "Symptoms that can be explained")
UNKNOWN = Words(
    "'{text}'에 맞는 증상을 찾지 못했습니다. 아는 증상은 ackademy explain으로 볼 수 있습니다",
    "no symptom matches '{text}'; ackademy explain lists those it knows",
)
NO_NUMBER = Words(
    "{number}번은 없습니다. {count}번까지 있습니다", "there is no number {number}; the last one is {count}"
)
NONE_TO_PLAY = Words("보여 줄 것이 없습니다", "there is nothing to play")
