"""Commands of the user: one class each, with its parameters as fields. Keys, clicks and palette produce them.

A screen carries out what it can and sends the rest up (`Commanded`); the application handles what concerns screens and
passes the rest to the session.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from simulator.scene.change import Change
from simulator.tui.others import Other


class Command(Struct, frozen=True):
    """A request."""

    def at(self, column: int, width: int) -> Command:
        """Return the command for a press in one column of a zone, 0 to width - 1."""
        return self


# -- moving through a run ---------------------------------------------------------------------------------------


class Play(Command, frozen=True):
    """Play, or pause."""


class Step(Command, frozen=True):
    """Go to the next (1) or previous (-1) meaningful event; `raw`: event of any kind."""

    by: int = 1
    raw: bool = False


class GoToStart(Command, frozen=True):
    """Go to the first event."""


class GoToEnd(Command, frozen=True):
    """Go to the last event."""


class GoToMark(Command, frozen=True):
    """Go to the next or previous chapter, note, question, fault or bookmark."""

    by: int = 1


class GoToChange(Command, frozen=True):
    """Go to the next or previous change of the chosen thing."""

    by: int = 1


class GoToFound(Command, frozen=True):
    """Go to the next or previous event found by the search."""

    by: int = 1


class GoToDivergence(Command, frozen=True):
    """Go to the point where two compared runs diverge."""


class GoTo(Command, frozen=True):
    """Go to a cursor: right after that many events."""

    cursor: int


class RunUntil(Command, frozen=True):
    """Go on to the first moment at which a condition comes to hold."""

    test: str


class Seek(Command, frozen=True):
    """Go to a column of a scale that spans the run."""

    column: int = 0
    columns: int = 1
    times: tuple[int, ...] = ()
    """The begin of each column (microseconds), if they are not all as long; the last one is the end."""

    def at(self, column: int, width: int) -> Seek:
        """Return the command for a column; the last one is the end."""
        return Seek(column, max(1, width - 1), self.times)


class SeekTime(Command, frozen=True):
    """Go to a column of a time axis."""

    times: tuple[int, ...]
    """Time at which each column begins and the last one ends, in microseconds."""
    column: int = 0

    def at(self, column: int, width: int) -> SeekTime:
        """Return the command for a column."""
        return replace(self, column=min(column, len(self.times) - 2))


class Faster(Command, frozen=True):
    """Play faster (1) or slower (-1)."""

    by: int = 1


class NormalSpeed(Command, frozen=True):
    """Play at normal speed."""


SEEKING = (Seek, SeekTime)
"""Commands of scales that can be dragged over."""

MOVING = (Play, Step, GoToStart, GoToEnd, GoToMark, GoTo, RunUntil, Seek, SeekTime, Faster, NormalSpeed)
"""Commands that leave the end of a live run."""


def leads_forward(command: Command) -> bool:
    """Return True if a command has to wait for an open question."""
    match command:
        case Step(by=by) | GoToMark(by=by) | GoToChange(by=by):
            return by > 0
        case GoToEnd() | Play() | RunUntil():
            return True
        case _:
            return False


# -- how a run is looked at -------------------------------------------------------------------------------------


class NextView(Command, frozen=True):
    """Show the next view in the lower panel: timeline, meters, log."""


class ToggleDots(Command, frozen=True):
    """Draw charts with dots, or with blocks."""


class ZoomTime(Command, frozen=True):
    """Zoom in (1) or out (-1) on the time axis."""

    by: int = 1


class ShowAllTime(Command, frozen=True):
    """Show the whole run on the time axis."""


class PanTime(Command, frozen=True):
    """Move the time axis right (1) or left (-1)."""

    by: int = 1


class ToggleFolds(Command, frozen=True):
    """Fold or unfold idle time."""


class ToggleBookmark(Command, frozen=True):
    """Set a bookmark here, or remove it."""


class ToggleFuture(Command, frozen=True):
    """Show or hide what lies ahead."""


# -- choosing ---------------------------------------------------------------------------------------------------


class Move(Command, frozen=True):
    """Select the next (1) or previous (-1) line or thing; scroll if there is nothing to select."""

    by: int


class ScrollPage(Command, frozen=True):
    """Scroll down (1) or up (-1) by a page."""

    by: int


class ScrollRows(Command, frozen=True):
    """Scroll down or up by a number of rows."""

    by: int


class NextPanel(Command, frozen=True):
    """Go to the next or previous panel."""

    by: int = 1


class Choose(Command, frozen=True):
    """Select a thing: a `worker`, a `queue` or a `task`, by its name or id; no kind: nothing."""

    kind: str = ""
    key: str = ""


class ChooseInRow(Command, frozen=True):
    """Select one of several workers that stand side by side, each `step` cells wide."""

    workers: tuple[str, ...]
    step: int

    def at(self, column: int, width: int) -> Choose:
        """Return the command for a column."""
        return Choose("worker", self.workers[min(column // self.step, len(self.workers) - 1)])


class Pick(Command, frozen=True):
    """Select a line of a list by its position or name."""

    line: int | str


class Enter(Command, frozen=True):
    """Activate the selected line or thing."""


class Escape(Command, frozen=True):
    """Go back."""


# -- questions --------------------------------------------------------------------------------------------------


class AnswerQuestion(Command, frozen=True):
    """Answer the open question; in a menu, choose the line with that number."""

    choice: int
    """Counted from 0."""


class Skip(Command, frozen=True):
    """Answer "I don't know"."""


class Reveal(Command, frozen=True):
    """Show the answer of a question, or the result of a vote."""


class Digit(Command, frozen=True):
    """Append a digit to the number of hands."""

    digit: int


class AddHands(Command, frozen=True):
    """Count one hand more (1) or less (-1)."""

    by: int


class NextChoice(Command, frozen=True):
    """Count the hands for the next choice."""


class EraseDigit(Command, frozen=True):
    """Erase the last digit."""


class Discuss(Command, frozen=True):
    """Let a class discuss, and count again."""


class LetRun(Command, frozen=True):
    """Let the run answer the question that a class has voted on."""

    choice: int | None
    """Its answer; None is "I don't know"."""


class OpenVote(Command, frozen=True):
    """Open the vote on the question of this moment."""


class GoToStation(Command, frozen=True):
    """Go to the card of the next (1), this (0) or the previous (-1) station of a class."""

    by: int


# -- screens ----------------------------------------------------------------------------------------------------


class Find(Command, frozen=True):
    """Search for events."""


class OpenBreakpoint(Command, frozen=True):
    """Ask for a condition up to which to play."""


class OpenConsole(Command, frozen=True):
    """Open the console for Celery's own commands."""


class Zoom(Command, frozen=True):
    """Look inside the selected thing; on a zoom, at the next one."""


class ZoomInto(Command, frozen=True):
    """Look inside a worker, a task's message, or the first message of a queue."""

    kind: str
    key: str


class Inspect(Command, frozen=True):
    """Show everything about the selected thing."""


class Present(Command, frozen=True):
    """Show the presenter, or leave it."""


class Blacken(Command, frozen=True):
    """Blank the screen, or show it again."""


class AskWhatIf(Command, frozen=True):
    """Show the what-ifs."""


class OpenKnobs(Command, frozen=True):
    """Show the settings that can be turned."""


class TurnKnob(Command, frozen=True):
    """Set the selected knob to its next (1) or previous (-1) value."""

    by: int


class AskHowSure(Command, frozen=True):
    """Play the selected knob's values with many seeds."""


class ApplyKnob(Command, frozen=True):
    """Simulate again with the selected knob's value."""


class ChooseWhen(Command, frozen=True):
    """Apply a knob from now on or from the start; None: toggle."""

    from_now: bool | None = None


class Compare(Command, frozen=True):
    """Compare with another run."""


class MakeHappen(Command, frozen=True):
    """Continue in a run with one or more changes."""

    change: Change
    more: tuple[Change, ...] = ()


class EnterModel(Command, frozen=True):
    """Continue in the model of a recording, which may be changed."""


class Calibrate(Command, frozen=True):
    """Play the model of a recording several times, to see how far it may be trusted."""


class CompareWith(Command, frozen=True):
    """Compare with one of the other runs."""

    other: Other


class Undo(Command, frozen=True):
    """Go back to the run before the last what-if."""


class Save(Command, frozen=True):
    """Write the what-if as a scenario."""


class EditScenario(Command, frozen=True):
    """Open the scenario in the user's editor."""


class OpenSummary(Command, frozen=True):
    """Show the results of the lesson, and its exercise."""


class CheckSolution(Command, frozen=True):
    """Grade the changed run as a solution to the exercise."""


class OpenLesson(Command, frozen=True):
    """Play a lesson."""

    name: str


class PlayCase(Command, frozen=True):
    """Play another case of the lesson: a variant, or (without a name) the lesson itself."""

    name: str


class NextCase(Command, frozen=True):
    """Play the next case of the lesson, with one thing changed."""


class NextReview(Command, frozen=True):
    """Ask the next question of the review."""


class OpenPalette(Command, frozen=True):
    """List every command of the screen."""


class OpenHelp(Command, frozen=True):
    """Show the keys of the screen."""


class Quit(Command, frozen=True):
    """End the program."""


# -- the console's line -----------------------------------------------------------------------------------------


class RunLine(Command, frozen=True):
    """Carry out the line that was typed."""


class Complete(Command, frozen=True):
    """Complete the word that is being typed."""


class Recall(Command, frozen=True):
    """Recall an older (-1) or newer (1) line."""

    by: int


class Type(Command, frozen=True):
    """Enter a text into the line."""

    text: str


# -- the terminal -----------------------------------------------------------------------------------------------


class NextLanguage(Command, frozen=True):
    """Switch to the next language."""


class SetTheme(Command, frozen=True):
    """Use one of our themes, by its short name."""

    name: str


class SetGlyphs(Command, frozen=True):
    """Draw with `unicode` or `ascii` symbols."""

    name: str


class SetMotion(Command, frozen=True):
    """Turn animation of steps on or off."""

    on: bool


class TakeScreenshot(Command, frozen=True):
    """Save the screen as a picture and as text."""


class Copy(Command, frozen=True):
    """Copy the selected thing's name, or the narration of the moment."""


class ToggleMouse(Command, frozen=True):
    """Release the mouse to the terminal, or capture it again."""
