"""Hand-outs: what is on them, in both languages, without the answers and with them."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.engine import simulate
from simulator.export import worksheet
from simulator.export.document import Block, Grid, Heading, Paragraph, to_html, to_markdown
from simulator.export.lanes import MAX_BARS, draw_lanes, find_lanes, find_ticks
from simulator.play.playback import Playback
from simulator.scenario import load_scenario, parse_scenario, scenario_names
from simulator.scenario.schema import Ask
from simulator.story.catalog import pick
from simulator.story.run import Run
from simulator.story.stops import right_choice
from simulator.trace.time import MICROS

LESSON = "crash-early-late"


@cache
def opened(what: str, variant: str | None = None) -> Run:
    scenario = load_scenario(what, variant=variant)
    return Run(simulate(scenario), scenario)


@pytest.fixture(scope="module")
def run() -> Run:
    return opened(LESSON)


@pytest.fixture(scope="module")
def variants(run: Run) -> dict[str, Run]:
    assert run.scenario is not None
    return {name: opened(LESSON, name) for name in run.scenario.model.variants}


class Strict(HTMLParser):
    """Notes what is loaded from elsewhere, and whether tags are balanced."""

    VOID = ("meta", "!doctype", "path", "rect", "wbr")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["ko", "en", "both"])
@pytest.mark.parametrize("answers", [False, True])
def test_the_page_is_whole_and_needs_nothing_else(run: Run, variants: dict[str, Run], lang: str, answers: bool) -> None:
    page = worksheet(run, variants, lang, answers=answers, html=True)
    parser = Strict()
    parser.feed(page)
    assert parser.open == []
    assert parser.loaded == []
    assert "script" not in parser.seen
    assert {"h1", "h2", "table", "svg"} <= parser.seen
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(svg)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_only_the_teachers_copy_tells_the_answers(run: Run, variants: dict[str, Run], lang: str) -> None:
    assert run.scenario is not None
    sheet = worksheet(run, variants, lang, answers=False, html=False)
    copy = worksheet(run, variants, lang, answers=True, html=False)
    for ask in run.scenario.model.ask:
        assert isinstance(ask, Ask)
        why = pick(ask.why, lang)
        assert why not in sheet
        assert why in copy
        right = right_choice(ask, run.trace) + 1
        assert f"- [x] {right}. " in copy
    assert "[x]" not in sheet
    assert copy.count("[x]") == len(run.scenario.model.ask)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_model_solution_is_the_teachers_and_gives_its_reasons(
    run: Run, variants: dict[str, Run], lang: str
) -> None:
    assert run.scenario is not None
    exercise = run.scenario.model.exercise
    assert exercise is not None
    solution = {"config.task_acks_late": True}
    sheet = worksheet(run, variants, lang, answers=False, html=True, solution=solution)
    copy = worksheet(run, variants, lang, answers=True, html=True, solution=solution)
    for text in (pick(exercise.why, lang), pick(exercise.in_production, lang), "<td>config.task_acks_late</td>"):
        assert text not in sheet
        assert text in copy


def test_the_table_of_variants_is_empty_or_read_from_their_runs(run: Run, variants: dict[str, Run]) -> None:
    def rows(answers: bool) -> list[list[str]]:
        text = worksheet(run, variants, "en", answers=answers, html=False)
        lines = [line for line in text.splitlines() if line.startswith("| ")]
        first = next(place for place, line in enumerate(lines) if line.startswith("| variant "))
        return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[first : first + 9]]

    filled = rows(True)
    names, body = filled[0], filled[2:]
    lost = names.index("lost")
    assert {row[0].partition(" (")[0]: row[lost] for row in body[:2]} == {"original": "1", "Late ACK": "0"}
    assert not any(cell for row in rows(False)[2:] for cell in row[1:])


def test_the_timeline_shows_what_is_sent_and_only_the_copy_who_ran_it(run: Run) -> None:
    lanes = find_lanes(run)
    empty, filled = (draw_lanes(lanes, filled=filled) for filled in (False, True))
    assert [line.partition("|")[0].strip() for line in empty.lines[:-1]] == ["producer", "worker1", "worker2"]
    assert "+" in empty.lines[0]
    assert "pay_2" not in "".join(empty.lines) + empty.svg
    worker1, worker2 = filled.lines[1:3]
    assert worker1.index("^") < worker1.index("~") < worker1.index("X")
    assert worker2.count("^") == 5
    assert filled.svg.count("stroke-dasharray") == 1


def test_a_crowd_is_cut_off_and_says_so() -> None:
    scenario = parse_scenario("workers: {w: {concurrency: 30}}\ntasks: {a: 1}\nsend: [{at: 0, task: a}]\n")
    text = worksheet(Run(simulate(scenario), scenario), {}, "en", answers=False, html=False)
    assert "18 more slots" in text


def test_what_an_author_wrote_is_shown_as_it_is() -> None:
    nasty = "<script>alert(1)</script> | *a* _b_ `c`"
    blocks: list[Block] = [Heading(1, nasty), Paragraph(nasty), Grid((nasty,), ((nasty,),))]
    page, text = to_html(blocks, nasty, "en"), to_markdown(blocks)
    assert "<script>" not in page
    assert "<script>" not in text
    assert r"\| \*a\* \_b\_ \`c\`" in text


def test_ticks_are_round_and_few() -> None:
    for end in (1, 999, 1_000_000, 7_300_000, 123_000_000, 3_600_000_000):
        ticks = find_ticks(end)
        assert ticks[0] == 0
        assert len(ticks) <= 13
        assert ticks[-1] <= end


def test_an_empty_run_has_a_sheet_too(tmp_path: Path) -> None:
    scenario = parse_scenario("workers: 1\ntasks: {a: 1}\nsend: []\nuntil: 1\n")
    assert "# Worksheet" in worksheet(Run(simulate(scenario), scenario), {}, "en", answers=True, html=False)


@pytest.mark.parametrize("name", scenario_names())
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_sheet_stops_where_the_program_stops_and_numbers_as_it_does(name: str, lang: str) -> None:
    run = opened(name)
    playback = Playback(run)
    text = worksheet(run, {}, lang, answers=False, html=False)
    places = {number: place for place, number in playback.questions}
    for stop in run.stops:
        if stop.is_question:
            # The program puts a question a microsecond behind a caption of the same moment.
            time = f"{round(places[stop.number][1] / MICROS, 3):g}"
            assert (f"The run stops at {time} s" if lang == "en" else f"{time}초에 멈춥니다") in text
    assert not re.search(r"\de-\d", text)  # 3e-06 s
    assert "- [ ] A." not in text


def test_a_timeline_can_be_drawn_from_the_sheet_alone(run: Run) -> None:
    text = worksheet(run, {}, "en", answers=False, html=False)
    assert "| pay | 4 s | 6 | 0 s | 0 s |" in text
    drawn = text.partition("```")[2].partition("```")[0]
    for note in ("| kill worker1", "| question 1", "| (1)", "| (2)"):
        assert note in drawn
    assert "(2) worker1 is dead, with pay\\_1 half done." in text


def test_nobody_draws_more_than_forty_bars() -> None:
    run = opened("sale-day")
    lanes = find_lanes(run, [(60_000_000, "question 1")], 60_000_000)
    assert lanes.is_excerpt
    assert lanes.begin < 60_000_000 < lanes.end
    starting = [one for lane in lanes.slots for one in lane.runs if one.start >= lanes.begin]
    assert len(starting) <= MAX_BARS
    assert all(lanes.begin <= tick <= lanes.end and tick % 1000 == 0 for tick in lanes.ticks)
    assert "An excerpt: from" in worksheet(run, {}, "en", answers=False, html=False)


def test_expected_and_seen_have_a_column_each_and_settings_a_name(run: Run, variants: dict[str, Run]) -> None:
    page = worksheet(run, variants, "en", answers=False, html=True)
    assert '<th colspan="2" scope="colgroup">runs(<wbr>pay_<wbr>1)</th>' in page
    assert page.count(">expected</th>") == page.count(">seen</th>") == 3
    assert "late ACK (task_acks_late)" in page
    assert "The exercise allows" not in page
    # A question, a table and a drawing stay with what introduces them.
    kept = re.findall(r'<section class="together">(.*?)</section>', page, re.DOTALL)
    assert [re.findall(r"<(h2|h3|svg|table|ul)", one) for one in kept] == [
        ["h2", "svg"],
        ["h2", "h3", "ul"],
        ["h2", "table"],
    ]
