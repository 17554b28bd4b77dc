"""What people do to a case: agree, reject, return, complete, withdraw. Checked first, then carried out.

To suspend and to resume a case is in `gating.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from domain.approval import Outcome as Verdict
from domain.approval import Tally, outcome
from domain.texts import zh
from workflows.language.words import Approve, CarryOut, ToApplicant, Vote
from workflows.machine.asking import answer_supplement, open_supplement
from workflows.machine.balloting import count_ballot
from workflows.machine.case import (
    Act,
    Activation,
    Capacity,
    Holder,
    ItemState,
    Refused,
    State,
    WorkItem,
)
from workflows.machine.filling import LONGEST_TEXT, BadForm, filled
from workflows.machine.gating import GATE_VERBS, turn_gate
from workflows.machine.hearing import Values, hear
from workflows.machine.nodes import CASE
from workflows.machine.saying import say
from workflows.machine.turn import Enter, Leave, Turn

VERBS_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "approve": ("agree", "reject", "return"),
    "vote": ("agree", "reject", "abstain"),
    "carry_out": ("complete",),
    "supplement": ("complete",),
}
CLOSED_AS: Final[Mapping[str, ItemState]] = {
    "agree": ItemState.APPROVED,
    "reject": ItemState.REJECTED,
    "return": ItemState.RETURNED,
    "complete": ItemState.COMPLETED,
    "abstain": ItemState.ABSTAINED,
}


def answer(turn: Turn, act: Act) -> Refused | None:
    """Carry out an act on the case, or say why not; a refused act changes nothing."""
    if turn.head.state is not State.RUNNING:
        return Refused(409, "case_ended", zh("办件已办结，不能再办理"), at=turn.head.last_at)
    if act.verb in GATE_VERBS:
        return turn_gate(turn, act)
    if turn.head.gate is not None:
        return Refused(409, "suspended", zh("办件已挂起，恢复办理后才能办理"))
    if not _is_open(turn, act.verb):
        return Refused(409, "not_now", zh("办件已过可以这样办理的环节"), field="verb")
    if act.verb == "withdraw":
        return _withdraw(turn, act)
    item = turn.items.get(act.item or "")
    if item is None:
        return Refused(409, "item_closed", zh("待办已由他人办结或已取消"))
    refusal = _check_right(turn, act, item) or _check_verb(turn, act, item)
    if refusal is not None:
        return refusal
    try:
        values = filled(turn, act, item)
    except BadForm as bad:
        return Refused(422, bad.code, bad.message, field=bad.field)
    turn.said.update(path=item.path, round=item.round, authority=_authority(turn, act, item))
    _carry_out(turn, act, item, values)
    return None


def verbs_offered(step: Approve | CarryOut | Vote | ToApplicant, round_: int) -> tuple[str, ...]:
    """The verbs that a step offers in a round: a return only where it is allowed (once, if so defined)."""
    if isinstance(step, Vote):
        return VERBS_OF_KIND["vote"]
    if not isinstance(step, Approve):
        return ("complete",)
    again = step.on_return is not None and (round_ == 1 or not step.on_return.once)
    return ("agree", "reject", "return") if again else ("agree", "reject")


def _is_open(turn: Turn, verb: str) -> bool:
    """Whether the milestones of the definition let a verb be used where the case stands."""
    guards = [one for one in turn.definition.guards if one.verb == verb]
    live = {part.split("#")[0] for path in turn.live for part in path.split("/")}
    if all(not live.isdisjoint(one.while_in) for one in guards):
        return True
    turn.reach(CASE)
    return False


# -- checks ------------------------------------------------------------------------------------------------


def _check_right(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    if not _held(turn, act, item):
        return Refused(403, "not_holder", zh("您不是该待办的办理人"))
    if act.seen is not None and act.seen != item.version:
        return Refused(409, "stale_version", zh("待办已有更新，请刷新后再办理"), at=turn.head.last_at, field="version")
    return None


def _check_verb(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    step = turn.human_step(item.path)
    if not isinstance(step, Approve | CarryOut | Vote | ToApplicant) or act.verb not in VERBS_OF_KIND[item.kind]:
        return Refused(422, "unknown_verb", zh("该环节没有这一操作"), field="verb")
    if act.verb not in verbs_offered(step, item.round):
        return Refused(409, "verb_not_offered", zh("本轮不能退回：补正只能要求一次"), field="verb")
    if len(act.opinion) > LONGEST_TEXT:
        return Refused(422, "too_long", zh("意见过长"), field="opinion")
    if not isinstance(step, Vote) and act.verb in ("reject", "return") and not (act.opinion or act.reason):
        return Refused(422, "opinion_required", zh("请填写意见或选择原因"), field="opinion")
    return _check_reason(act, step.reasons if isinstance(step, Approve) else ())


def _check_reason(act: Act, reasons: tuple[str, ...]) -> Refused | None:
    """A reason is a code of the step's closed list: it stands in plain sight, words about a person are an opinion."""
    missing = act.reason is None and act.verb == "reject" and reasons
    if missing or (act.reason is not None and act.reason not in reasons):
        return Refused(422, "unknown_reason", zh("请从规定的原因中选择"), field="reason")
    return None


def _held(turn: Turn, act: Act, item: WorkItem) -> tuple[Holder, ...]:
    return tuple(one for one in turn.holders.get(item.id, ()) if one.who in act.principals)


def _authority(turn: Turn, act: Act, item: WorkItem) -> str:
    """In which capacity the actor decides: the strongest of those held."""
    capacities = {one.capacity for one in _held(turn, act, item)}
    order = (Capacity.OWNER, Capacity.CANDIDATE, Capacity.ESCALATED, Capacity.PROXY)
    return next(one.value for one in order if one in capacities)


# -- deeds -------------------------------------------------------------------------------------------------


def _withdraw(turn: Turn, act: Act) -> Refused | None:
    """The applicant, or the department that sent the application, takes it back before the end."""
    own = {f"person:{turn.head.person}", f"department:{turn.head.department}"}
    if own.isdisjoint(act.principals):
        return Refused(403, "not_applicant", zh("只有申请人或代为提交的单位可以撤回"))
    if len(act.opinion) > LONGEST_TEXT:
        return Refused(422, "too_long", zh("意见过长"), field="opinion")
    refusal = _check_reason(act, ())
    if refusal is not None:
        return refusal
    turn.said["authority"] = "own" if f"person:{turn.head.person}" in act.principals else "proxy"
    event = turn.definition.withdrawn_by
    if event is None or not _hear_withdrawal(turn, event):
        turn.end(State.WITHDRAWN, "withdrawn")
    return None


def _hear_withdrawal(turn: Turn, event: str) -> bool:
    """Say the withdrawal as the event that it is, and let the case do what it does when that comes."""
    said = say(turn, "withdraw", 0, event, {})
    return bool(hear(turn, said.type, said.key, (said.plain, said.personal)))


def _carry_out(turn: Turn, act: Act, item: WorkItem, values: Values) -> None:
    turn.close_item(item, CLOSED_AS[act.verb], act.actor)
    turn.put(*values, item.path)
    if act.reason is not None:
        turn.put({"reason": act.reason}, {}, item.path)
    if item.kind == "supplement":
        answer_supplement(turn, item.path)
        return
    activation, step = turn.live[item.path], turn.human_step(item.path)
    if isinstance(step, Vote):
        count_ballot(turn, activation, step, act.verb, act.actor)
    elif act.verb == "return":
        _return_to_applicant(turn, activation, act)
    else:
        _count(turn, activation, act)


def _count(turn: Turn, activation: Activation, act: Act) -> None:
    """Count an answer; when the outcome is certain the peers are cancelled and the case goes on."""
    counted = (
        replace(activation, against=activation.against + 1)
        if act.verb == "reject"
        else replace(activation, agree=activation.agree + 1)
    )
    turn.update(counted)
    step = turn.human_step(activation.path)
    if isinstance(step, Approve):
        tally = Tally(n=counted.n, agree=counted.agree, against=counted.against, abstain=counted.abstain)
        verdict = outcome(step.mode, tally)
    else:
        verdict = Verdict.AGREED if counted.agree >= counted.n else Verdict.OPEN
    if verdict is Verdict.OPEN:
        return
    _cancel_peers(turn, activation.path, act.actor)
    if verdict is Verdict.AGREED:
        turn.agenda.append(Leave(activation.path, activation.parent))
    else:
        turn.agenda.append(Enter(f"{activation.path}/rejected", activation.path))


def _cancel_peers(turn: Turn, path: str, by: str) -> None:
    """Cancel what is still open in the step; a late click is told who decided instead (approvals.md A2)."""
    for peer in turn.items_at(path):
        turn.close_item(peer, ItemState.CANCELLED, by)
    turn.stop_asking(path)


def _return_to_applicant(turn: Turn, activation: Activation, act: Act) -> None:
    step = turn.human_step(activation.path)
    if not isinstance(step, Approve) or step.on_return is None:
        message = f"step '{activation.path}' has no return to the applicant"
        raise LookupError(message)
    _cancel_peers(turn, activation.path, act.actor)
    open_supplement(turn, activation.path, activation.round, step.on_return)
