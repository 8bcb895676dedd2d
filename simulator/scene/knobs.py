"""The knobs panel: each setting with its value, allowed values and meaning."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.course.knobs import Knob
from simulator.scene.part import ScenePart
from simulator.scene.words import labels
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


def build_knobs(
    knobs: list[Knob],
    chosen: int,
    turned: Mapping[str, object],
    from_now: bool,
    time: int,
    lang: str,
    notice: str = "",
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
    )


def _value(knob: Knob, value: object) -> str:
    if value is None:
        return "-"
    return _with_unit(knob, flow_text(value)) if isinstance(value, int | float) else flow_text(value)


def _with_unit(knob: Knob, text: str) -> str:
    return f"{text} {knob.unit}" if knob.unit else text
