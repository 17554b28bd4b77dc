"""`check` proves a definition before anything runs: a finding names place, what is wrong, and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.event import DomainEvent
from domain.roster import Roster
from workflows.language.findings import Finding
from workflows.language.rules.asking import privacy, silence
from workflows.language.rules.audience import unheard_events
from workflows.language.rules.blocks import elements, guards, joins, loops, pauses, races, resources, votes
from workflows.language.rules.calling import calls, exclusive_orders, given_away, unheard
from workflows.language.rules.choosing import choices
from workflows.language.rules.conditions import conditions
from workflows.language.rules.ladders import ladders
from workflows.language.rules.naming import language, names, numbers, oversize
from workflows.language.rules.people import missing, people
from workflows.language.rules.plans import planned_workflows, plans
from workflows.language.rules.returning import returning, revocations
from workflows.language.rules.rights import field_rights
from workflows.language.rules.subject import Subject, subject_of
from workflows.language.rules.together import hopeless_waits, start_cycles
from workflows.language.rules.values import (
    days,
    emitted,
    forms,
    known_events,
    lookups,
    serials,
    waits,
    withdrawal,
    writers,
)
from workflows.language.rules.ways import Ways, endings, signatures, ways_through
from workflows.language.words import Workflow

__all__ = ["Finding", "check", "check_all", "notes"]


def check(
    definition: Workflow,
    events: Mapping[str, type[DomainEvent]],
    roster: Roster | None = None,
    day: date | None = None,
) -> tuple[Finding, ...]:
    """Everything that is wrong with one definition, by place; nothing when it may run.

    Args:
        definition: what to check.
        events: the published event types by name ("member.applied.v1").
        roster: the people as they are; without it nobody's existence is checked.
        day: the day on which they must hold their posts; without it any term counts.
    """
    outsized = tuple(oversize(definition))
    if outsized:
        return outsized
    subject = subject_of(definition, events, roster, day)
    orders = [one for _, one in exclusive_orders([subject])]
    return _by_place([*_check(subject, ways_through(subject)), *orders])


def check_all(
    definitions: Sequence[Workflow],
    events: Mapping[str, type[DomainEvent]],
    roster: Roster | None = None,
    day: date | None = None,
) -> Mapping[str, tuple[Finding, ...]]:
    """The findings of each definition by its name, with those that only show when all of them run together."""
    found = {one.name: list(oversize(one)) for one in definitions}
    subjects = [subject_of(one, events, roster, day) for one in definitions if not found[one.name]]
    ways = {one.definition.name: ways_through(one) for one in subjects}
    for one in subjects:
        found[one.definition.name].extend(_check(one, ways[one.definition.name]))
    together = (
        *start_cycles(subjects),
        *hopeless_waits(subjects),
        *calls(subjects, ways),
        *exclusive_orders(subjects),
        *revocations(subjects),
        *planned_workflows(subjects),
    )
    for name, finding in together:
        found[name].append(finding)
    return {name: _by_place(findings) for name, findings in found.items()}


def notes(definitions: Sequence[Workflow]) -> Mapping[str, tuple[Finding, ...]]:
    """What is worth knowing of each definition by its name, where all of them run together; none of it is a mistake."""
    found: dict[str, list[Finding]] = {one.name: [] for one in definitions}
    for name, finding in unheard_events([one for one in definitions if not tuple(oversize(one))]):
        found[name].append(finding)
    return {name: _by_place(findings) for name, findings in found.items()}


def _check(subject: Subject, ways: Ways) -> list[Finding]:
    return [
        *language(subject),
        *names(subject),
        *numbers(subject),
        *endings(subject, ways),
        *signatures(subject, ways),
        *joins(subject),
        *loops(subject),
        *races(subject),
        *elements(subject, ways),
        *pauses(subject),
        *resources(subject, ways),
        *votes(subject),
        *guards(subject),
        *returning(subject),
        *unheard(subject),
        *given_away(subject),
        *silence(subject),
        *ladders(subject, ways),
        *people(subject),
        *missing(subject),
        *choices(subject, ways),
        *privacy(subject),
        *known_events(subject),
        *forms(subject),
        *field_rights(subject),
        *conditions(subject),
        *waits(subject, ways),
        *days(subject, ways),
        *lookups(subject),
        *serials(subject),
        *plans(subject, ways),
        *emitted(subject, ways),
        *withdrawal(subject),
        *writers(subject),
    ]


def _by_place(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.path, one.code, sorted(map(str, one.values.values())))))
