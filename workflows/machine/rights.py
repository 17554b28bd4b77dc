"""Who may act on an item, and in which capacity: what the deeds have in common."""

from __future__ import annotations

from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.asking import where
from workflows.machine.case import Act, Capacity, Holder, Refused, WorkItem
from workflows.machine.operations import LONGEST_TEXT, ON_CASES, ON_ITEMS
from workflows.machine.recusing import barred
from workflows.machine.turn import Turn, step_path

_STRONGEST_FIRST: Final = (Capacity.OWNER, Capacity.CANDIDATE, Capacity.ESCALATED, Capacity.PROXY)


def refuse_stranger(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Refuse who does not hold the item, who stands too near to the case, and who looked at an older version of it."""
    if not held(turn, act, item):
        return Refused(403, "not_holder", zh("您不是该待办的办理人"))
    if _is_barred(turn, act, item):
        return Refused(403, "recused", zh("您与该办件有关联，按规定应当回避"))
    if act.seen is not None and act.seen != item.version:
        return Refused(409, "stale_version", zh("待办已有更新，请刷新后再办理"), at=turn.head.last_at, field="version")
    return None


def _is_barred(turn: Turn, act: Act, item: WorkItem) -> bool:
    """Whether the step keeps the actor out. Whoever came into a pool after it was opened is looked at here only."""
    node = turn.nodes.get(step_path(item.path))
    if node is None or not isinstance(node.step, Approve | CarryOut | Vote):
        return False
    return not barred(node.step, where(turn, item.path)).isdisjoint({act.actor, act.principal})


def refuse_words(act: Act) -> Refused | None:
    """Refuse words that are too long, and an act without the words that it needs."""
    if len(act.opinion) > LONGEST_TEXT:
        return Refused(422, "too_long", zh("意见过长"), field="opinion")
    operation = (ON_CASES if act.item is None else ON_ITEMS)[act.verb]
    if operation.opinion == "needed" and not act.opinion:
        return Refused(422, "opinion_required", zh("请填写意见或选择原因"), field="opinion")
    return None


def held(turn: Turn, act: Act, item: WorkItem) -> tuple[Holder, ...]:
    """As what the actor holds the item."""
    return tuple(one for one in turn.holders.get(item.id, ()) if one.who in act.principals)


def authority(turn: Turn, act: Act, item: WorkItem) -> str:
    """In which capacity the actor decides: the strongest of those held."""
    capacities = {one.capacity for one in held(turn, act, item)}
    return next(one.value for one in _STRONGEST_FIRST if one in capacities)
