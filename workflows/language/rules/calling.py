"""Workflows that call each other fit together: they exist, are given what they need, and give what is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Kind, Subject, kinds_of, surely_given
from workflows.language.rules.ways import Ways
from workflows.language.words import Call, Exclusive
from workflows.machine.nodes import Node, children, walk


def unheard(subject: Subject) -> Iterator[Finding]:
    """What a call takes, or joins by, it waits for."""
    for node in subject.nodes:
        if isinstance(node.step, Call) and not node.step.waits and (node.step.takes or node.step.outcome is not None):
            yield finding(node.path, "call_unheard")


def given_away(subject: Subject) -> Iterator[Finding]:
    """What a call gives is written before."""
    for node in subject.nodes:
        if not isinstance(node.step, Call):
            continue
        for _, here in node.step.gives:
            if not subject.kinds(here, node.path):
                yield finding(node.path, "gives_nothing", field=here)


def calls(subjects: Sequence[Subject], ways: Mapping[str, Ways]) -> Iterator[tuple[str, Finding]]:
    """Every call fits the workflow that it calls."""
    by_name = {one.definition.name: one for one in subjects}
    for subject in subjects:
        for node in subject.nodes:
            if isinstance(node.step, Call):
                called = by_name.get(node.step.workflow)
                name = subject.definition.name
                yield from ((name, one) for one in _fits(subject, node, node.step, called, ways[name]))


def _fits(caller: Subject, node: Node, step: Call, called: Subject | None, ways: Ways) -> Iterator[Finding]:
    if called is None:
        yield finding(node.path, "unknown_workflow", workflow=step.workflow)
        return
    if called.definition.person and not caller.definition.person:
        yield finding(node.path, "call_person", workflow=step.workflow)
    yield from _gives(caller, node, step, called, ways)
    for _, there in step.takes:
        kinds = called.kinds(there)
        if not kinds or any(kind.personal for kind in kinds):
            yield finding(node.path, "call_takes", workflow=step.workflow, field=there)


def _gives(caller: Subject, node: Node, step: Call, called: Subject, ways: Ways) -> Iterator[Finding]:
    begins_with = called.events.get(called.definition.starts_on)
    wanted = kinds_of(begins_with)
    for there, here in step.gives:
        if there not in wanted:
            yield finding(node.path, "gives_unknown", workflow=step.workflow, field=there)
        elif any(not _may_become(kind, wanted[there]) for kind in caller.kinds(here, node.path)):
            yield finding(node.path, "gives_type", field=here)
    known = ways.before.get(node.path)
    if known is None or begins_with is None:
        return
    given = {there for there, here in step.gives if here in known}
    for missing in sorted(surely_given(begins_with) - given - {begins_with.KEY}):
        if begins_with.model_fields[missing].is_required():
            yield finding(node.path, "gives_misses", workflow=step.workflow, field=missing)


def _may_become(kind: Kind, wanted: Kind) -> bool:
    if kind.personal and not wanted.personal:
        return False
    if "other" in (kind.type, wanted.type):
        return True
    if kind.type != wanted.type:
        return False
    return wanted.choices is None or (kind.choices is not None and kind.choices <= wanted.choices)


def exclusive_orders(subjects: Sequence[Subject]) -> Iterator[tuple[str, Finding]]:
    """Who holds a resource and asks for another always asks in the same order: otherwise two cases wait for ever."""
    by_name = {one.definition.name: one for one in subjects}
    held = [
        (one.definition.name, path, node.step.resource, wanted)
        for one in subjects
        for node in one.nodes
        if isinstance(node.step, Exclusive)
        for path, wanted in _asks(children(node)[0], by_name, frozenset())
    ]
    following: dict[str, set[str]] = {}
    for _, _, holds, wants in held:
        following.setdefault(holds, set()).add(wants)
    for name, path, holds, wants in held:
        back = _way(wants, holds, following)
        if back is not None:
            yield name, finding(path, "exclusive_order", cycle=" → ".join((holds, *back)))


def _asks(node: Node, by_name: Mapping[str, Subject], called: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The resources that are asked for in the step, also by the sub-cases that it waits for, and where."""
    for inner in walk(node):
        match inner.step:
            case Exclusive(resource=resource):
                yield inner.path, resource
            case Call(workflow=name, waits=True) if name in by_name and name not in called:
                roots = [one for one in by_name[name].nodes if one.parent is None]
                below = [wanted for root in roots for _, wanted in _asks(root, by_name, called | {name})]
                yield from ((inner.path, wanted) for wanted in below)


def _way(start: str, goal: str, following: Mapping[str, set[str]]) -> tuple[str, ...] | None:
    """A shortest way from a resource to another, both named."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for one in sorted(following.get(way[-1], set()) - seen):
            seen.add(one)
            ways.append((*way, one))
    return None
