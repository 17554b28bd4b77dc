"""The list of plans on the memory store."""

from __future__ import annotations

from datetime import datetime

from workflows.machine.case import Plan
from workflows.memory.items import seen
from workflows.memory.rows import PLANS
from workflows.memory.unit import MemoryUnit
from workflows.policy import Viewer
from workflows.reads import PlanFilter, PlanPage


def listed(unit: MemoryUnit, viewer: Viewer, wanted: PlanFilter, limit: int, cursor: str | None) -> PlanPage:
    """One page of plans, the soonest first; the cursor is the place of the last one.

    Raises:
        ValueError: for a cursor that no page gave.
    """
    if cursor is not None:
        datetime.fromisoformat(cursor.partition("|")[0])
    mine = sorted((one for _, one in unit.tx.all(PLANS) if _is_wanted(one, wanted)), key=_place)
    left = [one for one in mine if (cursor is None or _place(one) > cursor) and seen(unit, viewer, one.case)]
    page = tuple(left[:limit])
    return PlanPage(page, _place(page[-1]) if len(left) > limit else None)


def _is_wanted(plan: Plan, wanted: PlanFilter) -> bool:
    soon = wanted.due_before is None or plan.due_at < wanted.due_before
    return soon and wanted.case in {None, plan.case} and wanted.subject in {None, plan.key}


def _place(plan: Plan) -> str:
    return f"{plan.due_at.isoformat()}|{plan.id}"
