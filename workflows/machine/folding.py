"""The state of a case rebuilt from its history: a fold of deltas, never a re-decision.

An audit compares it with the tables, and a restored or doubted case is read from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from workflows.machine.attaching import NAMED
from workflows.machine.case import JSON, Slice
from workflows.machine.concluding import as_json, standing_of
from workflows.machine.turn import sorted_subscriptions

Row = Mapping[str, JSON]

_OF_THE_ENTRY: Final = frozenset({"opinion", NAMED})
"""What is personal in an entry and no field of the case."""
K = TypeVar("K")


@dataclass(slots=True)
class Folded:
    """What the deltas add up to. Rows are in their JSON form (`machine.concluding.as_json`); only live ones are kept."""

    state: str = "running"
    outcome: str | None = None
    seq: int = 0
    standing: Mapping[str, JSON] = field(default_factory=dict)
    fields: dict[str, JSON] = field(default_factory=dict)
    personal: set[str] = field(default_factory=set)
    activations: dict[tuple[str, int], Row] = field(default_factory=dict)
    items: dict[str, Row] = field(default_factory=dict)
    holders: dict[tuple[str, str], Row] = field(default_factory=dict)
    timers: dict[str, Row] = field(default_factory=dict)
    subscriptions: dict[tuple[str, int, str, str], Row] = field(default_factory=dict)


def fold(bodies: Iterable[Mapping[str, JSON]]) -> Folded:
    """Fold the bodies of a case's history entries, oldest first.

    Raises:
        ValueError: an entry is missing or out of order.
    """
    folded = Folded()
    for body in bodies:
        if body["seq"] != folded.seq + 1:
            message = f"history entry {body['seq']} follows entry {folded.seq}: one is missing or out of order"
            raise ValueError(message)
        folded.seq = body["seq"]
        _apply(folded, body["delta"])
    return folded


def as_folded(live: Slice) -> Folded:
    """A live slice in the form of a fold, for comparison; what assign narrowed is not part of history."""
    return Folded(
        state=live.head.state.value,
        outcome=live.head.outcome,
        seq=live.head.seq,
        standing=standing_of(live.head),
        fields=dict(live.head.fields),
        personal=set(live.head.personal),
        activations={address: as_json(one) for address, one in live.activations.items()},
        items={key: as_json(one) for key, one in live.items.items()},
        holders={(one.item, one.who): as_json(one) for held in live.holders.values() for one in held},
        timers={key: as_json(one) for key, one in live.timers.items()},
        subscriptions={
            (one.path, one.round, one.type, one.key): as_json(one) for one in sorted_subscriptions(live.subscriptions)
        },
    )


def _standing(said: Mapping[str, JSON]) -> dict[str, JSON]:
    """How a case stands; one that stands as it began is said to be in its first round."""
    return {name: one for name, one in said.items() if (name, one) != ("round", 1)}


def _apply(folded: Folded, delta: Mapping[str, JSON]) -> None:
    folded.fields.update(delta.get("fields", {}))
    if delta.get("erases") or delta.get("forgets"):
        folded.personal.clear()
    folded.personal.update(name for name in delta.get("personal", ()) if name not in _OF_THE_ENTRY)
    if "state" in delta:
        folded.state, folded.outcome = delta["state"]
    folded.standing = _standing(delta.get("standing", folded.standing))
    for row in delta.get("activations", ()):
        _keep(folded.activations, (row["path"], row["round"]), row, live=row["state"] == "live")
    for row in delta.get("items", ()):
        _keep(folded.items, row["id"], row, live="closed_at" not in row)
    reheld = set(delta.get("reheld", ()))
    folded.holders = {address: row for address, row in folded.holders.items() if address[0] not in reheld}
    for row in delta.get("holders", ()):
        folded.holders[row["item"], row["who"]] = row
    folded.holders = {address: row for address, row in folded.holders.items() if address[0] in folded.items}
    for row in delta.get("timers", ()):
        folded.timers[row["id"]] = row
    for timer in delta.get("cleared", ()):
        folded.timers.pop(timer, None)
    for row in delta.get("subscriptions", ()):
        folded.subscriptions[_address(row)] = row
    for row in delta.get("unsubscribed", ()):
        folded.subscriptions.pop(_address(row), None)
    # A timer that fell due may find its step closed or led on while it still waits in the inbox: no delta clears it.
    folded.timers = {key: row for key, row in folded.timers.items() if _is_asking(folded, row)}


def _is_asking(folded: Folded, timer: Row) -> bool:
    live = (timer["path"], timer["round"]) in folded.activations
    return live and not any(path.startswith(f"{timer['path']}/") for path, _ in folded.activations)


def _keep(rows: dict[K, Row], address: K, row: Row, *, live: bool) -> None:
    if live:
        rows[address] = row
    else:
        rows.pop(address, None)


def _address(row: Row) -> tuple[str, int, str, str]:
    return row["path"], row["round"], row["type"], row["key"]
