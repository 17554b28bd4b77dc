"""The one-process mode: woken by a commit, swept when nobody hinted, alive after a failure."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from adapters import embedded
from adapters.embedded import Levels, Runner
from tests.integration.doors.offices import Doors, cloud_event, open_doors
from workflows.machine.case import Lane
from workflows.moves.running import run_lane
from workflows.ports import Engine

SECONDS = 10


@pytest.fixture
def doors() -> Iterator[Doors]:
    opened = open_doors()
    yield opened
    opened.office.committer.stop()


@pytest.fixture
def running(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Levels, Runner]]:
    monkeypatch.setattr(embedded, "BACK_OFF_SECONDS", 0.01)
    levels = Levels()
    engine = replace(doors.kit.engine, wake=levels.wake)
    runner = Runner(engine, levels)
    yield engine, levels, runner
    if runner._threads[0].is_alive():
        runner.stop()


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def hand_in(doors: Doors) -> None:
    doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")


def items(doors: Doors) -> int:
    return len(doors.get("/api/work-items", key="user:sample.centre_clerk_1").json()["items"])


def test_a_level_that_is_raised_twice_is_lowered_once() -> None:
    levels = Levels()
    levels.wake(Lane.BULK)
    levels.wake(Lane.BULK)

    assert [levels.lower(Lane.BULK), levels.lower(Lane.BULK), levels.lower(Lane.INTERACTIVE)] == [True, False, False]


def test_a_woken_runner_makes_the_moves(doors: Doors, running: tuple[Engine, Levels, Runner]) -> None:
    _engine, levels, runner = running
    runner.start()
    hand_in(doors)

    levels.wake(Lane.INTERACTIVE)

    wait_for(lambda: items(doors) == 1)


def test_what_waited_in_the_store_is_done_at_the_start(doors: Doors, running: tuple[Engine, Levels, Runner]) -> None:
    hand_in(doors)

    running[2].start()

    wait_for(lambda: items(doors) == 1)


def test_the_runner_outlives_a_failure(
    doors: Doors, running: tuple[Engine, Levels, Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str] = []

    def fails_once(engine: Engine, lane: Lane) -> int:
        if not failures:
            failures.append("once")
            raise RuntimeError("a mistake of the program")
        return run_lane(engine, lane)

    monkeypatch.setattr(embedded, "run_lane", fails_once)
    _engine, levels, runner = running
    runner.start()
    wait_for(lambda: bool(failures))
    hand_in(doors)

    levels.wake(Lane.INTERACTIVE)

    wait_for(lambda: items(doors) == 1)


def test_it_sweeps_although_nobody_woke_it(
    doors: Doors, running: tuple[Engine, Levels, Runner], monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[Engine] = []

    def sweeps_nothing(engine: Engine) -> int:
        swept.append(engine)
        return 0

    monkeypatch.setattr(embedded, "sweep", sweeps_nothing)

    running[2].start()

    wait_for(lambda: bool(swept))
