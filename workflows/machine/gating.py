"""挂起 and 恢复 of a tree of cases as acts on its root: who may do it, and that it stands in the root's history.

The gate itself is a row beside the case; the save that a decision leads to closes or opens it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.identifiers import mask_forbidden
from domain.texts import zh
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import role_principal

SUSPEND: Final = "suspend"
RESUME: Final = "resume"
GATE_VERBS: Final = frozenset({SUSPEND, RESUME})

_MAY_TURN: Final = role_principal("office_head", None)


def turn_gate(turn: Turn, act: Act) -> Refused | None:
    """Suspend or resume the tree, or say why not."""
    refusal = _check(turn, act)
    if refusal is None:
        gate = mask_forbidden(act.opinion) if act.verb == SUSPEND else None
        turn.head = replace(turn.head, gate=gate)
    return refusal


def _check(turn: Turn, act: Act) -> Refused | None:
    head = turn.head
    if _MAY_TURN not in act.principals:
        return Refused(403, "not_office_head", zh("只有联席会议办公室负责人可以挂起或恢复办件"))
    if head.root != head.id:
        return Refused(409, "not_root", zh("请对主办件挂起或恢复，子办件随主办件一起"))
    if act.verb == RESUME:
        return None if head.gate is not None else Refused(409, "not_suspended", zh("办件没有挂起"))
    if head.gate is not None:
        return Refused(409, "suspended", zh("办件已经挂起"))
    if not act.opinion:
        return Refused(422, "opinion_required", zh("请填写挂起原因"), field="opinion")
    return None
