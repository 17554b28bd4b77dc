"""`check` proves a definition before anything runs: a finding names place, what is wrong, and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.event import DomainEvent
from domain.roster import Roster
from workflows.language.findings import Finding
from workflows.language.rules.asking import people, privacy, silence
from workflows.language.rules.conditions import conditions
from workflows.language.rules.naming import language, names, numbers
from workflows.language.rules.subject import Subject, subject_of
from workflows.language.rules.together import hopeless_waits, start_cycles
from workflows.language.rules.values import emitted, forms, known_events, lookups, waits, withdrawal, writers
from workflows.language.rules.ways import endings, signatures, ways_through
from workflows.language.words import Workflow

__all__ = ["Finding", "check", "check_all"]


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
    return _by_place(_check(subject_of(definition, events, roster, day)))


def check_all(
    definitions: Sequence[Workflow],
    events: Mapping[str, type[DomainEvent]],
    roster: Roster | None = None,
    day: date | None = None,
) -> Mapping[str, tuple[Finding, ...]]:
    """The findings of each definition by its name, with those that only show when all of them run together."""
    subjects = [subject_of(definition, events, roster, day) for definition in definitions]
    found = {one.definition.name: _check(one) for one in subjects}
    for name, finding in (*start_cycles(subjects), *hopeless_waits(subjects)):
        found[name].append(finding)
    return {name: _by_place(findings) for name, findings in found.items()}


def _check(subject: Subject) -> list[Finding]:
    ways = ways_through(subject)
    return [
        *language(subject),
        *names(subject),
        *numbers(subject),
        *endings(subject, ways),
        *signatures(subject, ways),
        *silence(subject),
        *people(subject),
        *privacy(subject),
        *known_events(subject),
        *forms(subject),
        *conditions(subject),
        *waits(subject, ways),
        *lookups(subject),
        *emitted(subject, ways),
        *withdrawal(subject),
        *writers(subject),
    ]


def _by_place(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.path, one.code, sorted(map(str, one.values.values())))))
