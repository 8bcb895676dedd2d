"""A worksheet for a class: tasks to predict, draw, record and change; the answers come from the runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from simulator.course import worksheet_words as words
from simulator.course.knobs import list_knobs
from simulator.course.learn_words import IN_PRODUCTION, WHY_IT_WORKS
from simulator.course.stations import ClassTable
from simulator.course.verdict import measure_text, measures_in
from simulator.export.document import (
    Blanks,
    Block,
    Grid,
    Heading,
    Options,
    Paragraph,
    ShellCommand,
    Together,
    to_html,
    to_markdown,
)
from simulator.export.lanes import arrivals, draw_lanes, find_lanes, moment_of
from simulator.measure import evaluate
from simulator.scenario import Scenario
from simulator.scenario.conditions.goals import parse_goal
from simulator.scenario.schema import Ask, Goal
from simulator.story.catalog import BOTH, LANGUAGES, Words, pick
from simulator.story.report.measures import DEFINITIONS
from simulator.story.run import Run
from simulator.story.stops import Stop, outcome_of
from simulator.story.values import flow_text
from simulator.trace import events as ev
from simulator.trace.time import MICROS, to_micros

MAX_MEASURES = 3
"""Most measures to record that fit on the paper, each twice: as expected, and as seen."""

MAX_KNOBS = 8
"""Most settings in the table to turn them."""


def worksheet(
    run: Run,
    variants: Mapping[str, Run],
    lang: str,
    *,
    answers: bool,
    html: bool,
    asked: Sequence[str] = (),
    solution: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """A work sheet as Markdown or HTML.

    Args:
        run: of a scenario.
        variants: the runs of its variants, by name.
        lang: `ko`, `en`, or `both` (one after the other).
        answers: the teacher's copy.
        html: one page to print; else Markdown.
        solution: settings that solve the exercise, by path, for the teacher's copy.
        asked: what a reader has to type to get this run: a lesson or a file, then options; empty: the run's name.

    Raises:
        ValueError: the run has no scenario.
    """
    blocks = sheet_blocks(run, variants, lang, answers=answers, asked=asked, solution=solution)
    return bind_sheets([blocks], run.title, lang, html=html)


def sheet_blocks(
    run: Run,
    variants: Mapping[str, Run],
    lang: str,
    *,
    answers: bool,
    asked: Sequence[str] = (),
    solution: Mapping[str, Any] = MappingProxyType({}),
) -> list[Block]:
    """The parts of a work sheet, with the arguments of `worksheet`; raises `ValueError` if the run has no scenario."""
    if run.scenario is None:
        raise ValueError("a work sheet is made from a scenario")
    what = asked or [run.trace.header.scenario]
    return [
        block
        for one in _told(lang)
        for block in _Sheet(run, run.scenario, variants, one, answers, what, solution).blocks()
    ]


def table_blocks(title: Mapping[str, str], table: ClassTable, lang: str, *, answers: bool) -> list[Block]:
    """A table that a class fills in: what each case of a lesson comes to; `answers`: with what was measured."""
    blocks: list[Block] = []
    for one in _told(lang):
        columns = tuple(pick(column, one) for column in table.columns)
        rows = [(pick(name, one), *(values if answers else [""] * len(values))) for name, values in table.rows]
        blocks += [Heading(1, pick(title, one)), Grid((words.CASE.text(one), *columns), tuple(rows))]
    return blocks


def bind_sheets(sheets: Iterable[Sequence[Block]], title: Mapping[str, str], lang: str, *, html: bool) -> str:
    """Several sheets as one document; each begins on a page of its own."""
    blocks = [block for sheet in sheets for block in sheet]
    first = _told(lang)[0]
    return to_html(blocks, pick(title, first), first) if html else to_markdown(blocks)


def _told(lang: str) -> tuple[str, ...]:
    return LANGUAGES if lang == BOTH else (lang,)


class _Sheet:
    """Maker of the sheet of one run in one language."""

    def __init__(
        self,
        run: Run,
        scenario: Scenario,
        variants: Mapping[str, Run],
        lang: str,
        answers: bool,
        asked: Sequence[str],
        solution: Mapping[str, Any],
    ) -> None:
        self.run = run
        self.model = scenario.model
        self.scenario = scenario
        self.file, self.asked = shlex.quote(asked[0]), shlex.join(asked)
        self.variants = variants
        self.lang = lang
        self.answers = answers
        self.solution = solution

    def blocks(self) -> Iterator[Block]:
        yield from self._head()
        yield from self._start()
        yield from self._timeline()
        yield from self._questions()
        yield from self._contrast()
        yield from self._knobs()
        yield from self._exercise()
        if not self.answers:
            yield Heading(2, words.NOTES.text(self.lang))
            yield Blanks(("", ""))

    def _seconds(self, time: float) -> str:
        return words.SECONDS.text(self.lang, number=f"{round(time, 3):g}")

    def _head(self) -> Iterator[Block]:
        lang, header = self.lang, self.run.trace.header
        yield Heading(1, words.TITLE.text(lang, title=pick(self.run.title, lang)))
        if self.answers:
            yield Paragraph(words.WITH_ANSWERS.text(lang), "answer")
        else:
            yield Blanks((words.NAME.text(lang), words.DATE.text(lang)))
        if self.model.summary:
            yield Paragraph(pick(self.model.summary, lang))
        same = words.SAME_RUN.text(lang, profile=header.profile, seed=header.seed, hash=self.run.trace.short_hash)
        yield Paragraph(same, "small")
        yield ShellCommand(f"ackademy play {self.asked} --lang {lang}")

    def _start(self) -> Iterator[Block]:
        lang = self.lang
        yield Heading(2, words.START.text(lang))
        online = [event for event in self.run.trace if isinstance(event, ev.WorkerOnline)]
        rows = {event.hostname: self._worker(event) for event in reversed(online)}
        yield Grid(_named(words.WORKER_COLUMNS, lang), tuple(reversed(rows.values())))
        sent = tuple(
            (name, self._duration(name), str(count), self._seconds(first / MICROS), self._seconds(last / MICROS))
            for name, count, first, last in arrivals(self.run)
        )
        if sent:
            yield Grid(_named(words.SENT_COLUMNS, lang), sent)

    def _duration(self, name: str) -> str:
        """Duration of a run, as the file says it."""
        written = self.scenario.data.get("tasks", {}).get(name) or {}
        duration = written.get("duration", 0) if isinstance(written, dict) else written
        return self._seconds(duration) if isinstance(duration, int | float) else flow_text(duration)

    def _notes(self) -> list[tuple[int, str]]:
        """Faults by their keys, captions up to the first question by number, and the questions."""
        asked = [stop for stop in self.run.stops if stop.is_question]
        first = asked[0].cursor if asked else len(self.run.trace)
        found = [(moment_of(self.run, stop), words.ASKED.text(self.lang, number=stop.number)) for stop in asked]
        found += [(to_micros(at), text) for at, text in _faults(self.scenario)]
        found += [(moment_of(self.run, stop), f"({stop.number})") for stop in self._captions() if stop.cursor <= first]
        return sorted(found, key=lambda note: note[0])

    def _captions(self) -> list[Stop]:
        """Captions before the first question: they take nothing away from it."""
        asked = [stop.cursor for stop in self.run.stops if stop.is_question]
        until = asked[0] if asked else len(self.run.trace)
        return [stop for stop in self.run.stops if not stop.is_question and stop.cursor <= until]

    def _worker(self, event: ev.WorkerOnline) -> tuple[str, ...]:
        window = str(event.prefetch_count) if event.prefetch_count else words.UNLIMITED.text(self.lang)
        return event.hostname, ", ".join(event.queues), event.pool, str(event.concurrency), window

    def _timeline(self) -> Iterator[Block]:
        asked = [stop for stop in self.run.stops if stop.is_question]
        lanes = find_lanes(self.run, self._notes(), moment_of(self.run, asked[0]) if asked else 0)
        task = Paragraph((words.TIMELINE_ANSWER if self.answers else words.TIMELINE_TASK).text(self.lang))
        picture = draw_lanes(lanes, filled=self.answers, unit=words.SECONDS.text(self.lang, number="").strip())
        if self.answers:
            svg, text = words.LEGEND.text(self.lang), words.TEXT_LEGEND.text(self.lang)
            picture = replace(picture, svg_legend=svg, legend=text)
        yield Together((Heading(2, words.TIMELINE.text(self.lang)), task, picture))
        for stop in self._captions():
            yield Paragraph(f"({stop.number}) {pick(stop.item.text, self.lang)}", "small")
        if lanes.is_excerpt:
            begin, end = (f"{round(time / MICROS, 1):g}" for time in (lanes.begin, lanes.end))
            yield Paragraph(words.EXCERPT.text(self.lang, begin=begin, end=end), "small")
        elif lanes.left_out:
            yield Paragraph(words.MORE_LANES.text(self.lang, count=lanes.left_out), "small")

    # -- questions ----------------------------------------------------------------------------------------------

    def _questions(self) -> Iterator[Block]:
        asked = [stop for stop in self.run.stops if stop.is_question]
        for number, stop in enumerate(asked, start=1):
            head = [Heading(2, words.QUESTIONS.text(self.lang))] if number == 1 else []
            yield Together((*head, *self._question(number, stop)))

    def _question(self, number: int, stop: Stop) -> Iterator[Block]:
        ask, lang = stop.item, self.lang
        if not isinstance(ask, Ask):
            return
        yield Heading(3, words.QUESTION.text(lang, number=number, text=pick(ask.text, lang)))
        yield Paragraph(words.AT.text(lang, time=f"{round(moment_of(self.run, stop) / MICROS, 3):g}"), "small")
        right = outcome_of(stop, self.run.trace).right if self.answers else None
        yield Options(
            tuple(
                (str(place + 1), pick(choice.text, lang) or choice.key, place == right)
                for place, choice in enumerate(ask.choices)
            )
        )
        if not self.answers:
            yield Blanks((words.BECAUSE.text(lang),))
            return
        if right is None:
            yield Paragraph(words.UNSETTLED.text(lang), "answer")
            return
        reasoned = self.run.has_reason(stop, right)
        why = pick(ask.why, lang) if reasoned else ""
        yield Paragraph(words.RIGHT.text(lang, letter=right + 1, why=why).rstrip(" :"), "answer")
        for place, choice in enumerate(ask.choices):
            if choice.because and place != right and reasoned:
                because = pick(choice.because, lang)
                yield Paragraph(words.WRONG.text(lang, letter=place + 1, because=because), "small")

    # -- changing something -------------------------------------------------------------------------------------

    def _contrast(self) -> Iterator[Block]:
        if not self.variants:
            return
        lang = self.lang
        goals = [*self.model.goals, *(goal for one in self.model.variants.values() for goal in one.goals)]
        measures = _measures(goals)
        command = f"ackademy play {self.asked} --variant NAME"
        head = Heading(2, words.CONTRAST.text(lang)), Paragraph(words.CONTRAST_TASK.text(lang, command=command))
        runs = [(words.AS_IT_IS.text(lang), self.run)]
        runs += [(f"{pick(self.model.variants[name].text, lang)} ({name})", run) for name, run in self.variants.items()]
        expected, seen = words.EXPECTED.text(lang), words.SEEN.text(lang)
        if self.answers:
            filled = tuple((label, *(_value(text, run) for text in measures)) for label, run in runs)
            grid = Grid((words.VARIANT.text(lang), *measures), filled)
        else:
            blank = tuple((label, *([""] * 2 * len(measures))) for label, _ in runs)
            columns = (words.VARIANT.text(lang), *([expected, seen] * len(measures)))
            grid = Grid(columns, blank, (("", 1), *((text, 2) for text in measures)))
        yield Together((*head, grid))
        yield Paragraph(words.MEASURES.text(lang) + ": " + "; ".join(_meanings(measures, lang)), "small")

    def _knobs(self) -> Iterator[Block]:
        lang = self.lang
        if not self.model.knobs or self.answers:
            return
        yield Heading(2, words.KNOBS.text(lang))
        named = {knob.path: pick(knob.text, lang) for knob in self.model.knobs}
        knobs = sorted(list_knobs(self.scenario), key=lambda knob: (knob.forbidden, knob.path not in named))
        rows = tuple(
            (f"{told} ({knob.name})" if (told := named.get(knob.path)) else knob.name, knob.allowed, "", "", "")
            for knob in knobs[:MAX_KNOBS]
        )
        yield Grid(_named(words.KNOB_COLUMNS, lang), rows)

    def _exercise(self) -> Iterator[Block]:
        exercise, lang = self.model.exercise, self.lang
        if exercise is None:
            return
        yield Heading(2, words.EXERCISE.text(lang))
        yield Paragraph(pick(exercise.text, lang))
        yield Paragraph(words.MAY_CHANGE.text(lang, paths=", ".join(exercise.may_change)))
        yield Paragraph(words.REACH.text(lang, goals=" · ".join(goal.test for goal in exercise.goals)))
        yield ShellCommand(f"ackademy check mine.yaml --against {self.file}")
        if not self.answers:
            yield Blanks(("", ""))
        elif self.solution:
            rows = tuple((path, flow_text(value)) for path, value in self.solution.items())
            yield Heading(3, words.MODEL.text(lang))
            yield Grid(_named(words.MODEL_COLUMNS, lang), rows)
            for said, text in ((WHY_IT_WORKS, exercise.why), (IN_PRODUCTION, exercise.in_production)):
                if text:
                    yield Paragraph(said.text(lang, text=pick(text, lang)), "answer")


def _faults(scenario: Scenario) -> Iterator[tuple[float, str]]:
    """Time and text of each fault, in the keys of the file: they are the same in every language."""
    for fault in scenario.data.get("faults") or []:
        rest = {key: value for key, value in fault.items() if key not in ("at", "for")}
        what = ", ".join(
            f"{key} {value if isinstance(value, str) else flow_text(value)}" for key, value in rest.items()
        )
        yield fault["at"], f"{what} ({fault['for']} s)" if "for" in fault else what


def _named(columns: Sequence[Words], lang: str) -> tuple[str, ...]:
    return tuple(column.text(lang) for column in columns)


def _measures(goals: Sequence[Goal]) -> list[str]:
    """Measures in the goals, the most frequent first."""
    found = [measure_text(measure) for goal in goals for measure in measures_in(parse_goal(goal.test))]
    return sorted(dict.fromkeys(found), key=lambda text: -found.count(text))[:MAX_MEASURES]


def _meanings(measures: Sequence[str], lang: str) -> Iterator[str]:
    for name in dict.fromkeys(text.partition("(")[0] for text in measures):
        if name in DEFINITIONS:
            yield f"{name} = {DEFINITIONS[name].words.text(lang)}"


def _value(text: str, run: Run) -> str:
    value = evaluate(parse_goal(text), run.trace)
    return "-" if value is None else flow_text(value)
