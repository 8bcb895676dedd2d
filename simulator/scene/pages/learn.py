"""The course pages: the list of lessons, and a lesson's results."""

from __future__ import annotations

from simulator.course import challenge_words
from simulator.course import learn_words as words
from simulator.course.challenge import Card, card_lines, count_text, first_loss
from simulator.course.closing import Closing, offender_text, outcome_text, rules_of, values_text
from simulator.course.grading import Grade
from simulator.course.syllabus import Lesson, Syllabus
from simulator.course.verdict import GoalVerdict
from simulator.scenario.differences import SettingDifference
from simulator.scene.pages.page import Page, PageRow
from simulator.scene.words import labels
from simulator.story.catalog import pick
from simulator.story.language import first_language, say, tell
from simulator.story.report.account_words import HEADING, account_lines
from simulator.story.values import flow_text

UNFINISHED_SHOWN = 6
"""Lines of the closing account on a lesson's last page."""

SIGNS = {"right": "done", "wrong": "failed", "unknown": "dot", "unsettled": "dot", "open": "waiting"}
STYLES = {"right": "right", "wrong": "wrong"}


def learn_page(syllabus: Syllabus, chosen: str, lang: str) -> Page:
    """Build the list of all lessons; `chosen` is a lesson's name."""
    rows: list[PageRow] = []
    for unit in syllabus.units:
        if unit.title:
            count = f"{unit.done}/{len(unit.lessons)}"
            rows.append(PageRow(" / ".join(tell(unit.title, lang)), "strong", right=count))
        rows += [_lesson(lesson, lang) for lesson in unit.lessons]
    place = next((place for place, row in enumerate(rows) if row.name == chosen), -1)
    return Page(say(words.COURSE, lang), say(labels.TAGLINE, lang), rows, place, say(labels.NO_SCENARIOS, lang))


def _lesson(lesson: Lesson, lang: str) -> PageRow:
    if lesson.scenario is None:
        return PageRow(lesson.name, "failed", lesson.name, about=say(labels.BROKEN, lang, name=lesson.name))
    one = first_language(lang)
    score = [lesson.score(one)] if lesson.score(one) else []
    state = [words.NEXT.text(one)] if lesson.is_next else []
    about = "\n".join(tell(lesson.scenario.model.summary, lang)) or lesson.name
    sign = "done" if lesson.progress.done else ""
    text = f"{lesson.number:>2}  {lesson.title_in(lang)}"
    style = "strong" if lesson.is_next else "text"
    return PageRow(text, style, lesson.name, sign, ", ".join([*score, *state]), about)


def closing_page(
    closing: Closing,
    grade: Grade | None,
    lang: str,
    *,
    ended: bool,
    changed: bool,
    busy: bool,
    review: tuple[int, int] | None = None,
) -> Page:
    """Build the page of a lesson's results.

    Args:
        closing: the results.
        grade: grade of the exercise, if checked.
        lang: `ko`, `en` or `both`.
        ended: whether the run was watched to its end; goals are not shown before.
        changed: whether this is a changed run, which may be a solution.
        busy: whether a solution is being checked.
        review: in a review, (question number, number of questions).
    """
    one = first_language(lang)
    if review is not None:
        rows = [*_questions(closing, one), PageRow(words.ON.text(one), "strong"), _onward(review, one)]
        rows.append(PageRow(words.BACK_TO_RUN.text(one), "text", "escape", "left"))
        title = " / ".join(tell(closing.run.title, lang))
        return Page(title, words.REVIEW.text(one, number=review[0], total=review[1]), rows, -1)
    # The answers were about the unchanged run.
    rows = [] if changed else _questions(closing, one)
    if ended and closing.again:
        rows.append(PageRow(words.SEE_AGAIN.text(one), "note", "again:", "dot", wraps=True))
    if ended and not changed:
        rows += _goals(closing, one)
    if ended and not changed:
        rows += _cases(closing, one)
    if ended and closing.card is not None:
        rows += _card(closing.card, one)
    rows += _exercise(closing, grade, one, changed=changed, busy=busy)
    rows.append(PageRow(words.ON.text(one), "strong"))
    following = closing.following
    passed = grade is not None and grade.passed
    if following is not None and (passed or (ended and not changed)):
        about = "\n".join(tell(following.scenario.model.summary, lang)) if following.scenario is not None else ""
        text = words.NEXT_LESSON.text(one, title=following.title_in(one))
        rows.append(PageRow(text, "text", f"next:{following.name}", "right", about=about))
    rows.append(PageRow(words.BACK_TO_RUN.text(one), "text", "escape", "left"))
    if ended:
        rows += _unfinished(closing, one)
    title = " / ".join(tell(closing.run.title, lang))
    return Page(title, words.HOW_IT_WENT.text(one), rows, -1)


def _onward(review: tuple[int, int], lang: str) -> PageRow:
    """Return the row that continues a review."""
    number, total = review
    text = words.LAST_QUESTION.text(lang)
    if number < total:
        text = words.NEXT_QUESTION.text(lang, number=number + 1, total=total)
    return PageRow(text, "text", "review:", "right")


def _questions(closing: Closing, lang: str) -> list[PageRow]:
    if not closing.asked:
        return [PageRow(words.NO_QUESTIONS.text(lang), "dim")]
    rows = [PageRow(words.RIGHT_OF.text(lang, right=closing.right, total=len(closing.asked)), "strong")]
    for asked in closing.asked:
        text = pick(asked.ask.text, lang)
        # Unanswered questions keep their answers secret.
        known = asked.state != "open"
        why = pick(asked.ask.why, lang) if asked.reasoned else ""
        about = [text, outcome_text(asked, lang), why] if known else [text]
        sign, style = SIGNS[asked.state], STYLES.get(asked.state, "text")
        rows.append(PageRow(text, style, f"question:{asked.number}", sign, about="\n".join(filter(None, about))))
    return rows


def _cases(closing: Closing, lang: str) -> list[PageRow]:
    """List the other cases, each with its change and whether it was played."""
    seen, variants = closing.run.origin.scenario, [case for case in closing.cases if case.name]
    if seen is None or not variants:
        return []
    total = len(seen.model.variants)
    played = sum(case.played for case in variants) + (seen.variant is not None)
    rows = [PageRow(words.CASES.text(lang, played=played, total=total), "strong")]
    for case in closing.cases:
        about = "\n".join(case.change_texts(seen))
        state = words.PLAYED if case.played else words.NOT_PLAYED
        right = state.text(lang) if case.name else ""
        sign = "done" if case.played else "dot"
        rows.append(PageRow(case.label(lang), "text", f"case:{case.name}", sign, right, about))
    return rows


def _goals(closing: Closing, lang: str) -> list[PageRow]:
    """List missed goals, and met ones that have a text; a bare test that holds is internal to the author."""
    missed = [verdict for verdict in closing.verdicts if not verdict.met]
    worded = [verdict.goal for verdict in closing.verdicts if verdict.met and pick(verdict.goal.text, lang)]
    if not missed and not worded:
        return []
    heading = words.GOALS.text(lang, met=closing.met, total=len(closing.verdicts))
    rows = [PageRow(heading, "strong"), *(_goal(verdict, closing, lang) for verdict in missed)]
    if worded:
        told = ", ".join(pick(goal.text, lang) for goal in worded)
        rows.append(PageRow(told, "done", "goals:", "done", about="\n".join(goal.test for goal in worded)))
    return rows


def _card(card: Card, lang: str) -> list[PageRow]:
    """List the score of a challenge, what it lost points for, and how others can replay it."""
    title, *lines = card_lines(card, lang)
    rows = [PageRow(title, "strong"), PageRow(lines[0], "text", "score:", "stop", about="\n".join([title, *lines]))]
    for place, counted in enumerate(card.counts):
        sign, style = ("failed", "wrong") if counted.value else ("done", "done")
        name = f"go:{counted.event + 1}" if counted.event is not None and counted.value else f"count:{place}"
        rows.append(PageRow(count_text(counted, lang), style, name, sign, f"-{counted.cost:g}" if counted.cost else ""))
    about = first_loss(card, lang)
    rows.append(PageRow(about, "note", "first:", "dot", about=about, wraps=True))
    command = challenge_words.REPLAY.text(lang, command=card.command)
    rows.append(PageRow(command, "dim", "replay:", "dot", about=card.command, wraps=True))
    return rows


def _unfinished(closing: Closing, lang: str) -> list[PageRow]:
    """List what the run has left unfinished."""
    texts = [closing.run.names.short(told.text(lang)) for told in account_lines(closing.run.trace, UNFINISHED_SHOWN)]
    rows = [PageRow(text, "dim", f"unfinished:{number}", "dot", about=text) for number, text in enumerate(texts)]
    return [PageRow(HEADING.text(lang), "strong"), *rows] if rows else []


def _goal(verdict: GoalVerdict, closing: Closing, lang: str) -> PageRow:
    goal = verdict.goal
    text = pick(goal.text, lang) or goal.test
    if verdict.met:
        return PageRow(text, "done", f"goal:{goal.test}", "done", about=goal.test)
    # If no event met the goal, the end of the run shows what is missing.
    cursor = verdict.event + 1 if verdict.event is not None else len(closing.run.trace)
    about = [f"{goal.test}: {values_text(verdict)}", offender_text(verdict, closing.run, lang)]
    about.append(words.GO_THERE.text(lang))
    return PageRow(text, "wrong", f"go:{cursor}", "failed", values_text(verdict), "\n".join(about))


def _exercise(closing: Closing, grade: Grade | None, lang: str, *, changed: bool, busy: bool) -> list[PageRow]:
    exercise = closing.exercise
    if exercise is None:
        return []
    heading = words.EXERCISE.text(lang)
    if grade is not None:
        state = words.PASSED if grade.passed else words.NOT_PASSED
        heading = words.EXERCISE_STATE.text(lang, state=state.text(lang))
    rows = [PageRow(heading, "strong")]
    text, rules = pick(exercise.text, lang), "\n".join(rules_of(exercise, lang))
    rows.append(PageRow(text, "note", "exercise:", "stop", about=rules, wraps=True))
    if grade is not None:
        rows += [*_graded(grade, closing, lang), *_lessons_of(grade, lang)]
    elif changed:
        rows += [_goal(verdict, closing, lang) for verdict in closing.verdicts]
    rows.append(PageRow(words.TURN_IT.text(lang), "text", "knobs:", "knob", about=rules))
    rows.append(PageRow(words.EDIT_IT.text(lang), "text", "edit:", "knob", about=rules))
    if busy:
        rows.append(PageRow(words.CHECKING.text(lang), "dim", "check:", "dot"))
    elif changed:
        check = words.CHECK_IT if grade is None else words.CHECK_AGAIN
        rows.append(PageRow(check.text(lang), "text", "check:", "right", about=words.CHECK_ABOUT.text(lang)))
    return rows


def _graded(grade: Grade, closing: Closing, lang: str) -> list[PageRow]:
    """List the grading: forbidden changes, goals, budget."""
    rows = []
    for change in grade.changes:
        if change not in grade.forbidden:
            rows.append(PageRow(_changed(change, lang), "text", f"change:{change.path}", "knob"))
    for change in grade.forbidden:
        text = words.FORBIDDEN.text(lang, path=change.path)
        about = _changed(change, lang)
        rows.append(PageRow(text, "wrong", f"change:{change.path}", "failed", about=about))
    for place, goal in enumerate(grade.goals if grade.runs else ()):
        run = grade.missed(place)
        if run is None or not run.hidden:
            rows.append(_goal(grade.runs[0].verdicts[place], closing, lang))
            continue
        text = pick(goal.text, lang) or goal.test
        example = grade.example(place)
        about = f"{goal.test}: {values_text((example or run).verdicts[place])}\n{words.HIDDEN_MISSED.text(lang)}"
        if example is not None:
            about += "\n" + words.SHOWN_MISSED.text(lang, seed=example.seed)
        rows.append(PageRow(text, "wrong", f"goal:{goal.test}", "failed", about=about))
    over = next((run for run in grade.runs if run.budget is not None and not run.budget.met), None)
    if over is not None and over.budget is not None:
        text = f"{over.budget.goal.test}: {values_text(over.budget)}"
        rows.append(PageRow(text, "wrong", "budget:", "failed"))
    return rows


def _lessons_of(grade: Grade, lang: str) -> list[PageRow]:
    """Explain why a passing solution works, and what to do in production."""
    why, production = grade.exercise.why, grade.exercise.in_production
    told = (("why:", words.WHY_IT_WORKS, why), ("production:", words.IN_PRODUCTION, production))
    return [
        PageRow(said.text(lang, text=pick(text, lang)), "text", name, "dot", wraps=True)
        for name, said, text in told
        if grade.passed and text
    ]


def _changed(change: SettingDifference, lang: str) -> str:
    return words.CHANGED.text(lang, path=change.path, before=_value(change.before), after=_value(change.after))


def _value(value: object) -> str:
    return repr(value) if repr(value) == "-" else flow_text(value)
