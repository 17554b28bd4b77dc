"""An engine on the memory store with a clock that the test turns, and effects to deliver."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from workflows.machine.case import Effect, Lane
from workflows.memory.blobs import MemoryBlobs
from workflows.memory.rows import EFFECTS, EffectRow
from workflows.memory.units import MemoryUnits
from workflows.ports import Changes, Engine, Files, Gateway

COUNTY = "000000"


@dataclass
class Clock:
    now: datetime = field(default=datetime(2026, 3, 2, 1, 0, tzinfo=UTC))

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class NoVault:
    """Delivering needs no keyed arithmetic."""

    def fingerprint(self, *values: str) -> str:
        raise NotImplementedError

    def salt(self, *parts: str | int) -> str:
        raise NotImplementedError

    def mac(self, *parts: str | int) -> str:
        raise NotImplementedError


def memory_units(clock: Clock) -> MemoryUnits:
    return MemoryUnits(COUNTY, lambda: clock.now, NoVault())


def engine_with(units: MemoryUnits, **gateways: Gateway) -> Engine:
    files = Files(MemoryBlobs())
    return Engine(units=units, library=None, vault=NoVault(), gateways=gateways, wake=_nobody, files=files)  # type: ignore[arg-type]  # delivering asks the library nothing


def _nobody(lane: Lane) -> None:
    """Nobody waits to be woken."""


def publish_effect(number: int) -> Effect:
    body = {"id": f"e-{number}", "type": "member.registered.v1", "case": "c-1", "key": "m-1", "state": "running"}
    return Effect(key=f"publish-{number}", case="c-1", gateway="publish", body=body)


def file_effects(units: MemoryUnits, *effects: Effect) -> None:
    units.run(lambda unit: unit.write(Changes(effects=list(effects))))


def row(units: MemoryUnits, key: str) -> EffectRow:
    """The effect's row as it stands."""
    return units.read(lambda unit: next(one for _, one in unit.tx.all(EFFECTS) if one.effect.key == key))
