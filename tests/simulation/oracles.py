"""What must be true of every seed once it has come to rest (I1 to I7 of the plan for reliability)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from domain.audit import GENESIS, canonical, entry_hash
from tests.simulation.definitions import VANISHED
from tests.simulation.world import EVERYTHING, STEPS, World
from workflows.machine.case import Capacity, Slice
from workflows.machine.folding import Folded, as_folded, fold
from workflows.memory import MemoryUnits
from workflows.memory.rows import SUBSCRIPTIONS, UNMATCHED
from workflows.ports import Unit
from workflows.reads import CaseFilter, CaseView, HistoryView

Pair = tuple[str, str]
Told = Callable[[World, str], tuple[HistoryView, ...]]
"""How the history of a case is told."""


@dataclass
class Seen:
    """What the store holds at the end, as its queries tell it."""

    views: dict[str, CaseView] = field(default_factory=dict)
    histories: dict[str, tuple[HistoryView, ...]] = field(default_factory=dict)
    slices: dict[str, Slice] = field(default_factory=dict)
    parked: list[Pair] = field(default_factory=list)

    def entries(self) -> Iterator[tuple[str, HistoryView]]:
        """Every history entry with its case."""
        return ((case, entry) for case, entries in self.histories.items() for entry in entries)


def stored_history(world: World, case: str) -> tuple[HistoryView, ...]:
    """The history as the store keeps it."""
    return world.reads.history(EVERYTHING, case)


def violations(world: World, told: Told = stored_history) -> list[str]:
    """Everything that is wrong at the end of a seed; empty is as it should be."""
    if world.problems or world.fate.broken:
        return list(dict.fromkeys([*world.problems, *world.fate.broken]))
    seen = look(world, told)
    checks = (
        nothing_is_lost,
        effects_are_those_of_history,
        histories_are_whole,
        the_audit_verifies,
        states_are_folds,
        items_are_decided_once,
        acts_are_what_was_answered,
        sources_keep_their_order,
        nobody_waits_for_a_parked_event,
        only_the_poisoned_are_quarantined,
    )
    return [problem for check in checks for problem in check(world, seen)]


def look(world: World, told: Told) -> Seen:
    """Read everything there is."""
    seen = Seen()
    for row in world.reads.cases(EVERYTHING, CaseFilter(), 1000).rows:
        view = world.reads.case(EVERYTHING, row.case.id)
        assert view is not None
        seen.views[row.case.id] = view
        seen.histories[row.case.id] = told(world, row.case.id)
    seen.slices = world.units.read(lambda unit: unit.load(sorted(seen.views)))
    seen.parked = _parked(world)
    return seen


class _NotToStayError(Exception):
    pass


def _parked(world: World) -> list[Pair]:
    """The parked events, looked at in a unit that is thrown away."""
    types = {event.type for event in world.client.sent} | world.library.awaited_types()
    pairs = sorted({(type_, event.key) for type_ in types for event in world.client.sent})
    found: list[Pair] = []

    def take(unit: Unit) -> None:
        found.extend((type_, key) for _, type_, key in unit.take_unmatched(pairs))
        raise _NotToStayError

    with suppress(_NotToStayError):
        world.units.run(take)
    return found


def _applied(seen: Seen) -> dict[Pair, list[tuple[str, int]]]:
    """(source, id) of each event that a history names, with case and number of the entry."""
    applied: dict[Pair, list[tuple[str, int]]] = defaultdict(list)
    for case, entry in seen.entries():
        if "event" in entry.body["delta"]:
            source, id_ = entry.body["delta"]["event"]
            applied[source, id_].append((case, entry.seq))
    return applied


def nothing_is_lost(world: World, seen: Seen) -> Iterator[str]:
    """I1: an accepted event is applied, or parked, or visibly waits for a quarantined case; and never applied twice."""
    applied = _applied(seen)
    parked = Counter(seen.parked)
    quarantined = {case for case, view in seen.views.items() if view.head.quarantine is not None}
    for event in world.client.sent:
        key = (event.source, event.id)
        view = world.reads.event(EVERYTHING, *key)
        if view is None:
            if key in world.client.accepted:
                yield f"event {key} was accepted and is not there"
            continue
        for case, count in Counter(case for case, _ in applied[key]).items():
            if count > 1:
                yield f"event {key} was applied {count} times to case {case}"
        if not (applied[key] or parked[event.type, event.key] or quarantined.intersection(view.cases)):
            yield f"event {key} of type {event.type} was accepted, and is neither applied nor parked nor quarantined"


def effects_are_those_of_history(world: World, seen: Seen) -> Iterator[str]:
    """I2, I3: the outside saw exactly the effects that histories name, each key with one body."""
    bodies: dict[str, bytes] = {}
    for key, body in world.sink.seen:
        if bodies.setdefault(key, canonical(dict(body))) != canonical(dict(body)):
            yield f"effect {key} was sent with two bodies"
    named = Counter(key for _, entry in seen.entries() for key in entry.body["delta"].get("effects", ()))
    for key in sorted(named.keys() - bodies.keys()):
        yield f"effect {key} stands in a history and was never sent"
    for key in sorted(bodies.keys() - named.keys()):
        yield f"effect {key} was sent and stands in no history"


def histories_are_whole(world: World, seen: Seen) -> Iterator[str]:
    """I4: numbers without a gap, each entry hashed onto the one before, the head naming the last."""
    for case, entries in seen.histories.items():
        prev = GENESIS
        for number, entry in enumerate(entries, 1):
            if entry.seq != number:
                yield f"case {case}: history entry {entry.seq} stands where {number} should"
            if entry.prev_hash != prev or entry_hash(prev, canonical(dict(entry.body))) != entry.hash:
                yield f"case {case}: entry {number} is not what was hashed"
            prev = entry.hash
        head = seen.views[case].head
        if entries and (head.seq, head.prev_hash) != (len(entries), prev):
            yield f"case {case}: its head stands at {head.seq}, its history at {len(entries)}"


def the_audit_verifies(world: World, seen: Seen) -> Iterator[str]:
    """I6: chains, commitments and seals are what they should be."""
    finding = world.reads.verify()
    if finding.where is not None:
        yield f"audit: {finding.where}: {finding.why}"


def states_are_folds(world: World, seen: Seen) -> Iterator[str]:
    """The tables hold what the deltas of the history add up to."""
    erased = {person for _, entry in seen.entries() for person in entry.body["delta"].get("erases", ())}
    for case, entries in seen.histories.items():
        if not entries or seen.slices[case].head.quarantine is not None:
            continue
        folded, live = fold([entry.body for entry in entries]), as_folded(seen.slices[case])
        _leave_out_owners(folded, live)
        if seen.slices[case].head.person in erased:
            folded.personal = live.personal
        for name in Folded.__dataclass_fields__:
            if getattr(folded, name) != getattr(live, name):
                yield f"case {case}: {name} is {getattr(live, name)}, its history says {getattr(folded, name)}"


def _leave_out_owners(folded: Folded, live: Folded) -> None:
    """What assign narrowed is no part of history."""
    narrowed = [
        address
        for address, row in live.holders.items()
        if row["capacity"] == Capacity.OWNER.value and row != folded.holders.get(address)
    ]
    for address in narrowed:
        live.holders.pop(address)
        folded.holders.pop(address, None)


def items_are_decided_once(world: World, seen: Seen) -> Iterator[str]:
    """One decision for each item, and no second item in the same seat of the same round."""
    decided = Counter(
        entry.body["item"]
        for _, entry in seen.entries()
        if entry.body["what"].startswith("act:") and "item" in entry.body
    )
    yield from (f"item {item} was decided {count} times" for item, count in decided.items() if count > 1)
    seats = Counter((case, one.path, one.round, one.seat) for case, view in seen.views.items() for one in view.items)
    yield from (f"seat {seat} has {count} items" for seat, count in seats.items() if count > 1)


def acts_are_what_was_answered(world: World, seen: Seen) -> Iterator[str]:
    """Who was told yes stands in a history once, who was told no in none."""
    done = Counter(entry.body["key"] for _, entry in seen.entries() if entry.body.get("key"))
    for key, answer in world.client.answers.items():
        expected = 1 if answer.status < 400 else 0
        if done[key] != expected:
            yield f"act {key} was answered {answer.status} and stands in {done[key]} history entries"
    yield from (f"act {key} has no answer" for key in world.client.acts.keys() - world.client.answers.keys())


def sources_keep_their_order(world: World, seen: Seen) -> Iterator[str]:
    """What a source sent after the answer to something of the same type is applied after it, case by case."""
    client, applied = world.client, _applied(seen)
    placed: dict[tuple[str, str, str], list[tuple[int, Pair]]] = defaultdict(list)
    for event in client.sent:
        key = (event.source, event.id)
        for case, seq in applied[key]:
            placed[case, event.source, event.type].append((seq, key))
    for place, found in placed.items():
        ordered = [key for _, key in sorted(found)]
        for earlier, later in _pairs(ordered):
            if client.answered_at.get(later, STEPS) < client.sent_at[earlier]:
                yield f"{place}: {later} was answered before {earlier} was sent, and applied after it"


def _pairs(ordered: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return ((one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :])


def parked_and_awaited(world: World) -> list[str]:
    """On the store in memory, at any moment: no event lies parked while a subscription asks for it."""
    units = world.units
    assert isinstance(units, MemoryUnits)
    parked = units.read(lambda unit: {(one.type, one.key) for _, one in unit.tx.all(UNMATCHED)})
    asked = units.read(lambda unit: {(one.type, one.key) for _, one in unit.tx.all(SUBSCRIPTIONS)})
    return [f"{pair} lies parked while somebody waits for it" for pair in sorted(parked & asked)]


def nobody_waits_for_a_parked_event(world: World, seen: Seen) -> Iterator[str]:
    """No event lies parked while a running case waits for it."""
    parked = set(seen.parked)
    for case, live in seen.slices.items():
        for one in live.subscriptions:
            if (one.type, one.key) in parked and live.head.quarantine is None:
                yield f"case {case} waits at {one.path} for {(one.type, one.key)}, which lies parked"


def only_the_poisoned_are_quarantined(world: World, seen: Seen) -> Iterator[str]:
    """A case that cannot run is quarantined; without faults that cost attempts nobody else is."""
    for case, view in seen.views.items():
        poisoned, isolated = view.head.workflow == VANISHED, view.head.quarantine is not None
        if poisoned and not isolated:
            yield f"case {case} cannot run and is not quarantined"
        if isolated and not poisoned and not world.fate.faults & {"conflict", "unavailable", "crash", "unknown_lost"}:
            yield f"case {case} was quarantined: {view.head.quarantine}"
