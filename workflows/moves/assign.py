"""Assign: what concerns people across cases. Narrows a seat that several may take to the least loaded one.

The seat's candidates already hold it and can act; narrowing only says whose turn it is, and never changes an outcome.
"""

from __future__ import annotations

from datetime import date

from domain.roster import Roster, users_with_role
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
    taken: dict[tuple[str, str, int], set[str]] = {}
    chosen: list[Holder] = []
    for item, _ in sorted(found, key=lambda one: (one[0].opened_at, one[0].id)):
        seats = taken.setdefault((item.case, item.path, item.round), set())
        free = [user for user in eligible[item.id] if user not in seats] or eligible[item.id]
        if not free:
            continue
        user = min(free, key=lambda one: (load.get(one, 0), one))
        seats.add(user)
        load[user] = load.get(user, 0) + 1
        chosen.append(_owner(item, user))
    unit.own(chosen)
    return len(chosen)


def _owner(item: WorkItem, user: str) -> Holder:
    return Holder(item=item.id, case=item.case, who=f"user:{user}", capacity=Capacity.OWNER, due_at=item.due_at)


def _users(principal: str, roster: Roster, day: date) -> tuple[str, ...]:
    kind, _, rest = principal.partition(":")
    if kind == "user":
        return (rest,)
    if kind != "role":
        return ()
    name, _, scope = rest.partition(":")
    return users_with_role(roster, name, scope or None, day)
