"""Hints as levels: at most one chain waits per lane, nobody who wakes a lane ever waits, and no broker is no error."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from celery import Celery
from kombu import Connection

from celeryconfig import task_queues
from tasks import hints
from tasks.chain import TASKS, Broker, register
from tasks.hints import Publisher
from tasks.topology import declare
from tests.crash.proxy import Proxy, proxy
from tests.crash.scratch import Rabbit, free_port, wait_for
from tests.integration.celery.outbox import COUNTY, NoVault
from workflows.machine.case import Lane
from workflows.memory.units import MemoryUnits
from workflows.moves.running import MOVES
from workflows.ports import Engine

pytestmark = pytest.mark.rabbitmq


class Confirmed:
    """Counts what the broker confirmed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


class Bench:
    """A publisher on a memory store, and the lane queues that it fills."""

    def __init__(self, url: str) -> None:
        self.app = Celery("hints", set_as_current=False, broker=url)
        self.app.config_from_object("celeryconfig")
        register(self.app, self._no_engine, Confirmed())
        self.units = MemoryUnits(COUNTY, lambda: datetime.now(UTC), NoVault())
        self.confirmed = Confirmed()
        self.publisher = Publisher(self.units, Broker(self.app), self.confirmed)

    def _no_engine(self) -> Engine:
        """No task runs here."""
        raise NotImplementedError

    def wake_and_see(self) -> bool:
        """Wake the bulk lane; True when a first chain was confirmed."""
        self.publisher.wake(Lane.BULK)
        return self.confirmed.count == 1

    def stop(self) -> None:
        self.publisher.stop()
        self.app.close()


@pytest.fixture
def queues(scratch_rabbit: Rabbit) -> Iterator[Connection]:
    """The lane queues, empty."""
    with Connection(scratch_rabbit.url) as connection:
        declare(connection)
        for queue in task_queues:
            queue(connection.default_channel).purge()
        yield connection


@pytest.fixture
def bench(scratch_rabbit: Rabbit) -> Iterator[Bench]:
    one = Bench(scratch_rabbit.url)
    yield one
    one.stop()


@pytest.fixture
def line(scratch_rabbit: Rabbit) -> Iterator[Proxy]:
    with proxy(scratch_rabbit.port) as one:
        yield one


def waiting(connection: Connection, lane: Lane) -> int:
    (queue,) = [one for one in task_queues if one.name == f"liaison.{lane.value}"]
    found: Any = queue(connection.default_channel).queue_declare(passive=True)
    count: int = found.message_count
    return count


def test_many_commits_leave_one_chain_in_the_lane(bench: Bench, queues: Connection) -> None:
    for _ in range(200):
        bench.publisher.wake(Lane.BULK)
        time.sleep(0.001)
    wait_for("the hint", lambda: waiting(queues, Lane.BULK) > 0)

    assert waiting(queues, Lane.BULK) == 1
    assert waiting(queues, Lane.INTERACTIVE) == 0


def test_a_chain_that_has_started_lets_the_next_commit_hint_again(bench: Bench, queues: Connection) -> None:
    bench.publisher.wake(Lane.BULK)
    wait_for("the first hint", lambda: bench.confirmed.count == 1)

    bench.units.run(lambda unit: unit.clear_hint(Lane.BULK))
    bench.publisher.wake(Lane.BULK)

    wait_for("the second hint", lambda: bench.confirmed.count == 2)


def test_a_flag_older_than_two_seconds_counts_as_lost(bench: Bench, queues: Connection) -> None:
    bench.units.run(lambda unit: unit.raise_hint(Lane.BULK))

    waited = wait_for("the hint", bench.wake_and_see)

    assert waited >= 1.5


def test_a_chain_names_the_moves_in_their_order_and_carries_nothing_but_the_lane(
    bench: Bench, queues: Connection
) -> None:
    bench.publisher.wake(Lane.INTERACTIVE)
    wait_for("the hint", lambda: waiting(queues, Lane.INTERACTIVE) == 1)

    message: Any = task_queues[0](queues.default_channel).get(no_ack=True)
    args, _, embed = message.decode()

    later = [link["task"] for link in reversed(embed["chain"])]
    assert [message.headers["task"], *later] == [TASKS[move.__name__] for move in MOVES]
    assert args == ["interactive"]
    assert {tuple(link["args"]) for link in embed["chain"]} == {("interactive",)}


def test_without_a_broker_waking_returns_at_once_and_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr(hints, "log", log)
    bench = Bench(f"amqp://guest:guest@127.0.0.1:{free_port()}//")
    began = time.monotonic()
    for _ in range(1000):
        bench.publisher.wake(Lane.INTERACTIVE)
        bench.publisher.wake(Lane.BULK)
    took = time.monotonic() - began
    wait_for("the complaint", lambda: log.calls)
    bench.stop()

    assert took < 0.5
    assert [(call.method_name, call.args) for call in log.calls] == [("warning", ("hint_lost",))]


def test_f10_a_frozen_broker_never_blocks_who_wakes(line: Proxy, queues: Connection) -> None:
    bench = Bench(f"amqp://guest:guest@127.0.0.1:{line.port}//")
    bench.publisher.wake(Lane.BULK)
    wait_for("the first hint", lambda: bench.confirmed.count == 1)

    line.hold()
    bench.units.run(lambda unit: unit.clear_hint(Lane.BULK))
    began = time.monotonic()
    for _ in range(1000):
        bench.publisher.wake(Lane.BULK)
    took = time.monotonic() - began
    line.release()
    bench.stop()

    assert took < 0.5


def test_a_connection_that_died_unnoticed_costs_no_hint(line: Proxy, queues: Connection) -> None:
    bench = Bench(f"amqp://guest:guest@127.0.0.1:{line.port}//")
    bench.publisher.wake(Lane.BULK)
    wait_for("the first hint", lambda: bench.confirmed.count == 1)

    line.cut()
    bench.units.run(lambda unit: unit.clear_hint(Lane.BULK))
    bench.publisher.wake(Lane.BULK)

    wait_for("the hint over a new connection", lambda: bench.confirmed.count == 2)
    bench.stop()


def test_f12_a_deleted_queue_is_declared_again_with_the_next_hint(bench: Bench, queues: Connection) -> None:
    bench.publisher.wake(Lane.BULK)
    wait_for("the first hint", lambda: bench.confirmed.count == 1)

    task_queues[1](queues.default_channel).delete()
    bench.units.run(lambda unit: unit.clear_hint(Lane.BULK))
    bench.publisher.wake(Lane.BULK)

    wait_for("the second hint", lambda: bench.confirmed.count == 2)
    assert waiting(queues, Lane.BULK) == 1


def test_a_publisher_that_stops_ends_its_thread(bench: Bench) -> None:
    bench.publisher.wake(Lane.BULK)

    bench.publisher.stop()

    assert "hints" not in {thread.name for thread in threading.enumerate()}
