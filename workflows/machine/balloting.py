"""票决 in a case: the items of a vote, the chair's casting vote, and where the result leads."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.identifiers import derived_id
from domain.voting import SECRET_VOTERS, Ballots, Result, Rule, closed, equal, share, standing
from workflows.language.words import Vote
from workflows.machine.case import Activation, Capacity, ItemState, WorkItem
from workflows.machine.counting import FIELD_OF, counted
from workflows.machine.decision import Ballot
from workflows.machine.operations import BALLOTS
from workflows.machine.stimuli import Act
from workflows.machine.turn import Enter, Leave, Turn
from workflows.policy import role_principal

CHOICE: Final = "choice"
"""Where the act of casting a secret ballot says what is voted; it stands nowhere else but on the ballot."""

CASTING: Final = 1
"""`resume` of a vote that waits for its chair."""

_WEIGHTS: Final = "weights"
_CAST_AS: Final = {"agree": Result.PASSED, "reject": Result.FAILED, "abstain": Result.TIED}
"""What the chair's vote makes of a tie; a chair who abstains lets it stand."""
_VOTED: Final = {"agree": ItemState.APPROVED, "reject": ItemState.REJECTED, "abstain": ItemState.ABSTAINED}


def count_ballot(turn: Turn, activation: Activation, step: Vote, item: WorkItem, act: Act) -> None:
    """Count a vote; close as soon as what is still out cannot change the result.

    Of a secret vote only that somebody has voted is known here: it closes when all have, or in time.
    """
    if step.secret:
        turn.ballots.append(Ballot(turn.head.id, activation.path, activation.round, str(act.fields[CHOICE])))
        settle_vote(turn, activation.path, step, act.actor)
        return
    if activation.resume == CASTING:
        turn.said["casting"] = act.verb
        _close(turn, activation, step, _CAST_AS[act.verb], act.actor)
        return
    turn.update(counted(activation, step, item, _VOTED[act.verb]))
    weigh_ballot(turn, item, _VOTED[act.verb], 1)
    settle_vote(turn, activation.path, step, act.actor)


def settle_vote(turn: Turn, path: str, step: Vote, by: str) -> None:
    """Close the vote if its result is certain."""
    activation = turn.live[path]
    if step.secret:
        _open_when_all_have_voted(turn, activation)
        return
    result = standing(rule_of(step), _ballots(turn, activation, step))
    if result is not Result.OPEN:
        _close(turn, activation, step, result, by)


def close_vote(turn: Turn, activation: Activation, step: Vote) -> None:
    """The time is over: the votes cast decide; a chair who casts none lets the tie stand."""
    if step.secret:
        _open_ballots(turn, activation, step)
        return
    result = closed(rule_of(step), _ballots(turn, activation, step))
    _close(turn, activation, step, result, "time")


def is_too_small(step: Vote, n: int) -> bool:
    """Whether a vote that is to be secret has too few voters to be."""
    return step.secret and n < SECRET_VOTERS


def _open_when_all_have_voted(turn: Turn, activation: Activation) -> None:
    """Nobody is left to vote: the deadline is now. So no voter's own act, nor a preview of it, tells the result."""
    if turn.items_at(activation.path):
        return
    for timer in [one for one in turn.timers.values() if one.path == activation.path]:
        turn.clear(timer)
    turn.set_timer(activation.path, activation.round, "silence", 0, turn.now)


def _open_ballots(turn: Turn, activation: Activation, step: Vote) -> None:
    """Count a secret vote from its ballots; too few of them are never opened, for they would tell who voted what."""
    if is_too_small(step, activation.n):
        _close(turn, activation, step, Result.NO_QUORUM, "time")
        return
    found = turn.ballots_of(activation.path, activation.round)
    if is_too_small(step, sum(found.values())):
        _close(turn, activation, step, Result.NO_QUORUM, "time")
        return
    agree, against, abstain = (found.get(choice, 0) for choice in BALLOTS)
    opened = replace(activation, agree=agree, against=against, abstain=abstain)
    turn.update(opened)
    _close(turn, opened, step, closed(rule_of(step), _ballots(turn, opened, step)), "time")


def rule_of(step: Vote) -> Rule:
    """The rule of a vote as exact fractions."""
    return Rule(quorum=share(step.quorum), passes=share(step.passes), of_all=step.of_all)


def weigh_ballot(turn: Turn, item: WorkItem, state: ItemState, times: int) -> None:
    """Keep what the votes weigh beside how many they are; -1 times takes one out again."""
    if item.weight is None:
        return
    weights = dict(turn.own.get(item.path, {}).get(_WEIGHTS, {}))
    field = FIELD_OF[state]
    turn.give(item.path, {_WEIGHTS: {**weights, field: weights.get(field, 0) + times * item.weight}})


def _ballots(turn: Turn, activation: Activation, step: Vote) -> Ballots:
    if not step.weights:
        return equal(activation.n, activation.agree, activation.against, activation.abstain)
    weights = turn.own.get(activation.path, {}).get(_WEIGHTS, {})
    cast = activation.agree + activation.against + activation.abstain
    out = tuple(sorted(one.weight or 1 for one in turn.items_at(activation.path)))
    return Ballots(cast, weights.get("agree", 0), weights.get("against", 0), weights.get("abstain", 0), out)


def _close(turn: Turn, activation: Activation, step: Vote, result: Result, by: str) -> None:
    path = activation.path
    asks_chair = result is Result.TIED and step.chair is not None and activation.resume != CASTING
    seat = max((one.seat for one in turn.items_at(path)), default=activation.n) + activation.n
    for item in turn.items_at(path):
        turn.close_item(item, ItemState.CANCELLED, by)
    turn.said["vote"] = [result.value, activation.n, activation.agree, activation.against, activation.abstain]
    if asks_chair and by != "time":
        _ask_chair(turn, activation, step, seat)
        return
    turn.stop_asking(path)
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


def _ask_chair(turn: Turn, activation: Activation, step: Vote, seat: int) -> None:
    """The votes are equal: the chair's own vote decides, within the time of the vote."""
    turn.update(replace(activation, resume=CASTING))
    silence = (one for one in turn.timers.values() if one.path == activation.path and one.kind == "silence")
    until = next((one.due_at for one in silence), None)
    item = WorkItem(
        id=derived_id("item", turn.head.id, activation.path, activation.round, seat),
        case=turn.head.id,
        path=activation.path,
        round=activation.round,
        seat=seat,
        kind="vote",
        state=ItemState.OPEN,
        version=1,
        opened_at=turn.now,
        yellow_at=until,
        due_at=until,
        due_rule="",
        paused_at=None,
        roster=turn.facts.roster.version,
        form=None,
        pick="any",
    )
    chair = "" if step.chair is None else step.chair.name
    turn.open_item(item, [(role_principal(chair, None), Capacity.OWNER)])
