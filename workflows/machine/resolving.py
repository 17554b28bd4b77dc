"""Whom a resolver of the language names on a roster: the seats in their order, before any rule. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from domain.approval import Mode
from domain.roster import (
    Roster,
    department_of,
    holders_on,
    last_post_of,
    leaders_of,
    liaison_officers,
    member_departments,
    post_of,
    users_in_department,
    users_in_post,
    users_with_role,
)
from domain.superiors import Level, levels_above
from workflows.language.choices import chooser_of
from workflows.language.expressions import evaluate
from workflows.language.people import INITIATOR, HeldBy
from workflows.language.words import (
    Applicant,
    Chosen,
    DepartmentLiaison,
    Depending,
    Either,
    MemberDepartments,
    NamedIn,
    Panel,
    PostHolders,
    RoleHolders,
    Seats,
    Superiors,
    Who,
)
from workflows.machine.case import JSON, Capacity
from workflows.machine.seats import NOBODY, Candidates, Ruled, Seat, Where
from workflows.policy import role_principal

PANEL_ROLE = "panel_member"
"""The role of a member of a panel; its scope is the panel."""
CHOSEN_BY = "chosen.by"
"""The rule of a seat that somebody chose (自选), with the user who did."""


def resolve(who: Who, mode: Mode, where: Where) -> tuple[Seat, ...]:
    """The seats that `who` names, in order; a seat without candidates is one that nobody can take."""
    match who:
        case RoleHolders():
            return (_pool(who, where),) if _shared(mode) else _each_holder(who, where)
        case Seats():
            return (replace(_pool(who.role, where), pick=who.pick),) * who.n
        case Panel():
            return _each(users_with_role(where.roster, PANEL_ROLE, who.name, where.day), who, where)
        case DepartmentLiaison():
            return (_of_department(who.code, who.held_by, where),)
        case MemberDepartments():
            codes = member_departments(where.roster, where.day)
            return tuple(_of_department(code, "liaison", where) for code in codes)
        case PostHolders():
            return (_in_post(who.code, where),)
        case Applicant():
            return (_applicant(who, where),)
        case _:
            return _resolve_by_case(who, mode, where)


def _resolve_by_case(
    who: Superiors | NamedIn | Chosen | Either | Depending, mode: Mode, where: Where
) -> tuple[Seat, ...]:
    match who:
        case Superiors():
            return _superiors(who, where)
        case NamedIn():
            return _named_in(who, where)
        case Chosen():
            return _chosen(who, where)
        case Either():
            return _together((seat for part in who.of for seat in resolve(part, mode, where)), mode)
        case Depending():
            values = where.head.fields
            found = next((one.ask for one in who.cases if evaluate(one.when, values) is True), who.otherwise)
            return resolve(found, mode, where)


def _shared(mode: Mode) -> bool:
    """Whether the holders of a role share one seat, because one answer is enough."""
    return mode in (Mode.ONE, Mode.ANY)


def _together(seats: Iterable[Seat], mode: Mode) -> tuple[Seat, ...]:
    """The seats of several resolvers: one for each holder. Who is missing counts only where everybody must agree."""
    each: dict[tuple[Candidates, frozenset[str]], Seat] = {}
    for seat in seats:
        if seat.candidates or not _shared(mode):
            each.setdefault((seat.candidates, seat.departments), seat)
    return tuple(each.values())


# -- roles, departments, posts, users ----------------------------------------------------------------------


def _pool(who: RoleHolders, where: Where) -> Seat:
    """One seat for whoever holds the role. A grant without scope counts in every scope, and has its own principal."""
    scope = scope_of(who, where)
    users = () if scope is None else users_with_role(where.roster, who.name, scope or None, where.day)
    if not users:
        return replace(NOBODY, asked=who)
    everywhere = scope != "" and users_with_role(where.roster, who.name, None, where.day)
    principals = (role_principal(who.name, scope), *((role_principal(who.name, None),) if everywhere else ()))
    candidates = tuple((one, Capacity.CANDIDATE) for one in principals)
    return Seat(candidates, departments_of(users, where), users, asked=who)


def _each_holder(who: RoleHolders, where: Where) -> tuple[Seat, ...]:
    scope = scope_of(who, where)
    users = () if scope is None else users_with_role(where.roster, who.name, scope or None, where.day)
    return _each(users, who, where)


def _each(users: Iterable[str], who: Who, where: Where) -> tuple[Seat, ...]:
    return tuple(replace(owned((user,), where), asked=who) for user in users) or (replace(NOBODY, asked=who),)


def _of_department(code: str, held_by: HeldBy, where: Where) -> Seat:
    find: dict[HeldBy, Callable[[Roster, str, date], tuple[str, ...]]] = {
        "liaison": liaison_officers,
        "leader": leaders_of,
        "anybody": users_in_department,
    }
    users = find[held_by](where.roster, code, where.day)
    asked = DepartmentLiaison(code=code, held_by=held_by)
    return Seat(_candidates(users), frozenset({code}), users, asked=asked)


def _in_post(code: str, where: Where) -> Seat:
    users = users_in_post(where.roster, code, where.day)
    return Seat(_candidates(users), departments_of(users, where), users, asked=PostHolders(code=code))


def _user(name: str, where: Where) -> Seat:
    """The seat of a user who is named; who left has it no more, unless somebody took their place."""
    post = post_of(where.roster, name, where.day)
    if post is not None:
        return replace(owned((name,), where), asked=PostHolders(code=post))
    last = last_post_of(where.roster, name)
    vacant = NOBODY if last is None else replace(NOBODY, asked=PostHolders(code=last))
    return _of_successor(name, vacant, where)


def _of_successor(name: str, vacant: Seat, where: Where) -> Seat:
    for one in holders_on(where.roster, where.day).get(name, ()):
        if one.leaver and one.covers(where.head.workflow) and post_of(where.roster, one.user, where.day) is not None:
            return replace(owned((one.user,), where), asked=vacant.asked, rules=(one.rule,))
    return vacant


def _applicant(who: Applicant, where: Where) -> Seat:
    own = _person(who, where) if where.head.person else _sender(who, where)
    if who.through is None:
        return own
    counter = _pool(who.through, where)
    proxies = tuple((principal, Capacity.PROXY) for principal, _ in counter.candidates)
    return replace(
        own, candidates=own.candidates + proxies, departments=own.departments | counter.departments, users=counter.users
    )


def _person(who: Applicant, where: Where) -> Seat:
    return Seat(((f"person:{where.head.person}", Capacity.OWNER),), frozenset(), asked=who)


def _sender(who: Applicant, where: Where) -> Seat:
    """Where the case is about nobody, the applicant is the department that applied: any officer of it may answer."""
    code = where.head.department
    if not users_in_department(where.roster, code, where.day):
        return replace(NOBODY, asked=who)
    return Seat(((f"department:{code}", Capacity.CANDIDATE),), frozenset({code}), asked=who)


# -- whom the case names -----------------------------------------------------------------------------------


def _named(who: NamedIn, name: str, where: Where) -> Seat:
    match who.names:
        case "user":
            return _user(name, where)
        case "post":
            return _in_post(name, where)
        case "department":
            return _of_department(name, who.held_by, where)


def _chosen(who: Chosen, where: Where) -> tuple[Seat, ...]:
    seats = (_user(name, where) for name in names_in(where.head.fields.get(who.field)))
    return tuple(_chosen_by(chooser_in(who, where.head.fields), seat) for seat in seats) or (NOBODY,)


def _named_in(who: NamedIn, where: Where) -> tuple[Seat, ...]:
    seats = (_named(who, name, where) for name in names_in(where.head.fields.get(who.field)))
    return tuple(_chosen_by(chooser_in(who, where.head.fields), seat) for seat in seats) or (NOBODY,)


def _chosen_by(chooser: str | None, seat: Seat) -> Seat:
    return seat if chooser is None else replace(seat, rules=(f"{CHOSEN_BY}:{chooser}", *seat.rules))


def chooser_in(who: Chosen | NamedIn, fields: Mapping[str, JSON]) -> str | None:
    """The user who chose whom a field names: in a form, or as the initiator in the event; None where nobody chose."""
    found = fields.get(chooser_of(who.field)) or (fields.get(INITIATOR) if isinstance(who, Chosen) else None)
    return found if isinstance(found, str) else None


def chooser_among(rules: Iterable[str]) -> str | None:
    """The user who chose the holders of a seat, by the rules that made it."""
    return next((user for kind, _, user in (one.partition(":") for one in rules) if kind == CHOSEN_BY), None)


def names_in(value: object) -> tuple[str, ...]:
    """The names that a field holds, each once: a text is one, a list several."""
    found = value if isinstance(value, list | tuple) else (value,)
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))


def _superiors(who: Superiors, where: Where) -> tuple[Seat, ...]:
    """A seat for each level of the line; whoever stands on two of them is asked at the first."""
    line = _line(who, where)
    ordered = line if who.first == "nearest" else line[::-1]
    seats: list[Seat] = []
    asked: set[str] = set()
    for level in ordered:
        seats.append(_level(who, level, asked, where))
        asked.update(level.users)
    # Nothing but vacant levels is nobody found: a line that is empty must not be a line that agrees.
    return tuple(seats) if any(seat.asks for seat in seats) else (*seats, replace(NOBODY, asked=who))


def _level(who: Superiors, level: Level, asked: set[str], where: Where) -> Seat:
    if not level.users and who.vacant == "skip":
        return replace(NOBODY, ruled=Ruled.SKIPPED, rules=(f"superiors.vacant:{level.post}",))
    users = tuple(user for user in level.users if user not in asked)
    if level.users and not users:
        return replace(NOBODY, ruled=Ruled.SKIPPED, rules=(f"superiors.same:{level.post}",))
    seat = Seat(_candidates(users), departments_of(users, where), users, asked=PostHolders(code=level.post))
    return replace(seat, rules=(f"superiors.level:{level.post}",))


def _line(who: Superiors, where: Where) -> tuple[Level, ...]:
    name = where.head.fields.get(who.of or INITIATOR)
    start = post_named(name, where) if isinstance(name, str) else None
    if start is None:
        return ()
    return levels_above(where.roster, start, where.day, levels=who.levels, up_to=who.up_to)


def post_named(name: str, where: Where) -> str | None:
    """The post that a name means: the post itself, or the main (else the last) post of a user."""
    if any(post.code == name for post in where.roster.posts):
        return name
    return post_of(where.roster, name, where.day) or last_post_of(where.roster, name)


# -- parts -------------------------------------------------------------------------------------------------


def owned(users: tuple[str, ...], where: Where) -> Seat:
    """A seat of these users: theirs alone if it is one, else whoever of them comes first."""
    capacity = Capacity.OWNER if len(users) == 1 else Capacity.CANDIDATE
    return Seat(tuple((f"user:{user}", capacity) for user in users), departments_of(users, where), users)


def _candidates(users: Iterable[str]) -> tuple[tuple[str, Capacity], ...]:
    return tuple((f"user:{user}", Capacity.CANDIDATE) for user in users)


def scope_of(who: RoleHolders, where: Where) -> str | None:
    """The scope of a role: empty where the word names no field, None where the field has no value."""
    if who.of is None:
        return ""
    value = where.head.fields.get(who.of)
    return None if value is None else str(value)


def departments_of(users: Iterable[str], where: Where) -> frozenset[str]:
    """The departments of users."""
    found = (department_of(where.roster, user, where.day) for user in users)
    return frozenset(code for code in found if code is not None)
