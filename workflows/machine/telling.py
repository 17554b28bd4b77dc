"""催办 and 评论: people are told something, and nothing moves."""

from __future__ import annotations

from domain.texts import zh
from workflows.machine.case import Act, ItemState, Refused
from workflows.machine.deadlines import local_day
from workflows.machine.turn import Turn
from workflows.policy import SEES_ALL_ROLES, role_principal

_SUPERVISES = frozenset(role_principal(role, None) for role in SEES_ALL_ROLES)


def urge(turn: Turn, act: Act) -> Refused | None:
    """Remind whoever is asked now: once a day for each item, whoever urges."""
    own = {f"person:{turn.head.person}", f"department:{turn.head.department}"}
    if own.isdisjoint(act.principals) and _SUPERVISES.isdisjoint(act.principals):
        return Refused(403, "not_yours", zh("只有申请人、提交单位和联席会议办公室可以催办"))
    asked = [one for one in turn.items.values() if one.state is ItemState.OPEN]
    if not asked:
        return Refused(409, "nobody_asked", zh("目前没有需要催办的待办"))
    day = local_day(turn.facts.calendar, turn.now).isoformat()
    for item in sorted(asked, key=lambda one: one.id):
        turn.notify({one.who for one in turn.holders.get(item.id, ())}, "urged", item.id, day)
    turn.said["urged"] = sorted(one.path for one in asked)
    return None


def comment(turn: Turn, act: Act) -> Refused | None:
    """Say something about the case, before or after its end; it never stands on the form."""
    return None if _may_speak(turn, act) else Refused(403, "not_yours", zh("您不能评论该办件"))


def _may_speak(turn: Turn, act: Act) -> bool:
    """Whether the actor has to do with the case: the doors let nobody else near it."""
    return bool(act.principals) and turn.head.seq > 0
