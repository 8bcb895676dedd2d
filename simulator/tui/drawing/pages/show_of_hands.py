"""A question for an audience: large, its choices one below the other, the right one shown only on request."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scene.model import ChoiceLine, QuestionBox, Scene
from simulator.scene.moment import verdict_words
from simulator.scene.words import labels, vote_words
from simulator.story.language import say
from simulator.tui.controls.commands import AnswerQuestion
from simulator.tui.drawing.canvas import Canvas, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

Row = tuple[str, str, str]
"""A text, its style, and the answer given by a click on it."""


@dataclass(frozen=True)
class QuestionRows:
    """A question in rows."""

    asked: list[str]
    choices: list[list[Row]]
    reasons: list[Row]

    @property
    def rows(self) -> int:
        """Number of rows it needs without blank ones."""
        return len(self.asked) + sum(map(len, self.choices)) + len(self.reasons)


def margin_of(width: int) -> int:
    """Blank columns left and right of a question."""
    return 4 if width < 90 else 8


def ask(scene: Scene, question: QuestionBox, width: int) -> QuestionRows:
    """A question wrapped to a width; with its verdict, also the right answer and the reason."""
    width -= 2 * margin_of(width)
    asked = [part for text in question.texts for part in wrap(text, width)]
    choices = [_choice(choice, question, scene.lang, width - 6) for choice in question.choices]
    if not question.verdict:
        return QuestionRows(asked, choices, [])
    right = next(choice.text for choice in question.choices if choice.right)
    told = f"{verdict_words(question, scene.lang)}: {right}"
    because = [choice.because for choice in question.choices if choice.chosen and choice.because and not choice.right]
    style = {"right": "right", "wrong": "wrong"}.get(question.verdict, "note")
    reasons = [(told, style, "")]
    reasons += [(part, "text", "") for text in [*because, *question.why] for part in wrap(text, width)]
    return QuestionRows(asked, choices, reasons)


def draw_question(canvas: Canvas, question: QuestionBox, told: QuestionRows, box: Box) -> None:
    """Draw a question in the middle of a box, with its parts spaced out as far as there is room."""
    margin = margin_of(box.width)
    air = box.height - told.rows
    between = 1 if air >= len(told.choices) + 1 + bool(told.reasons) else 0
    apart = 1 if told.reasons and air > between * len(told.choices) else 0
    y = box.y + max(0, (air - between * len(told.choices) - apart) // 2)
    for part in told.asked:
        y = _put(canvas, box, margin, y, (part, "question" if not question.verdict else "strong", ""))
    for rows, choice in zip(told.choices, question.choices, strict=True):
        y += between
        if y < box.bottom:
            canvas.put(margin, y, GLYPHS.done if choice.right else " ", "right")
            canvas.put(margin + 2, y, f" {choice.key} ", "selected" if not question.verdict else "dim")
        for row in rows:
            y = _put(canvas, box, margin + 6, y, row)
    y += apart
    for row in told.reasons:
        y = _put(canvas, box, margin, y, row)


def _put(canvas: Canvas, box: Box, x: int, y: int, row: Row) -> int:
    text, style, answer = row
    if y < box.bottom:
        end = canvas.put(x, y, text, style, box.width - x)
        if answer:
            canvas.zone(x - 4, y, end - x + 4, 1, AnswerQuestion(int(answer) - 1))
    return y + 1


def _choice(choice: ChoiceLine, question: QuestionBox, lang: str, width: int) -> list[Row]:
    style = "strong" if choice.chosen or not question.answered else "dim"
    if question.verdict:
        style = "right" if choice.right else "dim"
    whose = vote_words.MOST if question.by_class else labels.YOUR_ANSWER
    text = choice.text + (f" ({say(whose, lang)})" if choice.chosen else "")
    return [(part, style, "" if question.answered else choice.key) for part in wrap(text, width)]
