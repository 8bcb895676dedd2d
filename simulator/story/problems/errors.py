"""Error messages as `file:line:column: message`, followed by the line and a caret under the position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from simulator.scenario import Mark, Problem, ScenarioError
from simulator.story.catalog import BOTH, LANGUAGES, Line, Words, line
from simulator.story.problems.craft_words import CRAFT
from simulator.story.problems.follow_words import FOLLOWING
from simulator.story.problems.learn_problems import LEARNING
from simulator.story.problems.note_words import NOTES
from simulator.story.problems.problem_words import PROBLEMS
from simulator.story.problems.study_problems import STUDYING
from simulator.story.stops import AnswerError
from simulator.story.values import Seconds
from simulator.trace import LimitReached, TraceFileError
from simulator.visible import visible_line

MAX_KNOWN = 12
"""Most allowed values that a message lists."""

WIDEST = 100
"""Widest quoted line, in cells."""

_OUTPUT = {"output.full": Words("저장할 공간이 없습니다 ({reason})", "no space left to write to ({reason})")}
_WORDS = {**_OUTPUT, **NOTES, **CRAFT, **LEARNING, **FOLLOWING, **STUDYING, **PROBLEMS}

_MEANT = Words('. 혹시 "{meant}"?', '; did you mean "{meant}"?')
_KNOWN = Words(" (가능: {known})", " (available: {known})")
_WHOLE = Words("시나리오 최상위", "the scenario")
_WARNING = Words("경고", "warning")
_COUNT = Words("문제 {count}개", "{count} problems")


def message(problem: Problem, lang: str) -> str:
    """The message without its position, in `ko` or `en`."""
    params = {name: _shown(value) for name, value in problem.params.items()}
    if params.get("where") == "":
        params["where"] = _WHOLE
    if "expected" in params:  # pydantic's list of values, in English
        params["expected"] = str(params["expected"]).replace(" or ", ", ")
    text = Line(_WORDS[problem.code], params).text(lang)
    meant, known = problem.params.get("meant"), problem.params.get("known")
    if meant:
        return text + _MEANT.text(lang, meant=_shown(meant))
    if isinstance(known, Sequence) and not isinstance(known, str) and known:
        names = [str(_shown(name)) for name in known]
        rest = [f"… +{len(names) - MAX_KNOWN}"] if len(names) > MAX_KNOWN else []
        return text + _KNOWN.text(lang, known=", ".join(names[:MAX_KNOWN] + rest))
    return text


def format_problem(problem: Problem, lang: str, *, warning: bool = False) -> str:
    """A problem in a format that editors can follow, with its line and a caret if they are known."""
    place = ":".join(str(part) for part in (visible_line(problem.file), *_place(problem)) if part)
    heads = []
    for one in LANGUAGES if lang == BOTH else (lang,):
        words = [place, _WARNING.text(one) if warning else "", message(problem, one)]
        heads.append(": ".join(word for word in words if word))
    head = "\n".join(heads)
    if problem.mark is None or not problem.source.strip():
        return head
    shown, caret = _excerpt(problem.source, problem.mark.column - 1)
    number = f"{problem.mark.line:5}"
    return f"{head}\n{number} | {shown}\n{' ' * len(number)} | {' ' * caret}^"


def format_problems(problems: Iterable[Problem], lang: str, *, warnings: bool = False) -> str:
    """All problems, one below the other, and (unless they are only `warnings`) how many there are."""
    texts = [format_problem(problem, lang, warning=warnings) for problem in problems]
    if len(texts) > 1 and not warnings:
        texts.append(line(_COUNT, count=len(texts)).text(lang))
    return "\n".join(texts)


def problems_in(error: ScenarioError | TraceFileError | AnswerError, file: str) -> list[Problem]:
    """The problems that an error carries; `file` is the file that was opened."""
    match error:
        case ScenarioError(problems=problems):
            return problems
        case TraceFileError():
            return [Problem(error.code, error.params, Mark(error.line, 1), file)]
        case AnswerError():
            code = "answer.several" if error.true else "answer.none"
            return [Problem(code, {"question": error.question, "true": error.true}, file=file)]


def limit_problem(error: LimitReached, file: str) -> Problem:
    """A run that made too many events or took too much memory, or is sure to, as a problem."""
    found = error.problem
    if isinstance(found, Problem) and found.mark is not None:
        return found  # the file tells it already
    code, more = (found.code, found.params) if isinstance(found, Problem) else ("limit.events", {})
    return Problem(code, {"events": f"{error.events:,}", "time": Seconds(error.time), **more}, file=file)


def _place(problem: Problem) -> tuple[int, ...]:
    return (problem.mark.line, problem.mark.column) if problem.mark is not None else ()


def _shown(value: object) -> object:
    """A parameter as it is written in a message of one line."""
    if isinstance(value, float):
        return f"{value:g}"
    return visible_line(value) if isinstance(value, str) else value


def _excerpt(source: str, offset: int) -> tuple[str, int]:
    """A line and the width in cells before `offset`; of a long line the part around it."""
    text = visible_line(source)
    start, end = max(0, offset - WIDEST // 2), min(len(text), offset + WIDEST)
    while cell_len(text[start:offset]) > WIDEST // 2:
        start += 1
    while cell_len(text[start:end]) > WIDEST:
        end -= 1
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{head}{text[start:end].rstrip()}{tail}", cell_len(head) + cell_len(text[start:offset])
