"""From decisions to rows: chains the history of each case and gathers what a batch writes. Pure but for the salt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.audit import GENESIS, canonical, commitment, entry_hash
from workflows.machine.case import JSON, Activation, Case, Holder, Plan, Subscription, Timer, WorkItem
from workflows.machine.decision import Decision, Entry
from workflows.ports import Changes, HistoryRow, Vault
from workflows.ports.attachments import Linked, Withdrawn


@dataclass(frozen=True, slots=True)
class Recorded:
    """The decisions of one case in this batch, chained: the version they leave and the head they reach."""

    expected: int
    head: Case
    decisions: tuple[Decision, ...]
    history: tuple[HistoryRow, ...]


def record(before: Case, decisions: Sequence[Decision], vault: Vault) -> Recorded:
    """Chain the entries of a case's decisions onto its last hash."""
    history: list[HistoryRow] = []
    prev = before.prev_hash or GENESIS
    for decision in decisions:
        row = chain(decision.entry, before.workflow_hash, prev, vault)
        history.append(row)
        prev = row.hash
    head = replace(decisions[-1].after.head, prev_hash=prev)
    return Recorded(expected=before.version, head=head, decisions=tuple(decisions), history=tuple(history))


def chain(entry: Entry, definition: str, prev: str, vault: Vault) -> HistoryRow:
    """One history row: its body is the base record, the delta and the commitment to the personal part."""
    salt = vault.salt(entry.case, entry.seq) if entry.personal else None
    sealed = commitment(salt.encode(), canonical(dict(entry.personal))) if salt is not None else None
    body = body_of(entry, definition, sealed)
    return HistoryRow(
        case=entry.case,
        seq=entry.seq,
        at=entry.at,
        body=body,
        commitment=sealed,
        personal=entry.personal,
        salt=salt,
        prev_hash=prev,
        hash=entry_hash(prev, canonical(body)),
    )


def body_of(entry: Entry, definition: str, sealed: str | None) -> dict[str, JSON]:
    """The body that is hashed: what happened, by whom, on which facts, and what it changed."""
    body: dict[str, JSON] = {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "what": entry.what,
        "actor": entry.actor,
        "principal": entry.principal,
        "authority": entry.authority,
        "department": entry.department,
        "post": entry.post,
        "item": entry.item,
        "path": entry.path,
        "round": entry.round,
        "key": entry.key,
        "reason": entry.reason,
        "facts": dict(entry.facts),
        "definition": definition,
        "commitment": sealed,
        "delta": dict(entry.delta),
    }
    return {name: value for name, value in body.items() if value is not None}


def gather(won: Iterable[Recorded]) -> Changes:
    """One list of rows per table; what a batch opens and closes again leaves only its last form."""
    changes = Changes()
    for recorded in won:
        _gather_case(changes, recorded)
    return changes


def _gather_case(changes: Changes, recorded: Recorded) -> None:
    activations: dict[tuple[str, int], Activation] = {}
    items: dict[str, WorkItem] = {}
    holders: list[Holder] = []
    timers: dict[str, Timer] = {}
    subscriptions: list[Subscription] = []
    plans: list[Plan] = []
    for decision in recorded.decisions:
        activations.update({(one.path, one.round): one for one in decision.activations})
        items.update({one.id: one for one in decision.items})
        let_go = (*decision.items_closed, *decision.items_reheld)
        holders = [one for one in holders if one.item not in let_go] + list(decision.holders_opened)
        changes.items_closed.extend(let_go)
        timers.update({one.id: one for one in decision.timers_set})
        for cleared in decision.timers_cleared:
            timers.pop(cleared, None)
        changes.timers_cleared.extend(decision.timers_cleared)
        subscriptions = [one for one in subscriptions if one not in decision.subscriptions_closed]
        subscriptions.extend(decision.subscriptions_opened)
        changes.subscriptions_closed.extend(decision.subscriptions_closed)
        changes.effects.extend(decision.effects)
        plans = _replanned(plans, decision) + list(decision.plans)
        changes.plans_ended.extend((recorded.head.id, name) for name in decision.plans_ended)
        changes.plans_moved.extend((recorded.head.id, name, due_at) for name, due_at in decision.plans_moved)
        changes.serials.extend(decision.serials)
        changes.ballots.extend(decision.ballots)
        changes.raised.extend(decision.raised)
        changes.lowered.extend([recorded.head.id] if decision.lowered else [])
        changes.access.extend(decision.access)
        changes.access_ended.extend(decision.access_ended)
        entry = decision.entry
        changes.attachments_linked.extend(Linked(one, entry.seq, entry.item, entry.at) for one in decision.attached)
        changes.attachments_withdrawn.extend(Withdrawn(one, entry.actor, entry.at) for one in decision.detached)
    changes.plans.extend(plans)
    changes.activations.extend(activations.values())
    changes.items.extend(items.values())
    changes.holders_opened.extend(holders)
    changes.timers_set.extend(timers.values())
    changes.subscriptions_opened.extend(subscriptions)
    changes.history.extend(recorded.history)


def _replanned(plans: list[Plan], decision: Decision) -> list[Plan]:
    """Plans of the same batch, as a later decision of it left them."""
    kept = [one for one in plans if one.name not in decision.plans_ended]
    moved = dict(decision.plans_moved)
    return [one.moved_to(moved[one.name]) if one.name in moved else one for one in kept]
