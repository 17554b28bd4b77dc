"""What a new roster would change in this office: shown before it is adopted, and told when it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.events import EVENT_TYPES
from domain.roster import Roster, versioned
from domain.roster_changes import RosterChanges, changes_of
from workflows.language.checks import Finding, check_all
from workflows.policy import Viewer, role_principal
from workflows.ports import Library
from workflows.reads import ItemView, Reads

MOST_ITEMS: Final = 500
"""So many open items are named; a change that concerns more says so by that number."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A roster with what it changes, the open items of those who lose their place, and what workflows would miss.

    `findings` are those that the present roster does not have.
    """

    roster: Roster
    changes: RosterChanges
    items: tuple[ItemView, ...]
    findings: tuple[tuple[str, Finding], ...]


def propose(library: Library, reads: Reads, roster: Roster, day: date) -> Proposal:
    """Hold a roster against the present one."""
    before = library.roster()
    changes = changes_of(before, roster, day)
    known = {_said(one) for one in _findings(library, before, day)}
    fresh = tuple(one for one in _findings(library, roster, day) if _said(one) not in known)
    return Proposal(versioned(roster), changes, _concerned(reads, roster.county, changes), fresh)


def _concerned(reads: Reads, county: str, changes: RosterChanges) -> tuple[ItemView, ...]:
    """The open items that somebody holds who has no post any more, or a role that nobody has any more."""
    principals = {f"user:{user}" for user in changes.leavers}
    principals |= {role_principal(grant.role, grant.scope) for grant in changes.vacated}
    if not principals:
        return ()
    return reads.items(Viewer(county, "operator", frozenset(principals), sees_all=True), MOST_ITEMS)


def _findings(library: Library, roster: Roster, day: date) -> Iterable[tuple[str, Finding]]:
    found = check_all([one for _, one in library.current()], EVENT_TYPES, roster, day)
    return [(name, finding) for name, findings in found.items() for finding in findings]


def _said(one: tuple[str, Finding]) -> tuple[Any, ...]:
    name, finding = one
    return name, finding.path, finding.code, tuple(sorted(finding.values.items()))
