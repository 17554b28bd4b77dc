"""How the answers to an approval are counted: its rule, what a seat weighs, and whose turn it is in a sequence."""

from __future__ import annotations

from dataclasses import replace

from domain.approval import AGREED, OPEN, Mode, Rule, Tally, outcome
from domain.approval import Outcome as Verdict
from domain.voting import share
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.case import Activation, ItemState, WorkItem
from workflows.machine.seats import Seat

FIELD_OF = {
    ItemState.APPROVED: "agree",
    ItemState.COMPLETED: "agree",
    ItemState.REJECTED: "against",
    ItemState.ABSTAINED: "abstain",
    ItemState.DEEMED_AGREED: "agree",
    ItemState.DEEMED_REJECTED: "against",
}
"""Which count of its activation an answer belongs to."""


def rule_of(step: Approve) -> Rule:
    """The rule of an approval as the domain knows it."""
    return Rule(
        mode=step.mode,
        passes=share(step.passes or "1"),
        collects=step.collects,
        first_agrees=step.first == "agrees",
        excludes_abstentions=step.abstains == "excluded",
    )


def weight_of(step: Approve | CarryOut | Vote, seat: Seat) -> int | None:
    """What a seat weighs: by its user, its post's department, or its role; None where nothing is weighted."""
    weights = {} if isinstance(step, CarryOut) else dict(step.weights)
    if not weights:
        return None
    names = (*seat.users, *sorted(seat.departments), *(one.split(":")[1] for one, _ in seat.candidates))
    return next((weights[name] for name in names if name in weights), 1)


def weigh(step: Approve | CarryOut | Vote, seat: Seat) -> int:
    """What a seat adds to the number that is counted: nothing where nobody is asked."""
    if not seat.asks:
        return 0
    return 1 if counts_in_seats(step) else (weight_of(step, seat) or 1)


def is_in_line(step: Approve | CarryOut | Vote) -> bool:
    """Whether its seats are asked one after the other."""
    return isinstance(step, Approve) and step.mode is Mode.SEQUENCE


def counts_in_seats(step: Approve | CarryOut | Vote) -> bool:
    """Whether one seat counts as one: a weighted approval counts in weight, a vote keeps its weights apart."""
    return not (isinstance(step, Approve) and step.mode is Mode.WEIGHT)


def counted(activation: Activation, step: Approve | CarryOut | Vote, item: WorkItem, state: ItemState) -> Activation:
    """The activation with one more answer."""
    by = 1 if counts_in_seats(step) else (item.weight or 1)
    field = FIELD_OF[state]
    return replace(activation, **{field: getattr(activation, field) + by})


def uncounted(activation: Activation, step: Approve | CarryOut | Vote, item: WorkItem) -> Activation:
    """The activation without the answer that an item gave."""
    by = 1 if counts_in_seats(step) else (item.weight or 1)
    field = FIELD_OF[item.state]
    return replace(activation, **{field: getattr(activation, field) - by})


def verdict(activation: Activation, step: Approve | CarryOut) -> Verdict:
    """What the answers so far come to; what is carried out is through when every seat has reported."""
    if isinstance(step, CarryOut):
        return AGREED if activation.agree >= activation.n else OPEN
    tally = Tally(activation.n, activation.agree, activation.against, activation.abstain)
    return outcome(rule_of(step), tally)
