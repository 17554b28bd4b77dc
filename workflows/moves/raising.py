"""加急 by the quota of a department: counted in the transaction that raises a case, so that two at once never exceed it.

What a decision was taken on may have become more until it is saved. So whoever saves waits for the others of the department
and month, counts once more, and where it would be too many, decides again on what they left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from workflows.machine.case import Slice, Urgency
from workflows.machine.stimuli import Act
from workflows.machine.urgency import FIELD, month_of
from workflows.ports import Changes, Conflict, Engine, Unit

SET_URGENCY: Final = "set-urgency"
_QUOTA: Final = "urgency"
"""The correlation (type, key) that whoever raises a case of a department holds: no event has such a type."""


def may_be_raised(slices: Mapping[str, Slice], acts: Mapping[str, Act]) -> list[str]:
    """The cases that this batch may make urgent: by an act, or as their start event says."""
    return [case for case, one in slices.items() if _starts_urgent(one) or _is_about_urgency(acts.get(case))]


def _starts_urgent(one: Slice) -> bool:
    return one.head.seq == 0 and one.head.fields.get(FIELD) in {Urgency.URGENT.value, Urgency.MOST_URGENT.value}


def _is_about_urgency(act: Act | None) -> bool:
    return act is not None and act.verb == SET_URGENCY


def raised_by(engine: Engine, unit: Unit, heads: Iterable[Slice]) -> Mapping[str, frozenset[str]]:
    """What the departments of these cases have raised this month."""
    departments = sorted({one.head.department for one in heads})
    if not departments:
        return {}
    return unit.urgencies.raised(departments, month_of(engine.library.calendar(), unit.now))


def hold_quotas(unit: Unit, changes: Changes) -> None:
    """Let nobody else raise a case of these departments in these months until this unit ends."""
    held = sorted({(_QUOTA, f"{one.month} {one.department}") for one in changes.raised if one.counts})
    if held:
        unit.lock_correlations(held)


def refuse_too_many(unit: Unit, changes: Changes) -> None:
    """Count what was raised once more, with what is written now.

    Raises:
        Conflict: somebody else used the quota up meanwhile.
    """
    counted = [one for one in changes.raised if one.counts]
    for month in sorted({one.month for one in counted}):
        quotas = {(one.department, one.quota) for one in counted if one.month == month}
        _refuse_in(unit.urgencies.raised({department for department, _ in quotas}, month), quotas)


def _refuse_in(found: Mapping[str, Collection[str]], quotas: Iterable[tuple[str, int]]) -> None:
    for department, quota in quotas:
        if len(found.get(department, ())) > quota:
            raise Conflict(f"department '{department}' has raised {quota} cases meanwhile: decide again")
