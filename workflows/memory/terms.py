"""The terms that run, on the memory store."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.machine.case import UNDER_WAY, ActivationState, Case
from workflows.machine.timekeeping import kept_term
from workflows.memory.rows import ACTIVATIONS, CASES, ITEMS
from workflows.memory.unit import MemoryUnit
from workflows.reads import OpenTerm


def open_terms(unit: MemoryUnit) -> tuple[OpenTerm, ...]:
    """Every open due date that a rule counts."""
    heads = [head for _, head in unit.tx.all(CASES) if head.state in UNDER_WAY]
    return tuple(term for head in heads for term in _of(unit, head))


def _of(unit: MemoryUnit, head: Case) -> Iterator[OpenTerm]:
    for item in unit.tx.where(ITEMS, "case", head.id):
        if item.closed_at is None and item.due_at is not None:
            yield OpenTerm(head.workflow, head.id, item.due_at, item.due_rule)
    for one in unit.tx.where(ACTIVATIONS, "case", head.id):
        term = kept_term(one.values) if one.state is ActivationState.LIVE else None
        if term is not None:
            yield OpenTerm(head.workflow, head.id, *term)
