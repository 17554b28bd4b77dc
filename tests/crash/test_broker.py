"""F07 to F12, F19, F28, F31: a broker that stops, dies, freezes, forgets or was never there; many workers; forks."""

import time

import pytest

from tasks.chain import Broker
from tasks.hints import Publisher
from tests.crash.rig import Program, Rig, report
from tests.crash.scratch import Rabbit, wait_for
from workflows.machine.case import Lane

pytestmark = [pytest.mark.crash, pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.timeout(300)]


def hears_again(rig: Rig, worker: Program, seconds: float = 90) -> float:
    """Wait until the worker starts a chain again; returns how long it took."""
    mark = rig.folder / "run" / f"{worker.pid}.heard"
    before = mark.stat().st_mtime_ns
    return wait_for("the worker hears hints again", lambda: mark.stat().st_mtime_ns != before, seconds, every=0.2)


def heard_once(rig: Rig, worker: Program) -> None:
    """Work off a first event, so that the worker is known to hear."""
    rig.hand_in(1)
    rig.drain()
    wait_for("the worker heard", (rig.folder / "run" / f"{worker.pid}.heard").exists)


def test_f08_a_killed_broker_stops_no_work_and_leaves_no_deaf_worker(rig: Rig, scratch_rabbit: Rabbit) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()
    heard_once(rig, worker)

    rig.hand_in(50)
    scratch_rabbit.kill()
    rig.hand_in(50)
    report("F08", "decided without the broker", rig.decide())
    began = time.monotonic()
    scratch_rabbit.start()
    hears_again(rig, worker)
    report("F08", "the worker hears again, from the broker's start", time.monotonic() - began)
    rig.hand_in(50)
    report("F08", "published", rig.drain())

    rig.check()


@pytest.mark.chaos
def test_f07_a_broker_restarted_cleanly_leaves_no_deaf_worker(rig: Rig, scratch_rabbit: Rabbit) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()
    heard_once(rig, worker)

    rig.hand_in(50)
    scratch_rabbit.control("stop_app")
    rig.hand_in(50)
    rig.decide()
    began = time.monotonic()
    scratch_rabbit.control("start_app")
    hears_again(rig, worker)
    report("F07", "the worker hears again, from the broker's start", time.monotonic() - began)
    rig.drain()

    rig.check()


def test_f09_without_a_broker_sweeping_alone_decides_everything(rig: Rig, scratch_rabbit: Rabbit) -> None:
    scratch_rabbit.stop()
    rig.start_sweeper()

    rig.hand_in(200)
    report("F09", "200 events by the sweeper alone", rig.decide())
    scratch_rabbit.start()
    report("F09", "published after the broker came", rig.drain(90))

    rig.check()


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_f09_a_sweeper_alone_is_nearly_as_fast_as_the_worker(rig: Rig, scratch_rabbit: Rabbit) -> None:
    count = 3000
    worker = rig.start_worker()
    rig.start_sweeper()

    with_broker = count / timed(rig, count)
    worker.stop()
    scratch_rabbit.stop()
    without_broker = count / timed(rig, count)
    scratch_rabbit.start()

    print(f"F09 throughput: {with_broker:.0f} events/s with the broker, {without_broker:.0f} events/s without")
    assert without_broker >= 0.8 * with_broker


def timed(rig: Rig, count: int) -> float:
    """Seconds until so many events of an import are decided."""
    began = time.monotonic()
    for _ in range(count // 500):
        rig.hand_in(500, Lane.BULK)
    rig.decide(300)
    return time.monotonic() - began


@pytest.mark.chaos
def test_f10_a_frozen_broker_does_not_slow_the_doors(rig: Rig, scratch_rabbit: Rabbit) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()
    heard_once(rig, worker)

    before = slowest_door(rig, 100)
    scratch_rabbit.freeze()
    during = slowest_door(rig, 100)
    report("F10", "decided while it was frozen", rig.decide())
    scratch_rabbit.thaw()
    report("F10", "published after the thaw", rig.drain(90))

    print(f"F10 slowest of 100 hand-ins: {before * 1000:.0f} ms before, {during * 1000:.0f} ms frozen")
    assert during < before + 1
    rig.check()


def slowest_door(rig: Rig, times: int) -> float:
    slowest = 0.0
    for _ in range(times):
        began = time.monotonic()
        rig.hand_in(1)
        slowest = max(slowest, time.monotonic() - began)
    return slowest


@pytest.mark.chaos
def test_f12_deleted_and_purged_queues_cost_no_event(rig: Rig, scratch_rabbit: Rabbit) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()
    heard_once(rig, worker)

    rig.hand_in(50)
    scratch_rabbit.control("delete_queue", "liaison.interactive")
    rig.hand_in(50)
    scratch_rabbit.control("purge_queue", "liaison.bulk")
    rig.hand_in(50, Lane.BULK)
    report("F12", "queue deleted and purged", rig.drain(90))
    report("F12", "the worker hears again", hears_again(rig, worker))

    rig.check()


class LosesEverySecond:
    """A broker connection that loses half of the hints."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._count = 0

    def publish(self, lane: Lane) -> None:
        self._count += 1
        if self._count % 2:
            self._broker.publish(lane)

    def drop(self) -> None:
        self._broker.drop()


@pytest.mark.chaos
def test_f19_half_of_the_hints_lost_costs_a_few_seconds_at_most(rig: Rig) -> None:
    rig.start_worker()
    rig.start_sweeper()
    lossy = Publisher(rig.engine.units, LosesEverySecond(Broker(rig.app)), lambda: None)
    rig.use(lossy)

    delays = []
    for _ in range(20):
        rig.hand_in(1)
        delays.append(rig.decide())
    lossy.stop()

    report("F19", "the slowest of 20 events", max(delays))
    assert max(delays) < 10
    rig.drain()
    rig.check()


@pytest.mark.chaos
def test_f28_three_workers_and_three_sweepers_do_everything_once(rig: Rig) -> None:
    for _ in range(3):
        rig.start_worker()
        rig.start_sweeper()

    for _ in range(10):
        rig.hand_in(30)
    report("F28", "300 events by three of each", rig.drain())

    rig.check()


def test_f31_a_worker_that_opened_the_database_before_its_pool_is_refused(rig: Rig) -> None:
    worker = rig.start_worker(RIG_TOUCH_BEFORE_FORK="1")

    code = worker.process.wait(30)

    assert code != 0
    assert worker.says("opened the database before it started its pool")
