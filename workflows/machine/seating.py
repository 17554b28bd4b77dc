"""Who sits in the seats of a human step: resolved on a roster version, then held against the rules of the step. Pure.

The order: whom the resolver names; without those who are too near to the case; what happens where nobody is left;
whoever stands in for those who are away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from domain.approval import Mode
from domain.organisation import Post
from domain.roster import (
    LIAISON,
    department_of,
    holders_on,
    last_post_of,
    leaders_of,
    post_of,
    users_with_role,
)
from domain.superiors import Level, first_held, line_above
from workflows.language.words import (
    Approve,
    DepartmentLiaison,
    Panel,
    PostHolders,
    RoleHolders,
    Seats,
    Vote,
    Who,
)
from workflows.machine.agenda import Handed
from workflows.machine.case import Capacity
from workflows.machine.recusing import Asking, barred, initiator_of, recused
from workflows.machine.resolving import PANEL_ROLE, departments_of, owned, resolve, scope_of
from workflows.machine.seats import NOBODY, Candidates, Ruled, Seat, Where
from workflows.policy import role_principal

FALLBACK_ROLE: Final = "office_head"
ADMIN_ROLE: Final = "process_admin"
"""The process administrators (流程管理员): what nobody else can take waits in their queue."""


def resolve_seats(who: Who, mode: Mode, where: Where) -> tuple[Seat, ...]:
    """The seats of `who` by themselves, for a message or a supplement; the office has what nobody can take."""
    found = resolve(who, mode, where) or (NOBODY,)
    return tuple(seat if seat.candidates else _office(seat, frozenset(), where) for seat in found if seat.asks)


def seats_of_step(step: Asking, where: Where, handed: tuple[Handed, ...] = ()) -> tuple[Seat, ...]:
    """The seats of a human step in their order, each with somebody to take it or with what a rule does instead.

    `handed` are seats that are still those of whom they were handed to, if these may take them today.
    """
    without = barred(step, where)
    found = resolve(step.by, mode_of(step), where) or (NOBODY,)
    settled = [_settled(seat, step, without, where) for seat in _counted(found, step, without, where)]
    for one in handed:
        settled = _as_handed(settled, one, without, where)
    peers = [frozenset(user for seat in settled if seat is not own for user in seat.users) for own in settled]
    proxies = not isinstance(step, Vote) or step.proxies
    return tuple(
        _with_stand_ins(seat, without | others, where, proxies=proxies)
        for seat, others in zip(settled, peers, strict=True)
    )


def _as_handed(seats: list[Seat], handed: Handed, without: frozenset[str], where: Where) -> list[Seat]:
    asked_elsewhere = any(handed.user in seat.users for number, seat in enumerate(seats) if number != handed.seat)
    if asked_elsewhere or not _is_there(f"user:{handed.user}", without, where):
        return seats
    return [
        _given(seat, (handed.user,), where) if number == handed.seat and seat.asks else seat
        for number, seat in enumerate(seats)
    ]


def office_of(step: Asking, where: Where) -> Seat:
    """The seat of the meeting's office in a step, without whoever may not decide there."""
    return _office(NOBODY, barred(step, where), where)


def filled_today(step: Asking, line: Candidates, where: Where) -> Seat:
    """A seat whose turn comes only now, as `line` named it before: by whoever of them is there, or stands in, today.

    Where nobody is left it is filled as the step says (审批人为空); what a rule would answer goes to the office.
    """
    without = barred(step, where)
    today = _today(step, line, without, where)
    if today.candidates:
        return today
    found = _vacant(replace(today, asked=step.by), step, without, where)
    return found if found.asks and found.candidates else _office(today, without, where)


def _today(step: Asking, line: Candidates, without: frozenset[str], where: Where) -> Seat:
    """Who of a line is in office, with those whom the roster names today beside them or in their place."""
    own = tuple(one for one in line if one[1] is not Capacity.PROXY)
    users = tuple(who.removeprefix("user:") for who, _ in own if who.startswith("user:"))
    peers = {user for seat in resolve(step.by, mode_of(step), where) for user in seat.users} - set(users)
    seat = _with_stand_ins(Seat(own, departments_of(users, where), users), without | peers, where)
    return replace(seat, candidates=tuple(one for one in seat.candidates if _is_there(one[0], without, where)))


def _is_there(who: str, without: frozenset[str], where: Where) -> bool:
    """Whether a principal can be asked: a pool always, an officer while they are in office and not kept out."""
    user = who.removeprefix("user:")
    return who == user or (user not in without and post_of(where.roster, user, where.day) is not None)


def handed_up(
    step: Asking, held: tuple[str, ...], to: RoleHolders | None, has_a_say: frozenset[str], where: Where
) -> Seat:
    """The seat of a step that is taken from whoever holds it: for the holders of a role, or the first superior who can.

    Where nobody is found it is filled as the step says (审批人为空); what a rule would answer goes to the office.

    Args:
        step: what the seat belongs to; whom it keeps out is kept out.
        held: the principals who hold it now.
        to: the role; None for the chain of command above `held`.
        has_a_say: the officers who have a say in the step already.
        where: the roster of today.
    """
    without = barred(step, where) | has_a_say
    found = (
        _first_superior(held, without, where) if to is None else _kept(resolve(to, Mode.ONE, where)[0], without, where)
    )
    if not found.candidates:
        vacant = _vacant(replace(found, asked=step.by), step, without, where)
        found = vacant if vacant.asks and vacant.candidates else _office(found, without, where)
    return _with_stand_ins(found, without, where)


def mode_of(step: Asking) -> Mode:
    """In a vote everybody has a seat; what is carried out is done once unless it says otherwise."""
    if isinstance(step, Vote):
        return Mode.ALL
    return step.mode if isinstance(step, Approve) else Mode.ONE


def _counted(seats: tuple[Seat, ...], step: Asking, without: frozenset[str], where: Where) -> tuple[Seat, ...]:
    """Where one decision is enough, a seat that nobody can take counts only if nobody can take any."""
    if not isinstance(step, Approve) or mode_of(step) not in (Mode.ONE, Mode.ANY):
        return seats
    able = tuple(seat for seat in seats if not seat.asks or _kept(seat, without, where).candidates)
    return able if any(seat.asks for seat in able) else seats


# -- one seat ----------------------------------------------------------------------------------------------


def _settled(seat: Seat, step: Asking, without: frozenset[str], where: Where) -> Seat:
    if not seat.asks:
        return seat
    kept = _kept(seat, without, where)
    if kept.candidates:
        return kept
    own = initiator_of(where)
    if own in seat.users and own not in recused(step, where):
        return _own_case(kept, step, own or "", without, where)
    return _vacant(kept, step, without, where)


def _kept(seat: Seat, without: frozenset[str], where: Where) -> Seat:
    """The seat without those who may not decide; a pool of which somebody is kept out is named one by one."""
    if without.isdisjoint(seat.users):
        return seat
    users = tuple(user for user in seat.users if user not in without)
    applicants = tuple(one for one in seat.candidates if one[0].startswith(("person:", "department:")))
    capacity = seat.candidates[len(applicants)][1]
    candidates = (*applicants, *((f"user:{user}", capacity) for user in users))
    kept_out = tuple(f"recused:{user}" for user in seat.users if user in without)
    departments = departments_of(users, where)
    return replace(seat, candidates=candidates, users=users, departments=departments, rules=(*seat.rules, *kept_out))


def _own_case(seat: Seat, step: Asking, initiator: str, without: frozenset[str], where: Where) -> Seat:
    """The seat was the initiator's alone: what the step says for that."""
    rules = (*seat.rules, f"own_case.{step.own_case}")
    match step.own_case:
        case "skip":
            return replace(seat, ruled=Ruled.SKIPPED, rules=rules)
        case "superior":
            post = post_of(where.roster, initiator, where.day)
            level = first_held(line_above(where.roster, post or "", where.day), without)
            users = () if level is None else level.users
        case "leader":
            department = department_of(where.roster, initiator, where.day)
            found = () if department is None else leaders_of(where.roster, department, where.day)
            users = tuple(user for user in found if user not in without)
        case "decide" | "forbid":
            users = ()
    taken = replace(seat, rules=rules)
    return _given(taken, users, where) if users else _vacant(taken, step, without, where)


# -- nobody found ------------------------------------------------------------------------------------------


def _vacant(seat: Seat, step: Asking, without: frozenset[str], where: Where) -> Seat:
    """The seat that nobody can take (审批人为空), by the rule of the step."""
    rule = step.nobody
    ruled = replace(seat, rules=(*seat.rules, f"nobody.{rule.then}"))
    match rule.then:
        case "office":
            return _office(ruled, without, where)
        case "ask":
            return _asked(ruled, rule.ask, without, where)
        case "climb":
            return _climbed(ruled, without, where)
        case "pass":
            return replace(ruled, ruled=Ruled.SKIPPED)
        case "reject":
            return replace(ruled, ruled=Ruled.REJECTED)
        case "admin" | "block":
            return _admin_queue(ruled, where)


def _office(seat: Seat, without: frozenset[str], where: Where) -> Seat:
    """Held by the meeting's office; the departments it was meant for still see it."""
    found = _kept(_role(FALLBACK_ROLE, where), without, where)
    return _fallen_back(seat, found) if found.candidates else _admin_queue(seat, where)


def _asked(
    seat: Seat, who: RoleHolders | DepartmentLiaison | PostHolders | None, without: frozenset[str], where: Where
) -> Seat:
    found = () if who is None else resolve(who, Mode.ONE, where)
    able = [kept for one in found if (kept := _kept(one, without, where)).candidates]
    return _fallen_back(seat, able[0]) if able else _admin_queue(seat, where)


def _climbed(seat: Seat, without: frozenset[str], where: Where) -> Seat:
    """Held by the first superior who can: above the posts that were asked, or the department's leader."""
    level = _above(seat.asked, without, where)
    if level is None:
        return _admin_queue(seat, where)
    taken = _given(seat, level.users, where)
    return replace(taken, rules=(*taken.rules, f"climb:{level.post}"), fallback=True)


def _above(asked: Who | None, without: frozenset[str], where: Where) -> Level | None:
    found = _first_above(_posts_asked(asked, where), without, where)
    if found is not None or not isinstance(asked, DepartmentLiaison):
        return found
    leaders = tuple(one for one in leaders_of(where.roster, asked.code, where.day) if one not in without)
    return Level(f"leader of {asked.code}", leaders) if leaders else None


def _first_superior(held: tuple[str, ...], without: frozenset[str], where: Where) -> Seat:
    """Whoever stands first above those who hold a seat, of the holders in their order."""
    level = next((one for who in held if (one := _above_principal(who, without, where)) is not None), None)
    return NOBODY if level is None else replace(owned(level.users, where), rules=(f"superior:{level.post}",))


def _above_principal(who: str, without: frozenset[str], where: Where) -> Level | None:
    """The first level above a user's post, the posts of a role, or a department that can take it; nobody is above an applicant."""
    kind, _, name = who.partition(":")
    match kind:
        case "user":
            post = post_of(where.roster, name, where.day) or last_post_of(where.roster, name)
            return None if post is None else _above(PostHolders(code=post), without, where)
        case "role":
            role, _, scope = name.partition(":")
            return _first_above((post for post in where.roster.posts if _is(post, role, scope or None)), without, where)
        case "department":
            return _above(DepartmentLiaison(code=name, held_by="anybody"), without, where)
    return None


def _first_above(posts: Iterable[Post], without: frozenset[str], where: Where) -> Level | None:
    lines = (line_above(where.roster, post.code, where.day) for post in posts)
    return next((level for line in lines if (level := first_held(line, without)) is not None), None)


def _posts_asked(asked: Who | None, where: Where) -> Iterable[Post]:
    """The posts that a resolver means, whoever holds them, and whether they still exist or not."""
    posts = where.roster.posts
    match asked:
        case PostHolders(code=code):
            return (post for post in posts if post.code == code)
        case DepartmentLiaison(code=code, held_by=held_by):
            return (post for post in posts if post.department == code and (held_by != LIAISON or _is(post, LIAISON)))
        case RoleHolders(name=name):
            scope = scope_of(asked, where)
            return (post for post in posts if _is(post, name, scope or None))
        case Seats(role=role):
            return _posts_asked(role, where)
        case Panel(name=name):
            return (post for post in posts if _is(post, PANEL_ROLE, name))
    return ()


def _is(post: Post, role: str, scope: str | None = None) -> bool:
    return any(grant.role == role and scope in (None, grant.scope) for grant in post.roles)


def _admin_queue(seat: Seat, where: Where) -> Seat:
    """Nobody at all: it waits where the process administrators look, whoever holds that role by then."""
    return _fallen_back(replace(seat, rules=(*seat.rules, "nobody.queue")), _role(ADMIN_ROLE, where))


def _role(name: str, where: Where) -> Seat:
    users = users_with_role(where.roster, name, None, where.day)
    candidates = ((role_principal(name, None), Capacity.CANDIDATE),) if users or name == ADMIN_ROLE else ()
    return Seat(candidates, departments_of(users, where), users)


def _fallen_back(seat: Seat, to: Seat) -> Seat:
    departments = seat.departments | to.departments
    return replace(seat, candidates=to.candidates, users=to.users, departments=departments, fallback=True)


def _given(seat: Seat, users: tuple[str, ...], where: Where) -> Seat:
    found = owned(users, where)
    departments = seat.departments | found.departments
    return replace(seat, candidates=found.candidates, users=users, departments=departments)


# -- who stands in -----------------------------------------------------------------------------------------


def _with_stand_ins(seat: Seat, without: frozenset[str], where: Where, *, proxies: bool = True) -> Seat:
    """Proxies of the absent hold the seat beside them, where the step takes any; successors of leavers in their place."""
    today = holders_on(where.roster, where.day)
    if not today or not seat.asks:
        return seat
    for user in seat.users:
        for one in today.get(user, ()):
            if (
                (proxies or one.leaver)
                and one.covers(where.head.workflow)
                and one.user not in without
                and one.user not in seat.users
            ):
                seat = _joined(seat, user, one.user, one.rule, leaver=one.leaver)
    return seat


def _joined(seat: Seat, user: str, other: str, rule: str, *, leaver: bool) -> Seat:
    old = f"user:{user}"
    if leaver and any(who == old for who, _ in seat.candidates):
        candidates = tuple((f"user:{other}" if who == old else who, capacity) for who, capacity in seat.candidates)
    else:
        candidates = (*seat.candidates, (f"user:{other}", Capacity.CANDIDATE if leaver else Capacity.PROXY))
    return replace(seat, candidates=candidates, rules=(*seat.rules, rule))
