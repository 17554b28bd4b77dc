"""Save what a batch decided, in one transaction: what every move that runs cases has in common.

The save starts with one guarded update, after which only the cases that won get their rows. What is left behind stays
in the inbox, where the sweep counts its attempts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.machine.case import Lane
from workflows.moves.deciding import CaseRun
from workflows.moves.emitting import emit_events
from workflows.moves.raising import hold_quotas, refuse_too_many
from workflows.moves.recording import Recorded, gather
from workflows.moves.relating import open_gates, relate
from workflows.moves.routing import meet_parked
from workflows.ports import Engine, Unit


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of a batch: how many inbox rows were handled, who won the guard, which lanes have work (again)."""

    handled: int
    won: frozenset[str]
    lanes: frozenset[Lane]


def save_runs(engine: Engine, unit: Unit, runs: dict[str, CaseRun]) -> Saved:
    """Save what the batch decided: guard first, then only the rows of the cases that won."""
    opened = open_gates(unit, runs.values())
    recorded = {case: run.recorded for case, run in sorted(runs.items()) if run.recorded is not None}
    won = unit.save_heads([(one.expected, one.head) for one in recorded.values()]) if recorded else set()
    winners = [recorded[case] for case in recorded if case in won]
    changes = gather(winners)
    hold_quotas(unit, changes)
    unit.write(changes)
    refuse_too_many(unit, changes)
    done = [run for case, run in runs.items() if case in won or _settled(run)]
    lanes = {one.head.id: one.head.lane for one in winners}
    returned = [(event, run.before.head.id) for run in done for event in run.parked]
    met = meet_parked(unit, returned, changes.subscriptions_opened, lanes)
    emitted = [(one.head, event) for one in winners for decision in one.decisions for event in decision.emitted]
    routed = emit_events(engine, unit, emitted)
    related = relate(engine, unit, [runs[case] for case in recorded if case in won], opened)
    _erase(unit, winners)
    handled = [number for run in done for number in run.handled]
    unit.clear_inbox(handled)
    lost = recorded.keys() - won
    for case, run in runs.items():
        if run.quarantined is not None and case not in lost:
            unit.quarantine(case, run.quarantined)
    again = {row.lane for row in met} | {row.lane for case in lost for row in runs[case].rows}
    woken = routed.lanes | related | again | ({Lane.INTERACTIVE} if changes.effects else set())
    return Saved(len(handled), frozenset(won), frozenset(woken))


def _settled(run: CaseRun) -> bool:
    """Whether a case without a decision is done with its rows: every one of them was ignored."""
    idle = not run.decisions and run.failed is None and run.quarantined is None
    return idle and run.before.head.quarantine is None


def _erase(unit: Unit, winners: Sequence[Recorded]) -> None:
    persons = sorted({person for one in winners for decision in one.decisions for person in decision.erases})
    if persons:
        unit.erase(persons)
    forgotten = sorted({one.head.id for one in winners if any(decision.forgets for decision in one.decisions)})
    if forgotten:
        unit.forget(forgotten)
