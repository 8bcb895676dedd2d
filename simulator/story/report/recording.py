"""A recording of a real Celery in words: progress, result, and corrections made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from simulator.story.catalog import BOTH, LANGUAGES, Words


class RecordingProgress(Protocol):
    """Progress of a recording."""

    seconds: float
    workers: int
    received: int
    running: int
    ended: int
    events: int


class FinishedRecording(Protocol):
    """A finished recording."""

    @property
    def progress(self) -> RecordingProgress:
        """Its final progress."""

    @property
    def notes(self) -> Mapping[str, int]:
        """Corrections that were made, with their counts."""

    @property
    def clocks(self) -> Mapping[str, float]:
        """Seconds by which each host's clock is ahead."""


_PROGRESS = Words(
    "{seconds:.0f}초 · Worker {workers} · 받은 Task {received} · 실행 중 {running} · 끝난 Task {ended} · 이벤트 {events} (Ctrl+C: 끝내기)",
    "{seconds:.0f} s · workers {workers} · received {received} · running {running} · ended {ended} · events {events} (Ctrl+C to stop)",
)
_DONE = Words(
    "이벤트 {events}개, Task {received}개를 기록했습니다: {file}", "{events} events, {received} tasks recorded: {file}"
)
_NOTHING = Words(
    "Task 이벤트가 하나도 없었습니다. Worker를 -E로 시작하거나 --enable-events를 쓰세요.",
    "There were no task events. Start the workers with -E, or use --enable-events.",
)
_CLOCK = Words(
    "시계가 다른 Worker: {host} ({seconds:+.1f}초). 이 컴퓨터의 시계에 맞췄습니다.",
    "The clock of {host} is off by {seconds:+.1f} s; its times were corrected.",
)

_NOTES = {
    "late": Words("너무 늦게 도착해 순서를 맞출 수 없던 이벤트", "events that arrived too late to be put in order"),
    "unsent": Words(
        "보낸 기록이 없는 Task (task_send_sent_event를 켜면 남습니다)",
        "tasks whose sending was not reported (turn on task_send_sent_event)",
    ),
    "unreceived": Words(
        "받은 시각이 기록되지 않아 추론한 실행", "runs whose receipt was not recorded and had to be inferred"
    ),
    "unheard": Words("이벤트를 보고서야 알게 된 Worker", "workers first seen in one of their events"),
    "unended": Words("끝이 기록되지 않은 실행", "runs whose end was not recorded"),
    "silent": Words("heartbeat가 끊겨 죽은 것으로 본 Worker", "workers presumed lost because their heartbeats stopped"),
    "unreadable": Words("읽을 수 없는 이벤트", "events that could not be read"),
    "reconnected": Words(
        "Broker와 연결이 끊긴 횟수 (그동안의 이벤트는 빠졌습니다)",
        "times the connection to the broker was lost (events from that time are missing)",
    ),
    "cut": Words(
        "끝이 기록되지 않은 기록입니다. 마지막 이벤트까지만 있습니다",
        "recording without an end: it was cut off, and goes as far as its last event",
    ),
    "missed": Words("시작 이벤트가 빠진 Task", "tasks whose start event is missing"),
    "mute": Words(
        "Worker가 실행했지만 이벤트를 보내지 않은 Task (-E나 --enable-events를 쓰세요)",
        "tasks that a worker ran without sending events (use -E or --enable-events)",
    ),
    "unanswered": Words(
        "inspect에 응답한 Worker가 없어 concurrency와 Queue를 알 수 없음",
        "no worker answered inspect, so concurrency and queues are unknown",
    ),
}


def progress_line(progress: RecordingProgress, lang: str) -> str:
    """Progress in one line, for a terminal."""
    fields = ("seconds", "workers", "received", "running", "ended", "events")
    words = {name: getattr(progress, name) for name in fields}
    return _PROGRESS.text(LANGUAGES[0] if lang == BOTH else lang, **words)


def summary_lines(recorder: FinishedRecording, file: str, lang: str) -> Iterator[str]:
    """Describe the recording and the corrections made in it."""
    progress = recorder.progress
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield _DONE.text(one, events=progress.events, received=progress.received, file=file)
        yield from note_lines({**recorder.notes, "clocks": dict(recorder.clocks)}, one)
        if not progress.received:
            yield _NOTHING.text(one)


def note_lines(notes: Mapping[str, Any], lang: str) -> Iterator[str]:
    """The notes of a recording, taken from its header or its last line."""
    for key, count in notes.items():
        if key in _NOTES and count:
            yield f"  {count}  {_NOTES[key].text(lang)}"
    for host, seconds in (notes.get("clocks") or {}).items():
        yield "  " + _CLOCK.text(lang, host=host, seconds=seconds)
