"""加签 before, after and beside, and 减签: people whom a holder adds to a step.

Before: the item waits until they have agreed. After: its agreement counts once they have agreed too. Beside: they are
more seats of the step. Who is added before or after and refuses, refuses for the item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut
from workflows.machine.case import Act, ItemState, Link, Refused, WorkItem
from workflows.machine.counting import counted
from workflows.machine.rights import note_right, open_item_of, refuse_newcomer, refuse_stale
from workflows.machine.settling import settle_answers
from workflows.machine.turn import Turn
from workflows.policy import role_principal

ADDED: Final = frozenset({Link.BEFORE, Link.AFTER})
"""The links of those who answer for an item, not for a seat of the step."""
DEEPEST: Final = 3
"""Whoever was added may add others, down to here."""

_WHERE: Final = {"before": Link.BEFORE, "after": Link.AFTER, "parallel": Link.PARALLEL}
_GROUPS: Final = "groups"
_MAY_REMOVE: Final = role_principal("office_head", None)


# -- 加签 --------------------------------------------------------------------------------------------------


def add_signers(turn: Turn, act: Act) -> Refused | None:
    """Add people to the step, before, after or beside oneself."""
    item = open_item_of(turn, act)
    if isinstance(item, Refused):
        return item
    users = list(dict.fromkeys(str(one) for one in act.fields["users"]))
    link = _WHERE[str(act.fields["where"])]
    refusal = _refuse_adding(turn, item, link)
    refusal = refusal or next((no for user in users if (no := refuse_newcomer(turn, user, item, "users"))), None)
    if refusal is not None:
        return refusal
    note_right(turn, act, item)
    turn.said["added"] = [act.fields["where"], *users]
    _remember(turn, item, link, str(act.fields.get("mode") or "all"))
    for user in users:
        _add(turn, item, link, user)
    if link is Link.PARALLEL:
        block = turn.live[item.path]
        turn.update(replace(block, n=block.n + len(users)))
    if link is Link.BEFORE:
        _keep(turn, replace(item, state=ItemState.WAITING, version=item.version + 1))
    return None


def _refuse_adding(turn: Turn, item: WorkItem, link: Link) -> Refused | None:
    step = turn.human_step(item.path)
    if not isinstance(step, Approve | CarryOut) or "add-signers" not in step.allows or item.kind != step.word:
        return Refused(409, "verb_not_offered", zh("本环节不能加签"), field="verb")
    if link is Link.PARALLEL and (
        item.link in ADDED
        or (turn.live[item.path].n == 1 and isinstance(step, Approve) and step.mode in {"one", "any"})
    ):
        return Refused(409, "verb_not_offered", zh("一人决定的环节不能并加签：请用前加签或后加签"), field="where")
    if _depth(turn, item) >= DEEPEST:
        return Refused(409, "too_deep", zh("加签层数已到上限"))
    return None


def _depth(turn: Turn, item: WorkItem) -> int:
    depth, above = 0, item
    while above.link in {*ADDED, Link.PARALLEL} and above.parent in turn.items:
        depth, above = depth + 1, turn.items[above.parent]
    return depth + (1 if above.link in {*ADDED, Link.PARALLEL} else 0)


def _add(turn: Turn, item: WorkItem, link: Link, user: str) -> None:
    state = ItemState.WAITING if link is Link.AFTER else ItemState.OPEN
    weight = None if link in ADDED else item.weight
    added = turn.reopen_seat(replace(item, link=link, state=state, weight=weight), f"user:{user}")
    turn.notify({f"user:{user}"}, "added_as_signer", added.id)


def _remember(turn: Turn, item: WorkItem, link: Link, mode: str) -> None:
    groups = dict(turn.own.get(item.path, {}).get(_GROUPS, {}))
    turn.give(item.path, {_GROUPS: {**groups, f"{item.id}:{link}": mode}})


# -- their answers -----------------------------------------------------------------------------------------


def signer_answered(turn: Turn, item: WorkItem, step: Approve | CarryOut, act: Act) -> None:
    """Whoever was added before or after an item has answered."""
    mode = turn.own[item.path][_GROUPS][f"{item.parent}:{item.link}"]
    group = [one for one in turn.items.values() if (one.parent, one.link) == (item.parent, item.link)]
    if act.verb == "reject":
        _close(turn, group, act.actor)
        _refuse_for(turn, item, step, act)
    elif not group or mode == "any":
        _close(turn, group, act.actor)
        _let_go_on(turn, item, step, act)


def hold_back(turn: Turn, item: WorkItem) -> bool:
    """Ask those who were added after an item that has just agreed; False where there are none."""
    group = [one for one in turn.items.values() if (one.parent, one.link) == (item.id, Link.AFTER)]
    for one in group:
        _keep(turn, replace(one, state=ItemState.OPEN, version=one.version + 1, opened_at=turn.now))
    return bool(group)


def _let_go_on(turn: Turn, item: WorkItem, step: Approve | CarryOut, act: Act) -> None:
    if item.link is Link.BEFORE:
        parent = turn.items[item.parent or ""]
        _keep(turn, replace(parent, state=ItemState.OPEN, version=parent.version + 1))
        return
    parent = _answered(turn, item)
    turn.update(counted(turn.live[item.path], step, parent, parent.state))
    settle_answers(turn, item.path, step, act.actor)


def _refuse_for(turn: Turn, item: WorkItem, step: Approve | CarryOut, act: Act) -> None:
    """The item itself counts as refused, by the rule and not by its holder."""
    waiting = turn.items.get(item.parent or "")
    if waiting is not None:
        turn.close_item(waiting, ItemState.REJECTED, "rule:signer_rejected")
    parent = _answered(turn, item) if waiting is None else waiting
    turn.update(counted(turn.live[item.path], step, parent, ItemState.REJECTED))
    settle_answers(turn, item.path, step, act.actor)


def _answered(turn: Turn, item: WorkItem) -> WorkItem:
    """The item that an added signer answers for, which its holder has answered already."""
    known = {one.id: one for one in turn.past()} | turn.items_changed
    return known[item.parent or ""]


def _close(turn: Turn, group: list[WorkItem], by: str) -> None:
    for one in group:
        turn.close_item(one, ItemState.CANCELLED, by)


# -- 减签 --------------------------------------------------------------------------------------------------


def remove_signer(turn: Turn, act: Act) -> Refused | None:
    """Take a signer out again whom one has added, or who was added by anybody (the meeting's office)."""
    mine, signer = turn.items.get(act.item or ""), turn.items.get(str(act.fields["signer"]))
    if mine is None:
        return Refused(409, "item_closed", zh("待办已由他人办结或已取消"))
    if signer is None or signer.path != mine.path or signer.link not in {*ADDED, Link.PARALLEL}:
        return _not_to_be_removed(turn, act)
    added_by_me = signer.parent == mine.id and any(one.who in act.principals for one in turn.holders.get(mine.id, ()))
    if not added_by_me and _MAY_REMOVE not in act.principals:
        return Refused(403, "not_yours", zh("只能减去本人加签的人"), field="signer")
    stale = refuse_stale(turn, act, mine)
    if stale is not None:
        return stale
    turn.said.update(path=signer.path, round=signer.round, removed=signer.id)
    below = [one for one in turn.items.values() if one.parent == signer.id]
    turn.close_item(signer, ItemState.CANCELLED, act.actor)
    _close(turn, below, act.actor)
    step = turn.human_step(signer.path)
    if isinstance(step, Approve | CarryOut):
        _settle_without(turn, signer, step, act)
    return None


def _not_to_be_removed(turn: Turn, act: Act) -> Refused:
    """Nobody was added there, or has answered or was removed meanwhile: then with who and when."""
    gone = next((one for one in turn.past() if one.id == act.fields["signer"]), None)
    by, at = (None, None) if gone is None else (gone.closed_by, gone.closed_at)
    return Refused(409, "not_added", zh("只能减去尚未办理的加签人"), by=by, at=at, field="signer")


def _settle_without(turn: Turn, signer: WorkItem, step: Approve | CarryOut, act: Act) -> None:
    if signer.link is Link.PARALLEL:
        block = turn.live[signer.path]
        turn.update(replace(block, n=block.n - 1))
        settle_answers(turn, signer.path, step, act.actor)
        return
    rest = [one for one in turn.items.values() if (one.parent, one.link) == (signer.parent, signer.link)]
    if rest or (signer.link is Link.AFTER and signer.parent in turn.items):
        return
    _let_go_on(turn, signer, step, act)


def _keep(turn: Turn, item: WorkItem) -> None:
    turn.items[item.id] = turn.items_changed[item.id] = item
