"""Loading of a `Scenario` from a file or text: parse, merge edits on top, validate, check."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from simulator.scenario import convert, schema
from simulator.scenario.checks import check
from simulator.scenario.checks.scope import RuleScope
from simulator.scenario.conditions.grammar import check_tests
from simulator.scenario.extend import MAX_GENERATIONS, extension_text, find_parent, merge_sources, read_file
from simulator.scenario.library import find_scenario, is_packaged, name_of
from simulator.scenario.problems import MAX_PROBLEMS, Mark, Problem, ScenarioError, nearest
from simulator.scenario.profiles import Settings, resolve_settings
from simulator.scenario.recorded import expand_recordings
from simulator.scenario.source import Path, Source, read_source
from simulator.scenario.values.paths import PathError, get_path, parse_path, set_path

MAX_VARIED = 50_000
"""Limit on the values of a file and its variants together; each variant counts with all it takes from the file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change on top of a file: the value at a path, or (`append`) one more item of the list there."""

    path: str
    value: Any
    append: bool = False
    mark: Mark | None = None
    """Position in the file, if it was written there (a variant's `set`)."""


@dataclass(frozen=True)
class Scenario:
    """A complete, checked scenario. Immutable; a what-if is `edited(...)`."""

    name: str
    """Its short name: the file's without suffix."""
    source: Source
    """The file it came from."""
    variant: str | None
    edits: tuple[Edit, ...]
    """Edits applied on top of the file, in order."""
    model: schema.ScenarioFile
    """The validated scenario."""
    settings: Settings
    warnings: list[Problem] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    """The scenario as written: short forms expanded, edits applied, not validated. Read-only."""

    @property
    def file(self) -> str:
        """The path of the file it came from."""
        return self.source.file

    @property
    def what(self) -> str:
        """The text that names it on a command line: a lesson's name, or the path of its file."""
        return self.name if self.is_packaged else self.file

    def called_from(self, folder: FilePath | str) -> str:
        """The text by which a file in a folder extends it: its name, or its path from there."""
        own = FilePath(self.file).resolve()
        return self.name if self.is_packaged else FilePath(os.path.relpath(own, folder)).as_posix()

    @property
    def is_packaged(self) -> bool:
        """True if the file ships with the program."""
        return is_packaged(FilePath(self.file))

    @cached_property
    def title(self) -> dict[str, str]:
        """Its title by language (the name where it has none)."""
        return self.model.title or {"ko": self.name, "en": self.name}

    @property
    def goals(self) -> list[schema.Goal]:
        """The goals of what is run: the variant's own, or those of the base scenario."""
        return self.model.variants[self.variant].goals if self.variant else self.model.goals

    def edited(self, *edits: Edit) -> Scenario:
        """The same scenario with more changes on top; raises `ScenarioError`."""
        return _build(self.source, self.name, self.variant, (*self.edits, *edits))

    def seeded(self, seed: int) -> Scenario:
        """The same scenario with another seed, on which nothing else depends: quicker than an edit."""
        return replace(
            self,
            edits=(*self.edits, Edit("seed", seed)),
            model=self.model.model_copy(update={"seed": seed}),
            data={**self.data, "seed": seed},
        )

    def with_faults(self, lines: Sequence[dict[str, Any]]) -> Scenario:
        """The same scenario with more lines under `faults`, whose names are taken to be right: quicker than an edit.

        Raises:
            ValidationError: a line is no fault.
        """
        faults = [*self.model.faults, *map(schema.Fault.model_validate, lines)]
        return replace(
            self,
            edits=(*self.edits, *(Edit("faults", line, append=True) for line in lines)),
            model=self.model.model_copy(update={"faults": faults}),
            data={**self.data, "faults": [*(self.data.get("faults") or []), *lines]},
        )

    @property
    def changes(self) -> tuple[Edit, ...]:
        """Edits made on top of the file and its variant."""
        return self.edits[len(_variant_edits(self.source, self.variant)) :]

    def as_written(self, variant: str | None = None) -> Scenario:
        """The file's own content, or one of its variants, without further edits; raises `ScenarioError`."""
        return _build(self.source, self.name, variant, tuple(_variant_edits(self.source, variant)))

    def with_variant(self, variant: str | None) -> Scenario:
        """The same scenario, with all that was changed besides, in another variant; raises `ScenarioError`."""
        return _build(self.source, self.name, variant, (*_variant_edits(self.source, variant), *self.changes))

    def reloaded(self, file: FilePath | None = None) -> Scenario:
        """The file read again (or another `file` in its place), with the same edits applied; raises `ScenarioError`."""
        path = find_scenario(file or FilePath(self.file))
        source = _parse(read_file(path, str(path)), _shown(path))
        return _build(source, name_of(path), self.variant, (*_variant_edits(source, self.variant), *self.changes))

    def value_at(self, path: str) -> Any:
        """The value written at a path, edits included; None if there is none. Raises `PathError`."""
        return get_path(self.data, path)

    def extension(self, folder: str = ".", more: Mapping[str, Any] | None = None) -> str:
        """YAML of a scenario, to be saved in `folder`, that extends this one's file and makes the same edits.

        `more` are sections of its own, beside the edits.

        Raises:
            ScenarioError: an edit changes an item of a list, which `extends` can only add to.
        """
        return extension_text(
            self.called_from(folder), [(parse_path(e.path), e.value, e.append) for e in self.edits], self.variant, more
        )


def load_scenario(
    what: str | FilePath,
    *,
    profile: str | None = None,
    variant: str | None = None,
    seed: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
) -> Scenario:
    """Load a lesson by name or a file by path; `overrides` are `PATH=VALUE` texts.

    Raises:
        ScenarioError: with everything that is wrong.
    """
    path = find_scenario(what)
    return parse_scenario(
        read_file(path, str(path)),
        file=_shown(path),
        profile=profile,
        variant=variant,
        seed=seed,
        until=until,
        overrides=overrides,
    )


def parse_scenario(
    text: str,
    *,
    file: str = "scenario.yaml",
    profile: str | None = None,
    variant: str | None = None,
    seed: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
) -> Scenario:
    """As `load_scenario`, from text."""
    packaged = is_packaged(FilePath(file))
    source = _packaged(text, file, None).source if packaged else _parse(text, file)
    asked: dict[str, Any] = {"profile": profile, "seed": seed, "until": until}
    more = [Edit(key, value) for key, value in asked.items() if value is not None]
    more += [_override(override) for override in overrides]
    if packaged and not more:
        return _packaged(text, file, variant)
    return _build(source, name_of(FilePath(file)), variant, (*_variant_edits(source, variant), *more))


@lru_cache(maxsize=1024)
def _packaged(text: str, file: str, variant: str | None) -> Scenario:
    """A packaged scenario as written: read and checked once, however often it is played, listed or extended."""
    source = _parse(text, file) if variant is None else _packaged(text, file, None).source
    return _build(source, name_of(FilePath(file)), variant, tuple(_variant_edits(source, variant)))


def _parse(text: str, file: str) -> Source:
    """Parse a file's text and merge it over the file it extends."""
    source = read_source(text, file)
    if source.problems:
        # Validation goes on all the same, so that the author sees everything at once.
        try:
            _build(source, name_of(FilePath(file)), None, ())
        except ScenarioError as error:
            known = {problem.mark for problem in source.problems}
            more = [problem for problem in error.problems if problem.mark not in known]
            raise ScenarioError(_unique([*source.problems, *more])) from None
        raise ScenarioError(source.problems)
    return _with_parents(source)


def _with_parents(source: Source, generation: int = 0) -> Source:
    """Merge a source over what it extends; each parent must be valid on its own."""
    path = find_parent(source)
    if path is None:
        return source
    if generation >= MAX_GENERATIONS:
        raise ScenarioError([source.problem("extends.too_deep", source.at(("extends",)), limit=MAX_GENERATIONS)])
    parent = _parent(path, generation + 1)
    data, source.data = _expanded(copy.deepcopy(parent.data)), _expanded(source.data)
    expand_recordings(data, parent)  # a path in it is relative to its own file
    return merge_sources(replace(parent, data=data), source)


def _parent(path: FilePath, generation: int) -> Source:
    """Read a file that another extends."""
    text, file = read_file(path, _shown(path)), _shown(path)
    if is_packaged(path):
        return _packaged(text, file, None).source
    parent = read_source(text, file)
    if parent.problems:
        raise ScenarioError(parent.problems)
    parent = _with_parents(parent, generation)
    _build(parent, name_of(path), None, ())
    return parent


def scenario_files(path: FilePath) -> list[FilePath]:
    """A scenario's file after those it extends, topmost parent first, as far as they can be read."""
    found = [path]
    for _ in range(MAX_GENERATIONS):
        try:
            parent = find_parent(read_source(read_file(found[-1], str(found[-1])), str(found[-1])))
        except ScenarioError:
            break
        if parent is None or parent in found:
            break
        found.append(parent)
    return found


def _shown(path: FilePath) -> str:
    try:
        return str(path.relative_to(FilePath.cwd()))
    except ValueError:
        return str(path)


def _variant_edits(source: Source, variant: str | None) -> list[Edit]:
    if variant is None:
        return []
    variants = source.data.get("variants") or {}
    if not isinstance(variants, dict) or variant not in variants:
        known = list(variants) if isinstance(variants, dict) else []
        raise ScenarioError(
            [Problem("variant.unknown", {"name": variant, "known": known, "meant": nearest(variant, known)})]
        )
    changes = (variants[variant] or {}).get("set") if isinstance(variants[variant], dict) else None
    where: Path = ("variants", variant, "set")
    if not isinstance(changes, dict):
        return []
    return [Edit(str(p), value, mark=source.at((*where, p), key=True)) for p, value in changes.items()]


def _override(text: str) -> Edit:
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        raise ScenarioError([Problem("set.shape", {"text": text})])
    parsed = read_source(f"value: {value}" if value.strip() else "value: ''", "--set")
    if parsed.problems:
        raise ScenarioError(parsed.problems)
    return Edit(path.strip(), parsed.data["value"])


def _build(source: Source, name: str, variant: str | None, edits: tuple[Edit, ...]) -> Scenario:
    data = _expanded(copy.deepcopy(source.data))
    problems = list(expand_recordings(data, source))
    overlays: dict[Path, Mark | None] = {}
    for edit in edits:
        problem = _apply(data, edit, source, overlays)
        problems += [problem] if problem else []
    for path, unparsed in check_tests(data):
        problems.append(_located(unparsed.code, unparsed.params, source, overlays, path, offset=unparsed.column))
    try:
        model = schema.ScenarioFile.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(_unique(problems + _findings(error, source, overlays))) from None
    settings = _settings(model)
    found, warnings = check.check_scenario(model, source)
    problems += found
    others: list[Scenario] = []
    # Looked at once, when the plain file is loaded: every variant must stand, and may give a setting its meaning.
    plain = variant is None and not edits
    if plain:
        others, wrong = _variants(source, name, model)
        problems += wrong
    if problems:
        raise ScenarioError(_unique(problems))
    if plain:
        scopes = [RuleScope(other.data, other.model, other.settings) for other in others]
        # What a variant puts right is meant.
        warnings = [one for one in warnings if all(one in other.warnings for other in others)]
        warnings += check.check_idle(RuleScope(data, model, settings), scopes, source)
    return Scenario(name, source, variant, edits, model, settings, warnings, data)


def _settings(model: schema.ScenarioFile) -> Settings:
    backend = model.services.get("result_backend")
    latency = backend.latency if backend else 0.0
    config, version = model.config.written(), model.celery_version
    return resolve_settings(model.profile, model.polls, config, latency, model.heartbeats, version)


def _expanded(data: Any) -> Any:
    """Data with the short forms written out that a path may lead into."""
    if isinstance(data.get("tasks"), dict):
        data["tasks"] = {k: schema.expand_task(v) for k, v in data["tasks"].items()}
    try:
        if "workers" in data:
            data["workers"] = schema.expand_workers(data["workers"])
    except PydanticCustomError:
        pass  # validation reports it, with its place
    return data


def _apply(data: dict[str, Any], edit: Edit, source: Source, overlays: dict[Path, Mark | None]) -> Problem | None:
    try:
        parts = parse_path(edit.path)
        if edit.append:
            data.setdefault(edit.path, []).append(copy.deepcopy(edit.value))
            return None
        set_path(data, edit.path, copy.deepcopy(edit.value))
    except PathError as error:
        if edit.mark is None:
            return Problem(error.code, error.params)
        return source.problem(error.code, edit.mark, **error.params)
    overlays[tuple(int(p) if p.isdecimal() else p for p in parts)] = edit.mark
    if edit.path in ("tasks", "workers") or (len(parts) == 2 and parts[0] == "tasks"):
        _expanded(data)
    return None


def _findings(error: ValidationError, source: Source, overlays: dict[Path, Mark | None]) -> list[Problem]:
    problems = []
    for item in error.errors(include_url=False)[:MAX_PROBLEMS]:
        code, params, path, at_key = convert.finding(item)
        problems.append(_located(code, params, source, overlays, path, key=at_key))
    return problems


def _located(
    code: str,
    params: Mapping[str, object],
    source: Source,
    overlays: Mapping[Path, Mark | None],
    path: Path,
    *,
    key: bool = False,
    offset: int = 0,
) -> Problem:
    """A problem where it was written: in the file, in a variant, or (without a place) in an option."""
    over = next((o for o in overlays if path[: len(o)] == o or ("*" in o and _matches(o, path))), None)
    if over is None:
        return source.problem(code, source.at(path, key=key, offset=offset), **params)
    if overlays[over] is None:
        return Problem(code, dict(params))
    return source.problem(code, overlays[over], **params)


def _matches(pattern: Path, path: Path) -> bool:
    return len(path) >= len(pattern) and all(p in ("*", q) for p, q in zip(pattern, path, strict=False))


def _variants(source: Source, name: str, model: schema.ScenarioFile) -> tuple[list[Scenario], list[Problem]]:
    """The valid variants, and the problems of the others."""
    found, problems = [], []
    if len(model.variants) * _size(source.data, model) > MAX_VARIED:
        return [], [source.problem("variant.too_much", source.at(("variants",), key=True), limit=MAX_VARIED)]
    for other in model.variants:
        try:
            found.append(_build(source, name, other, tuple(_variant_edits(source, other))))
        except ScenarioError as error:
            problems += error.problems
    return found, problems


def _size(data: Any, model: schema.ScenarioFile) -> int:
    """Number of values that building one variant takes."""
    size, rest = len(model.workers), [data]
    while rest:
        item = rest.pop()
        children = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        size += len(children)
        rest.extend(children)
    return size


def _unique(problems: list[Problem]) -> list[Problem]:
    seen: set[tuple[object, ...]] = set()
    kept = []
    for problem in problems:
        key = (problem.mark, problem.code, str(problem.params))
        if key not in seen:
            seen.add(key)
            kept.append(problem)
    return kept
