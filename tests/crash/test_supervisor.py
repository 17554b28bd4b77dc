"""F02, F06, P27: `liaison worker` keeps its two siblings alive, leaves no orphan, and stops in good order."""

import os
import signal
import time

import psutil
import pytest

from adapters.supervisor import DEAF_SECONDS, Hearing
from tests.crash.rig import Program, Rig, report
from tests.crash.scratch import wait_for

pytestmark = [pytest.mark.crash, pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.timeout(300)]


def sibling(supervisor: Program, word: str) -> int | None:
    """The pid of the supervisor's own child whose command holds this word."""
    children = psutil.Process(supervisor.pid).children()
    living = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return next((child.pid for child in living if word in child.cmdline()), None)


def test_f02_a_supervisor_starts_a_killed_worker_and_a_killed_sweeper_again(rig: Rig) -> None:
    supervisor = rig.start_supervisor()
    before = {word: sibling(supervisor, word) for word in ("celery", "sweep")}

    began = time.monotonic()
    for pid in before.values():
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    wait_for("a new worker", lambda: sibling(supervisor, "celery") not in {None, before["celery"]}, seconds=60)
    wait_for("a new sweeper", lambda: sibling(supervisor, "sweep") not in {None, before["sweep"]}, seconds=60)
    rig.hand_in(50)
    rig.drain()
    report("F02", "both siblings, under the supervisor", time.monotonic() - began)

    assert supervisor.log.read_text().count("code=-9") == 2
    rig.check()


@pytest.mark.chaos
def test_f06_a_killed_supervisor_leaves_no_orphan_for_long(rig: Rig) -> None:
    supervisor = rig.start_supervisor()
    family = supervisor.children()

    rig.hand_in(50)
    code = supervisor.kill()
    waited = wait_for("the family is gone", lambda: not Program.children_alive(family), seconds=60)
    rig.start_supervisor()
    rig.drain()
    report("F06", "no orphan after", waited)

    assert code == -9
    rig.check()


def test_a_supervisor_asked_to_stop_stops_both_and_loses_nothing(rig: Rig) -> None:
    supervisor = rig.start_supervisor()
    family = supervisor.children()

    rig.hand_in(200)
    code = supervisor.stop()
    rig.start_supervisor()
    rig.drain()

    assert code == 0
    assert not Program.children_alive(family)
    rig.check()


@pytest.mark.chaos
@pytest.mark.timeout(400)
def test_p27_a_worker_that_hears_nothing_is_started_again(rig: Rig) -> None:
    supervisor = rig.start_supervisor()
    rig.hand_in(1)
    rig.drain()
    deaf = sibling(supervisor, "celery")
    assert deaf is not None

    began = time.monotonic()
    os.kill(deaf, signal.SIGSTOP)
    wait_for("a new worker", lambda: sibling(supervisor, "celery") not in {None, deaf}, seconds=4 * DEAF_SECONDS)
    report("P27", "a frozen worker", time.monotonic() - began)
    rig.hand_in(20)
    rig.drain()

    rig.check()


def test_p27_hints_confirmed_for_a_minute_and_never_heard_mean_deaf() -> None:
    hearing = Hearing(silent_since=0)

    said = [hearing.is_deaf(now, confirmed=int(now // 10), heard=0) for now in range(DEAF_SECONDS + 12)]

    assert said.index(True) > DEAF_SECONDS
    assert not any(said[:DEAF_SECONDS])


def test_p27_a_worker_that_starts_chains_is_not_deaf() -> None:
    hearing = Hearing(silent_since=0)

    said = [hearing.is_deaf(now, confirmed=int(now // 10), heard=int(now // 20)) for now in range(400)]

    assert not any(said)


def test_p27_without_a_broker_nobody_is_called_deaf() -> None:
    hearing = Hearing(silent_since=0)

    said = [hearing.is_deaf(now, confirmed=1, heard=1) for now in range(400)]

    assert not any(said)


def test_p27_a_broker_that_comes_back_gives_the_worker_a_minute_to_reconnect() -> None:
    hearing = Hearing(silent_since=0, confirmed=1, heard=1)
    for now in range(600):
        hearing.is_deaf(now, confirmed=1, heard=1)

    said = [hearing.is_deaf(600 + now, confirmed=2 + now // 10, heard=1) for now in range(DEAF_SECONDS)]

    assert not any(said)
