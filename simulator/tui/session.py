"""A session: a run, the place in it, and every command that needs no screen of its own. Without Textual."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import structs

from simulator.course import learn_words
from simulator.course.contrast import Case, next_case
from simulator.measure.calibration import Calibration
from simulator.measure.moments import Onset, OnsetSearch
from simulator.play.breakpoint import read_condition
from simulator.play.find import Found, find_events
from simulator.play.playback import Place, Playback
from simulator.play.player import Motion, Player
from simulator.scenario import Scenario, ScenarioError
from simulator.scenario.schema import Ask
from simulator.scene.build import Fit, build_scene
from simulator.scene.change import Change
from simulator.scene.look import NOTHING, Look, Notice
from simulator.scene.model import Scene, Selection
from simulator.scene.moment import answer_keys
from simulator.scene.room import FULL, Room
from simulator.scene.words import authoring_words, labels, live_words
from simulator.story.catalog import Words
from simulator.story.language import say
from simulator.story.run import Run
from simulator.trace.time import MICROS
from simulator.tui.background import Background, Hunt
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import can_do
from simulator.tui.drawing.pages.console import Transcript
from simulator.tui.watch import changed_look, go_to_change, kept_bookmarks, merged, pinned, seek_between
from simulator.tui.whatif import list_changes, save_branch
from simulator.world import WorkerView

PANELS = {"worker": "workers", "task": "queue"}
"""Panel of each kind of thing that can be selected."""


class Session:
    """A run, with the user's place in it and view of it."""

    def __init__(self, run: Run, lang: str, *, motion: bool = True, lesson: bool = False) -> None:
        """Start at the opening; `motion`: steps are animated; `lesson`: its end leads to the results."""
        self.motion = motion
        self.lesson = lesson
        self.player = Player.at_start(Playback(run))
        self.look = Look(lang, motion=motion)
        self.found: list[Found] = []
        self.played: Collection[str] = ()
        """Cases of the scenario that were played before."""
        self.sought = ""
        """The text that was last searched for."""
        self.condition = ""
        """The last condition up to which to play."""
        self.console = Transcript()
        self.seen = self.player.cursor
        """The farthest cursor shown so far: nothing up to there is secret."""
        self.background: Background[Any] | None = None
        """The work done in the background, if any."""
        self.calibrated: tuple[Run, Calibration] | None = None
        """The recording whose model was held against it last, and what was found."""
        self._before: list[Player] = []
        self._grows = False
        """True while the run that was opened is a live one."""
        self._keeps_place = False
        """True if the place is kept while the run grows past its former end."""
        self._marked: list[tuple[Place, ...]] = []
        """The bookmarks of each of the previous runs."""

    @property
    def run(self) -> Run:
        """The current run."""
        return self.player.playback.run

    @property
    def lang(self) -> str:
        """`ko`, `en` or `both`."""
        return self.look.lang

    def scene(self, fit: Fit | Room = FULL) -> Scene:
        """The scene of the moment, within the given room."""
        scene = build_scene(self.player, self.look, fit)
        return scene if self.background is None else structs.replace(scene, notice=self.background.progress(self.lang))

    def can(self, command: c.Command) -> bool:
        """Return True if a command would have an effect now."""
        return can_do(self.player, self.look, command)

    def say(self, words: Words, **params: object) -> None:
        """Show a notice until the next command."""
        self.look = replace(self.look, notice=Notice(words, params))

    def set_language(self, lang: str) -> None:
        """Switch to a language."""
        self.look = replace(self.look, lang=lang)

    def advance(self, seconds: float) -> bool:
        """Advance the clock by real seconds; returns True if anything moved."""
        before = self.player
        self._go(before.advance(seconds))
        if before.motion is Motion.PLAY and self.player.motion is Motion.REST and self.player.at_end:
            self._say_end()
        return self.player is not before

    def do(self, command: c.Command) -> None:
        """Carry out a command; raises `ValueError` if it is not about a run."""
        self.look = replace(self.look, notice=None)
        if command == c.Play() and self.look.live and self.player.at_end:
            self._keeps_place = not self._keeps_place
            self.say(live_words.STAYING if self._keeps_place else live_words.AT_LIVE_END)
            return
        if isinstance(command, c.MOVING):
            self._keeps_place = False
        if c.leads_forward(command) and self.player.open_question is not None:
            self.say(labels.ANSWER_FIRST, keys=answer_keys(self.player))
            self._go(self.player.rest())
            return
        looked_at = changed_look(self.player, self.look, command)
        if looked_at is not None:
            self.look = looked_at
        else:
            self._carry_out(command)
        if isinstance(command, c.Step | c.GoToEnd) and c.leads_forward(command) and self.player.at_end:
            self._say_end()

    def rest(self) -> None:
        """Stop the clock, and drop the notice."""
        self.look = replace(self.look, notice=None)
        self._go(self.player.rest())

    def _say_end(self) -> None:
        told = labels.AT_END_OF_SCENARIO if self.can(c.OpenSummary()) else labels.AT_END
        usual = learn_words.AT_END if self.lesson else told
        seen = self.run.scenario if self.run.parent is None and self.player.answered else None
        case = next_case(seen, self.played) if seen is not None else None
        if case is not None and not self.look.live:
            self.say(learn_words.AT_END_WITH_CASE, case=Words(case.label("ko"), case.label("en")))
            return
        self.say(live_words.AT_LIVE_END if self.look.live else usual)

    def say_case(self, case: Case, seen: Scenario) -> None:
        """Show what this case changes against the run `seen`."""
        self.say(learn_words.CASE_BEGINS, changes="; ".join(case.change_texts(seen)))

    def start_at(self, time: int) -> None:
        """Begin at a time (microseconds); questions on the way are skipped."""
        player = self.player.seek_time(time)
        while player.open_question is not None and player.time < min(time, player.playback.end[1]):
            player = player.answer(None).seek_time(time)
        self._go(player)

    def start_after(self, cursor: int) -> None:
        """Begin after some events; questions on the way are skipped."""
        player = self.player.seek(cursor)
        while player.open_question is not None and player.cursor < cursor:
            player = player.answer(None).seek(cursor)
        self._go(player)

    def start_at_question(self) -> None:
        """Begin at the first question."""
        place = next((place for place, _ in self.player.playback.questions), self.player.place)
        self._go(self.player.go(place))

    # -- a run that goes on -------------------------------------------------------------------------------------

    def go_live(self) -> None:
        """Begin at the end of a live run."""
        self._grows = True
        self.look = replace(self.look, live=True)
        self._go(self.player.end())

    def grow(self, playback: Playback) -> None:
        """Take over a longer run: stay at its end, or at the place the user has gone back to.

        In a what-if, it waits until that is undone.
        """
        if self._before:
            self._before[0] = self._before[0].grown(playback, follow=False, shown=False)
            return
        follow = self.player.at_end and not self._keeps_place
        self._go(self.player.grown(playback, follow=follow, shown=self.motion))
        self.seen = min(self.seen, playback.length)

    def stop_growing(self) -> None:
        """End live mode: the run is complete."""
        self._grows = False
        self.look = replace(self.look, live=False)
        self.say(live_words.OVER)

    def _carry_out(self, command: c.Command) -> None:
        player = self.player
        match command:
            case c.Play():
                self._go(player.toggle())
            case c.Step(by, raw):
                self._step(by, raw)
            case c.GoToStart():
                self._go(player.home())
            case c.GoToEnd():
                self._go(player.end())
            case c.GoToMark(by):
                marks = self.look.bookmarks
                self._go(player.next_mark(marks) if by > 0 else player.previous_mark(marks))
            case c.GoToChange(by):
                self._go_to_change(by)
            case c.GoToFound(by):
                self._go_to_found(by)
            case c.GoTo(cursor):
                self._go(player.seek(cursor))
            case c.Seek(column, times=times) if 0 <= column < len(times) - 1:
                self._go(seek_between(player, times[column], times[column + 1]))
            case c.Seek(column, columns):
                self._seek(column, columns)
            case c.SeekTime(times, column):
                self.look = replace(self.look, span=pinned(self.look.span, times[0]))
                self._go(seek_between(player, times[column], times[column + 1]))
            case c.Faster(by):
                self._go(player.faster(by))
            case c.NormalSpeed():
                self._go(player.normal())
            case c.AnswerQuestion(choice):
                self._answer(choice)
            case c.Skip():
                if player.open_question is not None:
                    self._note(None)
            case c.ToggleFuture():
                self._toggle_future()
            case c.Choose(kind, key):
                self._select(PANELS.get(kind, ""), key)
            case c.Undo():
                self.undo()
            case c.Save():
                self.save(Path())
            case _:
                raise ValueError(command)

    def _step(self, by: int, raw: bool) -> None:
        player, shown = self.player, self.motion
        if by > 0:
            self._go(player.raw_step(shown=shown) if raw else player.step(shown=shown))
        else:
            self._go(player.raw_back() if raw else player.back())

    def _toggle_future(self) -> None:
        shown = not self.look.future
        self.look = replace(self.look, future=shown)
        self._note_future()
        told = labels.FUTURE_SHOWN if self._sees_all else labels.FUTURE_VEILED
        self.say(told if shown else labels.FUTURE_HIDDEN)

    @property
    def _sees_all(self) -> bool:
        return self.look.future and self.player.may_know_all

    def _go(self, player: Player) -> None:
        self.player = player
        self.seen = max(self.seen, player.cursor)
        self._note_future()

    def _note_future(self) -> None:
        """Record that the future was shown on request: it is no longer secret."""
        if self._sees_all and self.player.reached < self.player.playback.end:
            self.player = replace(self.player, reached=self.player.playback.end)

    def _seek(self, column: int, columns: int) -> None:
        """Go to a column of a scale: after the last instant in it, if there is one."""
        end = self.player.horizon
        begin, until = -(-column * end // columns), -(-(column + 1) * end // columns)
        self._go(seek_between(self.player, begin, until))

    def _go_to_change(self, by: int) -> None:
        player, notice = go_to_change(self.player, self.look.selection.key, by)
        self._go(player)
        self.look = replace(self.look, notice=notice)

    def _answer(self, choice: int) -> None:
        question = self.player.open_question
        if question is None:
            return
        if choice < len(getattr(question.item, "choices", ())):
            self._note(choice)
        else:
            self.say(labels.ANSWER_FIRST, keys=answer_keys(self.player))

    def _note(self, choice: int | None) -> None:
        self._go(self.player.answer(choice))
        if self.player.open_question is None:  # else one more question of this moment comes first
            self.say(labels.SEE_IT)

    # -- choosing -----------------------------------------------------------------------------------------------

    def _select(self, panel: str, key: str) -> None:
        self.look = replace(self.look, selection=Selection(panel, key), notice=None)

    def _choices(self, panel: str) -> list[str]:
        world = self.run.world(self.player.cursor)
        if panel == "queue":
            return [uuid for queue in world.queues.values() for uuid in queue.uuids(200)]
        return [key for worker in world.workers.values() for key in _inside(worker)] if panel == "workers" else []

    def panel(self, by: int = 1) -> None:
        """Go to another panel: queue, workers, none."""
        panels = ["", *(panel for panel in ("queue", "workers") if self._choices(panel))]
        here = self.look.selection.panel
        place = panels.index(here) if here in panels else 0
        panel = panels[(place + by) % len(panels)]
        self._select(panel, self._choices(panel)[0] if panel else "")

    def move(self, by: int) -> None:
        """Select the next thing in the panel."""
        selection = self.look.selection
        panel = selection.panel or ("queue" if self._choices("queue") else "workers")
        known = self._choices(panel)
        if not known:
            return
        place = known.index(selection.key) + by if selection.key in known else 0
        self._select(panel, known[max(0, min(place, len(known) - 1))])

    def clear(self) -> bool:
        """Clear the selection; returns True if there was one."""
        had = bool(self.look.selection.panel)
        self._select("", "")
        return had

    def zoom_target(self) -> tuple[str, str] | None:
        """The subject of a zoom: the selection, else the subject of the last event."""
        world = self.run.world(self.player.cursor)
        selection = self.look.selection
        if selection.key in world.workers:
            return "worker", selection.key
        if selection.key and selection.key in world:
            return "message", selection.key
        event = world.event
        uuid = getattr(event, "uuid", "")
        if uuid and uuid in world:
            return "message", uuid
        name = getattr(event, "hostname", "")
        return ("worker", name if name in world.workers else next(iter(world.workers))) if world.workers else None

    def copied(self) -> str:
        """The text that `y` copies: the selected task's id or worker's name, else the narration of this moment."""
        if self.look.selection.key:
            return self.look.selection.key
        told = self.scene().words
        return "\n".join(line.text for kind in ("now", "why") for line in told if line.kind == kind)

    # -- finding ------------------------------------------------------------------------------------------------

    def search(self, text: str) -> list[Found]:
        """Find events in the visible part of the run; kept for next and previous."""
        until = self.player.playback.length if self._sees_all else min(self.seen, self.player.playback.length)
        self.sought = text
        self.found = find_events(self.run.trace, text, self.player.playback.opening, until)
        self.look = replace(self.look, has_found=bool(self.found))
        return self.found

    def hidden(self, text: str) -> int:
        """Number of further matches in the hidden future; 0 while a question is open, which the count might answer."""
        if self.look.future or not self.player.knows_end:
            return 0
        return len(find_events(self.run.trace, text, self.seen, self.player.playback.length))

    def _go_to_found(self, by: int) -> None:
        cursors = [found.index + 1 for found in self.found]
        if not cursors:
            self.say(labels.NOT_FOUND)
            return
        if by > 0:
            place = next((n for n, cursor in enumerate(cursors) if cursor > self.player.cursor), 0)
        else:
            before = [n for n, cursor in enumerate(cursors) if cursor < self.player.cursor]
            place = before[-1] if before else len(cursors) - 1
        self._go(self.player.seek(cursors[place]))
        self.say(labels.FOUND_AT, place=place + 1, count=len(cursors))

    def hunt(self, test: str) -> Hunt:
        """Prepare the search for where a condition next comes to hold; not past an open question."""
        self.condition = test
        player, trace = self.player, self.run.trace
        return Hunt(OnsetSearch(trace, read_condition(test, trace), player.cursor, player.limit[0]))

    def arrive(self, test: str, moment: Onset, asked: Player) -> None:
        """Go to the moment that was searched for from the place `asked`, and say so."""
        if moment.cursor is not None:
            self._go(self.player.seek(moment.cursor))
            self.say(labels.BREAK_AT, test=test, time=f"{self.run.trace[moment.cursor - 1].t / MICROS:.2f}")
        elif asked.limit < asked.playback.end:
            self._go(self.player.go(asked.limit))
            self.say(labels.BREAK_ASKED, test=test)
        else:
            self.say(labels.BREAK_HOLDS if moment.holds else labels.BREAK_NO_MORE, test=test)

    # -- what if ------------------------------------------------------------------------------------------------

    def changes(self) -> list[Change]:
        """The what-ifs possible now, the selected worker's first."""
        return list_changes(self.player, self.look.selection.key)

    def branch(self, run: Run, change: Change) -> None:
        """Continue at the same moment in a changed run."""
        self.enter(Playback(run), change, self.player)

    def enter(self, playback: Playback, change: Change, asked: Player, count: int = 1) -> None:
        """Continue in a changed run: here if it shares everything seen, else at the place `asked` for.

        Of several changes (`count`) made at once, `change` is the first.
        """
        shared = playback.run.trace.common_prefix(self.run.trace)
        here = self.player if self.player.cursor <= shared else replace(asked, answers=self.player.answers)
        self._before.append(here)
        self._marked.append(self.look.bookmarks)
        self.player = _same_moment(here, playback, shared)
        self.seen = self.player.cursor
        self.found = []
        kept = kept_bookmarks(self.look.bookmarks, shared)
        self.look = replace(self.look, has_found=False, bookmarks=kept, live=False)
        words = labels.BRANCHED[change.kind] if count == 1 else labels.BRANCHED_MANY
        self.say(words, count=count, **change.params)

    def reload(self, playback: Playback, file: str, copied: bool = False) -> None:
        """Continue in a reloaded run: here if it shares everything seen, else at the same time."""
        old, here, branched = self.run, self.player, bool(self._before)
        shared = playback.run.trace.common_prefix(old.trace)
        kept = dict(here.answers) if _asks(playback.run) == _asks(old) else {}
        self.player = _same_moment(replace(here.rest(), answers=MappingProxyType(kept)), playback, shared)
        self._before.clear()
        # A bookmark that the new run does not reach by the same events stays at its time.
        rest = (place for place in self.look.bookmarks if place[0] > shared)
        moved = tuple(self.player.seek_time(time).place for _, time in rest if time <= playback.end[1])
        marked = merged(kept_bookmarks(self.look.bookmarks, shared), moved)
        self._marked.clear()
        self.seen = max(self.player.cursor, min(self.seen, shared))
        self.found = []
        self.look = replace(self.look, has_found=False, selection=NOTHING, bookmarks=marked)
        words = authoring_words.SAME_TIME if here.cursor > shared else authoring_words.SAME_SO_FAR
        words = authoring_words.SAME_RUN if not branched and playback.run.trace.hash == old.trace.hash else words
        if copied:
            words = authoring_words.COPIED
        warnings = len(playback.run.scenario.warnings) if playback.run.scenario is not None else 0
        more = say(authoring_words.BRANCHES_GONE, self.lang) if branched else ""
        lesson = playback.run.start.scenario
        if playback.run.is_changed and lesson is not None and lesson.model.exercise is not None:
            more += say(authoring_words.CHECK_OFFER, self.lang)
        more += say(authoring_words.WARNINGS, self.lang, count=warnings, file=file) if warnings else ""
        self.say(words, file=file, more=more)

    def save(self, folder: Path) -> None:
        """Write the branch as a scenario, and show its path."""
        scenario = self.run.scenario
        if scenario is None or not self.can(c.Save()):
            self.say(labels.NOTHING_TO_SAVE)
            return
        try:
            self.say(labels.SAVED, file=save_branch(scenario, folder))
        except ScenarioError:
            self.say(labels.CANNOT_SAVE, reason=say(labels.NOT_AS_EXTENSION, self.lang))
        except OSError as error:
            self.say(labels.CANNOT_SAVE, reason=error.strerror)

    def cancel_background(self) -> bool:
        """Cancel the work in the background; returns True if there was some."""
        job, self.background = self.background, None
        if job is not None:
            job.cancel()
        return job is not None

    def undo(self) -> None:
        """Return to the run before the last what-if, no later than where it was made."""
        if not self._before:
            return
        before, here = self._before.pop(), self.player
        shared = before.playback.run.trace.common_prefix(self.run.trace)
        marked = merged(self._marked.pop(), kept_bookmarks(self.look.bookmarks, shared))
        back = before.rest() if here.time >= before.time else _same_moment(here, before.playback, shared)
        self.player = replace(back, answers=here.answers, speed=here.speed)
        # What was seen of the other run is still a secret of this one.
        self.seen = max(before.cursor, back.cursor)
        self.found = []
        live = self._grows and not self._before
        self.look = replace(self.look, has_found=False, bookmarks=marked, live=live)
        self.say(labels.UNDONE if self.run.parent is None else labels.UNDONE_ONE)


def _asks(run: Run) -> list[Ask]:
    return run.scenario.model.ask if run.scenario is not None else []


def _same_moment(player: Player, playback: Playback, shared: int) -> Player:
    """Move a player to a run that shares the first `shared` events: to the same place, else the same time."""
    if player.cursor <= shared:
        return player.moved_to(playback)
    moved = replace(player, playback=playback).seek_time(player.time)
    return replace(moved, reached=(0, 0))


def _inside(worker: WorkerView) -> list[str]:
    """A worker's name and its tasks: running, reserved, or waiting for their ETA."""
    held = [running.uuid for running in worker.active()] + worker.reserved() + [uuid for uuid, _ in worker.scheduled()]
    return [worker.hostname, *dict.fromkeys(held)]
