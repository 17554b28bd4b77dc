"""Trees of cases that stand still, in a unit; and heads of cases as everybody reads them, with their gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
)

from adapters.sql.dialects import COUNTY, Dialect
from adapters.sql.tables import case_head, gate
from adapters.sql.transaction import Transaction
from workflows.machine.case import State
from workflows.ports import Gate

_why = (
    select(gate.c.reason)
    .where(gate.c.county == case_head.c.county, gate.c.root == case_head.c.root)
    .scalar_subquery()
    .label("gate")
)
HEAD = (*case_head.columns, _why)
"""The columns of a head, and the reason of the gate that holds its tree."""


def stands_still(head: FromClause) -> ColumnElement[bool]:
    """True where a gate holds the tree of the case of this head."""
    return exists(select(literal(1)).where(gate.c.county == head.c.county, gate.c.root == head.c.root))


def suspended() -> Select[Any]:
    """(county, case) of every case whose tree a gate holds; where none stands, nothing is looked up."""
    tree = and_(case_head.c.county == gate.c.county, case_head.c.root == gate.c.root)
    return select(case_head.c.county, case_head.c.id).select_from(gate).join(case_head, tree)


def close(tx: Transaction, root: str, by: str, reason: str) -> None:
    """Locks the heads of the tree: a save of one of them has committed by then, or looks at the gate afterwards.

    A save that was waited for may have started more of the tree, so it is looked at again until nothing is new.
    """
    locked: list[str] = []
    while (found := _running(tx, _locked_tree, root)) != locked:
        locked = found
    tx.insert(gate, [(root, by, reason, tx.now)])


def open_(tx: Transaction, root: str) -> datetime | None:
    for row in tx.rows(_open, root=root):
        since: datetime = row.since
        return since
    return None


def _open(dialect: Dialect) -> Executable:
    return delete(gate).where(gate.c.county == COUNTY, gate.c.root == bindparam("root")).returning(gate.c.since)


def gate_of(tx: Transaction, root: str) -> Gate | None:
    for row in tx.rows(_standing, root=root):
        return Gate(row.root, row.by, row.reason, row.since)
    return None


def _standing(dialect: Dialect) -> Executable:
    return select(gate).where(gate.c.county == COUNTY, gate.c.root == bindparam("root"))


def tree(tx: Transaction, root: str) -> tuple[str, ...]:
    return tuple(_running(tx, _tree, root))


def _running(tx: Transaction, build: Any, root: str) -> list[str]:
    return [row.id for row in tx.rows(build, root=root) if row.state == State.RUNNING]


def _tree(dialect: Dialect) -> Any:
    """By two indexes: few cases were called, and all others are their own root."""
    root: ColumnElement[str] = bindparam("root", type_=Text)
    called = and_(case_head.c.root == root, case_head.c.parent_case.is_not(None))
    members = select(case_head.c.id, case_head.c.state).where(
        case_head.c.county == COUNTY, or_(case_head.c.id == root, called)
    )
    return members.order_by(case_head.c.id)


def _locked_tree(dialect: Dialect) -> Executable:
    locked: Executable = _tree(dialect).with_for_update(key_share=True, of=case_head)
    return locked
