"""去重: whoever has agreed already is not asked once more; a rule skips the seat under its own name (approvals.md §1).

Never after a return, never where anything was written since, never where the step is compulsory or wants a signature.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from domain.roster import holders_on, posts_of
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.case import DECIDED, ItemState, WorkItem
from workflows.machine.content import content_of
from workflows.machine.counting import is_in_line
from workflows.machine.seats import Ruled, Seat, Where
from workflows.machine.turn import Turn


def without_repeats(
    turn: Turn, step: Approve | CarryOut | Vote, seats: tuple[Seat, ...], where: Where
) -> tuple[Seat, ...]:
    """The seats of a step that is entered; those whose one holder agreed before, by the policy of the step, are skipped.

    The rule that skips a seat names the decision that stands for it ("dedup.consecutive:ITEM").
    """
    if not isinstance(step, Approve) or not _may_skip(turn, step):
        return seats
    given = _agreements(turn, step)
    # In a sequence only the first seat comes right after the step before.
    last = 1 if is_in_line(step) and step.dedup == "consecutive" else len(seats)
    return (*(_skipped(seat, step, given, where) for seat in seats[:last]), *seats[last:])


def _may_skip(turn: Turn, step: Approve) -> bool:
    may = step.dedup != "off" and not step.compulsory and not step.signature
    return may and turn.head.seq > 0 and turn.head.round == 1


def _agreements(turn: Turn, step: Approve) -> list[WorkItem]:
    """The agreements that may stand for another: all of the round, or those of the step that was answered last."""
    known = {one.id: one for one in turn.past()} | turn.items_changed
    decided = [one for one in known.values() if one.state in DECIDED and one.superseded is None]
    newest = max((one.closed_at for one in decided if one.closed_at), default=None)
    now = [one for one in decided if one.id in turn.items_changed] or [
        one for one in decided if one.closed_at == newest
    ]
    steps = {one.path for one in (now if step.dedup == "consecutive" else decided)}
    same = content_of(turn.definition, turn.head)
    return [
        one
        for one in decided
        if one.path in steps and one.kind == "approve" and one.state is ItemState.APPROVED and one.content == same
    ]


def _skipped(seat: Seat, step: Approve, given: Collection[WorkItem], where: Where) -> Seat:
    user = _only_holder(seat, where)
    earlier = next((one for one in given if one.closed_by == user), None)
    if user is None or earlier is None:
        return seat
    return replace(seat, ruled=Ruled.SKIPPED, rules=(*seat.rules, f"dedup.{step.dedup}:{earlier.id}"))


def _only_holder(seat: Seat, where: Where) -> str | None:
    """The officer whose seat it is alone, and who can have decided for one department and for nobody else."""
    if not seat.asks or seat.fallback or len(seat.users) != 1:
        return None
    user = seat.users[0]
    others = [who for who, _ in seat.candidates if not who.startswith("role:") and who != f"user:{user}"]
    codes = posts_of(where.roster, user, where.day)
    departments = {post.department for post in where.roster.posts if post.code in codes}
    stands_in = any(one.user == user for several in holders_on(where.roster, where.day).values() for one in several)
    return None if others or stands_in or len(departments) != 1 else user
