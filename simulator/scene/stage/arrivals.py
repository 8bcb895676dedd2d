"""Places without the messages still in flight to them, which appear there on arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from msgspec import structs

from simulator.scene.model import QueueBox, WorkerBox

Flying = Set[tuple[str, tuple[str, str]]]
"""(task, kind and name of its target) for every message in flight."""


Arriving = Mapping[tuple[str, str], Set[str]]
"""Tasks in flight, by kind and name of their target."""


def find_arriving(flying: Flying) -> Arriving:
    """Group messages in flight by their target: many workers are the target of none."""
    found: dict[tuple[str, str], set[str]] = {}
    for uuid, place in flying:
        found.setdefault(place, set()).add(uuid)
    return found


def queue_without_arriving(box: QueueBox, arriving: Arriving) -> QueueBox:
    """A queue without messages in flight to it; the others keep their positions."""
    coming = arriving.get(("queue", box.name), frozenset())
    items = tuple(item for item in box.items if item.uuid not in coming)
    missing = len(box.items) - len(items)
    return structs.replace(box, items=items, count=box.count - missing) if missing else box


def worker_without_arriving(box: WorkerBox, arriving: Arriving) -> WorkerBox:
    """A worker without messages in flight to it."""
    coming = arriving.get(("worker", box.name), frozenset())
    if not coming:
        return box

    def rest(uuids: Iterable[str]) -> tuple[str, ...]:
        return tuple(uuid for uuid in uuids if uuid not in coming)

    slots = tuple(slot for slot in box.slots if slot.uuid not in coming)
    scheduled = tuple((uuid, eta) for uuid, eta in box.scheduled if uuid not in coming)
    reserved, in_transit, unsettled = rest(box.reserved), rest(box.coming), rest(box.unsettled)
    busy = box.busy - (len(box.slots) - len(slots))
    return structs.replace(
        box,
        state="idle" if box.state == "running" and not busy else box.state,
        busy=busy,
        slots=slots,
        reserved=reserved,
        reserved_count=box.reserved_count - (len(box.reserved) - len(reserved)),
        scheduled=scheduled,
        scheduled_count=box.scheduled_count - (len(box.scheduled) - len(scheduled)),
        coming=in_transit,
        coming_count=box.coming_count - (len(box.coming) - len(in_transit)),
        unsettled=unsettled,
        unsettled_count=box.unsettled_count - (len(box.unsettled) - len(unsettled)),
    )
