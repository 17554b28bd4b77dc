"""What an act would do: the machine's own decision, told in short and thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.language.words import Workflow
from workflows.machine.case import (
    JSON,
    Act,
    Decision,
    Ignored,
    ItemState,
    Quarantined,
    Refused,
    Slice,
    Wants,
    WantsBallots,
    WantsPast,
)
from workflows.machine.decide import decide
from workflows.machine.facts import Facts


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody would be asked: where, who, and by when."""

    path: str
    round: int
    kind: str
    who: tuple[str, ...]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an act would do. `refused` says why it may not be done; then all else is empty.

    `entered` are the steps that would be entered and stay live, `passed` those that would be left again at once,
    `cancelled` the items nobody could answer any more, `told` the notices as (template, to), `starts` the workflows of
    the sub-cases, `withdraws` how many sub-cases would go with it, `definition` the hash of the version that the case
    would be on.
    """

    refused: Refused | None = None
    state: str | None = None
    outcome: str | None = None
    entered: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    opened: tuple[Opened, ...] = ()
    cancelled: tuple[str, ...] = ()
    told: tuple[tuple[str, tuple[str, ...]], ...] = ()
    says: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    withdraws: int = 0
    fields: Mapping[str, JSON] | None = None
    definition: str | None = None


def consequences(definition: Workflow, slice_: Slice, act: Act, facts: Facts, now: datetime) -> Consequences:
    """What `act` would do to a case; nothing is done.

    Args:
        definition: the workflow that the case pinned.
        slice_: the whole live slice.
        act: what somebody may want.
        facts: the versions to decide on.
        now: aware UTC.

    Raises:
        ValueError: the slice is not whole, or the definition does not come to rest.
    """
    match decide(definition, slice_, act, facts, now):
        case Decision() as decision:
            return told(slice_, decision)
        case Refused() as refused:
            return Consequences(refused=refused)
        case Quarantined(why=why) | Ignored(why=why):
            raise ValueError(f"case {slice_.head.id}: {why}")
        case Wants() | WantsPast() | WantsBallots():
            raise ValueError(f"case {slice_.head.id}: a preview needs the whole slice, and opens no ballots")


def told(before: Slice, decision: Decision) -> Consequences:
    """A decision in short: `before` is the case as it was, or the part of it that was decided on."""
    delta, head = decision.entry.delta, decision.after.head
    left = {path for path, _, _ in delta.get("passed", ())}
    new = [one for one in decision.activations if (one.path, one.round) not in before.activations]
    notices = [effect.body for effect in decision.effects if effect.gateway == "notice"]
    return Consequences(
        state=head.state.value,
        outcome=head.outcome,
        entered=tuple(one.path for one in new),
        passed=tuple(sorted(left)),
        opened=tuple(_opened(decision)),
        cancelled=tuple(one.path for one in decision.items if one.state is ItemState.CANCELLED),
        told=tuple((str(body["template"]), tuple(body["to"])) for body in notices),
        says=tuple(one.type for one in decision.emitted),
        starts=tuple(one.workflow for one in decision.children),
        withdraws=sum(1 for _, signal in decision.signals if signal.sign == "parent_ended"),
        fields=dict(delta.get("fields", {})),
        definition=head.workflow_hash,
    )


def _opened(decision: Decision) -> list[Opened]:
    held: dict[str, list[str]] = {}
    for one in decision.holders_opened:
        held.setdefault(one.item, []).append(one.who)
    return [
        Opened(item.path, item.round, item.kind, tuple(held[item.id]), item.due_at)
        for item in decision.items
        if item.id in held and item.state is ItemState.OPEN
    ]
