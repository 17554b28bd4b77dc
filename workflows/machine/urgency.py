"""加急: how urgent a case is (平, 加急, 特急), and what that does to the terms of those who are asked (approvals.md §1).

The share of a term that is left is a number of the office. What an applicant, an event or a public notice is given is
never shortened. Lowering the urgency keeps the dates that stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from domain.clocks import Clock, from_text
from domain.numbers import Numbers, value
from domain.texts import zh
from workflows.language.words import Number
from workflows.machine.case import Urgency, WorkItem
from workflows.machine.deadlines import counted, days_of
from workflows.machine.decision import Refused
from workflows.machine.nodes import CASE
from workflows.machine.recounting import reset_timers
from workflows.machine.stimuli import Act
from workflows.machine.timekeeping import redate
from workflows.machine.turn import Turn
from workflows.policy import role_principal

FIELD: Final = "urgency"
"""The field of a start event, and of the act, that says how urgent a case is."""

_LEFT: Final[Mapping[Urgency, tuple[str, int]]] = {
    Urgency.URGENT: ("urgency.urgent_percent", 50),
    Urgency.MOST_URGENT: ("urgency.most_urgent_percent", 25),
}
_ORDER: Final = (Urgency.NORMAL, Urgency.URGENT, Urgency.MOST_URGENT)
_OFFICE: Final = frozenset(role_principal(role, None) for role in ("office_head", "section_officer"))


def shortened(days: int, urgency: Urgency, numbers: Numbers) -> int:
    """So many working days of a term are left in a case of this urgency, never less than one."""
    if urgency is Urgency.NORMAL:
        return days
    percent = value(numbers, *_LEFT[urgency])
    return min(days, max(1, -(-days * percent // 100)))


def hastened(turn: Turn, clock: Clock | None) -> Clock | None:
    """The clock of a step that asks somebody, as the urgency of the case leaves it; a day that was set stays."""
    if clock is None or clock.on is not None:
        return clock
    return replace(clock, days=shortened(clock.days, turn.head.urgency, turn.facts.numbers))


def begin_with_urgency(turn: Turn) -> None:
    """A case is as urgent as its start event says."""
    found = turn.head.fields.get(FIELD)
    if found in [one.value for one in Urgency]:
        turn.head = replace(turn.head, urgency=Urgency(found))


def set_urgency(turn: Turn, act: Act) -> Refused | None:
    """Raise or lower the urgency of a case, with a reason: whoever sent it, or the meeting's office."""
    own = {f"person:{turn.head.person}", f"department:{turn.head.department}"}
    if own.isdisjoint(act.principals) and _OFFICE.isdisjoint(act.principals):
        return Refused(403, "not_yours", zh("只有申请人、提交单位和联席会议办公室可以调整缓急"))
    if act.fields.get(FIELD) not in [one.value for one in Urgency]:
        return Refused(422, "bad_value", zh("请选择平、加急或特急"), field=FIELD)
    before, wanted = turn.head.urgency, Urgency(act.fields[FIELD])
    if wanted is before:
        return Refused(409, "same_urgency", zh("缓急没有变化"), at=turn.head.last_at, field=FIELD)
    turn.reach(CASE)
    turn.head = replace(turn.head, urgency=wanted)
    turn.said[FIELD] = [before.value, wanted.value]
    if _ORDER.index(wanted) > _ORDER.index(before):
        _hasten(turn)
    return None


def _hasten(turn: Turn) -> None:
    """Bring forward what is asked now, with the ladders behind it; what is asked later is counted when it is."""
    moved = set()
    for item in sorted(turn.items.values(), key=lambda one: one.id):
        clock = from_text(item.due_rule)
        fewer = None if clock is None else _fewer_days(turn, item, clock)
        if clock is not None and fewer is not None and fewer < clock.days:
            redate(turn, item, counted(replace(clock, days=fewer), turn.facts))
            moved.add(item.path)
    reset_timers(turn, moved)


def _fewer_days(turn: Turn, item: WorkItem, clock: Clock) -> int | None:
    """The working days that an item is left; None where its term is nobody's to shorten."""
    if item.kind not in {"approve", "carry_out", "vote"} or clock.on is not None:
        return None
    within = getattr(turn.human_step(item.path), "within", None)
    if not isinstance(within, int | Number):
        return None
    return shortened(days_of(within, turn.facts), turn.head.urgency, turn.facts.numbers)
