"""加签 before, after and beside, and 减签: people whom a holder adds to a step.

Before: the item waits until they have agreed. After: its agreement counts once they have agreed too. Beside: they are
more seats of the step. Who is added before or after and refuses, refuses for the item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut
from workflows.machine.asking import where
from workflows.machine.case import ItemState, Link, WorkItem
from workflows.machine.counting import counted, counts_in_seats, weight_of
from workflows.machine.decision import Refused
from workflows.machine.resolving import owned
from workflows.machine.rights import note_right, open_item_of, refuse_newcomer, refuse_stale
from workflows.machine.settling import settle_answers
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import role_principal

ADDED: Final = frozenset({Link.BEFORE, Link.AFTER})
"""The links of those who answer for an item, not for a seat of the step."""
SIGNERS: Final = ADDED | {Link.PARALLEL}
"""The links of all who were added."""
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
    mode = str(act.fields.get("mode") or "all")
    remember_group(turn, item, link, mode)
    added = [_add(turn, item, link, user, waits=_waits(link, mode, place)) for place, user in enumerate(users)]
    if link is Link.PARALLEL:
        block = turn.live[item.path]
        turn.update(replace(block, n=block.n + sum(counts(turn, one) for one in added)))
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
    while above.link in SIGNERS and above.parent in turn.items:
        depth, above = depth + 1, turn.items[above.parent]
    return depth + (1 if above.link in SIGNERS else 0)


def _waits(link: Link, mode: str, place: int) -> bool:
    """Whether somebody waits who is added: for the item itself, or for whoever is asked before in the same group."""
    return link is Link.AFTER or (link is Link.BEFORE and mode == "sequence" and place > 0)


def _add(turn: Turn, item: WorkItem, link: Link, user: str, *, waits: bool) -> WorkItem:
    state = ItemState.WAITING if waits else ItemState.OPEN
    weight = None if link in ADDED else _weight(turn, item, user)
    added = turn.reopen_seat(replace(item, link=link, state=state, weight=weight), f"user:{user}")
    turn.notify({f"user:{user}"}, "added_as_signer", added.id)
    return added


def _weight(turn: Turn, item: WorkItem, user: str) -> int | None:
    """What the seat of an added signer weighs: what the step gives the person, never what it gives who adds."""
    step = turn.human_step(item.path)
    return weight_of(step, owned((user,), where(turn, item.path))) if isinstance(step, Approve) else None


def counts(turn: Turn, item: WorkItem) -> int:
    """What the seat of an item adds to the number that is counted."""
    step = turn.human_step(item.path)
    return (item.weight or 1) if isinstance(step, Approve) and not counts_in_seats(step) else 1


def remember_group(turn: Turn, item: WorkItem, link: Link | None, mode: str) -> None:
    """Keep how those who hang from an item answer: all of them, any of them, or one after the other."""
    groups = dict(turn.own.get(item.path, {}).get(_GROUPS, {}))
    turn.give(item.path, {_GROUPS: {**groups, f"{item.id}:{link}": mode}})


def mode_of_group(turn: Turn, item: WorkItem) -> str:
    """How the group of an added signer answers."""
    return str(turn.own[item.path][_GROUPS][f"{item.parent}:{item.link}"])


def signers_of(turn: Turn, item: str | None, link: Link | None) -> list[WorkItem]:
    """Who was added before or after an item and has not answered yet, in the order of adding."""
    found = (one for one in turn.items.values() if (one.parent, one.link) == (item, link))
    return sorted(found, key=lambda one: one.seat)


def _ask_group(turn: Turn, group: Iterable[WorkItem], mode: str) -> None:
    """It is the turn of all of a group, or of the first where they answer one after the other."""
    waiting = [one for one in group if not _is_asked(turn, one)]
    for one in waiting[:1] if mode == "sequence" else waiting:
        _keep(turn, replace(one, state=ItemState.OPEN, version=one.version + 1, opened_at=turn.now))


def _is_asked(turn: Turn, item: WorkItem) -> bool:
    """Whether it is an added signer's turn, also where they wait for others whom they have added in their turn."""
    return item.state is not ItemState.WAITING or bool(signers_of(turn, item.id, Link.BEFORE))


# -- their answers -----------------------------------------------------------------------------------------


def signer_answered(turn: Turn, item: WorkItem, step: Approve | CarryOut, act: Act) -> None:
    """Whoever was added before or after an item has answered."""
    mode, group = mode_of_group(turn, item), signers_of(turn, item.parent, item.link)
    if act.verb == "reject":
        _close(turn, group, act.actor)
        _refuse_for(turn, item, step, act)
    elif not group or mode == "any":
        _close(turn, group, act.actor)
        _let_go_on(turn, item, step, act)
    elif mode == "sequence":
        _ask_group(turn, group, mode)


def hold_back(turn: Turn, item: WorkItem) -> bool:
    """Ask those who were added after an item that has just agreed; False where there are none."""
    group = signers_of(turn, item.id, Link.AFTER)
    if group:
        _ask_group(turn, group, mode_of_group(turn, group[0]))
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
    if signer is None or signer.path != mine.path or signer.link not in SIGNERS:
        return _not_to_be_removed(turn, act)
    gone = [signer, *_below(turn, signer)]
    seats = sum(counts(turn, one) for one in gone if one.link is Link.PARALLEL)
    if turn.live[signer.path].n <= seats:
        return Refused(409, "last_signer", zh("最后一位办理人不能减去"), field="signer")
    added_by_me = signer.parent == mine.id and any(one.who in act.principals for one in turn.holders.get(mine.id, ()))
    if not added_by_me and _MAY_REMOVE not in act.principals:
        return Refused(403, "not_yours", zh("只能减去本人加签的人"), field="signer")
    stale = refuse_stale(turn, act, mine)
    if stale is not None:
        return stale
    turn.said.update(path=signer.path, round=signer.round, removed=signer.id)
    _close(turn, gone, act.actor)
    settle_without(turn, signer, act, seats)
    return None


def _below(turn: Turn, item: WorkItem) -> list[WorkItem]:
    """Who was asked because of an added signer: those they have added in their turn, and whose advice they wait for."""
    found: list[WorkItem] = []
    for one in [one for one in turn.items.values() if one.parent == item.id]:
        found += [one, *_below(turn, one)]
    return found


def _not_to_be_removed(turn: Turn, act: Act) -> Refused:
    """Nobody was added there, or has answered or was removed meanwhile: then with who and when."""
    gone = next((one for one in turn.past() if one.id == act.fields["signer"]), None)
    by, at = (None, None) if gone is None else (gone.closed_by, gone.closed_at)
    return Refused(409, "not_added", zh("只能减去尚未办理的加签人"), by=by, at=at, field="signer")


def settle_without(turn: Turn, signer: WorkItem, act: Act, seats: int) -> None:
    """Go on without an added signer, whose item is closed: the step counts so many seats less, or its holder is asked."""
    step = turn.human_step(signer.path)
    if not isinstance(step, Approve | CarryOut):
        return
    if signer.link is Link.PARALLEL:
        block = turn.live[signer.path]
        turn.update(replace(block, n=block.n - seats))
        settle_answers(turn, signer.path, step, act.actor)
        return
    if signer.link is Link.AFTER and signer.parent in turn.items:
        return
    rest = signers_of(turn, signer.parent, signer.link)
    if not rest:
        _let_go_on(turn, signer, step, act)
    elif not any(_is_asked(turn, one) for one in rest):
        _ask_group(turn, rest, "sequence")


def _keep(turn: Turn, item: WorkItem) -> None:
    turn.items[item.id] = turn.items_changed[item.id] = item
