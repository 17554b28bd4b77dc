"""Resources that steps of several cases share: a queue for each, whose first has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflows.machine.decision import Claim
from workflows.memory.rows import CLAIMS, CORRELATIONS, Queued
from workflows.memory.store import Transaction


def claim(tx: Transaction, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
    """Take the releases out, put the claims at the end; returns who came to stand first."""
    resources = sorted({one.resource for one in (*claims, *releases)})
    for resource in resources:
        tx.take_part(CORRELATIONS, ("resource", resource))
    before = _first(tx, resources)
    for one in releases:
        if tx.get(CLAIMS, _key(one)) is not None:
            tx.drop(CLAIMS, _key(one))
    for one in claims:
        if tx.get(CLAIMS, _key(one)) is None:
            tx.put(CLAIMS, _key(one), Queued(tx.next_number("claim"), one))
    after = _first(tx, resources)
    return [one.claim for resource, one in after.items() if before.get(resource) != one]


def _first(tx: Transaction, resources: Iterable[str]) -> dict[str, Queued]:
    queues = {resource: tx.where(CLAIMS, "resource", resource) for resource in resources}
    return {resource: min(queue, key=lambda one: one.no) for resource, queue in queues.items() if queue}


def _key(one: Claim) -> tuple[str, str, str]:
    return one.resource, one.case, one.path
