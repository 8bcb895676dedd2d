"""The author's part of the application: the editor, reloading the file, the panel of errors."""

from __future__ import annotations

import shlex
from pathlib import Path

from textual.app import SuspendNotSupported

from simulator.play.playback import Playback
from simulator.scenario import Problem, Scenario
from simulator.scene.words import authoring_words as words
from simulator.tui.authoring import FileWatch, copy_lesson, editor_command, run_editor
from simulator.tui.background import Rerun
from simulator.tui.host import Host
from simulator.tui.screens.problems import ProblemsScreen
from simulator.tui.session import Session


class Author:
    """Edits the file of the open session and reloads it."""

    def __init__(self, host: Host) -> None:
        """Watch nothing yet."""
        self.host = host
        self.files: FileWatch | None = None
        """The file that is reloaded whenever it is saved (`--watch`), if there is one."""
        self._copy: tuple[Session, Path] | None = None
        """A copy of a lesson that the session does not show yet, because it has an error."""

    def watch(self, session: Session) -> None:
        """Reload the session's file whenever it changes."""
        scenario = session.run.origin.scenario
        if scenario is not None:
            self.files = FileWatch(Path(scenario.file))
            session.say(words.WATCHING, file=scenario.file)

    def look(self, session: Session) -> None:
        """Check whether a watched file was saved."""
        if self.files is not None and self.files.changed():
            self.read_again(session, self.files.file)

    # -- the editor ---------------------------------------------------------------------------------------------

    def edit(self, session: Session) -> None:
        """Edit the scenario's file, or a copy of a packaged lesson; then reload it."""
        session.rest()
        scenario, command = session.run.origin.scenario, editor_command()
        if scenario is None:
            return
        if not command:
            session.say(words.NO_EDITOR, file=scenario.file)
            return
        try:
            with self.host.suspend():
                done = self._edit(session, scenario, command)
        except SuspendNotSupported:
            session.say(words.NO_SUSPEND, file=scenario.file)
            return
        if done is not None:
            self.read_again(session, done)

    def _edit(self, session: Session, scenario: Scenario, command: list[str]) -> Path | None:
        """Run the editor; returns the file if it has changed. Raises nothing: the terminal is the editor's."""
        fresh = False
        path = Path(scenario.file)
        if self._copy is not None and self._copy[0] is session:
            path = self._copy[1]
        elif scenario.is_packaged:
            try:
                path, fresh = copy_lesson(scenario, Path()), True
            except OSError as error:
                session.say(words.CANNOT_COPY, file=f"{scenario.name}.yaml", reason=error.strerror)
                return None
        before = _content(path)
        try:
            status = run_editor([*command, str(path)])
        except OSError as error:
            session.say(words.EDITOR_FAILED, command=shlex.join(command), reason=error.strerror)
            _forget(path, fresh)
            return None
        if _content(path) != before:
            if fresh:
                self._copy = (session, path)
            return path
        session.say(words.EDITOR_STATUS if status else words.UNCHANGED, status=status)
        _forget(path, fresh)
        return None

    # -- reading it again ---------------------------------------------------------------------------------------

    def read_again(self, session: Session, path: Path) -> None:
        """Simulate the file's current content in the background."""
        scenario = session.run.origin.scenario
        if scenario is None:
            return
        if self.files is not None:
            self.files = FileWatch(path)
        copied = self._copy is not None and self._copy == (session, path)

        def show(playback: Playback) -> None:
            self._close_panel()
            self._copy = None
            session.reload(playback, str(path), copied)

        def tell(problems: list[Problem]) -> None:
            self._show_panel(str(path), problems)

        rerun = Rerun(lambda: scenario.reloaded(path), before=session.run.origin)
        self.host.run_behind(session, rerun, show, tell)

    def _panel(self) -> ProblemsScreen | None:
        return next((screen for screen in self.host.screen_stack if isinstance(screen, ProblemsScreen)), None)

    def _show_panel(self, file: str, problems: list[Problem]) -> None:
        panel = self._panel()
        if panel is not None:
            panel.tell(file, problems)
            return
        self.host.open(ProblemsScreen(file, problems, self.files is not None))

    def _close_panel(self) -> None:
        panel = self._panel()
        if panel is not None:
            panel.dismiss(None)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _forget(path: Path, fresh: bool) -> None:
    """Delete a copy that was not changed."""
    if fresh:
        path.unlink(missing_ok=True)
