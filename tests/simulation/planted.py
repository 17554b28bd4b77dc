"""Fourteen bugs as somebody might write them. The rig must find each of them, or it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.identifiers import derived_id
from tests.simulation.faults import ForwardingUnit, Plant
from tests.simulation.looking import Told, stored_history
from tests.simulation.world import World
from workflows.machine.case import JSON, Case, Effect, Slice, State, Urgency
from workflows.machine.decide import decide
from workflows.machine.decision import Ballot, Claim, Decision
from workflows.machine.facts import Facts
from workflows.machine.stimuli import EventStimulus, Sign
from workflows.machine.turn import Turn
from workflows.memory import MemoryUnit
from workflows.memory.rows import CASES
from workflows.moves.recording import body_of
from workflows.ports import Changes, DueEffect, InboxRow, Unit, Units
from workflows.reads import HistoryView


class PlantedUnit(ForwardingUnit):
    """A unit with a bug, which may open others of the same units."""

    def __init__(self, unit: Unit, units: Units) -> None:
        super().__init__(unit)
        self._units = units


class MissingGuard(PlantedUnit):
    """Saves a head whatever version it has by now."""

    def save_heads(self, heads: Sequence[tuple[int, Case]]) -> set[str]:
        unit = self._unit
        assert isinstance(unit, MemoryUnit)
        latest = {head.id: unit.tx.latest(CASES, head.id) for _, head in heads}
        return unit.save_heads([(found.version, head) for _, head in heads if (found := latest[head.id]) is not None])


class AckBeforeCommit(PlantedUnit):
    """Takes handled rows out of the inbox in a transaction of their own, before the work is committed."""

    def clear_inbox(self, numbers: Sequence[int]) -> None:
        self._units.run(lambda unit: unit.clear_inbox(numbers))


class EffectOutside(PlantedUnit):
    """Writes the effects once the rest is committed."""

    def __init__(self, unit: Unit, units: Units) -> None:
        super().__init__(unit, units)
        self._effects: list[Effect] = []

    def write(self, changes: Changes) -> None:
        self._effects.extend(changes.effects)
        self._unit.write(replace(changes, effects=[]))

    def after_commit(self) -> None:
        """The second transaction: a crash in between loses it."""
        if self._effects:
            self._units.run(lambda unit: unit.write(Changes(effects=self._effects)))


class BallotsApart(PlantedUnit):
    """Puts secret ballots into the box once the rest is committed, to keep them apart from who voted."""

    def __init__(self, unit: Unit, units: Units) -> None:
        super().__init__(unit, units)
        self._ballots: list[Ballot] = []

    def write(self, changes: Changes) -> None:
        self._ballots.extend(changes.ballots)
        self._unit.write(replace(changes, ballots=[]))

    def after_commit(self) -> None:
        """The second transaction: a crash in between loses a vote."""
        if self._ballots:
            self._units.run(lambda unit: unit.write(Changes(ballots=self._ballots)))


class TwinIds(PlantedUnit):
    """Gives an effect a new id each time it is tried again."""

    def lease_effects(self, limit: int, seconds: int) -> list[DueEffect]:
        return [_renamed(due) for due in self._unit.lease_effects(limit, seconds)]

    def record_sent(self, sent: Sequence[DueEffect]) -> set[str]:
        recorded: set[str] = self._unit.record_sent([_own_name(due) for due in sent])
        return recorded

    def record_failed(self, failed: Sequence[tuple[DueEffect, str, datetime]]) -> set[str]:
        own = [(_own_name(due), error, again) for due, error, again in failed]
        recorded: set[str] = self._unit.record_failed(own)
        return recorded


def _renamed(due: DueEffect) -> DueEffect:
    twin = f"{due.effect.key}#{due.attempts}" if due.attempts > 1 else due.effect.key
    return replace(due, effect=replace(due.effect, key=twin))


def _own_name(due: DueEffect) -> DueEffect:
    return replace(due, effect=replace(due.effect, key=due.effect.key.partition("#")[0]))


class LostUnmatched(PlantedUnit):
    """Routes and waits without the lock of the correlation, so that neither may see the other."""

    def lock_correlations(self, pairs: Sequence[tuple[str, str]]) -> None:
        return


def redecided_history(world: World, case: str) -> tuple[HistoryView, ...]:
    """Tells how a case started by deciding it again, on the facts of today."""
    told = stored_history(world, case)
    started = [one for one in told if one.seq == 1 and "event" in one.body["delta"]]
    return (*(replace(one, body=_redecided(world, case, one)) for one in started), *told[len(started) :])


def _redecided(world: World, case: str, first: HistoryView) -> Mapping[str, JSON]:
    source, id_ = first.body["delta"]["event"]
    event = next(one for one in world.client.sent if (one.source, one.id) == (source, id_))
    head = replace(
        world.units.read(lambda unit: unit.load([case]))[case].head,
        version=0,
        seq=0,
        state=State.RUNNING,
        outcome=None,
        fields=dict(event.plain),
        personal={**event.personal, "fingerprint": event.fingerprint},
        field_versions={},
        last_at=first.at,
        round=1,
        back=(),
        urgency=Urgency.NORMAL,
        ended_at=None,
        reopened_as=None,
    )
    library = world.library
    facts = Facts(library.roster(), library.calendar(), library.numbers())
    start = EventStimulus(0, source, id_, event.type, event.key, event.plain, event.personal, starts=True)
    definition = next(one for digest, one in library.current() if digest == head.workflow_hash)
    again = decide(definition, Slice(head=head), start, facts, first.at)
    assert isinstance(again, Decision)
    return body_of(again.entry, head.workflow_hash, first.body.get("commitment"))


# -- between cases -----------------------------------------------------------------------------------------


class LostRelease(PlantedUnit):
    """Forgets to give resources back."""

    def claim_resources(self, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
        granted: list[Claim] = self._unit.claim_resources(claims, ())
        return granted


class GrantedTwice(PlantedUnit):
    """Grants a resource to everybody who asks, whoever has it."""

    def claim_resources(self, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
        granted: list[Claim] = self._unit.claim_resources(claims, releases)
        return [*granted, *(one for one in claims if one not in granted)]


class ChildStartedTwice(PlantedUnit):
    """Starts a sub-case once more when its start is posted."""

    def add_cases(self, cases: Sequence[Case]) -> set[str]:
        twins = [replace(one, id=_twin(one.id)) for one in cases if one.parent is not None]
        new: set[str] = self._unit.add_cases([*cases, *twins])
        return new

    def post(self, rows: Sequence[InboxRow]) -> list[int]:
        starts = [one for one in rows if one.signal is not None and one.signal.sign is Sign.CALLED]
        numbers: list[int] = self._unit.post([*rows, *(replace(one, case=_twin(one.case)) for one in starts)])
        return numbers[: len(rows)]


def _twin(case: str) -> str:
    return derived_id("twin", case)


# -- in the machine ----------------------------------------------------------------------------------------


def _all_rows(_: Slice, rows: list[InboxRow]) -> list[InboxRow]:
    return rows


def _nothing(*_: object) -> None:
    return


def _no_element(turn: Turn, path: str) -> None:
    return


PLANTED_UNITS: Final[Mapping[str, Plant]] = {
    "missing version guard": MissingGuard,
    "ack before commit": AckBeforeCommit,
    "effect outside the transaction": EffectOutside,
    "secret ballots outside the transaction": BallotsApart,
    "twin ids on retry": TwinIds,
    "lost unmatched event": LostUnmatched,
    "lost release of a resource": LostRelease,
    "a resource granted twice": GrantedTwice,
    "a sub-case started twice": ChildStartedTwice,
}
PLANTED_HISTORIES: Final[Mapping[str, Told]] = {"re-decided history": redecided_history}
PLANTED_RULES: Final[Mapping[str, tuple[str, Callable[..., object]]]] = {
    "what was claimed before a gate closed goes past it": ("workflows.moves.deciding._moving", _all_rows),
    "element values leak between turns": ("workflows.machine.turn.Turn.element_path", _no_element),
    "the clock of a notice not stopped": ("workflows.machine.hearing.stop_clock", _nothing),
    "what is cancelled lets go of nothing": ("workflows.machine.turn.Turn._let_go", _nothing),
}
"""Functions that somebody might have forgotten to call: where they are called, and what is called instead."""
