"""A seat that has answered is asked again in the same round (取回, 内容变更重审), with whoever hangs from it.

Who was added before or after an item answers for it, so they hang from the one that is asked in its stead. In a line
whoever comes behind waits again. What stands on an answer in its own step keeps it from being taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.balloting import CASTING, weigh_ballot
from workflows.machine.case import DECIDED, DEEMED, ItemState, Link, WorkItem
from workflows.machine.counting import FIELD_OF, is_in_line, uncounted
from workflows.machine.decision import Refused
from workflows.machine.lining import PLACES, wait_again
from workflows.machine.rights import reader_of
from workflows.machine.settling import restart_ladder
from workflows.machine.signers import ADDED, mode_of_group, remember_group, signers_of
from workflows.machine.turn import Turn

BUILT_UPON: Final = zh("后面的环节已经办理，不能取回")

_ASKED_AGAIN: Final = "asked_again"


def ask_seats_again(turn: Turn, items: Iterable[WorkItem]) -> None:
    """Ask each seat again whoever had answered it; holders before those who were added to them."""
    known = _known(turn)
    for one in sorted(items, key=lambda item: _depth(known, item)):
        ask_seat_again(turn, one, one.closed_by or "")


def ask_seat_again(turn: Turn, item: WorkItem, user: str) -> None:
    """The answer no longer counts, and its seat is asked again beside the others."""
    turn.items_changed[item.id] = replace(item, superseded=turn.head.round)
    if item.link in ADDED:
        _ask_signer_again(turn, item, user)
        return
    pending = signers_of(turn, item.id, Link.AFTER)
    if not pending:
        _uncount(turn, item)
    again = turn.reopen_seat(item, f"user:{user}")
    if pending:
        remember_group(turn, again, Link.AFTER, mode_of_group(turn, pending[0]))
    for one in pending:
        _let_wait(turn, replace(one, parent=again.id))
    step = turn.human_step(item.path)
    if isinstance(step, Approve) and is_in_line(step):
        _line_up_again(turn, item.path)


def refuse_here(turn: Turn, item: WorkItem) -> Refused | None:
    """Why an answer cannot be taken back for what stands on it in its own step, or None."""
    answered = _answered_upon(turn, item)
    if answered is not None:
        return Refused(409, "built_upon", BUILT_UPON, by=answered.closed_by, at=answered.closed_at)
    for one in _asked_behind(turn, item):
        if one.read_at is not None and turn.definition.takes_back == "until_opened":
            opened = zh("后面的办理人已打开待办，不能取回")
            return Refused(409, "opened", opened, by=reader_of(turn, one), at=one.read_at)
        if one.state is ItemState.OUT or _below(turn, one):
            return Refused(409, "built_upon", BUILT_UPON, by=reader_of(turn, one), at=turn.head.last_at)
    return None


# -- what stands on an answer ------------------------------------------------------------------------------


def _answered_upon(turn: Turn, item: WorkItem) -> WorkItem | None:
    """The answer of somebody who was asked because of it: its holder, who was added after it, who came behind in line."""
    known = _known(turn)
    if item.link in ADDED and item.parent not in turn.items and not signers_of(turn, item.parent, item.link):
        return known.get(item.parent or "")
    here = [one for one in known.values() if (one.path, one.round) == (item.path, item.round)]
    if not _stands_in_line(turn, item) and (silent := next((one for one in here if one.state in DEEMED), None)):
        # What silence came to was counted with the answers that were there.
        return silent
    upon = [one for one in here if (one.parent, one.link) == (item.id, Link.AFTER)]
    if _stands_in_line(turn, item):
        upon += [one for one in here if _place(turn, known, one) > _place(turn, known, item)]
    return next((one for one in upon if one.state in DECIDED | DEEMED and one.superseded is None), None)


def _asked_behind(turn: Turn, item: WorkItem) -> list[WorkItem]:
    """Those who are asked now because of it."""
    behind = signers_of(turn, item.id, Link.AFTER)
    if _stands_in_line(turn, item):
        known = _known(turn)
        mine = _place(turn, known, item)
        behind += [one for one in _seats(turn, item.path) if _place(turn, known, one) > mine]
    return behind


def _stands_in_line(turn: Turn, item: WorkItem) -> bool:
    step = turn.human_step(item.path)
    return item.link not in ADDED and isinstance(step, Approve) and is_in_line(step)


# -- the count, and the chair ------------------------------------------------------------------------------


def _uncount(turn: Turn, item: WorkItem) -> None:
    step = turn.human_step(item.path)
    counted_as = ItemState.REJECTED if _is_refused_by_signer(turn, item) else item.state
    if isinstance(step, Approve | CarryOut | Vote) and counted_as in FIELD_OF:
        turn.update(uncounted(turn.live[item.path], step, replace(item, state=counted_as)))
    if isinstance(step, Vote):
        weigh_ballot(turn, item, item.state, -1)
        _open_the_count_again(turn, item.path)


def _is_refused_by_signer(turn: Turn, item: WorkItem) -> bool:
    """Whether the step counted a refusal for an item that had agreed: somebody added after it refused."""
    return any(
        (one.parent, one.link, one.state) == (item.id, Link.AFTER, ItemState.REJECTED) for one in _known(turn).values()
    )


def _open_the_count_again(turn: Turn, path: str) -> None:
    """The votes are no longer equal, or may not be: the chair is not asked any more."""
    if turn.live[path].resume != CASTING:
        return
    for one in turn.items_at(path):
        turn.close_item(one, ItemState.CANCELLED, _ASKED_AGAIN)
    turn.update(replace(turn.live[path], resume=0))


# -- who was added -----------------------------------------------------------------------------------------


def _ask_signer_again(turn: Turn, item: WorkItem, user: str) -> None:
    """Whoever was added answers once more, for the item that is asked now in the stead of theirs."""
    holder = _holder_item(turn, _known(turn), item.parent or "")
    if holder is None:
        return
    mode = mode_of_group(turn, item)
    remember_group(turn, holder, item.link, mode)
    if mode == "sequence":
        for one in signers_of(turn, holder.id, item.link):
            _let_wait(turn, one)
    waits = item.link is Link.AFTER and holder.id in turn.items
    state = ItemState.WAITING if waits else ItemState.OPEN
    turn.reopen_seat(replace(item, state=state), f"user:{user}", below=holder.id)
    if item.link is Link.BEFORE and holder.state is not ItemState.WAITING:
        for one in signers_of(turn, holder.id, Link.DELEGATED):
            turn.close_item(one, ItemState.CANCELLED, _ASKED_AGAIN)
        _keep(turn, replace(holder, state=ItemState.WAITING, version=holder.version + 1))


def _holder_item(turn: Turn, known: Mapping[str, WorkItem], parent: str) -> WorkItem | None:
    """The open item that an added signer answers for, or the closed one that waits for those added after it."""
    if parent in turn.items:
        return turn.items[parent]
    closed = known[parent]
    if closed.superseded is not None or closed.state is ItemState.TRANSFERRED:
        instead = [
            one for one in known.values() if one.parent == parent and one.link in {closed.link, Link.TRANSFERRED}
        ]
        newest = max(instead, key=lambda one: one.seat, default=None)
        return None if newest is None else _holder_item(turn, known, newest.id)
    return closed if signers_of(turn, parent, Link.AFTER) else None


def _let_wait(turn: Turn, item: WorkItem) -> None:
    """An added signer waits again, and lets go of whomever they had asked meanwhile."""
    for one in _below(turn, item):
        turn.close_item(one, ItemState.CANCELLED, _ASKED_AGAIN)
    _keep(turn, replace(item, state=ItemState.WAITING, version=item.version + 1))


# -- in a line ---------------------------------------------------------------------------------------------


def _line_up_again(turn: Turn, path: str) -> None:
    """The first of those who are asked stays asked; whoever comes behind waits for their turn once more."""
    known = _known(turn)
    places = {one.id: _place(turn, known, one) for one in _seats(turn, path)}
    first = min(places.values())
    for one in _seats(turn, path):
        if places[one.id] > first:
            for inner in _below(turn, one):
                turn.close_item(inner, ItemState.CANCELLED, _ASKED_AGAIN)
            wait_again(turn, one, places[one.id])
    for one in _seats(turn, path)[:1]:
        restart_ladder(turn, one)


def _seats(turn: Turn, path: str) -> list[WorkItem]:
    """The seats of a line whose turn it is: not those that wait in it, nor who hangs from one of them."""
    seats = (one for one in turn.items_at(path) if one.link not in {*ADDED, Link.DELEGATED})
    return [one for one in seats if one.state is not ItemState.WAITING or signers_of(turn, one.id, Link.BEFORE)]


def _place(turn: Turn, known: Mapping[str, WorkItem], item: WorkItem) -> int:
    """Where in the line a seat stands: that of the item it was opened in the stead of, or beside."""
    kept: Mapping[str, int] = turn.own.get(item.path, {}).get(PLACES, {})
    while item.id not in kept and item.parent in known:
        item = known[str(item.parent)]
    return kept.get(item.id, item.seat)


# -- all of them -------------------------------------------------------------------------------------------


def _known(turn: Turn) -> dict[str, WorkItem]:
    return {one.id: one for one in turn.past()} | turn.items | turn.items_changed


def _depth(known: Mapping[str, WorkItem], item: WorkItem) -> int:
    """How many items an added signer hangs from."""
    depth = 0
    while item.parent in known:
        depth, item = depth + (item.link in ADDED), known[str(item.parent)]
    return depth


def _below(turn: Turn, item: WorkItem) -> list[WorkItem]:
    """Who hangs from an item, directly or through others: added signers, advice that was asked for."""
    found: list[WorkItem] = []
    for one in [one for one in turn.items.values() if one.parent == item.id and one.link is not Link.PARALLEL]:
        found += [one, *_below(turn, one)]
    return found


def _keep(turn: Turn, item: WorkItem) -> None:
    turn.items[item.id] = turn.items_changed[item.id] = item
