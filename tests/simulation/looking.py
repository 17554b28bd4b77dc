"""What a store holds once a seed is over, as its queries tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tests.simulation.world import EVERYTHING, World
from workflows.language.words import Workflow
from workflows.machine.case import Slice
from workflows.ports import Unit
from workflows.reads import CaseFilter, CaseView, HistoryView

Pair = tuple[str, str]
Told = Callable[[World, str], tuple[HistoryView, ...]]
"""How the history of a case is told."""


@dataclass
class Seen:
    """What the store holds at the end, as its queries tell it."""

    views: dict[str, CaseView] = field(default_factory=dict)
    histories: dict[str, tuple[HistoryView, ...]] = field(default_factory=dict)
    slices: dict[str, Slice] = field(default_factory=dict)
    definitions: dict[str, Workflow] = field(default_factory=dict)
    parked: list[Pair] = field(default_factory=list)

    def entries(self) -> Iterator[tuple[str, HistoryView]]:
        """Every history entry with its case."""
        return ((case, entry) for case, entries in self.histories.items() for entry in entries)


def stored_history(world: World, case: str) -> tuple[HistoryView, ...]:
    """The history as the store keeps it."""
    return world.reads.history(EVERYTHING, case)


def look(world: World, told: Told) -> Seen:
    """Read everything there is."""
    seen = Seen()
    for row in world.reads.cases(EVERYTHING, CaseFilter(), 1000).rows:
        view = world.reads.case(EVERYTHING, row.case.id)
        assert view is not None
        seen.views[row.case.id] = view
        seen.histories[row.case.id] = told(world, row.case.id)
    seen.slices = world.units.read(lambda unit: unit.load(sorted(seen.views)))
    known = dict(world.library.current())
    seen.definitions = {case: known[view.head.workflow_hash] for case, view in seen.views.items()}
    seen.parked = _parked(world)
    return seen


class _NotToStayError(Exception):
    pass


def _parked(world: World) -> list[Pair]:
    """The parked events, looked at in a unit that is thrown away."""
    types = {event.type for event in world.client.sent} | world.library.awaited_types()
    pairs = sorted({(type_, event.key) for type_ in types for event in world.client.sent})
    found: list[Pair] = []

    def take(unit: Unit) -> None:
        found.extend((type_, key) for _, type_, key in unit.take_unmatched(pairs))
        raise _NotToStayError

    with suppress(_NotToStayError):
        world.units.run(take)
    return found
