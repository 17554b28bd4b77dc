"""What a page says of the cases around one: which of its sub-cases run, and how many stand before it in a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, func, select

from adapters.sql.tables import case_head, claim
from adapters.sql.transaction import Transaction
from workflows.machine.case import Activation, Case, State

_ahead = claim.alias("ahead")


def open_cases(tx: Transaction, head: Case) -> tuple[str, ...]:
    """The sub-cases of a case that have not ended, by id."""
    called = and_(case_head.c.root == head.root, case_head.c.parent_case.is_not(None))
    running = and_(case_head.c.parent_case == head.id, case_head.c.state == State.RUNNING.value)
    query = select(case_head.c.id).where(case_head.c.county == tx.county, called, running).order_by(case_head.c.id)
    return tuple(tx.connection.execute(query).scalars())


def places(tx: Transaction, case: str, activations: Iterable[Activation]) -> Mapping[str, int]:
    """How many stand before each step of a case that stands in a line, by its path; 0 has the resource."""
    lines = sorted({str(one.values["resource"]) for one in activations if "resource" in one.values})
    if not lines:
        return {}
    before = and_(_ahead.c.county == claim.c.county, _ahead.c.resource == claim.c.resource, _ahead.c.no < claim.c.no)
    query = (
        select(claim.c.path, func.count(_ahead.c.no).label("before"))
        .select_from(claim.outerjoin(_ahead, before))
        .where(claim.c.county == tx.county, claim.c.resource.in_(lines), claim.c.case == case)
        .group_by(claim.c.path)
        .order_by(claim.c.path)
    )
    return {row.path: row.before for row in tx.connection.execute(query)}
