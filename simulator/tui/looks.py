"""The appearance of the application, and its use of the terminal: screenshots, clipboard, mouse."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome

from simulator.scene.words import labels, look_words
from simulator.story.catalog import Words
from simulator.story.language import first_language, say
from simulator.story.values import clock_text
from simulator.tui.capture.shot import read_shot, save_shot, screenshot_folder, short_path
from simulator.tui.controls import commands as c
from simulator.tui.drawing.glyphs import ascii_text
from simulator.tui.screens.base import BoardScreen
from simulator.tui.screens.palette import PaletteEntry
from simulator.tui.session import Session
from simulator.tui.settings import SettingsFile, UserSettings
from simulator.tui.style.palettes import DEFAULT_THEME, PALETTES, PREFIX, THEMES
from simulator.tui.style.terminal import fitting_glyphs, fitting_theme
from simulator.tui.style.themes import WithoutColour, textual_themes, theme_name
from simulator.tui.widgets.board import ASCII_ONLY


class Looks(App[int], inherit_bindings=False):
    """An application with our themes that stores the user's choices; subclasses handle runs."""

    CSS = """
    Screen { layout: vertical; }
    .-ascii OptionList, .-ascii OptionList:focus { border: ascii $accent; text-overflow: clip; }
    """
    session: Session | None = None
    lang = "en"

    def __init__(self, settings: UserSettings, kept: SettingsFile | None) -> None:
        """Apply `settings`, and store changes in their file, if there is one."""
        super().__init__()
        # Textual heeds an empty variable too, which no-color.org does not; and makes grey what it says to leave out.
        self.no_color = bool(os.environ.get("NO_COLOR"))
        self.settings = settings
        self.kept = kept
        self.aside = ""
        """A notice on a screen that has no place for one, until the next command."""
        self._has_mouse = True

    def get_driver_class(self) -> type[Driver]:
        """Our own driver where Textual would take the one it extends."""
        found = super().get_driver_class()
        if sys.platform == "win32":
            return found
        from textual.drivers.linux_driver import LinuxDriver  # noqa: PLC0415 - not on Windows

        from simulator.tui.driver import TerminalDriver  # noqa: PLC0415 - the same

        return TerminalDriver if found is LinuxDriver else found

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Filter out colours if `NO_COLOR` is set."""
        if self.no_color:
            return [WithoutColour()]
        return [found for found in super().get_line_filters() if not isinstance(found, Monochrome)]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables that our style sheets need from other themes."""
        palette = PALETTES[DEFAULT_THEME]
        return {"chosen": palette.select, "chosen-text": palette.text}

    def apply_settings(self) -> None:
        """Apply the settings, or what suits the terminal."""
        for theme in textual_themes():
            self.register_theme(theme)
        chosen = self.settings.theme or fitting_theme(os.environ, self.console.color_system)
        self.theme = theme_name(chosen)
        glyphs = self.settings.glyphs
        if glyphs == "auto":
            glyphs = fitting_glyphs(os.environ, getattr(sys.__stdout__, "encoding", None))
        self.use_ascii(glyphs == "ascii")

    def use_ascii(self, only: bool) -> None:
        """Draw with ASCII symbols only, or with all."""
        self.set_class(only, ASCII_ONLY)
        # What is covered must not come back in the old signs, not for one frame.
        for screen in self.screen_stack:
            if isinstance(screen, BoardScreen):
                screen.redraw()
        self.redraw()

    def in_signs(self, text: str) -> str:
        """A text for one of Textual's own widgets, in symbols that the terminal can show."""
        return ascii_text(text) if self.has_class(ASCII_ONLY) else text

    def tell(self, text: str, **how: Any) -> None:
        """Show a temporary text in a corner, without markup: brackets, as in a folder's name, are kept."""
        self.notify(self.in_signs(text), markup=False, **how)

    def watch_theme(self, theme_name: str) -> None:
        """Redraw in the colours of a new theme."""
        super()._watch_theme(theme_name)
        self.redraw()

    def redraw(self) -> None:
        """Redraw everything visible."""

    def say(self, words: Words, **params: object) -> None:
        """Show a notice: in its place on the screen, or over the last row if there is none."""
        if self.session is not None and getattr(self.screen, "HAS_NOTICE", False):
            self.session.say(words, **params)
        else:
            self.aside = say(words, self.lang, **params)
        self.redraw()

    # -- settings -----------------------------------------------------------------------------------------------

    def keep(self, name: str, value: object) -> None:
        """Store a choice, here and in the settings file."""
        self.settings = replace(self.settings, **{name: value})  # type: ignore[arg-type]
        if self.kept is None:
            return
        known = len(self.kept.problems)
        try:
            self.kept.keep(name, value)
        except OSError as error:
            self.say(look_words.CANNOT_KEEP, reason=error.strerror)
        else:
            self.show_problems(known)

    def show_problems(self, known: int = 0) -> None:
        """Show the problems of the settings file, after the first ones, which are known."""
        if self.kept is None or self.kept.path is None:
            return
        for problem in self.kept.problems[known : known + 1]:
            # Where the file lies stands on stderr; here what is wrong must not be cut off behind a long path.
            text = problem.text(first_language(self.lang)).replace(str(self.kept.path), self.kept.path.name)
            self.say(look_words.TOLD, text=text)

    def change_looks(self, command: c.Command) -> bool:
        """Carry out a command about appearance or terminal; returns True if it is one."""
        match command:
            case c.SetTheme(name):
                self.theme = theme_name(name)
                self.keep("theme", name)
            case c.SetGlyphs(name):
                self.use_ascii(name == "ascii")
                self.keep("glyphs", name)
            case c.SetMotion(on):
                if self.session is not None:
                    self.session.motion = on
                self.keep("motion", on)
            case c.TakeScreenshot():
                # What was closed just now, like the palette, must be gone from it.
                self.call_after_refresh(self._take_screenshot)
            case c.Copy():
                self._copy()
            case c.ToggleMouse():
                self._toggle_mouse()
            case _:
                return False
        return True

    def look_entries(self) -> list[PaletteEntry]:
        """The palette's entries for themes, symbols and motion."""
        ascii_only = self.has_class(ASCII_ONLY)
        signs = labels.ALL_SIGNS if ascii_only else labels.ASCII_SIGNS
        moves = self.session.motion if self.session is not None else True
        motion = look_words.MOTION_OFF if moves else look_words.MOTION_ON
        worn = self.theme.removeprefix(PREFIX)
        return [
            PaletteEntry(say(signs, self.lang), "", c.SetGlyphs("unicode" if ascii_only else "ascii")),
            PaletteEntry(say(motion, self.lang), "", c.SetMotion(not moves)),
            *(
                PaletteEntry(f"{say(labels.THEME, self.lang)}: {name}", "", c.SetTheme(name))
                for name in THEMES
                if name != worn
            ),
        ]

    # -- the terminal's -----------------------------------------------------------------------------------------

    def _take_screenshot(self) -> None:
        session = self.session
        stem, title = "ackademy", self.title
        if session is not None:
            player = session.player
            name = session.run.trace.header.scenario
            title = f"{name}, {clock_text(player.time)} s"
            stem = f"{name}-{clock_text(player.time)}s"
        try:
            saved = save_shot(read_shot(self), title, self.theme, stem, screenshot_folder())
        except OSError as error:
            self.say(look_words.SHOT_FAILED, reason=error.strerror)
        else:
            self.say(look_words.SHOT_SAVED, file=saved.name, folder=short_path(saved.parent))

    def _copy(self) -> None:
        screen = self.screen
        text = screen.copied() if isinstance(screen, BoardScreen) else ""
        if not text:
            self.say(look_words.NOTHING_TO_COPY)
            return
        self.copy_to_clipboard(text)
        self.say(look_words.COPIED, text=text.splitlines()[0])

    def _toggle_mouse(self) -> None:
        # Textual lets an application choose this only at its start; its drivers for Unix and Windows can do both.
        verb = "disable" if self._has_mouse else "enable"
        switch = getattr(self._driver, f"_{verb}_mouse_support", None)
        if switch is None:
            self.say(look_words.NO_MOUSE)
            return
        switch()
        self._has_mouse = not self._has_mouse
        self.say(look_words.MOUSE_ON if self._has_mouse else look_words.MOUSE_OFF)
