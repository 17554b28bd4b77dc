"""What an act would do: the machine's own decision, told in short and thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.language.words import Workflow
from workflows.machine.case import JSON, ItemState, Slice, WorkItem
from workflows.machine.decide import decide
from workflows.machine.decision import Decision, Ignored, Quarantined, Refused, Wants, WantsBallots, WantsPast
from workflows.machine.facts import Facts
from workflows.machine.resolving import chooser_among
from workflows.machine.stimuli import Act


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody would be asked, at once or after others: where, who, by when, and who chose them (自选)."""

    path: str
    round: int
    kind: str
    who: tuple[str, ...]
    due_at: datetime | None
    chosen_by: str | None = None


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an act would do. `refused` says why it may not be done; then all else is empty.

    `entered` are the steps that would be entered and stay live, `passed` those that would be left again at once,
    `cancelled` the items nobody could answer any more, `kept` those that would still be asked, `superseded` the answers
    that would count no more and are asked for again, each by its step; `told` the notices as (template, to), `says` the
    events that would go out, those that undo another among them, `starts` the workflows of the sub-cases, `withdraws` how many sub-cases would go with it, `definition` the hash of the version that the case
    would be on, `attachments` the files that would go with it.
    """

    refused: Refused | None = None
    state: str | None = None
    outcome: str | None = None
    entered: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    opened: tuple[Opened, ...] = ()
    cancelled: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    told: tuple[tuple[str, tuple[str, ...]], ...] = ()
    says: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    withdraws: int = 0
    fields: Mapping[str, JSON] | None = None
    definition: str | None = None
    attachments: tuple[str, ...] = ()


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
        opened=tuple(_opened(decision, before)),
        cancelled=tuple(one.path for one in decision.items if _is_given_up(one, before)),
        kept=tuple(one.path for key, one in before.items.items() if key in decision.after.items),
        superseded=tuple(one.path for one in decision.items if _counts_no_more(one, before)),
        told=tuple((str(body["template"]), tuple(body["to"])) for body in notices),
        says=tuple(one.type for one in decision.emitted),
        starts=tuple(one.workflow for one in decision.children),
        withdraws=sum(1 for _, signal in decision.signals if signal.sign == "parent_ended"),
        fields=dict(delta.get("fields", {})),
        definition=head.workflow_hash,
        attachments=decision.attached,
    )


def _is_given_up(item: WorkItem, before: Slice) -> bool:
    """Whether an item is cancelled by this decision; one that was cancelled before may be marked as superseded now."""
    return item.state is ItemState.CANCELLED and not _counts_no_more(item, before)


def _counts_no_more(item: WorkItem, before: Slice) -> bool:
    return item.superseded is not None and item.id not in before.items


def _opened(decision: Decision, before: Slice) -> list[Opened]:
    held, rules = decision.after.holders, decision.entry.delta.get("rules", ())
    choosers = {(path, round_, seat): chooser_among(made_by) for path, round_, seat, *made_by in rules}
    return [
        Opened(
            path=item.path,
            round=item.round,
            kind=item.kind,
            who=tuple(one.who for one in held[item.id]),
            due_at=item.due_at,
            chosen_by=choosers.get((item.path, item.round, item.seat)),
        )
        for item in decision.items
        if held.get(item.id) and _is_asked_now(item, before.items.get(item.id))
    ]


def _is_asked_now(item: WorkItem, known: WorkItem | None) -> bool:
    """Whether an item is new, or was waiting for somebody else and is its holder's turn now."""
    return known is None or (item.state is ItemState.OPEN and known.state is not ItemState.OPEN)
