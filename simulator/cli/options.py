"""Options that several commands share, in groups: a command takes a group as one parameter (`command`)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from functools import cached_property, wraps
from inspect import Parameter, get_annotations, signature
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from simulator.cli.shared import WRONG_INPUT, Language, app, complain, locale_language

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.story.run import Run
    from simulator.tui.settings import SettingsFile

WHAT_HELP = "Name of a lesson, a scenario file or a trace (.jsonl)."
What = Annotated[str, typer.Argument(metavar="WHAT", help=WHAT_HELP)]
Profile = Annotated[str | None, typer.Option(help="Use another profile: guide, celery-redis, celery-rabbitmq, ...")]
Variant = Annotated[str | None, typer.Option(help="A variant of the scenario.")]
Variants = Annotated[list[str] | None, typer.Option("--variant", help="A variant of the scenario; repeatable.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a setting; repeatable.")]
Seed = Annotated[str | None, typer.Option(metavar="N|random", help="Use another seed; random picks one and prints it.")]
Until = Annotated[float | None, typer.Option(metavar="SECONDS", help="Stop the run before this simulated time.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="Neither read nor save progress.")]

Trust = Annotated[bool, typer.Option("--trust", help="Read a trace whose hash is wrong: it was changed.")]

YesThisBroker = Annotated[bool, typer.Option("--yes-this-broker", help="Allow a broker that is not on this machine.")]

LATEST = 1e9
"""Seconds; no run is longer (`until`)."""


class ThemeName(StrEnum):
    """Values of `--theme`."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    OKABE_ITO = "okabe-ito"
    MONO = "mono"
    SIXTEEN = "sixteen"


class GlyphSet(StrEnum):
    """Values of `--glyphs`."""

    AUTO = "auto"
    UNICODE = "unicode"
    ASCII = "ascii"


@dataclass(frozen=True, kw_only=True)
class Common:
    """Options of every command, with the language of its output and its errors."""

    context: typer.Context
    lang: Annotated[Language | None, typer.Option(help="Language of all text; default: from the locale.")] = None

    @property
    def asked_language(self) -> str | None:
        """The language given after the command or before it."""
        chosen = self.lang or self.context.obj
        return chosen.value if isinstance(chosen, Language) else None

    @cached_property
    def language(self) -> str:
        """The requested language, else the locale's."""
        return self.asked_language or locale_language()

    def refuse(self, code: str, **params: object) -> NoReturn:
        """Print a problem by its code and exit with 2."""
        from simulator.scenario import Problem

        complain([Problem(code, params)], self.language)
        raise typer.Exit(WRONG_INPUT)


@dataclass(frozen=True, kw_only=True)
class ChangeOptions(Common):
    """Options that change a scenario before it is simulated."""

    settings: Set = None
    seed: Seed = None
    until: Until = None

    @cached_property
    def seed_text(self) -> str | None:
        """`--seed`, shared by several runs: a random one is drawn once."""
        return str(seed_of(self.seed)) if self.seed == "random" else self.seed

    @property
    def end(self) -> float | None:
        """Time in seconds before which the run is stopped."""
        return self.until

    def asked(self, **more: object) -> dict[str, Any]:
        """Keyword arguments of `load_scenario` and `open_run`, except the seed."""
        return {"until": self.end, "overrides": self.settings or (), **more}

    @contextmanager
    def opening(self, what: str, **more: object) -> Iterator[Run]:
        """Open a run. Errors in it, now or while it is used, go to stderr and exit with 2."""
        with opening(self.language, what, self.seed_text, self.asked(**more)) as run:
            yield run

    @contextmanager
    def scenario(self, what: str) -> Iterator[Scenario]:
        """Load a scenario. Errors in it, now or while it is used, go to stderr and exit with 2."""
        from simulator.scenario import load_scenario

        asked = self.asked()
        asked.pop("trust", None)  # there is no trace to trust
        with catching(self.language, what):
            if what.endswith(".jsonl"):
                self.refuse("study.not_a_scenario", file=what)
            scenario = load_scenario(what, seed=seed_of(self.seed_text), **asked)
            warn(scenario, self.language, what)
            yield scenario


@dataclass(frozen=True, kw_only=True)
class RunOptions(ChangeOptions):
    """Options that select and change the run a command is about."""

    profile: Profile = None
    variant: Variant = None
    trust: Trust = False

    def asked(self, **more: object) -> dict[str, Any]:
        """The same, with the profile, the variant, and whether a trace is trusted."""
        return super().asked(**{"profile": self.profile, "variant": self.variant, "trust": self.trust, **more})


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """Options for the terminal's appearance."""

    theme: Annotated[
        ThemeName | None, typer.Option(help="Colors; default: from the settings, else to suit the terminal.")
    ] = None
    glyphs: Annotated[
        GlyphSet | None, typer.Option(help="Characters to draw with: ascii if lines and arrows look wrong.")
    ] = None
    motion: Annotated[bool | None, typer.Option("--motion/--no-motion", help="Animate each step.")] = None

    @property
    def flags(self) -> dict[str, object]:
        """The given ones, as the settings file spells them."""
        said = {"theme": self.theme, "glyphs": self.glyphs, "motion": self.motion}
        return {
            name: value.value if isinstance(value, StrEnum) else value
            for name, value in said.items()
            if value is not None
        }


APPEARANCE = "simulator.appearance"
"""Key of the context for the flags given before the command."""


def read_settings_for(common: Common, appearance: Appearance | None = None) -> tuple[str, SettingsFile]:
    """Read the user's settings and lay the flags over them; returns the language and the settings.

    Problems in the settings file go to stderr, where they can be read once the terminal has been given back.
    """
    from simulator.tui.settings import own_settings

    kept = own_settings()
    language = common.asked_language or kept.settings.lang or common.language
    for problem in kept.problems:
        print(problem.text(language), file=sys.stderr)
    before = common.context.meta.get(APPEARANCE, {})
    kept.settings = kept.settings.over(**{**before, **(appearance.flags if appearance is not None else {})})
    return language, kept


@contextmanager
def opening(lang: str, what: str, seed: str | None, asked: dict[str, Any]) -> Iterator[Run]:
    """Open a run. Errors in it, now or while it is used, go to stderr and exit with 2."""
    from simulator.engine import simulate
    from simulator.story.run import open_run

    with catching(lang, what):
        run = open_run(what, simulate, seed=seed_of(seed), **asked)
        if run.scenario is not None:
            warn(run.scenario, lang, what)
        yield run


def warn(scenario: Scenario, lang: str, what: str) -> None:
    """Print a scenario's warnings, which are for authors: a packaged lesson's mistakes are deliberate."""
    from simulator.scenario import scenario_names

    if scenario.warnings and what not in scenario_names():
        complain(scenario.warnings, lang, warnings=True)


@contextmanager
def catching(lang: str, what: str) -> Iterator[None]:
    """Print errors in a scenario, a trace or a run to stderr and exit with 2."""
    from simulator.scenario import ScenarioError
    from simulator.story.problems.errors import limit_problem, problems_in
    from simulator.trace import LimitReached, TraceFileError

    try:
        yield
    except (ScenarioError, TraceFileError) as error:
        problems = problems_in(error, what)
    except LimitReached as error:
        problems = [limit_problem(error, what)]
    else:
        return
    sys.stdout.flush()
    complain(problems, lang)
    raise typer.Exit(WRONG_INPUT)


def seed_of(text: str | None) -> int | None:
    """Read `--seed`; a random one is drawn and printed to stderr. Raises `ScenarioError`."""
    if text is None:
        return None
    if text == "random":
        from secrets import randbelow

        number = randbelow(10**6)
        print(f"seed {number}", file=sys.stderr)
        return number
    if not (text.isascii() and text.isdecimal()):
        from simulator.scenario import Problem, ScenarioError

        raise ScenarioError([Problem("option.seed", {"value": text})])
    return int(text)


def command(name: str | None = None) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a function as a command; typer sees the fields of its groups as parameters of their own."""

    def register(function: Callable[..., int]) -> Callable[..., int]:
        return app.command(name)(spell_out(function))

    return register


def spell_out(function: Callable[..., int]) -> Callable[..., int]:
    """Wrap a function so that each field of each group (a dataclass) among its parameters is a parameter itself.

    A group's own fields come before those of its bases, so that `--lang` is the last option of every command.
    """
    groups: dict[str, tuple[type, list[str]]] = {}
    parameters: list[Parameter] = []
    for parameter in signature(function, eval_str=True).parameters.values():
        group = parameter.annotation
        if not (isinstance(group, type) and is_dataclass(group)):
            parameters.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
            continue
        fields: dict[str, Any] = {}
        for owner in filter(is_dataclass, group.__mro__):
            for name, kind in get_annotations(owner, eval_str=True).items():
                fields.setdefault(name, kind)
        groups[parameter.name] = (group, list(fields))
        parameters += [
            Parameter(name, Parameter.KEYWORD_ONLY, default=getattr(group, name, Parameter.empty), annotation=kind)
            for name, kind in fields.items()
        ]

    @wraps(function)
    def spelt(**given: Any) -> int:
        for option, value in given.items():
            if isinstance(value, float) and not isfinite(value):  # a bound of typer lets it through
                raise typer.BadParameter(f"{value} is not a number.", param_hint=f"--{option}")
        made = {
            name: group(**{field: given.pop(field) for field in fields}) for name, (group, fields) in groups.items()
        }
        return function(**given, **made)

    del spelt.__wrapped__  # typer would look through it
    spelt.__signature__ = signature(spelt).replace(parameters=parameters)  # type: ignore[attr-defined]
    spelt.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return spelt
