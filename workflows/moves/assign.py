"""Assign: what concerns people across cases. Narrows a seat that several may take to the least loaded one.

The seat's candidates already hold it and can act; narrowing only says whose turn it is, and never changes an outcome.
"""

from __future__ import annotations

from datetime import date

from domain.roster import Roster, holders_on, users_with_role
from workflows.machine.case import Capacity, Holder, Lane, WorkItem
from workflows.machine.deadlines import local_day
from workflows.moves.reassigning import follow_roster
from workflows.moves.serials import give_serials
from workflows.ports import Engine, Unit


def assign(engine: Engine, lane: Lane) -> int:
    """Follow the roster, name owners for items that ask for the least loaded person, give serials; returns how many."""
    if lane is Lane.BULK:
        follow_roster(engine)
    return narrow(engine, lane) + give_serials(engine, lane)


def narrow(engine: Engine, lane: Lane) -> int:
    """Name an owner for open items that ask for the least loaded person; returns how many."""
    return engine.units.run(lambda unit: _narrow(engine, unit), lane)


def _narrow(engine: Engine, unit: Unit) -> int:
    found = unit.narrowable(engine.units.batch)
    if not found:
        return 0
    roster = engine.library.roster()
    day = local_day(engine.library.calendar(), unit.now)
    eligible = {
        item.id: sorted({user for one in holders for user in _users(one.who, roster, day)}) for item, holders in found
    }
    load = unit.open_counts(sorted({user for users in eligible.values() for user in users}))
    away = _away(roster, day)
    taken: dict[tuple[str, str, int], set[str]] = {}
    chosen: list[Holder] = []
    for item, holders in sorted(found, key=lambda one: (one[0].opened_at, one[0].id)):
        seats = taken.setdefault((item.case, item.path, item.round), set())
        free = [user for user in eligible[item.id] if user not in seats] or eligible[item.id]
        if not free:
            continue
        beside = {one.who.partition(":")[2] for one in holders if one.capacity is Capacity.PROXY}
        # Two seats go to two people before whoever is there takes both, and to a proxy before whoever is away.
        user = min(free, key=lambda one: (one in away, one in beside, load.get(one, 0), one))
        seats.add(user)
        load[user] = load.get(user, 0) + 1
        chosen.append(_owner(item, user))
    unit.own(chosen)
    return len(chosen)


def _owner(item: WorkItem, user: str) -> Holder:
    return Holder(item=item.id, case=item.case, who=f"user:{user}", capacity=Capacity.OWNER, due_at=item.due_at)


def _away(roster: Roster, day: date) -> frozenset[str]:
    """Whoever is absent that day, or has left, in every workflow."""
    absent = holders_on(roster, day).items()
    return frozenset(user for user, stand_ins in absent if any(one.workflow is None for one in stand_ins))


def _users(principal: str, roster: Roster, day: date) -> tuple[str, ...]:
    kind, _, rest = principal.partition(":")
    if kind == "user":
        return (rest,)
    if kind != "role":
        return ()
    name, _, scope = rest.partition(":")
    return users_with_role(roster, name, scope or None, day)
