"""F05, F06, F30: the `liaison` command killed with -9 while a department sends, and started again."""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.crash.doom import Doom
from tests.crash.house import NO_ANSWER, House, house
from tests.crash.oracle import Store
from tests.crash.rig import report
from tests.crash.scratch import Postgres, Rabbit, wait_for
from tests.services import database_of_its_own

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

CHUNK = 20
SHORT, LONG = 5, 300


class Department:
    """Sends one chunk after another in a thread, each until it is answered: as a careful sender does."""

    def __init__(self, office: House) -> None:
        self._office = office
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.accepted = 0
        self.repeated = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            statuses = self._sent_once(range(self.accepted, self.accepted + CHUNK))
            if statuses is None:
                self._stopping.wait(0.05)
            else:
                self.accepted += CHUNK
                self.repeated += statuses.count("duplicate")

    def _sent_once(self, numbers: range) -> list[str] | None:
        try:
            return self._office.send(numbers)
        except NO_ANSWER:
            return None


def kill_again_and_again(office: House, times: int) -> tuple[Department, float]:
    """Kill `liaison up` so many times at random moments under load; returns what was accepted and the slowest start."""
    moments = random.Random(20260302)
    slowest = 0.0
    running = office.up()
    with Department(office) as department:
        for _ in range(times):
            before = department.accepted
            wait_for("the department gets through", lambda before=before: department.accepted > before, seconds=60)  # type: ignore[misc]  # bound now on purpose
            time.sleep(moments.uniform(0, 0.3))  # the random moment of the kill, not a wait for something
            assert running.kill() == -9
            assert_intact(office.data / "liaison.sqlite3")
            began = time.monotonic()
            running = office.up()
            slowest = max(slowest, time.monotonic() - began)
    return department, slowest


def assert_intact(path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def assert_all_accounted_for(store: Store, accepted: int) -> None:
    """Each accepted application has one event, one case and one first item, and nothing waits to be done."""
    rows = store.rows()
    ids = sorted(id_ for source, id_ in rows["events"] if source.endswith(":crash"))
    keys = sorted(row[2] for row in rows["cases"] if row[2].startswith("crash-"))
    cases = {row[0] for row in rows["cases"] if row[2].startswith("crash-")}
    items = sorted(row[1] for row in rows["items"] if row[1] in cases)
    expected = [f"crash-{number:06}" for number in range(accepted)]
    assert ids == expected
    assert keys == expected
    assert items == sorted(cases)


def test_f30_embedded_office_killed_under_load_keeps_every_accepted_event(tmp_path: Path) -> None:
    with house(tmp_path) as office:
        department, slowest = kill_again_and_again(office, SHORT)
        store = Store(f"sqlite:///{office.data}/liaison.sqlite3")
        wait_for("everything is worked off", store.is_drained, seconds=60)

    report("F30", f"{SHORT} kills, {department.accepted} events, slowest restart", slowest)
    assert_all_accounted_for(store, department.accepted)


@pytest.mark.chaos
@pytest.mark.timeout(7200)
def test_f30_embedded_office_killed_300_times(tmp_path: Path) -> None:
    with house(tmp_path) as office:
        department, slowest = kill_again_and_again(office, LONG)
        store = Store(f"sqlite:///{office.data}/liaison.sqlite3")
        wait_for("everything is worked off", store.is_drained, seconds=600)

    report("F30", f"{LONG} kills, {department.accepted} events, slowest restart", slowest)
    assert_all_accounted_for(store, department.accepted)


@pytest.fixture
def office(scratch_rabbit: Rabbit, scratch_postgres: Postgres, tmp_path: Path) -> Iterator[tuple[House, Store]]:
    """`liaison` on PostgreSQL and RabbitMQ."""
    scratch_rabbit.empty()
    with (
        database_of_its_own(scratch_postgres.url) as url,
        house(tmp_path, database_url=url, broker_url=scratch_rabbit.url) as one,
    ):
        yield one, Store(url)


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_f05_a_door_killed_after_the_commit_answers_the_repeated_request_with_the_same_cases(
    office: tuple[House, Store],
) -> None:
    one, store = office
    one.up().stop()
    doom = Doom(one.folder, "house")
    web = one.doomed_web()

    doom.order("after", 1)
    with pytest.raises(NO_ANSWER):
        one.send([0])
    code = web.process.wait(10)
    began = time.monotonic()
    again = one.doomed_web()
    statuses = one.send([0])
    report("F05", "web", time.monotonic() - began)

    assert code == -9
    assert again.pid != web.pid
    assert statuses == ["duplicate"]
    assert [row for row in store.rows()["events"] if row[0].endswith(":crash")] == [
        ("urn:liaison:sample:crash", "crash-000000")
    ]


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_f06_an_office_over_rabbitmq_killed_in_the_middle_is_worked_off_after_the_restart(
    office: tuple[House, Store],
) -> None:
    one, store = office
    up = one.up()
    with Department(one) as department:
        wait_for("some events", lambda: department.accepted >= 10 * CHUNK, seconds=60)
        children = up.children()
        code = up.kill()
        wait_for("no orphan stays", lambda: not up.children_alive(children), seconds=60)
        began = time.monotonic()
        again = one.up()
        wait_for("more events", lambda: department.accepted >= 15 * CHUNK, seconds=60)
    wait_for("everything is worked off", store.is_drained, seconds=90)
    report("F06", f"liaison up over RabbitMQ, {department.accepted} events", time.monotonic() - began)

    assert code == -9
    assert again.pid != up.pid
    assert_all_accounted_for(store, department.accepted)
