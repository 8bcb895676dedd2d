"""The console: Celery's own commands, typed over the lower half of a screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input

from simulator.console import words
from simulator.console.answers import Order, Output, interpret
from simulator.console.complete import complete
from simulator.story.catalog import line, plain
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint, screen_hints
from simulator.tui.controls.keys import BY_NAME
from simulator.tui.controls.shortcuts import CONSOLE
from simulator.tui.drawing.bars import draw_keys
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.pages.console import ConsoleView, Exchange, draw_console, entry_row
from simulator.tui.screens.base import Commanded, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board

STAYING = (
    *("play", "step", "back", "raw_step", "raw_back", "home", "end", "next_mark", "previous_mark"),
    *("slower", "faster", "normal", "future", "undo", "save", "language"),
)
"""Commands of the program that can also be typed, and leave the console open."""

LEAVING = ("find", "zoom", "what_if", "knobs", "compare", "closing", "edit", "palette", "quit")
"""Commands that lead to another screen."""

MAX_TYPED = 1000
"""Longest line, in characters."""


class ObeyOrder(c.Command, frozen=True):
    """Carry out a command as a what-if; the answer goes into the exchange."""

    order: Order
    exchange: Exchange


class Prompt(Input):
    """The input line. If it is empty, its arrows step through the run."""

    def action_cursor_left(self, select: bool = False) -> None:
        """Step back if the line is empty."""
        if self.value:
            super().action_cursor_left(select)
        else:
            self.post_message(Commanded(c.Step(-1)))

    def action_cursor_right(self, select: bool = False) -> None:
        """Step forward if the line is empty."""
        if self.value:
            super().action_cursor_right(select)
        else:
            self.post_message(Commanded(c.Step(1)))


class ConsoleScreen(ModalScreen[c.Command | None], inherit_bindings=False):
    """A log and an input line; sends commands up."""

    KIND = CONSOLE
    BINDINGS = bindings_of(CONSOLE)
    DEFAULT_CSS = """
    ConsoleScreen { layers: below above; align: left bottom; background: $background 0%; }
    ConsoleScreen Board { layer: below; dock: bottom; height: 60%; }
    ConsoleScreen Prompt {
        layer: above; dock: bottom; margin: 0 1 1 3; height: 1; border: none; padding: 0; background: $panel;
    }
    ConsoleScreen Prompt:focus { border: none; }
    """

    def __init__(self, session: Session) -> None:
        """Open for a session, with its previous log."""
        super().__init__()
        self.session = session
        self.memory = memory = session.console
        self.choices: tuple[str, ...] = ()
        self.place = len(memory.history)
        """Index of the history line in the prompt; the length of the history: none."""
        self.draft = ""
        self.top: int | None = None
        # Looked up once: there may be a hundred thousand.
        self.example = next(iter(session.run.world(session.player.cursor).tasks()), "ID")
        self.noticed = False
        """True if the session's notice is to be shown: after one of the program's own commands."""
        if session.background is None:
            memory.settle()

    def compose(self) -> ComposeResult:
        """The log with the input line on top."""
        yield Board(self.paint)
        yield Prompt(max_length=MAX_TYPED, select_on_focus=False, compact=True)

    def on_mount(self) -> None:
        """Focus the input line."""
        self.prompt.focus()

    @property
    def prompt(self) -> Prompt:
        """The input line."""
        return self.query_one(Prompt)

    def view(self) -> ConsoleView:
        """The current view."""
        session = self.session
        player, lang = session.player, session.lang
        place = words.PLACE if player.knows_end else words.PLACE_SO_FAR
        return ConsoleView(
            lang,
            _clock(session),
            say(place, lang, event=player.cursor, events=player.playback.length),
            self.memory.entries,
            self.choices,
            self.example,
            session.scene().notice if self.noticed else "",
            session.background.progress(lang) if session.background is not None else "",
            self.top,
        )

    def paint(self, width: int, height: int) -> Canvas:
        """The lower half."""
        canvas, _, _ = draw_console(self.view(), width, height)
        draw_keys(canvas, canvas.height - 1, self.hints())
        return canvas

    def hints(self) -> list[Hint]:
        """The keys of the line, and of stepping while it is empty."""
        hints = screen_hints(CONSOLE, self.session.lang)
        hints.insert(2, Hint("← →", say(words.STEP_SHORT, self.session.lang), c.Step(1)))
        return hints

    def redraw(self) -> None:
        """Redraw this screen and the one behind it."""
        if self.is_mounted:
            self.query_one(Board).redraw()
            self.refresh()

    # -- typing -------------------------------------------------------------------------------------------------

    def on_input_changed(self) -> None:
        """Clear the completions when the text changes."""
        if self.choices:
            self.choices = ()
            self.redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Carry out the typed line."""
        event.stop()
        text = event.value.strip()
        self.prompt.value, self.choices, self.draft = "", (), ""
        if text:
            self._remember(text)
            self._carry_out(text)
        self.redraw()

    def _remember(self, text: str) -> None:
        history = self.memory.history
        if history[-1:] != [text]:
            history.append(text)
        self.place = len(history)

    def _carry_out(self, text: str) -> None:
        self.noticed = text in STAYING
        if text == "clear":
            self.memory.entries.clear()
            self.top = None
        elif text == "exit":
            self.dismiss(None)
        elif text in STAYING:
            self.post_message(Commanded(BY_NAME[text].command))
        elif text in LEAVING:
            # The screen below is the one it is about.
            self.dismiss(BY_NAME[text].command)
        else:
            self._ask(text)

    def _ask(self, text: str) -> None:
        session = self.session
        entry = Exchange(_clock(session), text)
        self.memory.add(entry)
        found = interpret(session.run, session.player.cursor, session.player.time, text)
        if isinstance(found, Output):
            entry.answer = found
        elif not session.can(c.AskWhatIf()):
            entry.answer = Output(notes=(line(words.ASK_FIRST),), failed=True)
        else:
            self.post_message(Commanded(ObeyOrder(found, entry)))
        self.show_last()

    def show_last(self) -> None:
        """Show the last entry from its first row on, if it is long."""
        self.top = None
        board = self.query_one(Board)
        if not board.size.width:
            return
        start = entry_row(self.view(), board.size.width - 2)
        top, _ = self._shown(board)
        self.top = start if start < top else None

    def _shown(self, board: Board) -> tuple[int, int]:
        _, top, count = draw_console(self.view(), board.size.width, board.size.height)
        return top, count

    # -- keys ---------------------------------------------------------------------------------------------------

    def action_press(self, name: str) -> None:
        """Carry out the command of a key in the table."""
        self.do(BY_NAME[name].command)

    def do(self, command: c.Command) -> None:
        """Edit, complete, scroll, leave; send other commands up."""
        match command:
            case c.Escape():
                self.dismiss(None)
            case c.RunLine():
                self.prompt.post_message(Input.Submitted(self.prompt, self.prompt.value))
            case c.Complete():
                self._complete()
            case c.Type(text):
                self._put(text)
            case c.Recall(by):
                self._recall(by)
            case c.ScrollPage(by):
                self._scroll(by * max(1, self.query_one(Board).size.height - 4))
            case _:
                self.post_message(Commanded(command))

    def _complete(self) -> None:
        session, prompt = self.session, self.prompt
        found = complete(session.run, session.player.cursor, prompt.value, (*STAYING, *LEAVING, "clear", "exit"))
        with prompt.prevent(Input.Changed):
            self._put(found.text)
        self.choices = found.choices
        self.redraw()

    def _put(self, text: str) -> None:
        self.prompt.value = text
        self.prompt.cursor_position = len(text)

    def _recall(self, by: int) -> None:
        history, prompt = self.memory.history, self.prompt
        if self.place == len(history):
            self.draft = prompt.value
        self.place = max(0, min(self.place + by, len(history)))
        self._put(history[self.place] if self.place < len(history) else self.draft)

    def _scroll(self, by: int) -> None:
        top, count = self._shown(self.query_one(Board))
        self.top = max(0, min(top + by, count))
        self.redraw()

    def on_board_pressed(self, event: Board.Pressed) -> None:
        """Carry out the command of a hint."""
        self.do(event.command)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """Scroll by the wheel."""
        self._scroll(3 if event.by > 0 else -3)


def _clock(session: Session) -> str:
    return clock_text(session.player.time, session.lang)


def refusal(reason: str) -> Output:
    """The answer to a command that leads to no run."""
    return Output(notes=(line(words.REFUSED, reason=plain(reason)),), failed=True)
