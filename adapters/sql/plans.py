"""Plans in a unit: what falls due, what comes next, what was ended or moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Executable, Text, bindparam, delete, literal, or_, select, tuple_

from adapters.sql.columns import MOMENT
from adapters.sql.dialects import COUNTY, Dialect, among, same
from adapters.sql.rows import plan_of, plan_values
from adapters.sql.tables import plan
from adapters.sql.transaction import Transaction
from adapters.sql.visibility import may_see_case_of
from workflows.machine.case import Plan
from workflows.policy import Viewer
from workflows.ports import Changes
from workflows.reads import PlanFilter, PlanPage


def write(tx: Transaction, changes: Changes) -> None:
    """End first, then move, then plan: what is planned again in one go is there in its last form."""
    tx.run_of(_end_of_cases, sorted(set(changes.plans_ended)))
    moments = {(case, name): due_at for case, name, due_at in changes.plans_moved}
    moved = [plan_of(row) for row in tx.rows_of(_of_cases, sorted(moments))]
    tx.put(plan, [plan_values(one.moved_to(moments[one.case, one.name])) for one in moved])
    tx.put(plan, [plan_values(one) for one in changes.plans])


def _end_of_cases(dialect: Dialect) -> Executable:
    given = dialect.given(plan.c.case, plan.c.name)
    return delete(plan).where(among(plan, given, "case", "name"))


def _of_cases(dialect: Dialect) -> Executable:
    given = dialect.given(plan.c.case, plan.c.name)
    return select(plan).join(given, same(plan, given, "case", "name")).order_by(plan.c.id).with_for_update(of=plan)


def hearing(tx: Transaction, pairs: Sequence[tuple[str, str]]) -> list[Plan]:
    return [plan_of(row) for row in tx.rows_of(_hearing, pairs)]


def _hearing(dialect: Dialect) -> Executable:
    type_: Column[str] = Column("heard", Text)
    given = dialect.given(type_, plan.c.key)
    hears = or_(plan.c.ends_on == given.c.heard, plan.c.moves_on == given.c.heard)
    listens = or_(plan.c.ends_on.is_not(None), plan.c.moves_on.is_not(None))
    heard = select(given.c.county, given.c.key).where(same(plan, given, "key"), hears).exists()
    return select(plan).where(heard, listens).order_by(plan.c.id).with_for_update(of=plan)


def due_plans(tx: Transaction, limit: int) -> list[Plan]:
    return [plan_of(row) for row in tx.rows(_due_plans, now=tx.now, limit=limit)]


def _due_plans(dialect: Dialect) -> Executable:
    return (
        select(plan)
        .where(plan.c.county == COUNTY, plan.c.due_at <= bindparam("now", type_=MOMENT))
        .order_by(plan.c.due_at, plan.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=plan)
    )


def advance_plans(tx: Transaction, done: Sequence[str], moved: Sequence[Plan]) -> None:
    tx.run_of(_end_plans, [(one,) for one in done])
    tx.put(plan, [plan_values(one) for one in moved])


def _end_plans(dialect: Dialect) -> Executable:
    given = dialect.given(plan.c.id)
    return delete(plan).where(among(plan, given, "id"))


def listed(tx: Transaction, viewer: Viewer, wanted: PlanFilter, limit: int, cursor: str | None) -> PlanPage:
    """One page of plans, the soonest first; the cursor is the place of the last one.

    Raises:
        ValueError: for a cursor that no page gave.
    """
    query = select(plan).where(may_see_case_of(viewer, plan)).order_by(plan.c.due_at, plan.c.id).limit(limit + 1)
    if wanted.case is not None:
        query = query.where(plan.c.case == wanted.case)
    if wanted.subject is not None:
        query = query.where(plan.c.key == wanted.subject)
    if wanted.due_before is not None:
        query = query.where(plan.c.due_at < literal(wanted.due_before, MOMENT))
    if cursor is not None:
        stated, _, last = cursor.partition("|")
        place = tuple_(literal(datetime.fromisoformat(stated), MOMENT), literal(last))
        query = query.where(tuple_(plan.c.due_at, plan.c.id) > place)
    found = [plan_of(row) for row in tx.connection.execute(query)]
    page = tuple(found[:limit])
    return PlanPage(page, f"{page[-1].due_at.isoformat()}|{page[-1].id}" if len(found) > limit else None)
