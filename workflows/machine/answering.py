"""What people do to a case: every act is checked first, then carried out; a refused one changes nothing.

Here are the answers that an item itself asks for; `ITEM_DEEDS` and `CASE_DEEDS` name the file of every other verb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from domain.clocks import from_text
from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Returns, ToApplicant, Vote
from workflows.machine.again import put_and_note
from workflows.machine.asking import answer_supplement, open_supplement
from workflows.machine.attaching import DETACH, attach, detach
from workflows.machine.balloting import CHOICE, count_ballot
from workflows.machine.case import JSON, UNDER_WAY, Activation, ItemState, WorkItem
from workflows.machine.casework import jump, jump_confirmed, reopen, revoke, terminate, void, void_confirmed, withdraw
from workflows.machine.comment import COMMENT, CORRECT, RETRACT
from workflows.machine.commenting import comment, correct, retract
from workflows.machine.confirming import CONFIRM, ON_PROPOSALS, close_proposal, proposal_of, refuse_second
from workflows.machine.content import content_of
from workflows.machine.copying import copy_to, end_copy, read_copy
from workflows.machine.decision import Refused
from workflows.machine.filling import BadForm, filled, refuse_form
from workflows.machine.gating import RESUME, SUSPEND, turn_gate
from workflows.machine.handing import claim, delegate, give_advice, note_opened, transfer, unclaim
from workflows.machine.hearing import Values
from workflows.machine.nodes import CASE
from workflows.machine.operations import BALLOTS, TO_APPLICANT
from workflows.machine.returning import take_back, wanted_return
from workflows.machine.rewind import rewind
from workflows.machine.rights import note_right, refuse_closed_turn, refuse_stranger, refuse_words
from workflows.machine.settling import cancel_peers, count_answer
from workflows.machine.signers import ADDED, add_signers, hold_back, remove_signer, signer_answered
from workflows.machine.signing import refuse_signature, sign
from workflows.machine.standingback import recuse
from workflows.machine.stimuli import Act
from workflows.machine.telling import urge
from workflows.machine.turn import Turn
from workflows.machine.urgency import set_urgency

VERBS_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "approve": ("agree", "reject", "return", "abstain"),
    "vote": ("agree", "reject", "abstain", "cast"),
    "carry_out": ("complete",),
    "supplement": ("complete",),
    "advice": (),
}
CLOSED_AS: Final[Mapping[str, ItemState]] = {
    "agree": ItemState.APPROVED,
    "reject": ItemState.REJECTED,
    "return": ItemState.RETURNED,
    "complete": ItemState.COMPLETED,
    "abstain": ItemState.ABSTAINED,
    "cast": ItemState.COMPLETED,
}


def answer(turn: Turn, act: Act) -> Refused | None:
    """Carry out an act on the case, or say why not; a refused act changes nothing."""
    deed = ITEM_DEEDS.get(act.verb) if act.item is not None else CASE_DEEDS.get(act.verb)
    if deed is None:
        return Refused(422, "unknown_verb", zh("该环节没有这一操作"), field="verb")
    # Files last: who comes too late, or has no right, is told that and not what is wrong with a file.
    return _refuse_by_state(turn, act) or refuse_words(act) or deed(turn, act) or attach(turn, act)


def _refuse_by_state(turn: Turn, act: Act) -> Refused | None:
    """What the state of the case refuses, whoever asks."""
    proposed = any(one.id == act.item and one.kind == CONFIRM for one in turn.items.values())
    if proposed and act.verb not in ON_PROPOSALS:
        return Refused(409, "verb_not_offered", zh("提请确认的事项只能同意或不同意"), field="verb")
    if turn.head.state not in UNDER_WAY and act.verb not in AFTER_THE_END and not proposed:
        return Refused(409, "case_ended", zh("办件已办结，不能再办理"), at=turn.head.last_at)
    if turn.head.gate is not None and act.verb not in WHILE_SUSPENDED:
        return Refused(409, "suspended", zh("办件已挂起，恢复办理后才能办理"))
    if act.item is None and act.seen is not None and act.seen != turn.head.version:
        return Refused(409, "stale_version", zh("办件已有更新，请刷新后再办理"), at=turn.head.last_at, field="version")
    if not _is_open(turn, act.verb):
        return Refused(409, "not_now", zh("办件已过可以这样办理的环节"), field="verb")
    return None


def _decide(turn: Turn, act: Act) -> Refused | None:
    """Give one's own answer to an item: agree, reject, abstain, complete, return to the applicant."""
    item = turn.items.get(act.item or "")
    if item is None:
        return Refused(409, "item_closed", zh("待办已由他人办结或已取消"))
    if item.kind == CONFIRM:
        return _confirm(turn, act, item)
    refusal = refuse_stranger(turn, act, item) or refuse_closed_turn(act, item) or _check_verb(turn, act, item)
    if refusal is not None:
        return refusal
    if act.verb == "return" and (policy := _goes_to_a_step(turn, act, item)) is not None:
        return _return_to_step(turn, act, item, policy)
    if act.verb == "return" and not _may_ask(turn.human_step(item.path), item):
        return _not_offered(turn.human_step(item.path), act)
    try:
        values = filled(turn, act, item)
    except BadForm as bad:
        return Refused(422, bad.code, bad.message, field=bad.field)
    note_right(turn, act, item)
    _carry_out(turn, act, item, values)
    return sign(turn, act, item)


def _confirm(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Answer a proposal; what was proposed is done when a second person agrees, if it still can be."""
    refusal = refuse_stranger(turn, act, item) or refuse_second(turn, act, item) or refuse_form(turn, act, item)
    refusal = refusal or refuse_signature(turn, act, item)
    if refusal is not None:
        return refusal
    proposal = proposal_of(turn, item)
    note_right(turn, act, item)
    close_proposal(turn, act, item)
    if act.verb == "reject":
        return None
    return CONFIRMED[proposal["verb"]](turn, proposal["fields"])


def _goes_to_a_step(turn: Turn, act: Act, item: WorkItem) -> Returns | None:
    """The policy under which a return goes to a step; None where it goes to the applicant."""
    step = turn.human_step(item.path)
    policy = step.returns if isinstance(step, Approve) else None
    to_applicant = act.fields.get("to") == TO_APPLICANT or (act.fields.get("to") is None and _may_ask(step, item))
    return None if to_applicant else policy


def _may_ask(step: object, item: WorkItem) -> bool:
    terms = step.on_return if isinstance(step, Approve) else None
    return terms is not None and not (terms.once and item.asked)


def _return_to_step(turn: Turn, act: Act, item: WorkItem, policy: Returns) -> Refused | None:
    wanted = refuse_form(turn, act, item) or wanted_return(turn, act, item, policy)
    if isinstance(wanted, Refused):
        return wanted
    note_right(turn, act, item)
    turn.close_item(replace(item, content=content_of(turn.definition, turn.head)), ItemState.RETURNED, act.actor)
    cancel_peers(turn, item.path, act.actor)
    rewind(turn, wanted)
    return None


def verbs_offered(step: Approve | CarryOut | Vote | ToApplicant, item: WorkItem) -> tuple[str, ...]:
    """The verbs that a step offers for an item: a return only where it is allowed (once, if so defined)."""
    if isinstance(step, Vote):
        return ("cast",) if step.secret else ("agree", "reject", "abstain")
    if not isinstance(step, Approve):
        return ("complete",)
    again = _may_ask(step, item) or step.returns is not None
    verbs = ("agree", "reject", "return") if again else ("agree", "reject")
    return verbs if step.abstains == "no" else (*verbs, "abstain")


def _is_open(turn: Turn, verb: str) -> bool:
    """Whether the milestones of the definition let a verb be used where the case stands."""
    guards = [one for one in turn.definition.guards if one.verb == verb]
    live = {part.split("#")[0] for path in turn.live for part in path.split("/")}
    if all(not live.isdisjoint(one.while_in) for one in guards):
        return True
    turn.reach(CASE)
    return False


# -- checks ------------------------------------------------------------------------------------------------


def _check_verb(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    step = turn.human_step(item.path)
    if not isinstance(step, Approve | CarryOut | Vote | ToApplicant) or act.verb not in VERBS_OF_KIND[item.kind]:
        return Refused(422, "unknown_verb", zh("该环节没有这一操作"), field="verb")
    if isinstance(step, Vote) and act.verb not in verbs_offered(step, item):
        return Refused(
            409, "verb_not_offered", zh("记名票决须表明同意、不同意或弃权，无记名票决只能投票"), field="verb"
        )
    if act.verb == "cast":
        return _check_ballot(act)
    if act.verb not in verbs_offered(step, item):
        return _not_offered(step, act)
    if act.batch is not None and isinstance(step, Approve) and (step.singly or step.signature):
        return Refused(409, "singly", zh("本环节须逐件办理，不能批量办理"))
    if (unsigned := refuse_signature(turn, act, item)) is not None:
        return unsigned
    if not isinstance(step, Vote) and act.verb in ("reject", "return") and not (act.opinion or act.reason):
        return Refused(422, "opinion_required", zh("请填写意见或选择原因"), field="opinion")
    return _check_reason(act, step.reasons if isinstance(step, Approve) else ())


def _not_offered(step: object, act: Act) -> Refused:
    if act.verb == "return" and isinstance(step, Approve) and step.on_return is not None:
        return Refused(409, "asked_once", zh("本轮不能退回：补正只能要求一次"), field="verb")
    return Refused(409, "verb_not_offered", zh("本环节没有这一操作"), field="verb")


def _check_ballot(act: Act) -> Refused | None:
    """A secret ballot says one of three things, and no words go with it: they would tell what was voted."""
    if act.fields.get(CHOICE) not in BALLOTS:
        return Refused(422, "choice_required", zh("请选择同意、不同意或弃权"), field=CHOICE)
    if act.opinion or act.reason:
        return Refused(422, "secret", zh("无记名投票不能附意见"), field="opinion")
    return None


def _check_reason(act: Act, reasons: tuple[str, ...]) -> Refused | None:
    """A reason is a code of the step's closed list: it stands in plain sight, words about a person are an opinion."""
    missing = act.reason is None and act.verb == "reject" and reasons
    if missing or (act.reason is not None and act.reason not in reasons):
        return Refused(422, "unknown_reason", zh("请从规定的原因中选择"), field="reason")
    return None


# -- deeds -------------------------------------------------------------------------------------------------


def _carry_out(turn: Turn, act: Act, item: WorkItem, values: Values) -> None:
    turn.close_item(replace(item, content=content_of(turn.definition, turn.head)), CLOSED_AS[act.verb], act.actor)
    put_and_note(turn, *values, item)
    if act.reason is not None:
        turn.put({"reason": act.reason}, {}, item.path)
    if item.kind == "supplement":
        answer_supplement(turn, item.path)
        return
    activation, step = turn.live[item.path], turn.human_step(item.path)
    if isinstance(step, Vote):
        count_ballot(turn, activation, step, item, act)
    elif act.verb == "return":
        _return_to_applicant(turn, activation, act)
    elif item.link in ADDED and isinstance(step, Approve | CarryOut):
        signer_answered(turn, item, step, act)
    elif isinstance(step, Approve | CarryOut) and not (act.verb in {"agree", "complete"} and hold_back(turn, item)):
        count_answer(turn, activation, step, item, act)


def _return_to_applicant(turn: Turn, activation: Activation, act: Act) -> None:
    step = turn.human_step(activation.path)
    if not isinstance(step, Approve) or step.on_return is None:
        message = f"step '{activation.path}' has no return to the applicant"
        raise LookupError(message)
    cancel_peers(turn, activation.path, act.actor)
    clock = from_text(turn.items_changed[act.item or ""].due_rule)
    open_supplement(turn, activation.path, step.on_return, clock, act.actor)


Deed = Callable[[Turn, Act], Refused | None]

ITEM_DEEDS: Final[Mapping[str, Deed]] = {
    "agree": _decide,
    "reject": _decide,
    "return": _decide,
    "abstain": _decide,
    "cast": _decide,
    "complete": _decide,
    "take-back": take_back,
    "transfer": transfer,
    "delegate": delegate,
    "answer": give_advice,
    "claim": claim,
    "unclaim": unclaim,
    "open": note_opened,
    "recuse": recuse,
    "add-signers": add_signers,
    "remove-signer": remove_signer,
}
"""What is done to an item, by verb."""

CASE_DEEDS: Final[Mapping[str, Deed]] = {
    "withdraw": withdraw,
    "revoke": revoke,
    "reopen": reopen,
    "terminate": terminate,
    "void": void,
    "jump": jump,
    "urge": urge,
    "set-urgency": set_urgency,
    "copy": copy_to,
    "read": read_copy,
    "uncopy": end_copy,
    COMMENT: comment,
    CORRECT: correct,
    RETRACT: retract,
    DETACH: detach,
    SUSPEND: turn_gate,
    RESUME: turn_gate,
}
"""What is done to a case, by verb."""

CONFIRMED: Final[Mapping[str, Callable[[Turn, Mapping[str, JSON]], Refused | None]]] = {
    "void": lambda turn, _fields: void_confirmed(turn),
    "jump": lambda turn, fields: jump_confirmed(turn, str(fields["to"])),
}
"""What is done when a second person agrees to it."""

_BESIDE: Final = frozenset({"copy", "read", "uncopy", COMMENT, CORRECT, RETRACT, DETACH})
"""Verbs that move nothing, wherever the case stands."""

AFTER_THE_END: Final = frozenset({"revoke", "reopen", "void"}) | _BESIDE
"""Verbs that are for cases that have ended."""

WHILE_SUSPENDED: Final = frozenset({SUSPEND, RESUME}) | _BESIDE
"""Verbs that may be used while the tree stands still."""
