"""An office with real processes: a worker, a sweeper, a scratch broker and a database, and what a test does to them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import psutil

from adapters.sql.migrations import upgrade
from tasks.application import PerProcess, celery_app
from tasks.chain import Broker
from tasks.hints import Publisher
from tests.crash.doom import Doom
from tests.crash.office import engine_on, hand_in, open_units, publish_gateway
from tests.crash.oracle import Store, assert_nothing_lost_or_doubled
from tests.crash.scratch import wait_for
from tests.tree import ROOT
from workflows.machine.case import Lane
from workflows.ports import Engine

PROCESSES: Final = 2
PATIENCE: Final = 90.0
"""Seconds until a test gives up on processes that share a small machine with other tests."""


class Program:
    """One process that the test started, and may kill."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, process_group=0)

    @property
    def pid(self) -> int:
        return self.process.pid

    def children(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.pid).children(recursive=True)}

    @staticmethod
    def children_alive(pids: set[int]) -> bool:
        """Whether any of these still runs."""
        return any(map(psutil.pid_exists, pids))

    def kill(self) -> int:
        """Kill -9 this process alone; returns its return code."""
        os.kill(self.pid, signal.SIGKILL)
        return self.process.wait(10)

    def stop(self, seconds: float = 90) -> int:
        """Ask it to stop; returns its return code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def says(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def close(self) -> None:
        """Whatever became of it: nothing of its group stays."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait(10)


class Rig:
    """The office of one test. The test process itself plays the web: it accepts events and hints."""

    def __init__(self, database_url: str, broker_url: str, folder: Path) -> None:
        self.folder = folder
        self.store = Store(database_url)
        self.accepted: list[int] = []
        self.worker_doom = Doom(folder, "worker")
        self.ack_doom = Doom(folder, "acks")
        self.send_doom = Doom(folder, "sender")
        self._environment = os.environ | {
            "RIG_DATABASE_URL": database_url,
            "RIG_BROKER_URL": broker_url,
            "RIG_FOLDER": str(folder),
            "PYTHONPATH": str(ROOT),
        }
        self._programs: list[Program] = []
        upgrade(database_url)
        self._units = open_units(database_url)
        self.app = celery_app(lambda: broker_url, PerProcess(self._no_engine), _nothing)
        self.publisher = Publisher(self._units, Broker(self.app), _nothing)
        self.engine = engine_on(self._units, publish_gateway(broker_url, folder), self.publisher.wake, folder)

    def _no_engine(self) -> Engine:
        """The test process runs no task."""
        raise NotImplementedError

    # -- processes -----------------------------------------------------------------------------------------

    def start_worker(self, **extra: str) -> Program:
        """The Celery worker; returns when it consumes."""
        celery = ["-m", "celery", "--app", "tests.crash.doomed", "worker", "--loglevel", "INFO"]
        worker = self._start("worker", [*celery, "--concurrency", str(PROCESSES)], extra)
        wait_for("the worker is ready", lambda: worker.says(" ready.") or worker.process.poll() is not None, PATIENCE)
        return worker

    def start_sweeper(self) -> Program:
        sweeper = self._start("sweeper", ["-m", "tests.crash.doomed", "sweep"], {})
        mark = self.folder / "run" / f"{sweeper.pid}.swept"
        wait_for("the sweeper sweeps", mark.exists, PATIENCE)
        return sweeper

    def start_supervisor(self) -> Program:
        """`liaison worker`: both siblings under their supervisor."""
        supervisor = self._start("supervisor", ["-m", "tests.crash.doomed", "work"], {})
        wait_for("the worker is ready", lambda: supervisor.says(" ready."), PATIENCE)
        return supervisor

    def _start(self, name: str, arguments: list[str], extra: dict[str, str]) -> Program:
        log = self.folder / f"{name}.{len(self._programs)}.log"
        self._programs.append(Program([sys.executable, *arguments], self._environment | extra, log))
        return self._programs[-1]

    # -- load and oracle -----------------------------------------------------------------------------------

    def hand_in(self, count: int, lane: Lane = Lane.INTERACTIVE) -> None:
        """Accept so many new applications in one commit."""
        numbers = range(len(self.accepted), len(self.accepted) + count)
        hand_in(self.engine, numbers, lane)
        self.accepted += numbers

    def drain(self, seconds: float = PATIENCE) -> float:
        """Wait until nothing is left to do; returns how long it took.

        An effect whose sender was killed waits for its lease, half a minute.
        """
        try:
            return wait_for("everything is worked off", self.store.is_drained, seconds)
        except BaseException:
            print(self.store.pending(), *(program.log.read_text()[-3000:] for program in self._programs), sep="\n")
            raise

    def decide(self, seconds: float = PATIENCE) -> float:
        """Wait until every case is quiet, whatever of the outside was not reached; returns how long it took."""
        return wait_for("every case is quiet", lambda: not self.store.pending()["inbox"], seconds)

    def use(self, publisher: Publisher) -> None:
        """From now on hint with this publisher."""
        self.engine = replace(self.engine, wake=publisher.wake)

    def check(self) -> None:
        """Nothing was lost or done twice, and a repeated hand-in changes nothing."""
        again = hand_in(self.engine, self.accepted)
        assert {answer.status for answer in again} <= {"duplicate"}
        assert_nothing_lost_or_doubled(self.store, self.accepted)

    def close(self) -> None:
        for program in self._programs:
            program.close()
        self.publisher.stop()
        self._units.database.close()
        self.app.close()


def killed_children(worker: Program) -> set[int]:
    """The pool children that Celery saw die of SIGKILL."""
    found = re.findall(r"pid:(\d+)[^\n]* exited with 'signal 9 \(SIGKILL\)'", worker.log.read_text(errors="replace"))
    return {int(pid) for pid in found}


@contextmanager
def office(database_url: str, broker_url: str, folder: Path) -> Iterator[Rig]:
    rig = Rig(database_url, broker_url, folder)
    try:
        yield rig
    finally:
        rig.close()


def report(row: str, what: str, seconds: float) -> None:
    """One line per measured recovery, for `make chaos`."""
    print(f"{row} {what}: recovered in {seconds:.2f} s")


def _nothing() -> None:
    """Nobody listens."""
