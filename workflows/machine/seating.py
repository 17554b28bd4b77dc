"""Who sits in the seats of a human step: resolves a `Who` on a roster version. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.approval import Mode
from domain.roster import (
    Roster,
    department_of,
    liaison_officers,
    member_departments,
    users_in_department,
    users_with_role,
)
from workflows.language.words import (
    Applicant,
    DepartmentLiaison,
    Either,
    MemberDepartments,
    RoleHolders,
    Seats,
    Who,
)
from workflows.machine.case import Capacity, Case
from workflows.policy import role_principal

FALLBACK_ROLE = "office_head"


@dataclass(frozen=True, slots=True)
class Seat:
    """One answer that is asked for: who may give it, and the departments that may see the case because of it.

    `fallback` tells that the resolver found nobody, so that the meeting's office holds the seat (审批人为空).
    """

    candidates: tuple[tuple[str, Capacity], ...]
    departments: frozenset[str]
    pick: str = "any"
    fallback: bool = False


NOBODY: Final = Seat((), frozenset())


def resolve_seats(who: Who, mode: Mode, head: Case, roster: Roster, day: date) -> tuple[Seat, ...]:
    """The seats of `who` for a case on `day`; a seat nobody can take goes to the meeting's office."""
    found = _seats(who, mode, head, roster, day) or (NOBODY,)
    return tuple(seat if seat.candidates else _office(seat, roster, day) for seat in found)


def _seats(who: Who, mode: Mode, head: Case, roster: Roster, day: date) -> tuple[Seat, ...]:
    match who:
        case RoleHolders():
            return _each_holder(who, head, roster, day) if mode is Mode.ALL else (_pool(who, head, roster, day),)
        case Seats():
            pool = _pool(who.role, head, roster, day)
            return (Seat(pool.candidates, pool.departments, pick=who.pick),) * who.n
        case DepartmentLiaison():
            return (_liaison(who.code, roster, day),)
        case MemberDepartments():
            return tuple(_liaison(code, roster, day) for code in member_departments(roster, day))
        case Applicant():
            return (_applicant(who, head, roster, day),)
        case Either():
            return _together(tuple(seat for part in who.of for seat in _seats(part, mode, head, roster, day)), mode)


def _together(seats: tuple[Seat, ...], mode: Mode) -> tuple[Seat, ...]:
    """The seats of several resolvers: one for each holder. Who is missing counts only where everybody must agree."""
    wanted = seats if mode is Mode.ALL else tuple(seat for seat in seats if seat.candidates)
    return tuple(dict.fromkeys(wanted))


def _pool(who: RoleHolders, head: Case, roster: Roster, day: date) -> Seat:
    """One seat for whoever holds the role. A grant without scope counts in every scope, and has its own principal."""
    scope = _scope(who, head)
    users = () if scope is None else users_with_role(roster, who.name, scope or None, day)
    if not users:
        return NOBODY
    everywhere = scope != "" and users_with_role(roster, who.name, None, day)
    principals = (role_principal(who.name, scope), *((role_principal(who.name, None),) if everywhere else ()))
    return Seat(tuple((one, Capacity.CANDIDATE) for one in principals), _departments(users, roster, day))


def _each_holder(who: RoleHolders, head: Case, roster: Roster, day: date) -> tuple[Seat, ...]:
    scope = _scope(who, head)
    users = () if scope is None else users_with_role(roster, who.name, scope or None, day)
    seats = tuple(Seat(((f"user:{user}", Capacity.OWNER),), _departments((user,), roster, day)) for user in users)
    return seats or (NOBODY,)


def _liaison(code: str, roster: Roster, day: date) -> Seat:
    officers = liaison_officers(roster, code, day)
    return Seat(tuple((f"user:{user}", Capacity.CANDIDATE) for user in officers), frozenset({code}))


def _applicant(who: Applicant, head: Case, roster: Roster, day: date) -> Seat:
    own = _person(head) if head.person else _sender(head, roster, day)
    if who.through is None:
        return own
    counter = _pool(who.through, head, roster, day)
    proxies = tuple((principal, Capacity.PROXY) for principal, _ in counter.candidates)
    return Seat(own.candidates + proxies, own.departments | counter.departments)


def _person(head: Case) -> Seat:
    return Seat(((f"person:{head.person}", Capacity.OWNER),), frozenset())


def _sender(head: Case, roster: Roster, day: date) -> Seat:
    """Where the case is about nobody, the applicant is the department that applied: any officer of it may answer."""
    if not users_in_department(roster, head.department, day):
        return NOBODY
    return Seat(((f"department:{head.department}", Capacity.CANDIDATE),), frozenset({head.department}))


def _office(vacant: Seat, roster: Roster, day: date) -> Seat:
    """The seat that nobody can take, held by the meeting's office; the departments it was meant for still see it."""
    users = users_with_role(roster, FALLBACK_ROLE, None, day)
    candidates = ((role_principal(FALLBACK_ROLE, None), Capacity.CANDIDATE),)
    return Seat(candidates, vacant.departments | _departments(users, roster, day), vacant.pick, fallback=True)


def _scope(who: RoleHolders, head: Case) -> str | None:
    """The scope of a role: empty where the word names no field, None where the field has no value."""
    if who.of is None:
        return ""
    value = head.fields.get(who.of)
    return None if value is None else str(value)


def _departments(users: tuple[str, ...], roster: Roster, day: date) -> frozenset[str]:
    found = (department_of(roster, user, day) for user in users)
    return frozenset(code for code in found if code is not None)
