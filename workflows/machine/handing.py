"""An item changes hands: 转办, 委派 and its answer, 签收 and 退签; and that it was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut
from workflows.machine.agenda import Handed
from workflows.machine.case import DECIDED, ItemState, Link, WorkItem
from workflows.machine.decision import Refused
from workflows.machine.rights import (
    item_to_steer,
    note_right,
    open_item_of,
    reader_of,
    refuse_newcomer,
    refuse_stranger,
)
from workflows.machine.signers import SIGNERS
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn

MOST_HOPS: Final = 5
"""An item that was handed on so often stays where it is."""

UNANSWERED: Final = "unanswered"
"""Who closes advice that nobody waits for any more."""

ADVICE: Final = "advice"
"""The kind of an item that somebody else advises on: it decides nothing."""


# -- 转办 --------------------------------------------------------------------------------------------------


def transfer(turn: Turn, act: Act) -> Refused | None:
    """Hand the item to somebody else, who answers in this one's place and term; the meeting's office may do so too."""
    item = item_to_steer(turn, act)
    if isinstance(item, Refused):
        return item
    to = str(act.fields["to"])
    refusal = _refuse_handing(turn, item, "transfer") or refuse_newcomer(turn, to, item, "to")
    if refusal is not None:
        return refusal
    _say(turn, act, item, to=to)
    turn.close_item(item, ItemState.TRANSFERRED, act.actor)
    if item.link in SIGNERS:
        # Who was added answers for the same item as before, in the same group.
        given = turn.reopen_seat(item, f"user:{to}", below=item.parent)
    else:
        given = turn.reopen_seat(replace(item, link=Link.TRANSFERRED), f"user:{to}")
    turn.notify({f"user:{to}"}, "transferred", given.id)
    return None


def _refuse_handing(turn: Turn, item: WorkItem, verb: str) -> Refused | None:
    step = turn.human_step(item.path)
    if not isinstance(step, Approve | CarryOut) or verb not in step.allows or item.kind == ADVICE:
        return Refused(409, "verb_not_offered", zh("本环节不能转交他人办理"), field="verb")
    if any(one.parent == item.id for one in turn.items.values()):
        return Refused(409, "has_signers", zh("加签的人还没有办结，不能转交"))
    if _hops(turn, item) >= MOST_HOPS:
        return Refused(409, "too_many_hops", zh("该待办已转交多次，不能再转"))
    return None


def _hops(turn: Turn, item: WorkItem) -> int:
    if item.link in SIGNERS:
        return sum(one.state is ItemState.TRANSFERRED and one.parent == item.parent for one in turn.past())
    if item.link is not Link.TRANSFERRED:
        return 0
    known = {one.id: one for one in turn.past()}
    hops, before = 0, item
    while before.link is Link.TRANSFERRED and before.parent in known:
        before = known[before.parent]
        hops += before.state is ItemState.TRANSFERRED  # what was taken back hangs from an answer
    return hops


def handed_on(turn: Turn, path: str, users: frozenset[str]) -> tuple[Handed, ...]:
    """The seats of a step that these users answered because they had been handed to them; what still counts of them."""
    known = {one.id: one for one in turn.past()}
    found: list[Handed] = []
    for one in known.values():
        if one.path == path and one.closed_by in users and one.state in DECIDED and one.superseded is None:
            seat = _seat_handed_on(known, one)
            found += [] if seat is None else [Handed(seat, one.closed_by, one.id)]
    return tuple(found)


def _seat_handed_on(known: Mapping[str, WorkItem], item: WorkItem) -> int | None:
    """The number that a seat had before it was handed on; None where it never was, or is no seat of the step itself."""
    way = [item]
    while (before := known.get(way[-1].parent or "")) is not None and before.round == item.round:
        way.append(before)
    links = {one.link for one in way}
    return way[-1].seat if Link.TRANSFERRED in links and links.isdisjoint(SIGNERS) else None


# -- 委派 --------------------------------------------------------------------------------------------------


def delegate(turn: Turn, act: Act) -> Refused | None:
    """Ask somebody for advice; the item waits for it, and its holder decides."""
    item = open_item_of(turn, act)
    if isinstance(item, Refused):
        return item
    to = str(act.fields["to"])
    refusal = _refuse_handing(turn, item, "delegate") or refuse_newcomer(turn, to, item, "to")
    if refusal is not None:
        return refusal
    _say(turn, act, item, to=to)
    _keep(turn, replace(item, state=ItemState.OUT, version=item.version + 1))
    asked = turn.reopen_seat(replace(item, kind=ADVICE, form=None, link=Link.DELEGATED), f"user:{to}")
    turn.notify({f"user:{to}"}, "delegated", asked.id)
    return None


def give_advice(turn: Turn, act: Act) -> Refused | None:
    """Answer what was delegated: the item is its holder's again."""
    item = open_item_of(turn, act)
    if isinstance(item, Refused):
        return item
    if item.kind != ADVICE:
        return Refused(422, "unknown_verb", zh("该环节没有这一操作"), field="verb")
    _say(turn, act, item)
    turn.close_item(item, ItemState.COMPLETED, act.actor)
    _come_back(turn, item)
    return None


def recall(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Take the item back before the advice has come."""
    refusal = refuse_stranger(turn, act, item)
    if refusal is not None:
        return refusal
    _say(turn, act, item)
    for asked in [one for one in turn.items.values() if one.parent == item.id and one.kind == ADVICE]:
        turn.close_item(asked, ItemState.CANCELLED, act.actor)
    _keep(turn, replace(item, state=ItemState.OPEN, version=item.version + 1))
    return None


def stop_advising(turn: Turn, path: str) -> None:
    """Advice that has not come by now is not waited for: the items that were delegated are their holders' again."""
    for asked in [one for one in turn.items_at(path) if one.kind == ADVICE]:
        end_advice(turn, asked)


def end_advice(turn: Turn, asked: WorkItem) -> None:
    """Give one delegated item back unanswered."""
    turn.close_item(asked, ItemState.EXPIRED, UNANSWERED)
    _come_back(turn, asked)


def _come_back(turn: Turn, asked: WorkItem) -> None:
    parent = turn.items.get(asked.parent or "")
    if parent is not None and parent.state is ItemState.OUT:
        _keep(turn, replace(parent, state=ItemState.OPEN, version=parent.version + 1))


# -- 签收, 退签, opened ------------------------------------------------------------------------------------


def claim(turn: Turn, act: Act) -> Refused | None:
    """Take an item of a pool for oneself; the colleagues keep seeing it. Its clock has run since it was opened."""
    item = open_item_of(turn, act)
    if isinstance(item, Refused):
        return item
    if item.claimed_by == act.actor:
        return Refused(409, "claimed", zh("您已签收该待办"), by=item.claimed_by)
    _say(turn, act, item)
    _keep(turn, replace(item, claimed_by=act.actor, version=item.version + 1))
    return None


def unclaim(turn: Turn, act: Act) -> Refused | None:
    """Give it back to the pool; the meeting's office may do so for whoever has claimed it."""
    item = item_to_steer(turn, act)
    if isinstance(item, Refused):
        return item
    if item.claimed_by is None:
        return Refused(409, "not_claimed", zh("该待办没有签收"))
    _say(turn, act, item)
    give_up_claim(turn, item)
    return None


def give_up_claim(turn: Turn, item: WorkItem) -> WorkItem:
    """Let the whole pool act again, if somebody of it had claimed the item."""
    if item.claimed_by is None:
        return item
    _keep(turn, replace(item, claimed_by=None, version=item.version + 1))
    return turn.items[item.id]


def note_opened(turn: Turn, act: Act) -> Refused | None:
    """Keep when a holder opened the item first: until then the answer before it may be taken back."""
    item = turn.items.get(act.item or "")
    if item is None:
        return Refused(409, "item_closed", zh("待办已由他人办结或已取消"))
    refusal = refuse_stranger(turn, replace(act, seen=None), item)
    if refusal is not None or item.read_at is not None:
        return refusal or Refused(409, "opened", zh("该待办已打开过"), by=reader_of(turn, item), at=item.read_at)
    _say(turn, act, item)
    _keep(turn, replace(item, read_at=turn.now, read_by=act.actor))
    return None


# -- both --------------------------------------------------------------------------------------------------


def _say(turn: Turn, act: Act, item: WorkItem, **more: str) -> None:
    note_right(turn, act, item)
    turn.said.update(more)


def _keep(turn: Turn, item: WorkItem) -> None:
    """Keep a changed open item with its holders."""
    turn.items[item.id] = turn.items_changed[item.id] = item
