"""Warnings to the author of a lesson: captions that are never reached or too long, knobs without effect."""

from __future__ import annotations

from simulator.course.craft import CAPTION_ROWS, CAPTION_WIDTH, knob_flaws
from simulator.course.verdict import check_run
from simulator.engine import simulate
from simulator.scenario import Problem, parse_scenario
from simulator.story.catalog import LANGUAGES
from simulator.story.problems.craft_words import CRAFT
from simulator.story.problems.errors import message
from simulator.story.texts import wrap
from simulator.trace import Trace

BASE = "tasks: {mail: 2}\nworkers: 1\nsend: [{task: mail, count: 3}]\n"


def warnings(text: str, variant: str | None = None) -> list[Problem]:
    scenario = parse_scenario(BASE + text, variant=variant)
    return list(check_run(scenario, simulate(scenario)).warnings)


def knobs(text: str) -> list[tuple[str, object]]:
    scenario = parse_scenario(BASE + text)
    return [(p.code, p.params.get("value")) for p in knob_flaws(scenario, simulate(scenario), simulate)]


def test_a_caption_that_nothing_stops_at() -> None:
    say = "say: [{at: 0, ko: 가, en: a}, {after: {event: task-failed}, ko: 나, en: b}]"
    (found,) = warnings(say)
    assert (found.code, found.params["number"]) == ("lesson.caption_never", 2)
    assert found.mark is not None
    assert found.mark.line == 4
    fails = "\nvariants: {fails: {ko: 다, en: c, set: {tasks.mail.raises: ValueError}}}"
    assert warnings(say + fails, "fails") == []


def test_what_a_variant_has_from_its_scenario_need_not_happen_in_it() -> None:
    say = "say: [{after: {event: task-succeeded}, ko: 나, en: b}]"
    fails = "\nvariants: {fails: {ko: 다, en: c, set: {tasks.mail.raises: ValueError%s}}}"
    assert warnings(say + fails % "", "fails") == []
    (found,) = warnings(say + fails % ", say.0.en: too", "fails")
    assert found.code == "lesson.caption_never"


def test_a_caption_that_has_no_room() -> None:
    row = "x" * CAPTION_WIDTH
    assert warnings(f"say: [{{at: 0, ko: 가, en: {' '.join([row] * CAPTION_ROWS)}}}]") == []
    (found,) = warnings(f"say: [{{at: 0, ko: {'가' * (CAPTION_WIDTH * 2)}, en: {' '.join([row] * 4)}, look: []}}]")[:1]
    assert (found.code, found.params["which"], found.params["rows"]) == ("lesson.caption_long", "ko", 5)


def test_a_reason_in_one_language_only() -> None:
    choices = "[{id: a, ko: 가, en: a, because: {en: not so}}, {id: b, ko: 나, en: b}]"
    (found,) = warnings(f"ask: [{{at: 0, ko: 가, en: a, choices: {choices}, answer: {{b: sent == 3, a: sent == 0}}}}]")
    assert (found.code, found.params["where"], found.params["missing"]) == (
        "text.untranslated",
        "ask.0.choices.0.because",
        "ko",
    )


def test_a_knob_that_changes_nothing() -> None:
    idle = "{path: tasks.mail.max_retries, values: [1, 5]}"
    assert knobs(f"knobs: [{{path: tasks.mail.duration, range: [1, 4]}}, {idle}]") == [("lesson.knob_idle", None)]


def test_a_setting_that_is_only_announced_is_no_difference() -> None:
    """A late ACK or a wider window stands in `worker-online`; with one task nothing comes of the window."""
    one = "\nprofile: celery-rabbitmq"
    window = "knobs: [{path: config.worker_prefetch_multiplier, values: [4, 8]}]"
    assert knobs(window + one) == [("lesson.knob_idle", None)]
    assert knobs(window.replace("[4, 8]", "[1, 4]") + one) == []


def test_a_knob_may_mean_something_in_a_variant_only() -> None:
    knob = "knobs: [{path: tasks.mail.max_retries, values: [1, 5]}]"
    fails = "{tasks.mail.raises: ValueError, tasks.mail.autoretry_for: [ValueError]}"
    assert knobs(knob) == [("lesson.knob_idle", None)]
    assert knobs(f"{knob}\nvariants: {{fails: {{ko: 가, en: a, set: {fails}}}}}") == []


def test_a_value_that_cannot_be_used() -> None:
    assert knobs("knobs: [{path: tasks.mail.duration, values: [1, -1]}]") == [("lesson.knob_refused", "-1")]


def test_a_long_run_is_not_played_again_and_again() -> None:
    scenario = parse_scenario(BASE + "knobs: [{path: tasks.mail.max_retries, values: [1, 5]}]")
    trace = simulate(scenario)
    long = Trace(trace.header, list(trace.events) * 5000)
    assert list(knob_flaws(scenario, long, simulate)) == []


def test_each_flaw_has_words_in_both_languages() -> None:
    params = {"number": 2, "which": "ko", "rows": 5, "most": 3, "path": "workers", "value": "0"}
    for code in CRAFT:
        texts = [message(Problem(code, params), lang) for lang in LANGUAGES]
        assert len({*texts}) == 2
        assert not any("{" in text for text in texts)


def test_wrapping_counts_cells() -> None:
    assert wrap("가나다 라마", 6) == ["가나다", "라마"]
    assert wrap("", 10) == [""]
