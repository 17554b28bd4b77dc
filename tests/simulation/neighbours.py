"""What must be true between the cases of a seed: sub-cases, signals, shared resources, gates; and of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from tests.simulation.looking import Seen
from tests.simulation.world import World
from workflows.language.words import ForEach, PublicNotice, Step, Workflow
from workflows.machine.answering import WHILE_SUSPENDED
from workflows.machine.case import Activation, Slice, State
from workflows.machine.gating import RESUME, SUSPEND
from workflows.machine.nodes import index
from workflows.machine.noticing import LASTS
from workflows.machine.turn import step_path

Check = Callable[[World, Seen], Iterator[str]]


def children_are_those_of_history(world: World, seen: Seen) -> Iterator[str]:
    """A sub-case is there if, and only if, its parent's history says that it was called; and once."""
    called = Counter(child for _, entry in seen.entries() for child, _ in entry.body["delta"].get("children", ()))
    stands = {case for case, view in seen.views.items() if view.head.parent is not None}
    yield from (f"sub-case {case} was called {count} times" for case, count in called.items() if count > 1)
    yield from (f"sub-case {case} was called and is not there" for case in sorted(called.keys() - stands))
    yield from (f"sub-case {case} is there and nobody called it" for case in sorted(stands - called.keys()))


def everything_begins_at_its_start(world: World, seen: Seen) -> Iterator[str]:
    """The first thing that happens to a case is that it starts, unless its parent took it back before."""
    for case, entries in seen.histories.items():
        first = entries[0].body["what"] if entries else "signal:called"
        if not first.startswith("event:") and first not in {"signal:called", "signal:parent_ended"}:
            yield f"case {case} began with {first}"


def nobody_waits_for_the_ended(world: World, seen: Seen) -> Iterator[str]:
    """A call that is live waits for a sub-case that still runs."""
    for case, live in _at_work(seen):
        for one in live.activations.values():
            running = [child for child in one.values.get("children", ()) if _runs(seen, child)]
            if "children" in one.values and not running and one.resume == 0:
                yield f"case {case} waits at {one.path} for sub-cases that have ended"


def the_withdrawn_are_gone(world: World, seen: Seen) -> Iterator[str]:
    """A sub-case whose parent took it back has ended."""
    told = {
        child
        for _, entry in seen.entries()
        for child, sign in entry.body["delta"].get("signals", ())
        if sign == "parent_ended"
    }
    for child in sorted(told):
        head = seen.slices[child].head
        if head.state is State.RUNNING and head.quarantine is None:
            yield f"sub-case {child} runs on, though its parent took it back"


def nobody_waits_for_a_free_resource(world: World, seen: Seen) -> Iterator[str]:
    """Whoever waits for a resource waits for somebody who has it, or for a case that cannot run."""
    asking = [(live, one) for live in seen.slices.values() for one in live.activations.values()]
    taken = {one.values.get("resource") for live, one in asking if one.resume or live.head.quarantine is not None}
    for live, one in asking:
        resource = one.values.get("resource")
        if resource is not None and not one.resume and resource not in taken:
            yield f"case {live.head.id} waits at {one.path} for {resource}, which nobody has"


STILL: Final = frozenset(f"act:{verb}" for verb in WHILE_SUSPENDED - {SUSPEND, RESUME})
"""What may be said about a case that stands still: it moves nothing."""


def the_suspended_stand_still(world: World, seen: Seen) -> Iterator[str]:
    """While a tree is suspended nothing of it moves."""
    for case, entries in seen.histories.items():
        root = seen.views[case].head.root
        pauses = _pauses(seen, root)
        moved = [one for one in entries if one.body["what"] not in STILL]
        for entry in moved:
            inside = [since for since, until in pauses if since < entry.at and (until is None or entry.at < until)]
            if inside:
                yield f"case {case}: {entry.body['what']} at {entry.at}, though suspended since {inside[0]}"
        whats = [entry.body["what"] for entry in moved] if case == root else []
        for before, after in pairwise(whats):
            if before == "act:suspend" and after != "act:resume":
                yield f"case {case}: {after} came while it was suspended"


def _timer_of(delta: Mapping[str, Any]) -> tuple[Any, ...]:
    """The rung, and what was cleared with it: in a sequence each seat has a ladder of its own."""
    return delta.get("rung"), *delta.get("cleared", ())


def timers_fire_once(world: World, seen: Seen) -> Iterator[str]:
    """Each rung, each silence, each end of a notice happens once; and never before its clock said so."""
    fired = Counter(
        (case, *(entry.body[name] for name in ("what", "path", "round")), *_timer_of(entry.body["delta"]))
        for case, entry in seen.entries()
        # What was put off, for its due date had moved, has not happened.
        if entry.body["what"].startswith("timer:") and "put_off" not in entry.body["delta"]
    )
    yield from (f"timer {timer} fired {count} times" for timer, count in fired.items() if count > 1)


def elements_keep_to_themselves(world: World, seen: Seen) -> Iterator[str]:
    """What is written in a turn of a for-each belongs to that turn; and each turn has its own element."""
    for case, entry in seen.entries():
        definition, delta = seen.definitions[case], entry.body["delta"]
        path = entry.body.get("path") or ""
        if entry.body["what"] == "act:complete" and _in_element(definition, path) and "fine" in delta.get("fields", {}):
            yield f"case {case}: what was filled in at {path} was written into the case"
        elements = seen.views[case].head.fields.get("parts", ())
        for row in delta.get("activations", ()):
            turn = _turn_of(definition, row["path"])
            if turn is not None and turn <= len(elements) and row["values"]["part"] != elements[turn - 1]:
                yield f"case {case}: turn {row['path']} has the element {row['values']['part']}"


def _turn_of(definition: Workflow, path: str) -> int | None:
    """Which turn of a for-each over the listed parts this is."""
    above, _, last = path.rpartition("/")
    step = _step(definition, above)
    return int(last[3:]) if last.startswith("do#") and isinstance(step, ForEach) and step.over == "parts" else None


def _in_element(definition: Workflow, path: str) -> bool:
    parts = path.split("/")
    return any(
        part.startswith("do#") and isinstance(_step(definition, "/".join(parts[:place])), ForEach)
        for place, part in enumerate(parts)
    )


def _step(definition: Workflow, path: str) -> Step | None:
    node = index(definition).get(step_path(path))
    return None if node is None else node.step


def paused_notices_have_no_clock(world: World, seen: Seen) -> Iterator[str]:
    """While something that pauses it runs beside a public notice, no timer ends the notice."""
    for case, live in _at_work(seen):
        running = {one.path for one in live.timers.values() if one.kind == LASTS}
        for one in live.activations.values():
            if one.path in running and _is_paused(seen.definitions[case], live, one):
                yield f"case {case}: the clock of {one.path} runs, though it is paused"


def _is_paused(definition: Workflow, live: Slice, notice: Activation) -> bool:
    step = _step(definition, notice.path)
    if not isinstance(step, PublicNotice):
        return False
    pausing = [f"{notice.path}/on/{number}#" for number, one in enumerate(step.on) if one.pauses]
    return any(path.startswith(where) for path, _ in live.activations for where in pausing)


def everybody_waits_for_something(world: World, seen: Seen) -> Iterator[str]:
    """A running case asks somebody, waits for an event or a moment, for a sub-case or a resource."""
    for case, live in _at_work(seen):
        waits = {one.path for one in live.subscriptions if "/on/" not in f"/{one.path}"} | {
            one.path for one in live.activations.values() if one.values.keys() & {"children", "resource"}
        }
        if not (live.items or live.timers or waits) and live.head.seq:
            yield f"case {case} runs and waits for nothing: {sorted(path for path, _ in live.activations)}"


def _at_work(seen: Seen) -> Iterator[tuple[str, Slice]]:
    return (
        (case, live)
        for case, live in seen.slices.items()
        if live.head.state is State.RUNNING and live.head.quarantine is None
    )


def _runs(seen: Seen, case: str) -> bool:
    return case in seen.slices and seen.slices[case].head.state is State.RUNNING


def _pauses(seen: Seen, root: str) -> list[tuple[datetime, datetime | None]]:
    """When the tree stood still: from each suspension to the resumption after it."""
    turned = [one for one in seen.histories.get(root, ()) if one.body["what"] in {"act:suspend", "act:resume"}]
    ends = {before.seq: after.at for before, after in pairwise(turned)}
    return [(one.at, ends.get(one.seq)) for one in turned if one.body["what"] == "act:suspend"]


BETWEEN_CASES: Final[tuple[Check, ...]] = (
    children_are_those_of_history,
    everything_begins_at_its_start,
    nobody_waits_for_the_ended,
    the_withdrawn_are_gone,
    nobody_waits_for_a_free_resource,
    the_suspended_stand_still,
    timers_fire_once,
    elements_keep_to_themselves,
    paused_notices_have_no_clock,
    everybody_waits_for_something,
)
