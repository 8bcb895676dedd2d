"""Commands of the user: one class each, with its parameters as fields. Keys, clicks and palette produce them.

A screen carries out what it can and sends the rest up (`Commanded`); the application handles what concerns screens and
passes the rest to the session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.scene.change import Change
from simulator.tui.others import Other


@dataclass(frozen=True, slots=True)
class Command:
    """A request."""

    def at(self, column: int, width: int) -> Command:
        """Return the command for a press in one column of a zone, 0 to width - 1."""
        return self


# -- moving through a run ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play(Command):
    """Play, or pause."""


@dataclass(frozen=True, slots=True)
class Step(Command):
    """Go to the next (1) or previous (-1) meaningful event; `raw`: event of any kind."""

    by: int = 1
    raw: bool = False


@dataclass(frozen=True, slots=True)
class GoToStart(Command):
    """Go to the first event."""


@dataclass(frozen=True, slots=True)
class GoToEnd(Command):
    """Go to the last event."""


@dataclass(frozen=True, slots=True)
class GoToMark(Command):
    """Go to the next or previous chapter, note, question, fault or bookmark."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class GoToChange(Command):
    """Go to the next or previous change of the chosen thing."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class GoToFound(Command):
    """Go to the next or previous event found by the search."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class GoToDivergence(Command):
    """Go to the point where two compared runs diverge."""


@dataclass(frozen=True, slots=True)
class GoTo(Command):
    """Go to a cursor: right after that many events."""

    cursor: int


@dataclass(frozen=True, slots=True)
class Seek(Command):
    """Go to a column of a scale that spans the run."""

    column: int = 0
    columns: int = 1
    times: tuple[int, ...] = ()
    """The begin of each column (microseconds), if they are not all as long; the last one is the end."""

    def at(self, column: int, width: int) -> Seek:
        """Return the command for a column; the last one is the end."""
        return Seek(column, max(1, width - 1), self.times)


@dataclass(frozen=True, slots=True)
class SeekTime(Command):
    """Go to a column of a time axis."""

    times: tuple[int, ...]
    """Time at which each column begins and the last one ends, in microseconds."""
    column: int = 0

    def at(self, column: int, width: int) -> SeekTime:
        """Return the command for a column."""
        return replace(self, column=min(column, len(self.times) - 2))


@dataclass(frozen=True, slots=True)
class Faster(Command):
    """Play faster (1) or slower (-1)."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class NormalSpeed(Command):
    """Play at normal speed."""


SEEKING = (Seek, SeekTime)
"""Commands of scales that can be dragged over."""

MOVING = (Play, Step, GoToStart, GoToEnd, GoToMark, GoTo, Seek, SeekTime, Faster, NormalSpeed)
"""Commands that leave the end of a live run."""


def leads_forward(command: Command) -> bool:
    """Return True if a command has to wait for an open question."""
    match command:
        case Step(by=by) | GoToMark(by=by) | GoToChange(by=by):
            return by > 0
        case GoToEnd() | Play():
            return True
        case _:
            return False


# -- how a run is looked at -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NextView(Command):
    """Show the next view in the lower panel: timeline, meters, log."""


@dataclass(frozen=True, slots=True)
class ToggleDots(Command):
    """Draw charts with dots, or with blocks."""


@dataclass(frozen=True, slots=True)
class ZoomTime(Command):
    """Zoom in (1) or out (-1) on the time axis."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class ShowAllTime(Command):
    """Show the whole run on the time axis."""


@dataclass(frozen=True, slots=True)
class PanTime(Command):
    """Move the time axis right (1) or left (-1)."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class ToggleFolds(Command):
    """Fold or unfold idle time."""


@dataclass(frozen=True, slots=True)
class ToggleBookmark(Command):
    """Set a bookmark here, or remove it."""


@dataclass(frozen=True, slots=True)
class ToggleFuture(Command):
    """Show or hide what lies ahead."""


# -- choosing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move(Command):
    """Select the next (1) or previous (-1) line or thing; scroll if there is nothing to select."""

    by: int


@dataclass(frozen=True, slots=True)
class ScrollPage(Command):
    """Scroll down (1) or up (-1) by a page."""

    by: int


@dataclass(frozen=True, slots=True)
class ScrollRows(Command):
    """Scroll down or up by a number of rows."""

    by: int


@dataclass(frozen=True, slots=True)
class NextPanel(Command):
    """Go to the next or previous panel."""

    by: int = 1


@dataclass(frozen=True, slots=True)
class Choose(Command):
    """Select a thing: a `worker`, a `queue` or a `task`, by its name or id; no kind: nothing."""

    kind: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ChooseInRow(Command):
    """Select one of several workers that stand side by side, each `step` cells wide."""

    workers: tuple[str, ...]
    step: int

    def at(self, column: int, width: int) -> Choose:
        """Return the command for a column."""
        return Choose("worker", self.workers[min(column // self.step, len(self.workers) - 1)])


@dataclass(frozen=True, slots=True)
class Pick(Command):
    """Select a line of a list by its position or name."""

    line: int | str


@dataclass(frozen=True, slots=True)
class Enter(Command):
    """Activate the selected line or thing."""


@dataclass(frozen=True, slots=True)
class Escape(Command):
    """Go back."""


# -- questions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerQuestion(Command):
    """Answer the open question; in a menu, choose the line with that number."""

    choice: int
    """Counted from 0."""


@dataclass(frozen=True, slots=True)
class Skip(Command):
    """Answer "I don't know"."""


@dataclass(frozen=True, slots=True)
class Reveal(Command):
    """Show the answer of a question, or the result of a vote."""


@dataclass(frozen=True, slots=True)
class Digit(Command):
    """Append a digit to the number of hands."""

    digit: int


@dataclass(frozen=True, slots=True)
class AddHands(Command):
    """Count one hand more (1) or less (-1)."""

    by: int


@dataclass(frozen=True, slots=True)
class NextChoice(Command):
    """Count the hands for the next choice."""


@dataclass(frozen=True, slots=True)
class EraseDigit(Command):
    """Erase the last digit."""


@dataclass(frozen=True, slots=True)
class Discuss(Command):
    """Let a class discuss, and count again."""


@dataclass(frozen=True, slots=True)
class LetRun(Command):
    """Let the run answer the question that a class has voted on."""

    choice: int | None
    """Its answer; None is "I don't know"."""


@dataclass(frozen=True, slots=True)
class OpenVote(Command):
    """Open the vote on the question of this moment."""


@dataclass(frozen=True, slots=True)
class GoToStation(Command):
    """Go to the card of the next (1), this (0) or the previous (-1) station of a class."""

    by: int


# -- screens ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Find(Command):
    """Search for events."""


@dataclass(frozen=True, slots=True)
class OpenConsole(Command):
    """Open the console for Celery's own commands."""


@dataclass(frozen=True, slots=True)
class Zoom(Command):
    """Look inside the selected thing; on a zoom, at the next one."""


@dataclass(frozen=True, slots=True)
class ZoomInto(Command):
    """Look inside a worker, a task's message, or the first message of a queue."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Inspect(Command):
    """Show everything about the selected thing."""


@dataclass(frozen=True, slots=True)
class Present(Command):
    """Show the presenter, or leave it."""


@dataclass(frozen=True, slots=True)
class Blacken(Command):
    """Blank the screen, or show it again."""


@dataclass(frozen=True, slots=True)
class AskWhatIf(Command):
    """Show the what-ifs."""


@dataclass(frozen=True, slots=True)
class OpenKnobs(Command):
    """Show the settings that can be turned."""


@dataclass(frozen=True, slots=True)
class TurnKnob(Command):
    """Set the selected knob to its next (1) or previous (-1) value."""

    by: int


@dataclass(frozen=True, slots=True)
class ApplyKnob(Command):
    """Simulate again with the selected knob's value."""


@dataclass(frozen=True, slots=True)
class ChooseWhen(Command):
    """Apply a knob from now on or from the start; None: toggle."""

    from_now: bool | None = None


@dataclass(frozen=True, slots=True)
class Compare(Command):
    """Compare with another run."""


@dataclass(frozen=True, slots=True)
class MakeHappen(Command):
    """Continue in a run with one or more changes."""

    change: Change
    more: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareWith(Command):
    """Compare with one of the other runs."""

    other: Other


@dataclass(frozen=True, slots=True)
class Undo(Command):
    """Go back to the run before the last what-if."""


@dataclass(frozen=True, slots=True)
class Save(Command):
    """Write the what-if as a scenario."""


@dataclass(frozen=True, slots=True)
class EditScenario(Command):
    """Open the scenario in the user's editor."""


@dataclass(frozen=True, slots=True)
class OpenSummary(Command):
    """Show the results of the lesson, and its exercise."""


@dataclass(frozen=True, slots=True)
class CheckSolution(Command):
    """Grade the changed run as a solution to the exercise."""


@dataclass(frozen=True, slots=True)
class OpenLesson(Command):
    """Play a lesson."""

    name: str


@dataclass(frozen=True, slots=True)
class PlayCase(Command):
    """Play another case of the lesson: a variant, or (without a name) the lesson itself."""

    name: str


@dataclass(frozen=True, slots=True)
class NextCase(Command):
    """Play the next case of the lesson, with one thing changed."""


@dataclass(frozen=True, slots=True)
class NextReview(Command):
    """Ask the next question of the review."""


@dataclass(frozen=True, slots=True)
class OpenPalette(Command):
    """List every command of the screen."""


@dataclass(frozen=True, slots=True)
class OpenHelp(Command):
    """Show the keys of the screen."""


@dataclass(frozen=True, slots=True)
class Quit(Command):
    """End the program."""


# -- the console's line -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunLine(Command):
    """Carry out the line that was typed."""


@dataclass(frozen=True, slots=True)
class Complete(Command):
    """Complete the word that is being typed."""


@dataclass(frozen=True, slots=True)
class Recall(Command):
    """Recall an older (-1) or newer (1) line."""

    by: int


@dataclass(frozen=True, slots=True)
class Type(Command):
    """Enter a text into the line."""

    text: str


# -- the terminal -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NextLanguage(Command):
    """Switch to the next language."""


@dataclass(frozen=True, slots=True)
class SetTheme(Command):
    """Use one of our themes, by its short name."""

    name: str


@dataclass(frozen=True, slots=True)
class SetGlyphs(Command):
    """Draw with `unicode` or `ascii` symbols."""

    name: str


@dataclass(frozen=True, slots=True)
class SetMotion(Command):
    """Turn animation of steps on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class TakeScreenshot(Command):
    """Save the screen as a picture and as text."""


@dataclass(frozen=True, slots=True)
class Copy(Command):
    """Copy the selected thing's name, or the narration of the moment."""


@dataclass(frozen=True, slots=True)
class ToggleMouse(Command):
    """Release the mouse to the terminal, or capture it again."""
