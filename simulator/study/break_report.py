"""The outcome of a search in sentences, and as a scenario to play."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from simulator.scenario import Edit
from simulator.scenario.differences import DESCRIPTIVE
from simulator.scenario.extend import APPENDED
from simulator.scenario.values.paths import parse_path
from simulator.story.catalog import Line, Words, line, plain
from simulator.story.values import Seconds
from simulator.study import break_words as words
from simulator.study.breaking import PAIRS, RANDOM, SEEDS, SINGLES, Broken, Search
from simulator.study.injections import Injection
from simulator.study.trials import staged

FOUND, SMALLEST = "found", "smallest"
"""Names of the variants with what was found, and with the fewest tasks."""


def fault_line(fault: Injection) -> Line:
    """Return a fault in one sentence."""
    event = line(words.EVENTS[fault.event], uuid=fault.uuid, place=fault.place)
    return line(
        words.FAULTS[fault.kind],
        time=Seconds(fault.at),
        moment=line(words.AFTERWARDS if fault.is_after else words.BEFORE, event=event),
        target=line(words.BROKER) if fault.target == "broker" else plain(fault.target),
        lasts=f"{fault.lasts:g}",
    )


def broken_lines(search: Search, broken: Broken, missed: str) -> Iterator[Line]:
    """Yield the sentences that say what breaks, and how."""
    yield line(words.BROKEN, goal=missed)
    if not broken.faults:
        yield line(words.AS_IT_IS, seed=broken.seed)
    else:
        yield line(words.SCHEDULE, seed=broken.seed)
        for fault in broken.faults:
            yield line(_INDENTED, text=fault_line(fault))
        yield line(words.AFTER, count=f"{sum(search.tried.values()):,}")


def holds_lines(search: Search) -> Iterator[Line]:
    """Yield the sentences that say in which runs the goals held."""
    yield line(words.HOLDS, goals=" and ".join(search.goals))
    tried, total, seed = search.tried, len(search.possible), search.scenario.model.seed
    kinds = Line(_LIST[len(search.kinds)], {f"kind{n}": words.KINDS[kind] for n, kind in enumerate(search.kinds)})
    if tried[SINGLES]:
        which = words.ALL_SINGLES if tried[SINGLES] == total else words.SOME_SINGLES
        yield line(which, seed=seed, count=f"{tried[SINGLES]:,}", total=f"{total:,}", kinds=kinds)
    for part, text in ((SEEDS, words.SEEDS), (RANDOM, words.RANDOM), (PAIRS, words.PAIRS)):
        if tried[part]:
            yield line(text, count=f"{tried[part]:,}")
    if search.undecided:
        yield line(words.UNDECIDED, count=f"{search.undecided:,}")
    yield line(words.NO_PROOF, lasts=", ".join(f"{last:g}" for last in search.lasts))


_INDENTED = Words("  {text}", "  {text}")
_LIST = {n: Words(*[", ".join(f"{{kind{m}}}" for m in range(n))] * 2) for n in range(1, len(words.KINDS) + 1)}


def saved_text(search: Search, fewest: Broken, smallest: Broken, folder: str) -> tuple[str, str | None]:
    """Return the YAML of a scenario, to be saved in `folder`, that extends the original, and its variant that breaks.

    What was found is the scenario itself (None), unless the original was changed in a way that `extends` cannot say:
    then it is the variant `found`. The variant `smallest` has the fewest tasks, where fewer are enough.
    """
    found = staged(fewest.scenario, fewest.seed, fewest.faults)
    # Captions and questions of a variant change nothing in the run.
    edits = [edit for edit in found.edits if parse_path(edit.path)[0] not in DESCRIPTIVE]
    changes: dict[str, Any] = {edit.path: edit.value for edit in edits if not edit.append and _is_in_list(edit)}
    if "faults" in _roots(changes):
        changes["faults"] = found.data["faults"]
    kept = tuple(edit for edit in edits if edit.path not in changes)
    more: dict[str, Any] = {"goals": [*search.goals], "variants": {}}
    if changes:
        more["variants"][FOUND] = {**words.FOUND_NAME, "set": changes, "goals": [*search.goals]}
    if smallest.scenario is not fewest.scenario:
        small = staged(smallest.scenario, smallest.seed, smallest.faults).data
        others = {path: value for path, value in changes.items() if not _roots([path]) & {"send", "faults"}}
        fewer = {**others, "send": small["send"], "faults": small.get("faults", [])}
        more["variants"][SMALLEST] = {**words.SMALLEST_NAME, "set": fewer, "goals": [*search.goals]}
    if not more["variants"]:
        del more["variants"]
    return replace(found, edits=kept).extension(folder, copy.deepcopy(more)), FOUND if changes else None


def _roots(paths: Iterable[str]) -> set[str]:
    return {parse_path(path)[0] for path in paths}


def _is_in_list(edit: Edit) -> bool:
    """Return whether an edit replaces a list that `extends` adds to, or something inside a list."""
    parts = parse_path(edit.path)
    return parts[0] in APPENDED or any(part.isdecimal() or part == "*" for part in parts)


def moment_before(broken: Broken) -> float:
    """Return the time, in seconds, from which to watch."""
    return max(0.0, broken.faults[0].time - 0.001) if broken.faults else 0.0
