"""加急: how urgent a case is (平, 加急, 特急), and what that does to the terms of those who are asked (approvals.md §1).

The share of a term that is left is a number of the office. What an applicant, an event or a public notice is given is
never shortened. Lowering the urgency keeps the dates that stand.

How many of its cases a department may make urgent in a calendar month is a number, too (`QUOTA`): beyond it an act is refused,
and what an event starts is dealt with as 平, for the matter itself must not be lost. The meeting's office, which weighs the
departments against each other, is not bound by it and uses nothing of it up. A sub-case is as urgent as it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.calendar import Calendar
from domain.clocks import Clock, from_text
from domain.numbers import Numbers, value
from domain.texts import zh
from workflows.language.words import Number
from workflows.machine.case import Urgency, WorkItem
from workflows.machine.deadlines import counted, days_of, local_day
from workflows.machine.decision import Raised, Refused
from workflows.machine.nodes import CASE
from workflows.machine.operations import GROUNDS
from workflows.machine.recounting import reset_timers
from workflows.machine.stimuli import Act
from workflows.machine.timekeeping import redate
from workflows.machine.turn import Turn
from workflows.policy import role_principal

FIELD: Final = "urgency"
"""The field of a start event, and of the act, that says how urgent a case is."""

QUOTA: Final = ("urgency.quota_per_month", 10)
"""How many of its cases a department may raise in a calendar month; 0: none, only the office raises. No source: an assumption."""
BY_EVENT: Final = "event"
"""The ground of a case that was urgent from its start event on."""
OTHER: Final = "other"
GROUND: Final = "ground"

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
    """A case is as urgent as its start event says, while the quota of its department lasts."""
    wanted = _asked_for(turn)
    if wanted is Urgency.NORMAL:
        return
    if _is_used_up(turn):
        turn.said["urgency_refused"] = [wanted.value, quota_of(turn.facts.numbers)]
        turn.notify({f"department:{turn.head.department}"}, "urgency_refused")
        return
    turn.head = replace(turn.head, urgency=wanted)
    _note_raised(turn, BY_EVENT, by_office=False)


def take_urgency_along(turn: Turn) -> None:
    """A sub-case is as urgent as whoever called it says: its tree was raised once."""
    turn.head = replace(turn.head, urgency=_asked_for(turn))


def _asked_for(turn: Turn) -> Urgency:
    found = turn.head.fields.get(FIELD)
    return Urgency(found) if found in [one.value for one in Urgency] else Urgency.NORMAL


def set_urgency(turn: Turn, act: Act) -> Refused | None:
    """Raise or lower the urgency of a case, with a reason: whoever sent it, or the meeting's office."""
    own = {f"person:{turn.head.person}", f"department:{turn.head.department}"}
    by_office = not _OFFICE.isdisjoint(act.principals)
    if own.isdisjoint(act.principals) and not by_office:
        return Refused(403, "not_yours", zh("只有申请人、提交单位和联席会议办公室可以调整缓急"))
    if act.fields.get(FIELD) not in [one.value for one in Urgency]:
        return Refused(422, "bad_value", zh("请选择平、加急或特急"), field=FIELD)
    if act.fields.get(GROUND) not in {None, *GROUNDS}:
        return Refused(422, "bad_value", zh("请从规定的事由中选择"), field=GROUND)
    before, wanted = turn.head.urgency, Urgency(act.fields[FIELD])
    if wanted is before:
        return Refused(409, "same_urgency", zh("缓急没有变化"), at=turn.head.last_at, field=FIELD)
    raises = _ORDER.index(wanted) > _ORDER.index(before)
    if raises and not by_office and _is_used_up(turn):
        return Refused(409, "quota_used_up", zh("本单位本月的加急件数已用完：请由联席会议办公室调整"), field=FIELD)
    turn.reach(CASE)
    turn.head = replace(turn.head, urgency=wanted)
    turn.said[FIELD] = [before.value, wanted.value]
    if raises:
        ground = str(act.fields.get(GROUND) or OTHER)
        turn.said[GROUND] = ground
        _note_raised(turn, ground, by_office=by_office)
        _hasten(turn)
    turn.lowered = not raises
    return None


# -- the quota ---------------------------------------------------------------------------------------------


def month_of(calendar: Calendar, now: datetime) -> str:
    """The calendar month of a moment on the calendar's wall, as "2026-03"."""
    return local_day(calendar, now).isoformat()[:7]


def quota_of(numbers: Numbers) -> int:
    """How many cases a department may raise in a calendar month by these numbers of the office."""
    return max(0, value(numbers, *QUOTA))


def _is_used_up(turn: Turn) -> bool:
    """Whether the department may raise no other case this month; one that it has raised already is counted once."""
    raised = turn.facts.raised.get(turn.head.department, frozenset())
    return turn.head.id not in raised and len(raised) >= quota_of(turn.facts.numbers)


def _note_raised(turn: Turn, ground: str, *, by_office: bool) -> None:
    department, month = turn.head.department, month_of(turn.facts.calendar, turn.now)
    most = turn.head.urgency is Urgency.MOST_URGENT
    if by_office or turn.head.id not in turn.facts.raised.get(department, frozenset()):
        turn.raised.append(
            Raised(turn.head.id, department, month, ground, most, not by_office, quota_of(turn.facts.numbers))
        )
    for item in sorted(turn.items.values(), key=lambda one: one.id):
        turn.tell_urgent(item)


# -- shorter terms -----------------------------------------------------------------------------------------


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
