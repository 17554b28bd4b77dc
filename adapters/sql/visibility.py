"""`workflows.policy.visible` in SQL: one expression, in every query that names a case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Executable, FromClause, and_, exists, literal, select

from adapters.sql.dialects import Dialect, same
from adapters.sql.tables import case_access, case_head
from adapters.sql.transaction import Transaction
from workflows.policy import EveryCase, Viewer, visible


def may_see(viewer: Viewer) -> ColumnElement[bool]:
    """True for the rows of `case_head` that the viewer may see."""
    return _may_see(viewer, case_head.c.county, case_head.c.id)


def may_see_case_of(viewer: Viewer, table: FromClause) -> ColumnElement[bool]:
    """True for the rows of a table that belong to a case (its column `case`) that the viewer may see."""
    return _may_see(viewer, table.c.county, table.c.case)


def audiences(tx: Transaction, cases: Sequence[str]) -> dict[str, frozenset[str]]:
    """The principals that each of these cases is shared with."""
    found: dict[str, set[str]] = {case: set() for case in cases}
    for row in tx.rows_of(_audiences, [(case,) for case in cases]):
        found[row.case].add(row.who)
    return {case: frozenset(who) for case, who in found.items()}


def _audiences(dialect: Dialect) -> Executable:
    given = dialect.given(case_access.c.case)
    return select(case_access.c.case, case_access.c.who).join(given, same(case_access, given, "case"))


def _may_see(viewer: Viewer, county: ColumnElement[str], case: ColumnElement[str]) -> ColumnElement[bool]:
    expression = visible(viewer)
    in_county = county == expression.county
    if isinstance(expression, EveryCase):
        return in_county
    shared = exists(
        select(literal(1)).where(
            case_access.c.county == county,
            case_access.c.case == case,
            case_access.c.who.in_(sorted(expression.principals)),
        )
    )
    return and_(in_county, shared)
