"""What is done to a whole case: withdraw, revoke, jump, reopen, terminate, void. Each is checked first, then done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Final

from domain.calendar import due_after_days
from domain.identifiers import derived_id
from domain.texts import zh
from workflows.language.people import INITIATOR
from workflows.language.words import Approve
from workflows.machine.case import DECIDED, UNDER_WAY, State
from workflows.machine.confirming import is_proposal, propose
from workflows.machine.deadlines import days_of
from workflows.machine.decision import Child, Refused
from workflows.machine.goingback import forget_ways_back
from workflows.machine.hearing import hear
from workflows.machine.nearness import is_within
from workflows.machine.nodes import AGAIN
from workflows.machine.placing import line_to, meeting, stand_at
from workflows.machine.rewind import Rewind, passed, refuse_place, rewind
from workflows.machine.saying import say
from workflows.machine.stimuli import Act
from workflows.machine.turn import Enter, Turn, step_path
from workflows.policy import role_principal

REVOCATION: Final = "revocation"
"""The path under which the sub-case runs that decides on a revocation."""

JUMPED: Final = "jumped"

_MAY_STEER: Final = role_principal("office_head", None)


# -- 撤回, 撤销 --------------------------------------------------------------------------------------------


def withdraw(turn: Turn, act: Act) -> Refused | None:
    """The applicant, or the department that sent the application, takes it back before the end."""
    refusal = _refuse_other_than_sender(turn, act) or _refuse_late_withdrawal(turn)
    if refusal is not None:
        return refusal
    event = turn.definition.withdrawn_by
    if event is None or not _hear_withdrawal(turn, event):
        turn.end(State.WITHDRAWN, "withdrawn")
    return None


def _refuse_other_than_sender(turn: Turn, act: Act) -> Refused | None:
    own = {f"person:{turn.head.person}", f"department:{turn.head.department}"}
    if own.isdisjoint(act.principals):
        return Refused(403, "not_applicant", zh("只有申请人或代为提交的单位可以撤回"))
    if act.reason is not None:
        return Refused(422, "unknown_reason", zh("请从规定的原因中选择"), field="reason")
    turn.said["authority"] = "own" if f"person:{turn.head.person}" in act.principals else "proxy"
    return None


def _refuse_late_withdrawal(turn: Turn) -> Refused | None:
    if turn.head.state is not State.RUNNING or turn.definition.withdraws == "never":
        return Refused(409, "verb_not_offered", zh("本流程不能撤回"), field="verb")
    if turn.definition.withdraws == "before_end":
        return None
    decided = next((one for one in turn.past() if one.state in DECIDED and one.kind in {"approve", "vote"}), None)
    if decided is None:
        return None
    return Refused(409, "decided", zh("已有人办理，不能再撤回"), by=decided.closed_by, at=decided.closed_at)


def _hear_withdrawal(turn: Turn, event: str) -> bool:
    """Say the withdrawal as the event that it is, and let the case do what it does when that comes."""
    said = say(turn, "withdraw", 0, event, {})
    return bool(hear(turn, said.type, said.key, (said.plain, said.personal)))


def revoke(turn: Turn, act: Act) -> Refused | None:
    """Ask for the revocation of what was approved: another case decides on it."""
    refusal = _refuse_other_than_sender(turn, act) or _refuse_revocation(turn)
    rule = turn.definition.revocation
    if refusal is not None or rule is None:
        return refusal
    turn.head = replace(turn.head, state=State.REVOKING, round=turn.head.round + 1)
    turn.children.append(_copy(turn, act, rule.workflow, REVOCATION))
    return None


def _refuse_revocation(turn: Turn) -> Refused | None:
    rule, ended = turn.definition.revocation, turn.head.ended_at
    if rule is None:
        return Refused(409, "verb_not_offered", zh("本流程通过后不能撤销"), field="verb")
    if turn.head.state is not State.APPROVED or ended is None:
        return Refused(409, "not_approved", zh("只有已通过的办件可以申请撤销"), at=ended)
    until = due_after_days(turn.facts.calendar, ended, days_of(rule.within, turn.facts)).at
    if turn.now > until:
        return Refused(409, "too_late", zh("已超过可以申请撤销的期限"), at=until)
    return None


def revocation_decided(turn: Turn, values: Mapping[str, object]) -> None:
    """The sub-case has decided: what was approved is revoked, or stays approved."""
    state = State.REVOKED if values["state"] == State.APPROVED.value else State.APPROVED
    turn.head = replace(turn.head, state=state)
    turn.said["revocation"] = [str(values["child"]), str(values["outcome"])]


# -- 重新发起 ----------------------------------------------------------------------------------------------


def reopen(turn: Turn, act: Act) -> Refused | None:
    """Start the matter again: a new case with what is known, on today's version of the workflow, linked to this one."""
    refusal = _refuse_other_than_sender(turn, act)
    if refusal is not None:
        return refusal
    if turn.head.state in UNDER_WAY or turn.head.state is State.APPROVED:
        return Refused(409, "not_ended", zh("只有未通过、撤回或终止的办件可以重新发起"))
    if turn.head.reopened_as is not None:
        return Refused(409, "reopened", zh("该办件已重新发起，请办理新的办件"))
    again = _copy(turn, act, turn.definition.name, f"reopened/{turn.head.round}")
    turn.children.append(again)
    turn.head = replace(turn.head, reopened_as=again.id)
    return None


def _copy(turn: Turn, act: Act, workflow: str, path: str) -> Child:
    """A case with the fields of this one; an officer who asks for it has submitted it, and decides none of it (代提交)."""
    submitted = {INITIATOR: act.actor} if f"user:{act.actor}" in act.principals else {}
    return Child(
        id=derived_id("call", turn.head.id, path, turn.head.key, *turn.again),
        workflow=workflow,
        key=turn.head.key,
        path=path,
        person=turn.head.person,
        fields={**turn.head.fields, **submitted},
        personal=dict(turn.head.personal),
    )


# -- 终止, 作废 --------------------------------------------------------------------------------------------


def terminate(turn: Turn, act: Act) -> Refused | None:
    """End a running case by order of the meeting's office; its sub-cases end with it."""
    refusal = _refuse_other_than_office(act)
    if refusal is None and turn.head.state is State.REVOKING:
        return Refused(409, "revoking", zh("办件已通过，正在申请撤销：请办理撤销的办件"), at=turn.head.last_at)
    if refusal is None:
        turn.end(State.TERMINATED, "terminated")
    return refusal


def void(turn: Turn, act: Act) -> Refused | None:
    """Mark an ended case as void; what was approved needs a second person."""
    refusal = _refuse_other_than_office(act)
    if refusal is not None:
        return refusal
    if turn.head.state in UNDER_WAY or turn.head.state is State.VOID:
        return _not_to_be_voided(turn)
    if turn.head.state in {State.APPROVED, State.REVOKED}:
        propose(turn, act)
        return None
    return void_confirmed(turn)


def void_confirmed(turn: Turn) -> Refused | None:
    """The case counts no more; all of it stays on record."""
    if turn.head.state in UNDER_WAY or turn.head.state is State.VOID:
        return _not_to_be_voided(turn)
    turn.head = replace(turn.head, state=State.VOID)
    return None


def _not_to_be_voided(turn: Turn) -> Refused:
    return Refused(409, "not_ended", zh("只有已办结、尚未作废的办件可以作废"), at=turn.head.ended_at)


def _refuse_other_than_office(act: Act) -> Refused | None:
    if _MAY_STEER not in act.principals:
        return Refused(403, "not_office_head", zh("只有联席会议办公室负责人可以这样办理"))
    return None


# -- 动态跳转 ----------------------------------------------------------------------------------------------


def jump(turn: Turn, act: Act) -> Refused | None:
    """Let the case go on at another step; over a compulsory step only with a second person."""
    target = str(act.fields["to"])
    node = turn.nodes.get(step_path(target))
    if node is None:
        return Refused(422, "unknown_step", zh("流程中没有这一环节"), field="to")
    source = _standing_for(turn, target)
    if source is None or turn.head.state is not State.RUNNING:
        return _beside()
    refusal = _refuse_jumper(turn, act, source, target) or refuse_place(turn, source, target)
    if refusal is not None:
        return refusal
    if _skips_compulsory(turn, source, target):
        propose(turn, act)
        return None
    return jump_confirmed(turn, target)


def jump_confirmed(turn: Turn, target: str) -> Refused | None:
    """Carry the jump out, back or forward."""
    source = _standing_for(turn, target)
    if source is None:
        return _beside()
    refusal = refuse_place(turn, source, target)
    if refusal is None:
        _jump_from(turn, source, target, None)
    return refusal


def jump_by_rule(turn: Turn, source: str, target: str | None, by: str) -> Refused | None:
    """A jump that a rule makes from a step that asks: never over a compulsory step, for there is no second person to ask."""
    if target is None:
        return Refused(422, "unknown_step", zh("流程中没有这一环节"), field="to")
    if turn.head.state is not State.RUNNING or target in turn.live:
        return _beside()
    refusal = refuse_place(turn, source, target)
    if refusal is None and _skips_compulsory(turn, source, target):
        refusal = Refused(409, "compulsory", zh("跳转会越过法定或需要签字的环节"), field="to")
    if refusal is None:
        _jump_from(turn, source, target, by)
    return refusal


def place_of(turn: Turn, source: str, name: str) -> str | None:
    """Where the step `name` of the definition stands for whoever is asked at `source`: in the same turn of what is around both."""
    found = (path for path, node in turn.nodes.items() if getattr(node.step, "name", None) == name)
    target = next((path for path in found if AGAIN not in path.split("/")), None)
    if target is None:
        return None
    pairs = zip(target.split("/"), source.split("/"), strict=False)
    shared = [here for there, here in takewhile(lambda pair: pair[0] == pair[1].split("#")[0], pairs)]
    return "/".join((*shared, *target.split("/")[len(shared) :]))


def _beside() -> Refused:
    return Refused(409, "beside", zh("该环节不在主线上，不能从这里退回或跳转"), field="to")


def _jump_from(turn: Turn, source: str, target: str, by: str | None) -> None:
    """Go on at the target; `by` is the rule that did it, None for a person."""
    if target in passed(turn):
        rewind(turn, Rewind(source, target, "step", JUMPED, by=by))
        return
    above = line_to(turn, target)[meeting(turn, target) or 0]
    turn.head = replace(turn.head, round=turn.head.round + 1)
    held = {
        holder.who for item in turn.items.values() if is_within(item.path, above) for holder in turn.holders[item.id]
    }
    turn.notify(held, JUMPED, target, turn.head.round)
    forget_ways_back(turn, above)
    stand_at(turn, Enter(target, None), by or JUMPED)
    turn.said["rewind"] = {"from": source, "to": target, "way": "step", "why": JUMPED}


def _standing_for(turn: Turn, target: str) -> str | None:
    """The live step that the jump leaves: the one that people are asked at, nearest to the target."""
    place = meeting(turn, target)
    if place is None or target in turn.live:
        return None
    above = line_to(turn, target)[place]
    asked = [one.path for one in turn.items.values() if is_within(one.path, above)]
    straight = [one for one in asked if not one.startswith(f"{above}/on/")]
    return min(
        straight, default=next((one for one in sorted(turn.live) if is_within(one, above) and one != above), None)
    )


def _refuse_jumper(turn: Turn, act: Act, source: str, target: str) -> Refused | None:
    if _MAY_STEER in act.principals:
        return None
    # Whoever was asked for a supplement holds an item at no step of the definition.
    steps = (turn.nodes.get(step_path(path)) for path in (source, target))
    pair = tuple(None if node is None else getattr(node.step, "name", None) for node in steps)
    allowed = any((one.at, one.to) == pair for one in turn.definition.jumps)
    mine = any(holder.who in act.principals for item in turn.items_at(source) for holder in turn.holders[item.id])
    if allowed and mine:
        return None
    return Refused(403, "not_office_head", zh("只有联席会议办公室负责人可以这样办理"))


def _skips_compulsory(turn: Turn, source: str, target: str) -> bool:
    """Whether a compulsory step that nobody answered yet lies between here and there.

    The jump leaves everything that is live in the block around both, so the first of it is where it begins.
    """
    order = [node.path for node in turn.nodes.values()]
    above = line_to(turn, target)[meeting(turn, target) or 0]
    around = {one.parent for one in turn.live.values()}
    left = [one for one in turn.live if is_within(one, above) and one not in around and not is_proposal(one)]
    here = min((order.index(step_path(one.removesuffix("/supplement"))) for one in left), default=0)
    there = order.index(step_path(target))
    done = {step_path(path) for path in passed(turn)}
    between = (turn.nodes[path] for path in order[here:there] if path not in done)
    return any(isinstance(node.step, Approve) and (node.step.compulsory or node.step.signature) for node in between)
