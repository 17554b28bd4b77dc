"""Deliver: the one move that leaves the database between claim and record, so the one with lease and fence.

An effect is leased, sent with its stable key and recorded where the fence still fits. Whoever comes too late with a
result changes nothing; the other side may see the same key again and must take it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from workflows.machine.case import Lane
from workflows.ports import DueEffect, Engine, Unit

LEASE_SECONDS = 30
FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=2)


def deliver(engine: Engine, lane: Lane) -> int:
    """Send one batch of due effects; returns how many were sent."""
    leased = engine.units.run(lambda unit: unit.lease_effects(engine.units.batch, LEASE_SECONDS), lane)
    if not leased:
        return 0
    results = _send(engine, leased)
    sent = [one for one in leased if results[one.effect.key] is None]
    failed = [(one, results[one.effect.key] or "") for one in leased if results[one.effect.key] is not None]
    return engine.units.run(lambda unit: _record(unit, sent, failed), lane)


def back_off(attempts: int) -> timedelta:
    """How long to wait after the n-th failed attempt: doubling from 2 s, two minutes at most."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(LONGEST_BACK_OFF, FIRST_BACK_OFF * doublings)


def _send(engine: Engine, leased: list[DueEffect]) -> dict[str, str | None]:
    """The result for each key: None for sent, else the error. A gateway that breaks fails its own effects only."""
    by_gateway: dict[str, list[DueEffect]] = {}
    for one in leased:
        by_gateway.setdefault(one.effect.gateway, []).append(one)
    results: dict[str, str | None] = {}
    for name, effects in sorted(by_gateway.items()):
        results.update(_send_by(engine, name, effects))
    return results


def _send_by(engine: Engine, name: str, effects: list[DueEffect]) -> Mapping[str, str | None]:
    gateway = engine.gateways.get(name)
    if gateway is None:
        return {one.effect.key: f"no gateway is named '{name}'" for one in effects}
    try:
        answered = gateway.send(effects)
    except Exception as error:  # noqa: BLE001  # a process edge: whatever broke outside is recorded and tried again
        return {one.effect.key: f"{type(error).__name__}: {error}" for one in effects}
    return {one.effect.key: answered.get(one.effect.key, "no answer from the gateway") for one in effects}


def _record(unit: Unit, sent: list[DueEffect], failed: list[tuple[DueEffect, str]]) -> int:
    recorded = unit.record_sent(sent) if sent else set()
    if failed:
        unit.record_failed([(one, error, _next_try(unit.now, one)) for one, error in failed])
    return len(recorded)


def _next_try(now: datetime, effect: DueEffect) -> datetime:
    return now + back_off(effect.attempts)
