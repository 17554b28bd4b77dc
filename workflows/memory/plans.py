"""Plans on the memory store."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.machine.case import Plan
from workflows.memory.rows import PLANS
from workflows.memory.store import Transaction
from workflows.ports import Changes


def write(tx: Transaction, changes: Changes) -> None:
    """End first, then move, then plan: what is planned again in one go is there in its last form."""
    for case, name in changes.plans_ended:
        for plan in _of(tx, case, name):
            tx.drop(PLANS, plan.id)
    for case, name, due_at in changes.plans_moved:
        for plan in _of(tx, case, name):
            tx.put(PLANS, plan.id, plan.moved_to(due_at))
    for plan in changes.plans:
        tx.put(PLANS, plan.id, plan)


def hearing(tx: Transaction, pairs: Sequence[tuple[str, str]]) -> list[Plan]:
    """The plans that one of these events ends or moves, by id."""
    wanted = set(pairs)
    found = [one for _, one in tx.all(PLANS) if {(one.ends_on, one.key), (one.moves_on, one.key)} & wanted]
    for plan in found:
        tx.take_part(PLANS, plan.id)
    return sorted(found, key=lambda one: one.id)


def _of(tx: Transaction, case: str, name: str) -> list[Plan]:
    return [one for one in tx.where(PLANS, "case", case) if one.name == name]
