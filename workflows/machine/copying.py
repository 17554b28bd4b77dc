"""抄送 (copies): others read a case along. They are told, nobody waits for them, and it is known who has read it.

Source: approvals.md §1, row 抄送/传阅/知会.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from domain.calendar import Calendar
from domain.roster import post_of
from domain.texts import zh
from workflows.machine.case import Reader
from workflows.machine.deadlines import local_day
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import role_principal

_OFFICE_HEAD = role_principal("office_head", None)
_WHY = "copy"


def copy_to(turn: Turn, act: Act) -> Refused | None:
    """Let others read along: they see the case and are told. Whoever has a copy is asked once more.

    A copy that was not read yet stays the one it is, and its reader is urged (催阅) on another day than they were told.
    """
    if not act.principals:
        return Refused(403, "not_yours", zh("您不能抄送该办件"))
    users = list(dict.fromkeys(str(one) for one in act.fields["users"]))
    day = local_day(turn.facts.calendar, turn.now)
    if not all(_is_in_office(turn, user, day) for user in users):
        return Refused(422, "not_in_office", zh("名册上没有这位在任人员"), field="users")
    unread = {one.user: one for one in turn.head.readers if one.read_at is None}
    asked = [one for one in users if one not in unread or may_urge(unread[one], turn.facts.calendar, turn.now)]
    if not asked:
        first = unread[users[0]]
        return Refused(409, "urged_today", zh("今天已经告知过，请改日再催阅"), by=first.by, at=first.at)
    _hand_out(turn, act, [one for one in asked if one not in unread])
    _urge(turn, [unread[one] for one in asked if one in unread])
    return None


def may_urge(copy: Reader, calendar: Calendar, now: datetime) -> bool:
    """Whether the reader of a copy may be urged: who has not read it, and was not told of it on the same local day."""
    return copy.read_at is None and local_day(calendar, copy.at) < local_day(calendar, now)


def _hand_out(turn: Turn, act: Act, users: Sequence[str]) -> None:
    for user in users:
        turn.share(f"user:{user}", _WHY)
    _keep(turn, [Reader(user, act.actor, turn.now) for user in users])
    turn.notify({f"user:{user}" for user in users}, "copied", turn.head.seq)
    if users:
        turn.said["copied"] = list(users)


def _urge(turn: Turn, copies: Sequence[Reader]) -> None:
    """Tell them again; whoever copied it first still may end it."""
    _keep(turn, [replace(one, at=turn.now) for one in copies])
    users = [one.user for one in copies]
    turn.notify({f"user:{user}" for user in users}, "urged_to_read", turn.head.seq)
    if users:
        turn.said["urged_readers"] = users


def _keep(turn: Turn, copies: Sequence[Reader]) -> None:
    changed = {one.user: one for one in copies}
    kept = (changed.pop(one.user, one) for one in turn.head.readers)
    turn.head = replace(turn.head, readers=(*kept, *changed.values()))


def read_copy(turn: Turn, act: Act) -> Refused | None:
    """Say that one has read what was copied to one (已阅)."""
    copy = _copy_for(turn, act.actor)
    if copy is None or f"user:{act.actor}" not in act.principals:
        return Refused(403, "not_copied", zh("该办件没有抄送给您"))
    if copy.read_at is not None:
        return Refused(409, "read", zh("您已阅过该办件"), by=copy.user, at=copy.read_at)
    read = replace(copy, read_at=turn.now)
    turn.head = replace(turn.head, readers=tuple(read if one is copy else one for one in turn.head.readers))
    turn.said["read"] = act.actor
    return None


def end_copy(turn: Turn, act: Act) -> Refused | None:
    """Let somebody read along no longer: by whoever copied it to them, or the office head. What they read stays known."""
    user = str(act.fields["user"])
    copy = _copy_for(turn, user)
    if copy is None:
        return Refused(409, "not_copied", zh("该办件没有抄送给此人"), field="user")
    if copy.by != act.actor and _OFFICE_HEAD not in act.principals:
        return Refused(403, "not_yours", zh("只有抄送的人和联席会议办公室负责人可以收回抄送"), by=copy.by, at=copy.at)
    turn.head = replace(turn.head, readers=tuple(one for one in turn.head.readers if one is not copy))
    turn.unshare(f"user:{user}", _WHY)
    turn.said["copy_ended"] = user
    return None


def _copy_for(turn: Turn, user: str) -> Reader | None:
    return next((one for one in turn.head.readers if one.user == user), None)


def _is_in_office(turn: Turn, user: str, day: date) -> bool:
    return post_of(turn.facts.roster, user, day) is not None
