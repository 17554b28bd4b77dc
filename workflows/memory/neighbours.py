"""What a page says of the cases around one: which of its sub-cases run, and how many stand before it in a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflows.machine.case import Activation, Case, State
from workflows.memory.rows import CASES, CLAIMS
from workflows.memory.store import Transaction


def open_cases(tx: Transaction, head: Case) -> tuple[str, ...]:
    """The sub-cases of a case that have not ended, by id."""
    tree = tx.where(CASES, "root", head.root)
    called = (one for one in tree if one.parent is not None and one.parent[0] == head.id)
    return tuple(sorted(one.id for one in called if one.state is State.RUNNING))


def places(tx: Transaction, case: str, activations: Iterable[Activation]) -> Mapping[str, int]:
    """How many stand before each step of a case that stands in a line, by its path; 0 has the resource."""
    lines = sorted({str(one.values["resource"]) for one in activations if "resource" in one.values})
    found: dict[str, int] = {}
    for resource in lines:
        queue = sorted(tx.where(CLAIMS, "resource", resource), key=lambda one: one.no)
        found |= {one.claim.path: number for number, one in enumerate(queue) if one.claim.case == case}
    return dict(sorted(found.items()))
