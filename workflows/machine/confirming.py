"""What one person alone may not do: it is proposed, and done when a second person agrees.

A jump over a compulsory step and voiding what was approved wait here, as an item for the meeting's office or its
convenor. Whoever proposed it cannot agree to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from domain.identifiers import derived_id
from domain.texts import zh
from workflows.machine.case import ActivationState, Capacity, ItemState, WorkItem
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import role_principal

CONFIRM: Final = "confirm"
"""The kind of the item, and the path it stands at ("confirm#5": proposed in the fifth entry of the history)."""

PROPOSAL_VERBS: Final = ("agree", "reject")
"""The answers to a proposal."""

ON_PROPOSALS: Final = (*PROPOSAL_VERBS, "open")
"""What may be done to a proposal: it is no step of the workflow, so nobody hands it on or adds signers to it."""

SECOND_PERSONS: Final = (role_principal("office_head", None), role_principal("convenor", None))


def is_proposal(path: str) -> bool:
    """Whether an activation is a proposal, and no step of the workflow."""
    return path.startswith(f"{CONFIRM}#")


def propose(turn: Turn, act: Act) -> None:
    """Ask a second person."""
    path = f"{CONFIRM}#{turn.head.seq + 1}"
    opened = turn.activate(path, None, n=1)
    turn.give(path, {"verb": act.verb, "fields": dict(act.fields), "by": act.actor})
    item = WorkItem(
        id=derived_id("item", turn.head.id, path, opened.round, 0),
        case=turn.head.id,
        path=path,
        round=opened.round,
        seat=0,
        kind=CONFIRM,
        state=ItemState.OPEN,
        version=1,
        opened_at=turn.now,
        yellow_at=None,
        due_at=None,
        due_rule="",
        paused_at=None,
        roster=turn.facts.roster.version,
        form=None,
        pick="any",
    )
    turn.open_item(item, [(who, Capacity.CANDIDATE) for who in SECOND_PERSONS])
    turn.said["proposed"] = [act.verb, path]


def proposal_of(turn: Turn, item: WorkItem) -> dict[str, Any]:
    """What was proposed: verb, fields, by."""
    return dict(turn.live[item.path].values)


def refuse_second(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Refuse who proposed it."""
    if proposal_of(turn, item)["by"] == act.actor:
        return Refused(403, "same_person", zh("提出人不能自己确认：请由另一人确认"))
    return None


def close_proposal(turn: Turn, act: Act, item: WorkItem) -> None:
    """The second person has answered."""
    state = ItemState.APPROVED if act.verb == "agree" else ItemState.REJECTED
    turn.close_item(replace(item), state, act.actor)
    turn.close(item.path, ActivationState.DONE)
