"""What the decisions of a batch mean for other cases: sub-cases that start, signals, shared resources, gates.

A case writes only itself: all others get a row in their inbox, in the transaction of the decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from workflows.machine.case import Case, Lane, State
from workflows.machine.decision import Child, Claim
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.deciding import CaseRun
from workflows.moves.routing import HINT_GRACE
from workflows.ports import Conflict, Engine, InboxRow, Unit

Opened = Mapping[str, datetime]
"""The roots whose gates were opened, and since when they stood."""


def open_gates(unit: Unit, decided: Iterable[CaseRun]) -> Opened:
    """Open the gates of what is resumed, before the save that they would refuse.

    Raises:
        Conflict: somebody else opened one at the same moment.
    """
    opened: dict[str, datetime] = {}
    for one in decided:
        if one.before.head.gate is not None and one.head.gate is None:
            since = unit.open_gate(one.head.root)
            if since is None:
                raise Conflict(f"case {one.head.id}: somebody else resumed it at the same moment")
            opened[one.head.root] = since
    return opened


def relate(engine: Engine, unit: Unit, won: Sequence[CaseRun], opened: Opened) -> frozenset[Lane]:
    """Carry out what the decisions of the cases that won mean for others; returns the lanes that have work by it."""
    rows = _start_children(engine, unit, won)
    rows += [
        _row(unit, case, signal, one.head)
        for one in won
        for decision in one.decisions
        for case, signal in decision.signals
    ]
    rows += _share_resources(unit, won)
    rows += _wake_resumed(unit, won, opened)
    _close_gates(unit, won)
    if rows:
        unit.post(rows)
    return frozenset(row.lane for row in rows)


def _row(unit: Unit, case: str, signal: Signal, sender: Case) -> InboxRow:
    """A signal in the inbox of a case, in the lane of the case that sends it."""
    starts = signal.sign is Sign.CALLED
    return InboxRow(0, unit.county, case, sender.lane, 0, unit.now + HINT_GRACE, starts=starts, signal=signal)


# -- sub-cases ---------------------------------------------------------------------------------------------


def _start_children(engine: Engine, unit: Unit, won: Sequence[CaseRun]) -> list[InboxRow]:
    """Start the sub-cases that are not there yet, each with a row that says so."""
    heads = [
        _head(engine, unit, child, one.head) for one in won for decision in one.decisions for child in decision.children
    ]
    if not heads:
        return []
    new = unit.add_cases(heads)
    return [_row(unit, head.id, Signal(Sign.CALLED, ""), head) for head in heads if head.id in new]


def _head(engine: Engine, unit: Unit, child: Child, parent: Case) -> Case:
    """A sub-case stands in the tree of its parent, on the numbers that the parent pinned, in the same lane."""
    workflow_hash, definition = engine.library.named(child.workflow)
    return Case(
        county=unit.county,
        id=child.id,
        workflow=definition.name,
        workflow_hash=workflow_hash,
        language=definition.language,
        version=0,
        seq=0,
        prev_hash="",
        root=parent.root,
        key=child.key,
        person=child.person,
        state=State.RUNNING,
        outcome=None,
        fields=dict(child.fields),
        personal=dict(child.personal) if child.person is not None else {},
        field_versions={},
        numbers=parent.numbers,
        lane=parent.lane,
        department=parent.department,
        sample=parent.sample,
        opened_at=unit.now,
        last_at=unit.now,
        parent=(parent.id, child.path),
    )


# -- resources ---------------------------------------------------------------------------------------------


def _share_resources(unit: Unit, won: Sequence[CaseRun]) -> list[InboxRow]:
    """Give back and ask for resources; whoever has one now is told, also the case that asked just now."""
    releases = [claim for one in won for decision in one.decisions for claim in decision.releases]
    claims = [claim for one in won for decision in one.decisions for claim in decision.claims if _is_live(one, claim)]
    if not (releases or claims):
        return []
    sender = won[0].after.head
    granted = unit.claim_resources(claims, releases)
    return [_row(unit, claim.case, Signal(Sign.GRANTED, claim.path), sender) for claim in granted]


def _is_live(run: CaseRun, claim: Claim) -> bool:
    """Whether the step still asks at the end of the batch: one that was left again gave its claim back already."""
    return any(path == claim.path for path, _ in run.after.activations)


# -- gates -------------------------------------------------------------------------------------------------


def _close_gates(unit: Unit, won: Iterable[CaseRun]) -> None:
    for one in won:
        gate = one.head.gate
        if gate is not None and one.before.head.gate is None:
            unit.close_gate(one.head.root, one.decisions[-1].entry.actor, gate)


def _wake_resumed(unit: Unit, won: Iterable[CaseRun], opened: Opened) -> list[InboxRow]:
    """Every running case of a tree that goes on is told for how long it stood still."""
    return [
        _row(unit, case, _resumed(opened[one.head.root], unit.now), one.head)
        for one in won
        if one.head.root in opened
        for case in unit.tree(one.head.root)
    ]


def _resumed(since: datetime, until: datetime) -> Signal:
    return Signal(Sign.RESUMED, "", {"since": since.isoformat(), "until": until.isoformat()})
