"""What a step does before anybody or anything has to happen: what would never rest is found by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    Do,
    Emit,
    End,
    Exclusive,
    ForEach,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Sequence,
    Step,
    Vote,
    Wait,
)
from workflows.machine.nodes import Node, children

Calls = Callable[[str], bool]
"""Whether a called workflow may be through at once."""


@dataclass(frozen=True, slots=True)
class AtOnce:
    """The events that a step emits and the workflows that it calls at once, and whether it may go on, or end, at once."""

    events: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    goes_on: bool = True
    ends: bool = False

    def then(self, following: AtOnce) -> AtOnce:
        """This, and what comes after it."""
        return AtOnce(
            self.events | following.events,
            self.calls | following.calls,
            following.goes_on,
            self.ends or following.ends,
        )


RESTS = AtOnce(goes_on=False)


def at_once(node: Node, calls: Calls = lambda _: True) -> AtOnce:
    """What the step does before it rests; a call that waits rests where `calls` says so."""
    match node.step:
        case Approve() | CarryOut() | Vote() | PublicNotice() | Wait():
            return RESTS
        case End():
            return AtOnce(goes_on=False, ends=True)
        case Do(actions=actions):
            return AtOnce(frozenset(one.event for one in actions if isinstance(one, Emit)))
        case Call(workflow=workflow, waits=waits):
            return AtOnce(calls=frozenset({workflow}), goes_on=not waits or calls(workflow))
        case Sequence():
            return _in_order(node, calls)
        case Choice() | Parallel() | ForEach() | Loop() | Race() | Exclusive():
            return _block(node, node.step, calls)
        case _:
            return AtOnce()


def _in_order(node: Node, calls: Calls) -> AtOnce:
    all_of_them = AtOnce()
    for child in children(node):
        all_of_them = all_of_them.then(at_once(child, calls))
        if not all_of_them.goes_on:
            break
    return all_of_them


def _block(node: Node, step: Choice | Parallel | ForEach | Loop | Race | Exclusive, calls: Calls) -> AtOnce:
    inside = [at_once(child, calls) for child in children(node)]
    match step:
        case Choice():
            goes_on = any(one.goes_on for one in inside)
        case Parallel(branches=branches, join=join):
            through = [one.goes_on or branch.when is not None for one, branch in zip(inside, branches, strict=True)]
            goes_on = all(through) if join.of is None and join.once is None else any(through)
        case ForEach(over=over):
            goes_on = isinstance(over, str) or inside[0].goes_on
        case Loop(test=test):
            goes_on = test == "before" or inside[0].goes_on
        case Race():
            goes_on = any(first.goes_on and then.goes_on for first, then in zip(inside[::2], inside[1::2], strict=True))
        case Exclusive():
            goes_on = inside[0].goes_on
    return AtOnce(
        frozenset().union(*(one.events for one in inside)),
        frozenset().union(*(one.calls for one in inside)),
        goes_on,
        any(one.ends for one in inside),
    )


def begins_with_a_wait(step: Step) -> bool:
    """Whether nothing happens in the step before somebody, an event, time or another case answers."""
    match step:
        case Approve() | CarryOut() | Vote() | PublicNotice() | Wait():
            return True
        case Call(waits=waits):
            return waits
        case Sequence(steps=steps):
            return bool(steps) and begins_with_a_wait(steps[0])
        case ForEach(over=int(), do=do):
            return begins_with_a_wait(do)
        case _:
            return False
