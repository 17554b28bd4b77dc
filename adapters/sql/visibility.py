"""`workflows.policy.visible` in SQL: one expression, in every query that names a case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, exists, literal, select

from adapters.sql.tables import case_access, case_head
from workflows.policy import EveryCase, Viewer, visible


def may_see(viewer: Viewer) -> ColumnElement[bool]:
    """True for the rows of `case_head` that the viewer may see."""
    return _may_see(viewer, case_head.c.county, case_head.c.id)


def may_see_case_of(viewer: Viewer, table: FromClause) -> ColumnElement[bool]:
    """True for the rows of a table that belong to a case (its column `case`) that the viewer may see."""
    return _may_see(viewer, table.c.county, table.c.case)


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
