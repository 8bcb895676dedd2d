"""Differences between a prediction and a recording, in words."""

from __future__ import annotations

from simulator.measure.agreement import Happening
from simulator.measure.difference import Mismatch
from simulator.story.catalog import Line, Localized, Words, line, plain

DIFFERENCES = {
    "nothing": Words("아무 일도 일어나지 않았습니다", "nothing happened"),
    "one_side": Words("한쪽에서는 아무 일도 일어나지 않았습니다", "nothing happened on one side"),
    "event": Words("{task}: 예측 {predicted}, 실제 {recorded}", "{task}: predicted {predicted}, recorded {recorded}"),
    "order": Words(
        "{worker} {place}번째 {verb}: 예측 {predicted}, 실제 {recorded}",
        "{worker}, number {place} it {verb}: predicted {predicted}, recorded {recorded}",
    ),
    "executions": Words(
        "{task}: 실행 횟수 예측 {predicted}, 실제 {recorded} (허용 범위 {expected})",
        "{task}: predicted {predicted} runs, recorded {recorded}, expected range {expected}",
    ),
    "endings": Words("{task}: 예측 {predicted}, 실제 {recorded}", "{task}: predicted {predicted}, recorded {recorded}"),
    "not_received": Words(
        "{task}: 받지 않고 시작했습니다 ({worker})", "{task}: started on {worker} without being received"
    ),
    "not_started": Words("{task}: 시작하지 않고 {what} ({worker})", "{task}: {what} on {worker} without being started"),
    "queue_order": Words(
        "Queue {queue}, 나온 순서: 예측 {predicted}, 실제 {recorded}",
        "out of {queue}: predicted {predicted}, recorded {recorded}",
    ),
    "share": Words(
        "{worker}: 실행 횟수 예측 {predicted}, 실제 {recorded}",
        "{worker}: predicted {predicted} runs, recorded {recorded}",
    ),
    "gap": Words(
        "{task}: 다시 받을 때까지 예측 {predicted}, 실제 {recorded}",
        "{task}: predicted {predicted} until it is received again, recorded {recorded}",
    ),
}
VERBS = {
    "receives": Words("수신", "receives"),
    "starts": Words("시작", "starts"),
    "finishes": Words("완료", "finishes"),
}
"""Names of the groups of events (`measure.agreement.GROUPS`)."""

_HAPPENING = Words("{time}초 {worker} {what}", "{what} {worker} at {time}")
_NOTHING_MORE = Words("없음", "nothing more")
_NO_END = Words("끝나지 않음", "never ends")
_SPAN = Words("{low}~{high}초", "{low} to {high} s")
_BETWEEN = Words("{low}~{high}", "{low} to {high}")


def difference_line(difference: Mismatch) -> Line:
    """Describe a difference."""
    params = {name: _said(name, value) for name, value in difference.params.items()}
    return Line(DIFFERENCES[difference.code], params)


def _said(name: str, value: object) -> Localized | object:
    match value:
        case None:
            return line(_NOTHING_MORE)
        case Happening():
            became = f" ({value.outcome})" if value.outcome else ""
            what = value.type.removeprefix("task-") + became
            return line(_HAPPENING, time=f"{value.t:.2f}", worker=value.hostname, what=what)
        case list():
            return plain(", ".join(map(str, value))) if value else line(_NO_END)
        case (float(low), float(high)):
            return line(_SPAN, low=f"{low:.2f}", high=f"{high:.2f}")
        case (low, high):
            return line(_BETWEEN, low=low, high=high) if low != high else low
    return VERBS[str(value)] if name == "verb" else value
