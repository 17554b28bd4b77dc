"""What must be true of every seed once it has come to rest (I1 to I7 of the plan for reliability)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from domain.audit import GENESIS, canonical, entry_hash
from domain.voting import SECRET_VOTERS
from tests.simulation.definitions import VANISHED
from tests.simulation.looking import Pair, Seen, Told, look, stored_history
from tests.simulation.neighbours import BETWEEN_CASES
from tests.simulation.plots import STEPS
from tests.simulation.states import is_opened_in_secret, states
from tests.simulation.world import EVERYTHING, World
from workflows.machine.balloting import CHOICE
from workflows.machine.case import DEEMED, ActivationState, Capacity
from workflows.machine.comment import COMMENT, RETRACT, SAYS
from workflows.machine.folding import Folded, as_folded, fold
from workflows.machine.operations import BALLOTS
from workflows.memory import MemoryUnit, MemoryUnits
from workflows.memory.rows import ACTIVATIONS, SUBSCRIPTIONS, UNMATCHED

ANSWERS: Final = frozenset(f"act:{verb}" for verb in ("agree", "reject", "return", "abstain", "complete"))
"""What closes an item for good."""


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
        silence_decides_in_time_and_for_nobody,
        acts_are_what_was_answered,
        secret_ballots_are_counted_as_cast,
        comments_are_taken_back_once,
        sources_keep_their_order,
        nobody_waits_for_a_parked_event,
        only_the_poisoned_are_quarantined,
        *BETWEEN_CASES,
    )
    world.seen.update(states(world, seen))
    return [problem for check in checks for problem in check(world, seen)]


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
    """One answer to each item, and no second item in the same seat of the same round."""
    decided = Counter(
        entry.body["item"] for _, entry in seen.entries() if entry.body["what"] in ANSWERS and "item" in entry.body
    )
    yield from (f"item {item} was decided {count} times" for item, count in decided.items() if count > 1)
    seats = Counter((case, one.path, one.round, one.seat) for case, view in seen.views.items() for one in view.items)
    yield from (f"seat {seat} has {count} items" for seat, count in seats.items() if count > 1)


def silence_decides_in_time_and_for_nobody(world: World, seen: Seen) -> Iterator[str]:
    """What is deemed was due, and the system closed it under the rule of the rung: no person stands beside it."""
    for case, view in seen.views.items():
        for item in (one for one in view.items if one.state in DEEMED):
            if item.due_at is None or item.closed_at is None or item.due_at > item.closed_at:
                yield f"case {case}: silence at {item.path} decided at {item.closed_at}, due {item.due_at}"
            if not (item.closed_by or "").startswith(f"rule:ladder:{item.path}:"):
                yield f"case {case}: {item.closed_by} closed the item at {item.path} that silence decided"


def acts_are_what_was_answered(world: World, seen: Seen) -> Iterator[str]:
    """Who was told yes stands in a history once, who was told no in none."""
    done = Counter(entry.body["key"] for _, entry in seen.entries() if entry.body.get("key"))
    for key, answer in world.client.answers.items():
        expected = 1 if answer.status < 400 else 0
        if done[key] != expected:
            yield f"act {key} was answered {answer.status} and stands in {done[key]} history entries"
    yield from (f"act {key} has no answer" for key in world.client.acts.keys() - world.client.answers.keys())


def comments_are_taken_back_once(world: World, seen: Seen) -> Iterator[str]:
    """What is put right or taken back is a comment that stands: nothing is done to one after it was taken back."""
    standing: set[tuple[str, int]] = set()
    for case, entry in seen.entries():
        verb = SAYS.get(str(entry.body["what"]))
        named = case, entry.body["delta"].get("comment", entry.seq)
        if verb == COMMENT:
            standing.add(named)
        elif verb is not None and named not in standing:
            yield f"case {case}: entry {entry.seq} ({verb}) is about comment {named[1]}, which does not stand"
        elif verb == RETRACT:
            standing.remove(named)


def sources_keep_their_order(world: World, seen: Seen) -> Iterator[str]:
    """What a source sent after the answer to something of the same type is applied after it, case by case.

    Not so where a case that had it ended without a use for it, and gave it back to whoever asks by then.
    """
    client, applied = world.client, _applied(seen)
    returned = {key for key, one in client.accepted.items() if one.no in world.fate.returned}
    placed: dict[tuple[str, str, str], list[tuple[int, Pair]]] = defaultdict(list)
    for event in client.sent:
        key = (event.source, event.id)
        for case, seq in applied[key]:
            placed[case, event.source, event.type].append((seq, key))
    for place, found in placed.items():
        ordered = [key for _, key in sorted(found)]
        for earlier, later in _pairs(ordered):
            if later not in returned and client.answered_at.get(later, STEPS) < client.sent_at[earlier]:
                yield f"{place}: {later} was answered before {earlier} was sent, and applied after it"


def _pairs(ordered: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return ((one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :])


def never_in_memory(world: World) -> list[str]:
    """What must not be seen at any moment on the store in memory, whenever no unit is open."""
    units = world.units
    assert isinstance(units, MemoryUnits)
    return units.read(lambda unit: [*_parked_and_awaited(unit), *_had_twice(unit)])


def _parked_and_awaited(unit: MemoryUnit) -> Iterator[str]:
    parked = {(one.type, one.key) for _, one in unit.tx.all(UNMATCHED)}
    asked = {(one.type, one.key) for _, one in unit.tx.all(SUBSCRIPTIONS)}
    return (f"{pair} lies parked while somebody waits for it" for pair in sorted(parked & asked))


def _had_twice(unit: MemoryUnit) -> Iterator[str]:
    live = [one for _, one in unit.tx.all(ACTIVATIONS) if one.state is ActivationState.LIVE and one.resume]
    had = Counter(one.values["resource"] for one in live if "resource" in one.values)
    return (f"resource {resource} is had {count} times at once" for resource, count in had.items() if count > 1)


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


def secret_ballots_are_counted_as_cast(world: World, seen: Seen) -> Iterator[str]:
    """A secret vote is opened with exactly the ballots whose voters were answered, and no history says who voted what."""
    cast = _cast(world, seen)
    for case, entry in seen.entries():
        if is_opened_in_secret(seen, case, entry):
            found = cast[case, entry.body["path"], entry.body["round"]]
            expected = [found[choice] if found.total() >= SECRET_VOTERS else 0 for choice in BALLOTS]
            counted = entry.body["delta"]["vote"][2:]
            if counted != expected:
                yield f"case {case}: the vote at {entry.body['path']} was opened with {counted}, cast were {dict(found)}"
        if entry.body["what"] == "act:cast" and any(
            f'"{one}"' in canonical(dict(entry.body)).decode() for one in BALLOTS
        ):
            yield f"case {case}: entry {entry.seq} tells what was voted in secret"


def _cast(world: World, seen: Seen) -> dict[tuple[str, str, int], Counter[str]]:
    """What was cast, by choice: as the voters know it who were told that their ballot is in the box."""
    cast: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for key, wanted in world.client.acts.items():
        if wanted.verb == "cast" and world.client.answers[key].status < 400:
            item = next(one for one in seen.views[wanted.case].items if one.id == wanted.item)
            cast[item.case, item.path, item.round].update([str(wanted.fields[CHOICE])])
    return cast
