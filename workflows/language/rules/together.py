"""Several definitions together: none starts the other without end, none waits for what cannot come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.language.findings import Finding, finding
from workflows.language.rules.resting import AtOnce, at_once
from workflows.language.rules.subject import Subject, said_by_rungs
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    Do,
    Emit,
    Exclusive,
    FollowUp,
    ForEach,
    Loop,
    Parallel,
    Race,
    Vote,
    Wait,
)
from workflows.language.words import Sequence as InOrder
from workflows.machine.nodes import ROOT, Node, children, detours

Waits = frozenset[tuple[str, str]]
"""Waits without an answer to silence: the workflow and the step."""


@dataclass(frozen=True, slots=True)
class Emission:
    """An event that a definition emits or plans, with the waits that must be over before."""

    event: str
    behind: Waits


def start_cycles(subjects: Sequence[Subject]) -> Iterator[tuple[str, Finding]]:
    """No definitions start or call each other without a human step, a wait or a plan between: that would never rest."""
    restless = _restless(subjects)
    starts = {one.definition.name: _started_at_once(one, subjects, restless) for one in subjects}
    for name in sorted(starts):
        cycle = _way_back(name, starts)
        if cycle is not None and name == min(cycle):
            yield name, finding("", "start_cycle", cycle=" → ".join((*cycle, name)))


def _restless(subjects: Sequence[Subject]) -> frozenset[str]:
    """The definitions whose cases may be through at once, so that a call of them does not rest."""
    found: frozenset[str] = frozenset()
    while True:
        more = frozenset(
            one.definition.name for one in subjects if _is_through(at_once(_root(one), found.__contains__))
        )
        if more == found:
            return found
        found = more


def _is_through(done: AtOnce) -> bool:
    return done.goes_on or done.ends


def _root(subject: Subject) -> Node:
    return next(node for node in subject.nodes if node.path == ROOT)


def _started_at_once(subject: Subject, subjects: Sequence[Subject], restless: frozenset[str]) -> tuple[str, ...]:
    done = at_once(_root(subject), restless.__contains__)
    names = (one.definition for one in subjects)
    return tuple(sorted(one.name for one in names if one.starts_on in done.events or one.name in done.calls))


def _way_back(name: str, starts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The shortest way from a definition to itself."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    for way in ways:
        for following in starts[way[-1]]:
            if following == name:
                return way
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return None


def hopeless_waits(subjects: Sequence[Subject]) -> Iterator[tuple[str, Finding]]:
    """A wait without an answer to silence waits for an event that can come: from outside, or from a definition.

    An event of the engine comes when one of its emissions is not itself behind a wait that is never over.
    """
    waits = {
        (one.definition.name, node.path): node.step.event
        for one in subjects
        for node in one.nodes
        if isinstance(node.step, Wait) and node.step.silence is None
    }
    by_name = {one.definition.name: one for one in subjects}
    emissions = [emission for one in subjects for emission in _emissions(one, by_name)]
    over = {place for place, event in waits.items() if _comes_from_outside(event, subjects)}
    while True:
        coming = {one.event for one in emissions if one.behind <= over}
        reached = {place for place, event in waits.items() if event in coming} | over
        if reached == over:
            break
        over = reached
    for name, path in sorted(waits.keys() - over):
        yield name, finding(path, "never_comes", event=waits[name, path])


def _comes_from_outside(event: str, subjects: Sequence[Subject]) -> bool:
    """Whether some department may send it; what nobody has published is another rule's finding."""
    known = [one.events[event] for one in subjects if event in one.events]
    return not known or any(one.DEPARTMENTS for one in known)


def _emissions(subject: Subject, by_name: Mapping[str, Subject]) -> list[Emission]:
    found: list[Emission] = []
    for node in (node for node in subject.nodes if node.parent is None):
        _Collection(subject.definition.name, by_name, found, frozenset()).collect(node, frozenset())
    return found


@dataclass(frozen=True, slots=True)
class _Collection:
    """What a definition emits, and behind which waits. `called` are the workflows that the way led through."""

    name: str
    by_name: Mapping[str, Subject]
    found: list[Emission]
    called: frozenset[str]

    def collect(self, node: Node, behind: Waits) -> Waits:
        """Gather what a step emits; returns the waits that are over when it is."""
        match node.step:
            case Do(actions=actions):
                self.found.extend(Emission(one.event, behind) for one in actions if isinstance(one, Emit))
            case FollowUp(event=str(event)):
                self.found.append(Emission(event, behind))
            case Approve() | CarryOut() | Vote():
                self.found.extend(Emission(event, behind) for event in said_by_rungs(node.step))
            case InOrder():
                after = behind
                for child in children(node):
                    after = self.collect(child, after)
                behind = after
            case Choice() | Parallel() | Race() | ForEach() | Loop() | Exclusive():
                behind = self._block(node, node.step, behind)
            case Call(workflow=workflow, waits=True):
                behind |= self._through(workflow)
            case Wait():
                self.found.extend(Emission(event, behind) for event in said_by_rungs(node.step))
                behind |= {(self.name, node.path)} if node.step.silence is None else frozenset()
        for detour in detours(node):
            self.collect(detour, behind)
        return behind

    def _block(self, node: Node, step: Choice | Parallel | Race | ForEach | Loop | Exclusive, behind: Waits) -> Waits:
        if isinstance(step, Race):
            ways = iter(children(node))
            return frozenset.intersection(
                *(self.collect(do, self.collect(first, behind)) for first, do in zip(ways, ways, strict=True))
            )
        parts = [self.collect(child, behind) for child in children(node)]
        match step:
            case Choice():
                return frozenset.intersection(*parts)
            case Parallel(branches=branches, join=join) if join.of is None and join.once is None:
                return behind.union(*(one for one, branch in zip(parts, branches, strict=True) if branch.when is None))
            case ForEach(over=int()) | Exclusive() | Loop(test="after"):
                return parts[0]
            case _:
                return behind

    def _through(self, workflow: str) -> Waits:
        """The waits that a sub-case must have behind it when it has ended."""
        called = self.by_name.get(workflow)
        if called is None or workflow in self.called:
            return frozenset()
        inner = _Collection(workflow, self.by_name, [], self.called | {workflow})
        return inner.collect(_root(called), frozenset())
