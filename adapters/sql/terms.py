"""The terms that run: open due dates with the rules they were counted by."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, select

from adapters.sql.columns import loads
from adapters.sql.tables import activation, case_head, work_item
from adapters.sql.transaction import Transaction
from workflows.machine.case import UNDER_WAY, ActivationState
from workflows.machine.timekeeping import CLOCK, kept_term
from workflows.reads import OpenTerm


def open_terms(tx: Transaction) -> tuple[OpenTerm, ...]:
    """Every open due date that a rule counts: those of items, and those of waits and notices."""
    return (*_of_items(tx), *_of_steps(tx))


def _of_items(tx: Transaction) -> Iterator[OpenTerm]:
    case = and_(case_head.c.county == work_item.c.county, case_head.c.id == work_item.c.case)
    query = (
        select(case_head.c.workflow, work_item.c.case, work_item.c.due_at, work_item.c.due_rule)
        .join(case_head, case)
        .where(work_item.c.county == tx.county, case_head.c.state.in_(sorted(UNDER_WAY)))
        .where(work_item.c.closed_at.is_(None), work_item.c.due_at.is_not(None))
    )
    return (OpenTerm(*row) for row in tx.connection.execute(query))


def _of_steps(tx: Transaction) -> Iterator[OpenTerm]:
    case = and_(case_head.c.county == activation.c.county, case_head.c.id == activation.c.case)
    query = (
        select(case_head.c.workflow, activation.c.case, activation.c.fields)
        .join(case_head, case)
        .where(activation.c.county == tx.county, case_head.c.state.in_(sorted(UNDER_WAY)))
        .where(activation.c.state == ActivationState.LIVE.value, activation.c.fields.contains(f'"{CLOCK}"'))
    )
    for workflow, of, fields in tx.connection.execute(query):
        term = kept_term(loads(fields))
        if term is not None:
            yield OpenTerm(workflow, of, *term)
