"""What was made urgent, in a unit: by department and month, and whether it was lowered again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Executable, Text, bindparam, case, exists, func, select, update

from adapters.sql.columns import MOMENT
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.tables import raised, work_item
from adapters.sql.transaction import Transaction
from workflows.ports import Changes
from workflows.reads import RaisedTally


class SqlUrgencies:
    """`workflows.ports.urgencies.Urgencies` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def raised(self, departments: Collection[str], month: str) -> Mapping[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in self._tx.rows_of(_of_departments, [(one,) for one in sorted(departments)], month=month):
            found[row.department].add(row.case)
        return {department: frozenset(cases) for department, cases in found.items()}


def write(tx: Transaction, changes: Changes) -> None:
    """Note what was raised, for each month once, and that it was lowered again."""
    rows = [
        (one.month, one.department, one.case, one.counts, one.ground, one.most, tx.now, None) for one in changes.raised
    ]
    tx.insert_new(raised, rows)
    tx.run_of(_lower, [(case,) for case in sorted(set(changes.lowered))], now=tx.now)


def tallies(tx: Transaction, month: str) -> tuple[RaisedTally, ...]:
    """What was raised in a month, by department, ground and by whom."""
    return tuple(
        RaisedTally(row.department, row.ground, not row.counts, row.cases, row.lowered, row.late)
        for row in tx.rows(_figures, month=month, now=tx.now)
    )


def _figures(dialect: Dialect) -> Executable:
    by = (raised.c.department, raised.c.ground, raised.c.counts)
    closed = func.coalesce(work_item.c.closed_at, bindparam("now", type_=MOMENT))
    of_case = (work_item.c.county == raised.c.county, work_item.c.case == raised.c.case)
    late = exists().where(*of_case, work_item.c.due_at < closed)
    return (
        select(
            *by,
            func.count().label("cases"),
            _how_many(raised.c.lowered_at.is_not(None)).label("lowered"),
            _how_many(late).label("late"),
        )
        .where(raised.c.county == COUNTY, raised.c.month == bindparam("month", type_=Text))
        .group_by(*by)
        .order_by(*by)
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _of_departments(dialect: Dialect) -> Executable:
    given = dialect.given(raised.c.department)
    return (
        select(raised.c.department, raised.c.case)
        .join(given, same(raised, given, "department"))
        .where(raised.c.month == bindparam("month", type_=Text), raised.c.counts)
    )


def _lower(dialect: Dialect) -> Executable:
    given = dialect.given(raised.c.case)
    return (
        update(raised)
        .values(lowered_at=bindparam("now", type_=MOMENT))
        .where(same(raised, given, "case"), raised.c.lowered_at.is_(None))
    )
