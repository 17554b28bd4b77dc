"""Plans say when and what, in a way that can come true; what ends or moves one names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.recurrence import day_of_year
from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Subject, kinds_of
from workflows.language.rules.ways import Ways
from workflows.language.words import Do, EndPlan, Every, FollowUp, MovePlan, OnDay
from workflows.machine.nodes import Node


def plans(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """A follow-up says once when it comes and what comes then; the days that it looks at are there by then."""
    for node in subject.nodes:
        if isinstance(node.step, FollowUp):
            yield from _shape(node, node.step)
            yield from _listens(subject, node, node.step)
            days = (node.step.first, node.step.until)
            yield from (one for day in days if day is not None for one in _day(subject, ways, node, day))
        elif isinstance(node.step, Do):
            yield from _named(subject, ways, node, node.step)


def planned_workflows(subjects: Sequence[Subject]) -> Iterator[tuple[str, Finding]]:
    """What a plan starts exists, and asks for a person only where the case is about one."""
    by_name = {one.definition.name: one.definition for one in subjects}
    for subject in subjects:
        for node in subject.nodes:
            name = node.step.starts if isinstance(node.step, FollowUp) else None
            if name is not None and name not in by_name:
                yield subject.definition.name, finding(node.path, "unknown_workflow", workflow=name)
            elif name is not None and by_name[name].person and not subject.definition.person:
                yield subject.definition.name, finding(node.path, "call_person", workflow=name)


def _shape(node: Node, step: FollowUp) -> Iterator[Finding]:
    if (step.event is None) == (step.starts is None):
        yield finding(node.path, "plan_what")
    if (step.months is None) == (step.every is None) or (step.repeats and step.every is not None):
        yield finding(node.path, "plan_when")
    if step.every is not None and not _is_a_day(step.every):
        yield finding(node.path, "plan_on", on=step.every.on or "")


def _is_a_day(every: Every) -> bool:
    if every.on is None:
        return True
    try:
        day_of_year(every.on)
    except ValueError:
        return False
    return every.unit == "months"


def _listens(subject: Subject, node: Node, step: FollowUp) -> Iterator[Finding]:
    for event in (step.ends_on, step.moves_on):
        if event is not None and event not in subject.events:
            yield finding(node.path, "unknown_event", event=event)
    if step.moves_to is not None:
        kind = kinds_of(subject.events.get(step.moves_on or "")).get(step.moves_to)
        if kind is None or kind.type != "date" or kind.personal:
            yield finding(node.path, "plan_moves_to", field=step.moves_to)


def _named(subject: Subject, ways: Ways, node: Node, step: Do) -> Iterator[Finding]:
    known = {one.step.name for one in subject.nodes if isinstance(one.step, FollowUp)}
    for action in step.actions:
        if isinstance(action, EndPlan | MovePlan) and action.plan not in known:
            yield finding(node.path, "unknown_plan", plan=action.plan)
        if isinstance(action, MovePlan):
            yield from _day(subject, ways, node, action.to)


def _day(subject: Subject, ways: Ways, node: Node, day: OnDay) -> Iterator[Finding]:
    if node.path not in ways.before:
        return
    kinds = subject.kinds(day.field, node.path)
    is_a_day = bool(kinds) and all(kind.type == "date" and not kind.personal for kind in kinds)
    if day.field not in ways.before[node.path] or not is_a_day:
        yield finding(node.path, "term_field", field=day.field)
