"""票决 in a case: the items of a vote, and where its result leads."""

from __future__ import annotations

from dataclasses import replace

from domain.voting import Ballots, Result, Rule, closed, share, standing
from workflows.language.words import Vote
from workflows.machine.case import Activation, ItemState
from workflows.machine.turn import Enter, Leave, Turn


def count_ballot(turn: Turn, activation: Activation, step: Vote, verb: str, by: str) -> None:
    """Count a vote; close as soon as what is still out cannot change the result."""
    counted = replace(
        activation,
        agree=activation.agree + (verb == "agree"),
        against=activation.against + (verb == "reject"),
        abstain=activation.abstain + (verb == "abstain"),
    )
    turn.update(counted)
    result = standing(rule_of(step), _ballots(counted))
    if result is not Result.OPEN:
        _close(turn, counted, step, result, by)


def close_vote(turn: Turn, activation: Activation, step: Vote) -> None:
    """The time is over: the votes cast decide."""
    _close(turn, activation, step, closed(rule_of(step), _ballots(activation)), "time")


def rule_of(step: Vote) -> Rule:
    """The rule of a vote as exact fractions."""
    return Rule(quorum=share(step.quorum), passes=share(step.passes))


def _ballots(activation: Activation) -> Ballots:
    return Ballots(n=activation.n, agree=activation.agree, against=activation.against, abstain=activation.abstain)


def _close(turn: Turn, activation: Activation, step: Vote, result: Result, by: str) -> None:
    path = activation.path
    for item in turn.items_at(path):
        turn.close_item(item, ItemState.CANCELLED, by)
    turn.stop_asking(path)
    turn.said["vote"] = [result.value, activation.n, activation.agree, activation.against, activation.abstain]
    if result is Result.PASSED:
        turn.agenda.append(Leave(path, activation.parent))
        return
    if result is Result.TIED and step.tie is not None:
        way = "tie"
    elif result is Result.NO_QUORUM and step.no_quorum is not None:
        way = "no_quorum"
    else:
        way = "fails"
    turn.agenda.append(Enter(f"{path}/{way}", path))
