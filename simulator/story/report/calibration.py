"""The report of a calibration: distributions side by side, what differs, and a verdict that a person understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.measure.calibration import Calibration, Facet, Points
from simulator.story.catalog import LANGUAGES, Words
from simulator.story.report.summary import RESPONSES, SECONDS, SINCE_RECEIVED, WAITS, Table, plain_table

HEAD = Words(
    "기록: Task {tasks}개, {seconds}초. 모델: 기록과 같은 도착으로 {runs}번 실행",
    "Recorded: {tasks} tasks in {seconds} s. The model: {runs} runs with the recorded arrivals",
)
MEASURES = {
    "wait": WAITS,
    "received": SINCE_RECEIVED[0],
    "response": RESPONSES,
    "answered": SINCE_RECEIVED[1],
    "service": Words("실행 시간 (시작 → 끝)", "Service (start to end of a run)"),
}
BY = {"type": Words("Task", "task"), "queue": Words("Queue", "queue"), "worker": Words("Worker", "worker")}
SIDE = {"recorded": Words("기록", "recorded"), "model": Words("모델", "model")}
COLUMNS = (
    Words("출처", "source"),
    Words("개수", "count"),
    Words("평균", "mean"),
    Words("p50", "p50"),
    Words("p95", "p95"),
    Words("p99", "p99"),
    Words("p95의 범위", "range of p95"),
    Words("거리 (우연)", "distance (chance)"),
)
RANGE = Words("{low}~{high}초", "{low} to {high} s")
RANGES = Words(
    "p95의 범위: 기록은 기록한 값을 토막으로 다시 뽑은 것(95%), 모델은 실행마다의 p95. 둘이 만나면 기록 하나로는 다르다고 할 수 없습니다.",
    "Ranges of p95: recorded, of the recorded values drawn again in blocks (95 %); model, of its single runs. "
    "Where they meet, one recording cannot tell the two apart.",
)
COUNTS = Words("그 밖에", "Besides")
COUNT_NAMES = {
    "throughput": Words("1초에 성공", "succeeded a second"),
    "retried": Words("재시도", "retries"),
    "failed": Words("실패", "failures"),
}
COUNT_COLUMNS = (Words("항목", "what"), Words("기록", "recorded"), Words("모델", "model"))
PARTS = Words("어디가 다른가", "What differs")
PART_NAMES = {
    "arrivals": Words("도착", "arrivals"),
    "durations": Words("실행 시간", "durations"),
    "retries": Words("재시도", "retries"),
    "dispatch": Words("배분", "dispatch"),
}
STATES = {
    "agree": Words("같다", "agree"),
    "differ": Words("다르다", "differ"),
    "unknown": Words("알 수 없다", "unknown"),
}
AMONG = Words("{state}: {among}", "{state}: {among}")
GOOD = Words("판정: p95 대기 시간은 {within} 안에서 믿어도 됩니다.", "Verdict: good for p95 waits to {within}.")
GOOD_FOR = Words(
    "판정: {names}의 p95 대기 시간은 {within} 안에서 믿어도 됩니다.",
    "Verdict: good for p95 waits to {within} of {names}.",
)
BAD = Words("판정: 이 모델의 대기 시간은 믿지 마세요.", "Verdict: do not trust the waits of this model.")
UNKNOWN = Words(
    "판정: 기록이 너무 짧아 아무것도 말할 수 없습니다.", "Verdict: the recording is too short to tell anything."
)
USE = Words("p95 대기 시간은 {within} 안에서 믿어도 됩니다.", "Good for p95 waits to {within}.")
USE_NOT = Words("{said} 쓰지 마세요: {names}", "{said} Not for {names}.")
OFF = Words(
    "{name}에는 쓰지 마세요: p95 대기 시간이 기록은 {recorded}초, 모델은 {model}초입니다. {why}",
    "Do not use it for {name}: the p95 wait is {recorded} s recorded, {model} s in the model. {why}",
)
SCATTERED = Words(
    "{name}에는 믿고 쓰지 마세요: p95 대기 시간이 기록은 {recorded}초인데 모델은 실행마다 {low}초에서 {high}초까지 다릅니다.",
    "Do not rely on it for {name}: the p95 wait is {recorded} s recorded, but {low} to {high} s in single runs of the model.",
)
VAGUE = Words(
    "{name}의 p95 대기 시간은 이 기록으로 알 수 없습니다. {low}초에서 {high}초 사이 어디든 될 수 있습니다.",
    "The recording does not tell for {name}: its p95 wait may be anything from {low} to {high} s.",
)
WHY: dict[str, Words] = {
    "durations": Words(
        "기록한 실행 시간을 넣으면 {durations}초입니다.", "With the recorded durations it is {durations} s."
    ),
    "retries": Words(
        "기록한 만큼 재시도하게 하면 {retries}초입니다.", "With as many retries as recorded it is {retries} s."
    ),
    "dispatch": Words(
        "{tried} 누가 언제 받는지가 다릅니다.",
        "{tried}: who gets it when differs.",
    ),
}
TRIED = {
    "durations": Words(
        "기록한 실행 시간을 넣어도 {number}초이니", "With the recorded durations it is still {number} s"
    ),
    "retries": Words("기록한 만큼 재시도하게 해도 {number}초이니", "with as many retries as recorded {number} s"),
}
TOO_FEW = Words("너무 적어 판단하지 않은 것: {names}", "Too few to judge: {names}")
RECEIVED_ONLY = Words(
    "보낸 시각이 기록되지 않아, Broker 안에서 기다린 시간은 기록에도 모델에도 없습니다.",
    "Sending was not reported: time spent in the broker is in neither the recording nor the model.",
)
NEXT = Words("다음에 할 일", "What to do next")
ADVICE = {
    "sent": Words(
        "Producer에서 task_send_sent_event를 켜고 다시 기록하세요. Queue에서 기다린 시간까지 알 수 있습니다.",
        "Turn on task_send_sent_event in the producers and record again: that shows the time in the queue.",
    ),
    "asked": Words(
        "기록할 때 Worker가 답하지 않아 rate limit과 재시도 설정을 모릅니다. 다시 기록하거나 --from-conf로 설정을 주세요.",
        "No worker answered while it was recorded, so rate limits and retry settings are unknown: record again, or give them with --from-conf.",
    ),
    "priorities": Words(
        "우선순위는 이벤트에 없습니다. 호출마다 다르면 send에 나누어 적으세요.",
        "Priorities are not in Celery's events: if calls differ in them, split these under send.",
    ),
    "arrivals": Words(
        "모델이 스스로 보내는 양이 기록과 다릅니다: {among}", "The model itself sends another number of: {among}"
    ),
    "durations": Words(
        "실행 시간을 고치세요: {among}. Worker나 인자에 따라 달라지는지도 살펴보세요.",
        "Correct the durations of {among}; see whether they depend on the worker or on arguments.",
    ),
    "retries": Words(
        "raises, max_retries, 재시도 간격을 코드와 맞춰 보세요.",
        "Compare raises, max_retries and the delays of retries with the code.",
    ),
    "dispatch": Words(
        "rate limit, prefetch, concurrency, Queue를 실제 Worker와 맞춰 보세요. {among}",
        "Compare rate limits, prefetch, concurrency and queues with those of the real workers. {among}",
    ),
    "longer": Words(
        "더 오래 기록하세요: {names} ({least}개는 있어야 하는데 적은 것은 {count}개)",
        "Record for longer: {names} (at least {least} are needed; the fewest were {count})",
    ),
    "vague": Words(
        "더 오래 기록하세요: {names} (대기 시간이 고르지 않아, 이 기록으로는 p95를 두 배 안으로도 알 수 없습니다)",
        "Record for longer: {names} (waits vary so much that this recording does not show their p95 to a factor of two)",
    ),
}


def calibration_texts(found: Calibration, lang: str, *, short: bool = False) -> Iterator[str]:
    """The report in `ko`, `en` or (one after the other) `both`; `short`: only its verdict."""
    for one in LANGUAGES if lang == "both" else (lang,):
        if not short:
            yield from _tables(found, one)
        yield from verdict_texts(found, one)
        if found.advice and not short:
            yield ""
            yield NEXT.text(one)
            yield from (f"  {ADVICE[code].text(one, **params).strip()}" for code, params in found.advice)


def verdict_texts(found: Calibration, lang: str) -> Iterator[str]:
    """The verdict, in one language."""
    within, names = _within(found, lang), ", ".join(facet.name for facet in found.good)
    match found.level:
        case "good":
            yield (GOOD_FOR if found.too_few or found.vague else GOOD).text(lang, within=within, names=names)
        case "partly":
            yield GOOD_FOR.text(lang, within=within, names=names)
        case "bad":
            yield BAD.text(lang)
        case "unknown":
            yield UNKNOWN.text(lang)
    for facet in found.off:
        numbers = {"recorded": _seconds(facet.recorded.p95), "model": _seconds(facet.typical)}
        yield OFF.text(lang, name=facet.name, **numbers, why=_why(facet, lang)).strip()
    for facet in found.scattered:
        low, high = map(_seconds, facet.band)
        yield SCATTERED.text(lang, name=facet.name, recorded=_seconds(facet.recorded.p95), low=low, high=high)
    for facet in found.vague:
        low, high = map(_seconds, facet.recorded_band)
        yield VAGUE.text(lang, name=facet.name, low=low, high=high)
    if found.too_few and found.level != "unknown":
        yield TOO_FEW.text(lang, names=", ".join(f"{facet.name} ({facet.recorded.count})" for facet in found.too_few))
    if not found.sent_told:
        yield RECEIVED_ONLY.text(lang)


def short_verdict(found: Calibration, lang: str) -> str:
    """The verdict in a line, what matters most first, as a narrow place may cut it off."""
    if not found.good:
        return next(verdict_texts(found, lang))
    said = USE.text(lang, within=_within(found, lang))
    rest = ", ".join(facet.name for facet in (*found.off, *found.scattered, *found.vague, *found.too_few))
    return USE_NOT.text(lang, said=said, names=rest) if rest else said


def _within(found: Calibration, lang: str) -> str:
    return f"{found.within:.0%}" if lang == "ko" else f"{100 * found.within:.0f} %"


def _why(facet: Facet, lang: str) -> str:
    """Say what closes the gap of a wait, by what it is with each part of the recording."""
    numbers = {name: _seconds(p95) for name, p95 in facet.substituted.items()}
    if facet.explained_by is None:
        return ""
    tried = ", ".join(TRIED[name].text(lang, number=number) for name, number in numbers.items())
    return WHY[facet.explained_by].text(lang, **numbers, tried=tried)


def _tables(found: Calibration, lang: str) -> Iterator[str]:
    yield HEAD.text(lang, tasks=f"{found.tasks:,}", seconds=f"{found.seconds:,.0f}", runs=found.runs)
    for by in ("type", "queue", "worker"):
        for measure in ("wait", "response", "service"):
            facets = [facet for facet in found.facets if (facet.measure, facet.by) == (measure, by)]
            if facets:
                yield ""
                yield from plain_table(_table(facets, measure if found.sent_told else _RECEIVED[measure], lang))
    yield ""
    yield RANGES.text(lang)
    yield ""
    rows = [[COUNT_NAMES[name].text(lang), *_count(values)] for name, values in found.counts.items()]
    yield from plain_table(Table(COUNTS.text(lang), [words.text(lang) for words in COUNT_COLUMNS], rows))
    yield ""
    yield PARTS.text(lang)
    width = max(len(words.text(lang)) for words in PART_NAMES.values())
    for part in found.parts:
        state = STATES[part.state].text(lang)
        said = AMONG.text(lang, state=state, among=", ".join(part.among)) if part.among else state
        yield f"  {PART_NAMES[part.name].text(lang):<{width}}  {said}"
    yield ""


_RECEIVED = {"wait": "received", "response": "answered", "service": "service"}


def _table(facets: Sequence[Facet], measure: str, lang: str) -> Table:
    rows = []
    for facet in facets:
        again, band = (
            RANGE.text(lang, low=_seconds(low), high=_seconds(high)) for low, high in (facet.recorded_band, facet.band)
        )
        rows.append([facet.name, SIDE["recorded"].text(lang), *_points(facet.recorded, lang), again, ""])
        gap = f"{facet.distance:.2f} ({facet.chance:.2f})"
        rows.append(["", SIDE["model"].text(lang), *_points(facet.model, lang), band, gap])
    columns = [BY[facets[0].by].text(lang), *(words.text(lang) for words in COLUMNS)]
    return Table(MEASURES[measure].text(lang), columns, rows, names=2)


def _points(of: Points, lang: str) -> list[str]:
    values = (SECONDS.text(lang, number=_seconds(value)) for value in (of.mean, of.p50, of.p95, of.p99))
    return [f"{of.count:,}", *values]


def _count(values: tuple[float, float, float]) -> list[str]:
    real, low, high = (f"{value:.4g}" for value in values)
    return [real, low if low == high else f"{low} – {high}"]


def _seconds(value: float) -> str:
    return f"{value:,.2f}"
