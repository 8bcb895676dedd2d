"""The text in the middle: the last event, the reason why nothing happens, captions, questions."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scene.model import ChoiceLine, QuestionBox, Scene, TextLine
from simulator.scene.moment import verdict_words
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.values import clock_text, second_unit
from simulator.tui.controls.commands import AnswerQuestion
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.figures import draw_figures, figures_width
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.style.plain import write_keys

STYLES = {"now": "strong", "why": "dim", "unsettled": "dim", "note": "note"}
MARGIN = 12
"""Width of the time before the text, in cells."""

MAX_ROWS = 8
"""Most rows that a caption and the last event take from the timeline."""

Line = tuple[str, str, str]
"""A symbol before it, its text, its style."""


def draw_words(canvas: Canvas, scene: Scene, box: Box, roomy: bool) -> None:
    """Draw the text area."""
    clock = clock_text(scene.time)
    if roomy and not scene.question:
        margin = _draw_big_clock(canvas, clock, box)
    else:
        margin = MARGIN
        canvas.right(9, box.y, clock + second_unit(scene.lang), "now")
    text = Box(margin, box.y, box.width - margin - 1, box.height)
    if scene.question is not None:
        if roomy or scene.question.verdict:
            used = _draw_lines(canvas, _lines_above(scene, text.width), text, air=False)
            used += roomy
            text = Box(text.x, text.y + used, text.width, text.height - used)
        _draw_question(canvas, scene, scene.question, text)
        return
    air = roomy and len(scene.words) <= 3
    inner = Box(text.x, text.y + roomy, text.width, text.height - roomy)
    _draw_lines(canvas, _lines(scene.words, text.width, inner.height - 2 * air), inner, air=air)


def rows_for_words(scene: Scene, width: int, roomy: bool) -> int:
    """Rows needed by the question, or by a caption with the last event; 0 without either."""
    question = scene.question
    width -= MARGIN + 1
    if question is None:
        kinds = {line.kind for line in scene.words}
        if roomy or not kinds & {"note", "unsettled"}:
            return 0
        if "unsettled" not in kinds:
            return sum(map(len, _lines([line for line in scene.words if line.kind != "why"], width, MAX_ROWS)))
        # One language, and one row for the questions, however long they are: the timeline stays.
        one = first_language(scene.lang)
        told = [line for line in scene.words if line.kind != "unsettled" and line.lang == one]
        return sum(map(len, _lines(told, width, MAX_ROWS))) + 1
    now = _lines_above(scene, width) if question.verdict else []
    return len(_question_lines(question, scene, width, roomy)) + (3 if roomy else sum(map(len, now)))


def _draw_big_clock(canvas: Canvas, clock: str, box: Box) -> int:
    """Draw the time in digits three rows high; returns the column where the text begins."""
    margin = max(26, figures_width(clock) + 6)
    x = margin - 5 - figures_width(clock)
    y = box.y + 1
    draw_figures(canvas, x, y, clock, "now")
    canvas.put(margin - 4, y + 2, "s", "now")
    return margin


def _lines(told: list[TextLine], width: int, height: int) -> list[list[Line]]:
    """Wrapped paragraphs that fit: if both languages do not, only the first one; then fewer reasons."""

    def wrapped(kept: list[TextLine]) -> list[list[Line]]:
        paragraphs = []
        for line in kept:
            sign = GLYPHS.stop if line.kind == "note" else " "
            parts = wrap(write_keys(line.text) if line.has_keys else line.text, width)
            paragraphs.append([(sign if n == 0 else " ", part, STYLES[line.kind]) for n, part in enumerate(parts)])
        return paragraphs

    order = {"now": 0, "why": 1, "unsettled": 2, "note": 3}
    told = sorted(told, key=lambda line: order[line.kind])
    if sum(map(len, wrapped(told))) > height and len({line.lang for line in told}) > 1:
        told = [line for line in told if line.lang == first_language("both")]
    paragraphs = wrapped(told)
    for kind in ("unsettled", "why", "now", "note"):
        for place, line in enumerate(told):
            over = sum(map(len, paragraphs)) - height
            if line.kind == kind and over > 0:
                paragraphs[place] = _shortened(paragraphs[place], over, kind, width)
    return [paragraph for paragraph in paragraphs if paragraph]


def _lines_above(scene: Scene, width: int) -> list[list[Line]]:
    """The lines above a question: the last event, and other questions that nothing settles."""
    told = [line for line in scene.words if line.kind in ("now", "unsettled")]
    return _lines(told, width, 2 + any(line.kind == "unsettled" for line in told))


def _shortened(paragraph: list[Line], over: int, kind: str, width: int) -> list[Line]:
    kept = paragraph[: max(len(paragraph) - over, 0 if kind == "why" else 1)]
    if kept and len(kept) < len(paragraph):
        sign, text, style = kept[-1]
        while " " in text and cell_len(text) > width - 2:
            text = text.rpartition(" ")[0]
        kept[-1] = (sign, f"{cut(text, width - 2, '')} {GLYPHS.ellipsis}", style)
    return kept


def _draw_lines(canvas: Canvas, paragraphs: list[list[Line]], box: Box, *, air: bool) -> int:
    """Draw paragraphs one below the other, with a blank row between them if there is room; returns rows used."""
    y = box.y
    for paragraph in paragraphs:
        for sign, text, style in paragraph:
            if y >= box.bottom:
                return y - box.y
            canvas.put(box.x - 2, y, sign, style)
            canvas.put(box.x, y, text, style, box.width)
            y += 1
        y += air
    return y - box.y


# -- questions --------------------------------------------------------------------------------------------------


def _draw_question(canvas: Canvas, scene: Scene, question: QuestionBox, box: Box) -> None:
    roomy = box.height > 6 or box.width > 100
    lines = _question_lines(question, scene, box.width, roomy)
    for y, line in enumerate(lines[: box.height], start=box.y):
        canvas.put(box.x - 2, y, "?" if y == box.y else " ", "question")
        x = box.x
        for text, style, key in line:
            end = canvas.put(x, y, text, style, box.right - x)
            if key and not question.answered:
                canvas.zone(x, y, end - x, 1, AnswerQuestion(int(key) - 1))
            x = end


Piece = tuple[str, str, str]
"""Text, style, and the answer given by a click on it."""


def _question_lines(question: QuestionBox, scene: Scene, width: int, roomy: bool) -> list[list[Piece]]:
    style = "dim" if question.verdict else "question"
    lines: list[list[Piece]] = [[(part, style, "")] for text in question.texts for part in wrap(text, width)]
    if question.verdict:
        return lines + _verdict_lines(question, scene.lang, width)
    choices = [_choice(choice, question, scene.lang) for choice in question.choices]
    inline = [piece for pieces in choices for piece in [*pieces, ("    ", "text", "")]]
    if roomy or sum(cell_len(text) for text, _, _ in inline) > width:
        lines += [line for pieces in choices for line in _hung(pieces, width)]
    else:
        lines.append(inline)
    if question.answered:
        words = labels.NOTED if question.known else labels.NOT_KNOWN
        lines.append([(say(words, scene.lang), "dim", "")])
    else:
        keys = f"1-{len(question.choices)}"
        words = labels.HOW_TO_ANSWER_FURTHER if question.further else labels.HOW_TO_ANSWER
        lines.append([(say(words, scene.lang, keys=keys), "dim", "")])
    return lines


def _verdict_lines(question: QuestionBox, lang: str, width: int) -> list[list[Piece]]:
    """The result of the answer with its reasons: first those of a wrong choice, for which a right one has none."""
    right = next(choice.text for choice in question.choices if choice.right)
    verdict = f"{verdict_words(question, lang)}: {right}"
    style = {"right": "right", "wrong": "wrong"}.get(question.verdict, "note")
    chosen = next((choice for choice in question.choices if choice.chosen), None)
    pieces = [(verdict, style)]
    if chosen is not None and not chosen.right:
        pieces.append((f"({say(labels.YOUR_ANSWER, lang)}: {chosen.text})", "dim"))
    refuted = chosen is not None and chosen.because and not chosen.right
    reasons = [*([chosen.because] if chosen is not None and refuted else []), *question.why]
    lines: list[list[Piece]] = [[]]
    used = 0
    for text, look in pieces:
        if used and used + 2 + cell_len(text) > width:
            lines.append([])
            used = 0
        gap = "  " if used else ""
        lines[-1].append((gap + text, look, ""))
        used += cell_len(gap + text)
    return lines + [[(part, "text", "")] for reason in reasons for part in wrap(reason, width)]


def _hung(pieces: list[Piece], width: int) -> list[list[Piece]]:
    """A choice on as many lines as it takes, with a hanging indent."""
    (key, *_), *said = pieces
    if sum(cell_len(text) for text, _, _ in pieces) <= width:
        return [pieces]
    indent, (_, style, answer) = cell_len(key) + 1, said[0]
    rows = wrap("".join(text for text, _, _ in said).strip(), width - indent)
    first: list[Piece] = [pieces[0], (f" {rows[0]}", style, answer)]
    return [first, *([(" " * indent, "text", ""), (row, style, answer)] for row in rows[1:])]


def _choice(choice: ChoiceLine, question: QuestionBox, lang: str) -> list[Piece]:
    style = "strong" if choice.chosen else "dim" if question.answered else "text"
    pieces: list[Piece] = [(f" {choice.key} ", "key", choice.key), (f" {choice.text}", style, choice.key)]
    if choice.chosen:
        pieces.append((f" ({say(labels.YOUR_ANSWER, lang)})", style, ""))
    return pieces
