"""Several definitions together: none starts the other without end, none waits for what cannot come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Subject
from workflows.language.words import Approve, CarryOut, Choice, Do, Emit, FollowUp, Parallel, Wait
from workflows.language.words import Sequence as InOrder
from workflows.machine.nodes import ROOT, Node, children, detours


@dataclass(frozen=True, slots=True)
class Emission:
    """An event that a definition emits or plans, with the waits that must be over before."""

    event: str
    behind: frozenset[tuple[str, str]]


def start_cycles(subjects: Sequence[Subject]) -> Iterator[tuple[str, Finding]]:
    """No definitions start each other without a human step, a wait or a plan between: that would never rest."""
    starts = {one.definition.name: _started_at_once(one, subjects) for one in subjects}
    for name in sorted(starts):
        cycle = _way_back(name, starts)
        if cycle is not None and name == min(cycle):
            yield name, finding("", "start_cycle", cycle=" → ".join((*cycle, name)))


def _started_at_once(subject: Subject, subjects: Sequence[Subject]) -> tuple[str, ...]:
    root = next(node for node in subject.nodes if node.path == ROOT)
    events, _ = _at_once(root)
    return tuple(sorted(one.definition.name for one in subjects if one.definition.starts_on in events))


def _at_once(node: Node) -> tuple[frozenset[str], bool]:
    """The events that a step emits before anybody or anything has to happen, and whether it goes on at once."""
    match node.step:
        case Approve() | CarryOut() | Wait():
            return frozenset(), False
        case Do(actions=actions):
            return frozenset(one.event for one in actions if isinstance(one, Emit)), True
        case InOrder():
            events: frozenset[str] = frozenset()
            for child in children(node):
                emitted, goes_on = _at_once(child)
                events |= emitted
                if not goes_on:
                    return events, False
            return events, True
        case Choice() | Parallel():
            ways = [_at_once(child) for child in children(node)]
            together = all if isinstance(node.step, Parallel) else any
            return frozenset().union(*(way[0] for way in ways)), together(way[1] for way in ways)
        case _:
            return frozenset(), True


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
    emissions = [emission for one in subjects for emission in _emissions(one)]
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


def _emissions(subject: Subject) -> list[Emission]:
    found: list[Emission] = []
    for node in (node for node in subject.nodes if node.parent is None):
        _collect(subject.definition.name, node, frozenset(), found)
    return found


def _collect(
    name: str, node: Node, behind: frozenset[tuple[str, str]], found: list[Emission]
) -> frozenset[tuple[str, str]]:
    """Gather what a step emits; returns the waits that are over when it is."""
    match node.step:
        case Do(actions=actions):
            found.extend(Emission(one.event, behind) for one in actions if isinstance(one, Emit))
        case FollowUp(event=event):
            found.append(Emission(event, behind))
        case InOrder():
            after = behind
            for child in children(node):
                after = _collect(name, child, after, found)
            behind = after
        case Choice() | Parallel():
            ways = [_collect(name, child, behind, found) for child in children(node)]
            behind = frozenset.intersection(*ways) if isinstance(node.step, Choice) else behind.union(*ways)
        case Wait(silence=silence) if silence is None:
            behind |= {(name, node.path)}
    for detour in detours(node):
        _collect(name, detour, behind, found)
    return behind
