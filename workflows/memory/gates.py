"""Trees of cases that stand still."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workflows.machine.case import Case, State
from workflows.memory.rows import CASES, GATES
from workflows.memory.store import Transaction
from workflows.ports import Gate


def close(tx: Transaction, root: str, by: str, reason: str) -> None:
    """Close the gate; a save of the tree that is under way and commits first, or second, makes one of the two fail."""
    for case in tree(tx, root):
        tx.take_part(CASES, case)
    tx.insert(GATES, root, Gate(root, by, reason, tx.now))


def open_(tx: Transaction, root: str) -> datetime | None:
    """Open the gate, where one stands."""
    standing = tx.get(GATES, root)
    if standing is None:
        return None
    tx.drop(GATES, root)
    return standing.since


def tree(tx: Transaction, root: str) -> tuple[str, ...]:
    """The running cases of the tree, by id."""
    return tuple(sorted(one.id for one in tx.where(CASES, "root", root) if one.state is State.RUNNING))


def gated(tx: Transaction, head: Case) -> Case:
    """The head with the reason why its tree stands still, if it does."""
    standing = tx.get(GATES, head.root)
    return head if standing is None else replace(head, gate=standing.reason)


def held(tx: Transaction) -> set[str]:
    """The cases of all trees that stand still."""
    return {head.id for root, _ in tx.all(GATES) for head in tx.where(CASES, "root", root)}
