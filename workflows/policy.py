"""Who may see and do what. Pure: one expression per viewer, compiled to SQL and to memory by the stores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.roster import Roster, department_of, post_of, roles_of

SEES_ALL_ROLES = frozenset({"office_head", "section_officer", "auditor"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads or acts, with the principals held at this moment.

    `scopes` are what the credential allows: read, act, submit, operate.
    """

    county: str
    user: str
    principals: frozenset[str]
    sees_all: bool
    department: str | None = None
    post: str | None = None
    scopes: frozenset[str] = frozenset({"read", "act"})
    event_types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class EveryCase:
    """Every case of the county."""

    county: str


@dataclass(frozen=True, slots=True)
class SharedWith:
    """The cases of the county that name one of these principals in their access rows."""

    county: str
    principals: frozenset[str]


Visible = EveryCase | SharedWith


def visible(viewer: Viewer) -> Visible:
    """The cases that `viewer` may see: the meeting's office and the auditors all, others what concerns them."""
    return EveryCase(viewer.county) if viewer.sees_all else SharedWith(viewer.county, viewer.principals)


def sees(expression: Visible, county: str, shared_with: Iterable[str]) -> bool:
    """Whether a case of `county` with these access principals is in the expression (the memory compilation)."""
    if expression.county != county:
        return False
    return isinstance(expression, EveryCase) or not expression.principals.isdisjoint(shared_with)


def officer_viewer(roster: Roster, user: str, day: date) -> Viewer:
    """The viewer for an officer on the roster: the user, the roles and the department held on `day`."""
    grants = roles_of(roster, user, day)
    department = department_of(roster, user, day)
    principals = {f"user:{user}"} | {role_principal(grant.role, grant.scope) for grant in grants}
    if department is not None:
        principals.add(f"department:{department}")
    return Viewer(
        county=roster.county,
        user=user,
        principals=frozenset(principals),
        sees_all=any(grant.role in SEES_ALL_ROLES for grant in grants),
        department=department,
        post=post_of(roster, user, day),
    )


def is_officer(viewer: Viewer) -> bool:
    """Whether the viewer acts for the house, and not for themselves as an applicant or a member."""
    return not any(one.startswith("person:") for one in viewer.principals)


def department_viewer(county: str, code: str, event_types: frozenset[str], scopes: frozenset[str]) -> Viewer:
    """The viewer for a department's key: what was shared with the department, nobody's person."""
    return Viewer(
        county=county,
        user=f"department:{code}",
        principals=frozenset({f"department:{code}"}),
        sees_all=False,
        department=code,
        scopes=scopes,
        event_types=event_types,
    )


def operator_viewer(county: str) -> Viewer:
    """The viewer for the administrator at the machine itself (data folder or local socket)."""
    scopes = frozenset({"read", "operate"})
    return Viewer(county=county, user="operator", principals=frozenset(), sees_all=True, scopes=scopes)


def role_principal(role: str, scope: str | None) -> str:
    """The principal string of a role in a scope."""
    return f"role:{role}:{scope or ''}"


def may_submit(viewer: Viewer, event_type: str) -> bool:
    """Whether the viewer's credential permits events of this type."""
    return "submit" in viewer.scopes and viewer.event_types is not None and event_type in viewer.event_types


SENDING_ROLES = frozenset({"office_clerk", "centre_clerk", "town_clerk", "association_secretary", "liaison"})
"""Whoever sends what a department has to say: its clerks and its liaison officer (domain.md §2.3)."""


def sends_for_department(viewer: Viewer) -> bool:
    """Whether an officer may send events in the name of the own department, from a page as with its key."""
    held = {name.split(":")[1] for name in viewer.principals if name.startswith("role:")}
    return viewer.department is not None and not held.isdisjoint(SENDING_ROLES)
