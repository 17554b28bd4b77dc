"""F01, F02, F06: kill -9 of a pool child, the worker, the sweeper and everything, under load."""

import os
import signal
import time

import psutil
import pytest

from tests.crash.rig import Rig, killed_children, report
from tests.crash.scratch import wait_for

pytestmark = [pytest.mark.crash, pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.timeout(300)]


@pytest.mark.chaos
def test_an_office_with_all_its_processes_works_off_what_it_accepts(rig: Rig) -> None:
    rig.start_worker()
    rig.start_sweeper()

    rig.hand_in(100)
    rig.drain()

    rig.check()


def test_f01_a_killed_pool_child_costs_no_event_and_is_replaced(rig: Rig) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()
    before = worker.children()
    victim = min(before)

    rig.hand_in(50)
    os.kill(victim, signal.SIGKILL)
    rig.hand_in(50)
    report("F01", "pool child", rig.drain())

    wait_for("Celery notes the death", lambda: victim in killed_children(worker))
    wait_for("a new child", lambda: len(worker.children() - before) == 1)
    rig.check()


def test_f02_a_killed_worker_leaves_no_child_and_the_sweeper_goes_on(rig: Rig) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()
    children = worker.children()

    rig.hand_in(100)
    code = worker.kill()
    orphaned = wait_for("its children are gone", lambda: not any(map(psutil.pid_exists, children)), seconds=2)
    rig.hand_in(20)
    report("F02", "worker main", rig.drain())
    new = rig.start_worker()
    rig.hand_in(20)
    rig.drain()

    assert code == -9
    assert new.pid != worker.pid
    assert orphaned <= 2
    rig.check()


def test_f02_a_killed_sweeper_leaves_the_work_to_the_worker(rig: Rig) -> None:
    rig.start_worker()
    sweeper = rig.start_sweeper()

    rig.hand_in(50)
    code = sweeper.kill()
    rig.hand_in(50)
    new = rig.start_sweeper()
    report("F02", "sweeper", rig.drain())

    assert code == -9
    assert new.pid != sweeper.pid
    rig.check()


@pytest.mark.chaos
def test_f06_everything_killed_together_is_worked_off_after_the_restart(rig: Rig) -> None:
    worker, sweeper = rig.start_worker(), rig.start_sweeper()

    rig.hand_in(200)
    codes = [worker.kill(), sweeper.kill()]
    wait_for("all children are gone", lambda: not alive(worker.pid), seconds=5)
    rig.hand_in(20)
    began = time.monotonic()
    rig.start_worker()
    rig.start_sweeper()
    rig.drain()
    report("F06", "all processes", time.monotonic() - began)

    assert codes == [-9, -9]
    rig.check()


def alive(group: int) -> bool:
    """Whether a process of this group still runs."""
    return any(os.getpgid(process.pid) == group for process in psutil.process_iter() if psutil.pid_exists(process.pid))
