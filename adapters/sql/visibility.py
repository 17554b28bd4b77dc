"""`workflows.policy.visible` in SQL: one expression, in every query that names a case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, literal, select

from adapters.sql.tables import case_access, case_head
from workflows.policy import EveryCase, Viewer, visible


def may_see(viewer: Viewer) -> ColumnElement[bool]:
    """True for the rows of `case_head` that the viewer may see."""
    expression = visible(viewer)
    in_county = case_head.c.county == expression.county
    if isinstance(expression, EveryCase):
        return in_county
    shared = exists(
        select(literal(1)).where(
            case_access.c.county == case_head.c.county,
            case_access.c.case == case_head.c.id,
            case_access.c.who.in_(sorted(expression.principals)),
        )
    )
    return and_(in_county, shared)
