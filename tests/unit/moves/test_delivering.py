"""Deliver: lease, fence, back-off and stable keys, with a sink that fails, hangs and answers twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from tests.unit.moves.offices import SAYING, began, office, rows, take
from workflows.machine.case import Lane
from workflows.moves.advance import advance
from workflows.moves.deliver import LEASE_SECONDS, back_off, deliver
from workflows.ports import DueEffect, Engine
from workflows.testkit import Office

LANE = Lane.INTERACTIVE


@dataclass
class Sink:
    """The other side: notes what it was sent, then answers as it was told to."""

    answer: Callable[[Sequence[DueEffect]], Mapping[str, str | None]] | None = None
    sent: list[str] = field(default_factory=list)

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Take them."""
        self.sent += [one.effect.key for one in effects]
        return dict.fromkeys(self.sent) if self.answer is None else self.answer(effects)


def ready(sink: Sink) -> tuple[Office, Engine]:
    """An office with one event to publish, and its engine with this sink."""
    here = office(SAYING)
    take(here.engine, began(here))
    advance(here.engine, LANE)
    return here, replace(here.engine, gateways={"publish": sink, "notice": sink})


def rest(here: Office, seconds: float) -> None:
    here.clock.turn_to(here.clock() + timedelta(seconds=seconds))


def silent(effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
    """Takes them and does not say so."""
    return {}


def raising(effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
    message = "no route to host"
    raise ConnectionError(message)


def test_what_was_sent_is_not_sent_again() -> None:
    sink = Sink()
    here, engine = ready(sink)

    assert [deliver(engine, LANE) for _ in range(2)] == [1, 0]
    rest(here, 3600)

    assert deliver(engine, LANE) == 0
    assert len(sink.sent) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (raising, "ConnectionError: no route to host"),
        (lambda effects: {one.effect.key: "mailbox full" for one in effects}, "mailbox full"),
        (silent, "no answer from the gateway"),
    ],
)
def test_a_failure_is_recorded_and_tried_again_with_the_same_key(
    answer: Callable[[Sequence[DueEffect]], Mapping[str, str | None]], error: str
) -> None:
    sink = Sink(answer)
    here, engine = ready(sink)

    assert deliver(engine, LANE) == 0
    [row] = rows(here, "effect")
    assert (row.error, row.ready_at - here.clock()) == (error, timedelta(seconds=2))
    sink.answer = None
    rest(here, 2)

    assert deliver(engine, LANE) == 1
    assert sink.sent[0] == sink.sent[1]


def test_tries_come_twice_as_far_apart_each_time_and_two_minutes_at_most() -> None:
    sink = Sink(raising)
    here, engine = ready(sink)
    rests = []

    for _ in range(8):
        deliver(engine, LANE)
        [row] = rows(here, "effect")
        rests.append((row.ready_at - here.clock()).total_seconds())
        here.clock.turn_to(row.ready_at)

    assert rests == [2, 4, 8, 16, 32, 64, 120, 120]


def test_the_back_off_stays_two_minutes_however_often_it_failed() -> None:
    assert [back_off(attempts) for attempts in (12, 100, 10_000)] == [timedelta(minutes=2)] * 3


def test_a_sink_that_hangs_past_its_lease_is_overtaken_and_its_late_word_changes_nothing() -> None:
    sink = Sink()
    here, engine = ready(sink)

    def hang(effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        rest(here, LEASE_SECONDS + 1)
        sink.answer = None
        assert deliver(engine, LANE) == 1
        return {one.effect.key: "timed out" for one in effects}

    sink.answer = hang
    assert deliver(engine, LANE) == 0

    [row] = rows(here, "effect")
    assert (row.sent_at, row.error, row.fence) == (here.clock(), None, 2)
    assert sink.sent[0] == sink.sent[1]


def test_a_sink_that_says_sent_too_late_does_not_count_twice() -> None:
    sink = Sink()
    here, engine = ready(sink)

    def hang(effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        rest(here, LEASE_SECONDS + 1)
        sink.answer = raising
        assert deliver(engine, LANE) == 0
        return dict.fromkeys(one.effect.key for one in effects)

    sink.answer = hang
    assert deliver(engine, LANE) == 0

    [row] = rows(here, "effect")
    assert (row.sent_at, row.attempts) == (None, 2)


def test_under_a_lease_nobody_else_sends() -> None:
    sink = Sink()
    _, engine = ready(sink)
    counts = []

    def meanwhile(effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        counts.append(deliver(engine, LANE))
        return dict.fromkeys(one.effect.key for one in effects)

    sink.answer = meanwhile

    assert (deliver(engine, LANE), counts, len(sink.sent)) == (1, [0], 1)


def test_a_gateway_that_nobody_configured_is_named_in_the_error() -> None:
    here, engine = ready(Sink())

    assert deliver(replace(engine, gateways={}), LANE) == 0

    assert rows(here, "effect")[0].error == "no gateway is named 'publish'"


def test_a_gateway_that_breaks_fails_only_its_own() -> None:
    here, engine = ready(Sink())
    here.turn(days=8)
    take(engine, began(here, "k2"))
    advance(engine, LANE)
    here.store.units.run(lambda unit: unit.fire_timers(10))
    here.clock.turn_to(here.clock() + timedelta(days=8))
    here.store.units.run(lambda unit: unit.fire_timers(10))
    advance(engine, LANE)

    sent = deliver(replace(engine, gateways={"publish": Sink(raising), "notice": Sink()}), LANE)

    states = {(row.effect.gateway, row.sent_at is None) for row in rows(here, "effect") if row.attempts == 1}
    assert sent == 1
    assert states >= {("publish", True), ("notice", False)}
