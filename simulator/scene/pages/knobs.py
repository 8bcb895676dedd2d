"""The knobs panel: each setting with its value, allowed values and meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.course.knobs import Knob
from simulator.measure import estimate
from simulator.measure.estimate import FEWEST
from simulator.scene.part import ScenePart
from simulator.scene.words import labels, study_words
from simulator.story.language import say, tell
from simulator.story.values import clock_text, flow_text


class KnobRow(ScenePart, frozen=True):
    """One knob."""

    name: str
    value: str
    turned: bool
    """True if the value differs from the run's."""
    has_less: bool
    has_more: bool
    allowed: str
    forbidden: str = ""
    """Says that the exercise must be solved without it; empty if it need not."""


class SureRow(ScenePart, frozen=True):
    """One value of a knob with its runs; places from 0 to 1 on the common scale."""

    value: str
    dots: list[float]
    mean: float | None
    """None as long as there are too few runs."""
    low: float
    high: float
    said: str
    """Mean and half width; empty without them."""


class SureChart(ScenePart, frozen=True):
    """A dot plot of the runs of each of a knob's values, which tells how sure its effect is."""

    title: str
    rows: list[SureRow]
    first: str
    """The lower end of the scale."""
    last: str
    progress: str
    """Empty once all runs are there."""


class KnobPanel(ScenePart, frozen=True, tag="knobs"):
    """All knobs, the chosen one, and when its change applies."""

    title: str
    about: str
    rows: list[KnobRow]
    chosen: int
    description: list[str]
    """The chosen knob's meaning and allowed values."""
    when: tuple[str, str]
    """The two choices: from the start, from now on."""
    from_now: bool
    fixed: str
    """The reason why it cannot change mid-run; empty if it can."""
    notice: str = ""
    sure: SureChart | None = None


def build_knobs(
    knobs: list[Knob],
    chosen: int,
    turned: Mapping[str, object],
    from_now: bool,
    time: int,
    lang: str,
    notice: str = "",
    sure: SureChart | None = None,
) -> KnobPanel:
    """Build the panel at `time` (microseconds), with the values of `turned` knobs by path."""
    rows = []
    for place, knob in enumerate(knobs):
        shown = turned.get(knob.path, knob.current)
        rows.append(
            KnobRow(
                knob.name,
                _value(knob, shown),
                shown != knob.current,
                place == chosen and knob.turned(shown, -1) != shown,
                place == chosen and knob.turned(shown, 1) != shown,
                knob.allowed,
                say(labels.FORBIDDEN_KNOB, lang) if knob.forbidden else "",
            )
        )
    description, fixed = [], ""
    if knobs:
        knob = knobs[chosen]
        description = [*tell(knob.about, lang), say(labels.ALLOWED, lang, values=_with_unit(knob, knob.allowed))]
        fixed = "" if knob.running else say(labels.NOT_RUNNING, lang)
        if len(turned) > 1 and not notice:
            notice = say(labels.TURNED_COUNT, lang, count=len(turned))
        elif knob.path in turned and not notice:
            after = _value(knob, turned[knob.path])
            notice = f"{knob.name}: {say(labels.TURNED, lang, before=_value(knob, knob.current), after=after)}"
        description += [say(labels.RUNS_ON, lang)] if from_now and knob.running else []
    return KnobPanel(
        say(labels.KNOBS, lang),
        clock_text(time, lang),
        rows,
        chosen,
        description if knobs else [say(labels.NO_KNOBS, lang)],
        (say(labels.FROM_START, lang), say(labels.FROM_NOW, lang, time=clock_text(time))),
        from_now and not fixed,
        fixed,
        notice,
        sure,
    )


def build_sure_chart(
    knob: Knob, values: Sequence[object], runs: Sequence[Sequence[float]], done: int, total: int, lang: str
) -> SureChart:
    """Build the dot plot of a knob's values: `runs` are the numbers of each, in seconds, `done` of `total` so far."""
    means = [estimate(found) if len(found) >= FEWEST else None for found in runs]
    numbers = [number for found in runs for number in found]
    numbers += [end for mean in means if mean is not None for end in (mean.low, mean.high)]
    low, high = max(0.0, min(numbers, default=0.0)), max(numbers, default=0.0)
    span = high - low or 1.0

    def place(number: float) -> float:
        return min(1.0, max(0.0, (number - low) / span))

    rows = []
    for value, found, mean in zip(values, runs, means, strict=True):
        ends = (place(mean.low), place(mean.high)) if mean is not None else (0.0, 0.0)
        said = f"{mean.mean:.3g} ± {mean.half:.2g}" if mean is not None else ""
        if done >= total and not found:
            said = say(study_words.NOTHING, lang)
        middle = place(mean.mean) if mean is not None else None
        rows.append(SureRow(_value(knob, value), sorted({round(place(x), 3) for x in found}), middle, *ends, said))
    progress = say(study_words.PROGRESS, lang, done=done, total=total) if done < total else ""
    seeds = total // max(1, len(rows))
    title = say(study_words.TITLE, lang, name=knob.name, seeds=seeds)
    return SureChart(title, rows, f"{low:.3g}", f"{high:.3g}", progress)


def _value(knob: Knob, value: object) -> str:
    if value is None:
        return "-"
    return _with_unit(knob, flow_text(value)) if isinstance(value, int | float) else flow_text(value)


def _with_unit(knob: Knob, text: str) -> str:
    return f"{text} {knob.unit}" if knob.unit else text
