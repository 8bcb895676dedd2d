"""The shape of a rule and of what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.advice.system import System


@dataclass(frozen=True, slots=True)
class Finding:
    """Settings that will hurt."""

    rule: str
    """Name of the rule, which is that of its demonstration too."""
    certain: bool
    """True if the harm follows from what is written; False if it depends on what the tasks do, or on a fault."""
    evidence: tuple[tuple[str, str], ...]
    """The facts that it follows from: a setting's path, or a label of `advice_words.LABELS`, and a value."""


Evidence = tuple[str, object]
Check = Callable[[System], Iterator[tuple[bool, list[Evidence]]]]

RULES: dict[str, Check] = {}
"""Every rule by name, in the order in which findings are listed."""


def rule(name: str) -> Callable[[Check], Check]:
    """Register a rule: a generator of (certain, evidence) for each place where a system breaks it."""

    def register(check: Check) -> Check:
        RULES[name] = check
        return check

    return register


def find(system: System) -> list[Finding]:
    """All findings of all rules, the certain ones first; what breaks a rule in several places is one finding."""
    found: dict[tuple[str, bool], dict[tuple[str, str], None]] = {}
    for name, check in RULES.items():
        for certain, evidence in check(system):
            said = ((path, _shown(value)) for path, value in evidence)
            found.setdefault((name, certain), {}).update(dict.fromkeys(said))
    findings = [Finding(name, certain, tuple(evidence)) for (name, certain), evidence in found.items()]
    return sorted(findings, key=lambda one: not one.certain)


def _shown(value: object) -> str:
    """A value as YAML would have it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
