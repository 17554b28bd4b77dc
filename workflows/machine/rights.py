"""Who may act on an item, and in which capacity: what the deeds have in common."""

from __future__ import annotations

from typing import Final

from domain.roster import holders_on, post_of
from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.asking import where
from workflows.machine.case import DECIDED, Capacity, Holder, ItemState, WorkItem
from workflows.machine.deadlines import local_day
from workflows.machine.decision import Refused
from workflows.machine.operations import LONGEST_TEXT, ON_CASES, ON_ITEMS
from workflows.machine.recusing import barred
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn, step_path
from workflows.policy import officer_viewer, role_principal

MAY_STEER: Final = role_principal("office_head", None)
"""Whoever may change whose an item is without holding it."""
ADMIN: Final = "admin"
"""The authority of an act on an item that the actor does not hold."""

_STRONGEST_FIRST: Final = (Capacity.OWNER, Capacity.CANDIDATE, Capacity.ESCALATED, Capacity.PROXY)


def refuse_stranger(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Refuse who does not hold the item, who stands too near to the case, and who looked at an older version of it."""
    if not held(turn, act, item):
        return Refused(403, "not_holder", zh("您不是该待办的办理人"))
    if _is_barred(turn, act, item):
        return Refused(403, "recused", zh("您与该办件有关联，按规定应当回避"))
    return refuse_stale(turn, act, item)


def refuse_stale(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Refuse who looked at an older version of the item."""
    if act.seen is None or act.seen == item.version:
        return None
    return Refused(409, "stale_version", zh("待办已有更新，请刷新后再办理"), at=turn.head.last_at, field="version")


def _is_barred(turn: Turn, act: Act, item: WorkItem) -> bool:
    """Whether the step keeps the actor out. Whoever came into a pool after it was opened is looked at here only."""
    node = turn.nodes.get(step_path(item.path))
    if node is None or not isinstance(node.step, Approve | CarryOut | Vote):
        return False
    return not barred(node.step, where(turn, item.path)).isdisjoint({act.actor, act.principal})


def refuse_closed_turn(act: Act, item: WorkItem) -> Refused | None:
    """Refuse what waits for somebody else, and what a colleague has claimed."""
    if item.state is not ItemState.OPEN:
        return Refused(409, "not_your_turn", zh("还没有轮到这一席办理"))
    if item.claimed_by not in {None, act.actor}:
        return Refused(409, "claimed", zh("该待办已由同事签收"), by=item.claimed_by)
    return None


def open_item_of(turn: Turn, act: Act) -> WorkItem | Refused:
    """The open item that an act is about, if the actor may act on it now."""
    item = turn.items.get(act.item or "")
    if item is None:
        return Refused(409, "item_closed", zh("待办已由他人办结或已取消"))
    return refuse_stranger(turn, act, item) or refuse_closed_turn(act, item) or item


def item_to_steer(turn: Turn, act: Act) -> WorkItem | Refused:
    """The open item of somebody else, if the meeting's office acts on it; else as `open_item_of`."""
    item = turn.items.get(act.item or "")
    if item is None or held(turn, act, item) or MAY_STEER not in act.principals:
        return open_item_of(turn, act)
    if item.state is not ItemState.OPEN:
        return Refused(409, "not_your_turn", zh("还没有轮到这一席办理"))
    return refuse_stale(turn, act, item) or item


def refuse_newcomer(turn: Turn, user: str, item: WorkItem, place: str) -> Refused | None:
    """Refuse somebody new at a step: not in office, kept out by the step, or asked there already."""
    day = local_day(turn.facts.calendar, turn.now)
    if post_of(turn.facts.roster, user, day) is None:
        return Refused(422, "not_in_office", zh("名册上没有这位在任人员"), field=place)
    node = turn.nodes.get(step_path(item.path))
    step = None if node is None else node.step
    if isinstance(step, Approve | CarryOut | Vote) and user in barred(step, where(turn, item.path)):
        return Refused(409, "recused", zh("该人员与办件有关联，按规定应当回避"), field=place)
    asked = {one.who for peer in turn.items_at(item.path) for one in turn.holders.get(peer.id, ())}
    if f"user:{user}" in asked or user in answered(turn, item):
        return Refused(409, "asked_already", zh("该人员已在本环节办理人之中"), field=place)
    return None


def answered(turn: Turn, item: WorkItem) -> set[str | None]:
    """Who has had a say in this round of the step: nobody has two."""
    here = (one for one in turn.past() if (one.path, one.round) == (item.path, item.round))
    return {one.closed_by for one in here if one.state in DECIDED and one.kind == item.kind and one.superseded is None}


def refuse_words(act: Act) -> Refused | None:
    """Refuse words that are too long, an act without the words that it needs, and a form where none is asked for."""
    if len(act.opinion) > LONGEST_TEXT:
        return Refused(422, "too_long", zh("意见过长"), field="opinion")
    operation = (ON_CASES if act.item is None else ON_ITEMS)[act.verb]
    if act.form and not operation.form:
        return Refused(422, "unknown_field", zh("表单没有这一字段"), field=f"form/{next(iter(act.form))}")
    if operation.opinion == "needed" and not act.opinion:
        return Refused(422, "opinion_required", zh("请填写意见或选择原因"), field="opinion")
    return None


def held(turn: Turn, act: Act, item: WorkItem) -> tuple[Holder, ...]:
    """As what the actor holds the item."""
    return tuple(one for one in turn.holders.get(item.id, ()) if one.who in act.principals)


def reader_of(turn: Turn, item: WorkItem) -> str | None:
    """Who opened an item, to be named to somebody who comes too late; of one from before that was kept, who is asked."""
    return item.read_by or item.claimed_by or next((one.who for one in turn.holders.get(item.id, ())), None)


def note_right(turn: Turn, act: Act, item: WorkItem) -> None:
    """Note where, in which capacity and for whom the actor decides: "B 代 A" are two people (approvals.md A1)."""
    if not held(turn, act, item):
        turn.said.update(path=item.path, round=item.round, authority=ADMIN)
        return
    capacity = _strongest(turn, act, item)
    turn.said.update(path=item.path, round=item.round, authority=capacity.value)
    if act.batch is not None:
        turn.said["batch"] = act.batch
    if capacity is Capacity.PROXY and act.principal is None:
        turn.said.update(_stands_in_for(turn, act, item))


def _strongest(turn: Turn, act: Act, item: WorkItem) -> Capacity:
    capacities = {one.capacity for one in held(turn, act, item)}
    return next(one for one in _STRONGEST_FIRST if one in capacities)


def _stands_in_for(turn: Turn, act: Act, item: WorkItem) -> dict[str, str]:
    """For whom the actor holds the item: who is absent, with the roster's entry for it, or the applicant at the counter."""
    here = where(turn, item.path)
    holders = {one.who for one in turn.holders.get(item.id, ())}
    for user, own in holders_on(here.roster, here.day).items():
        rule = next((one.rule for one in own if one.user == act.actor and one.covers(here.head.workflow)), None)
        if rule is not None and not holders.isdisjoint(officer_viewer(here.roster, user, here.day).principals):
            return {"principal": user, "proxy_rule": rule}
    applicant = next((one for one in sorted(holders) if one.startswith(("person:", "department:"))), None)
    return {} if applicant is None else {"principal": applicant}
