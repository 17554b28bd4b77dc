"""`liaison worker`: two sibling processes, the Celery worker and the sweeper, kept alive and stopped in good order.

A dead child is started again after a back-off; a worker that is alive and deaf (reliability P27) is restarted; if
this process itself is killed, the kernel asks both children to stop (PR_SET_PDEATHSIG), so no orphan stays for long.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

FIRST_BACK_OFF: Final = 0.5
LONGEST_BACK_OFF: Final = 30.0
HEALTHY_SECONDS: Final = 60
"""A child that lived this long starts again without waiting."""
DEAF_SECONDS: Final = 60
STOP_SECONDS: Final = 60
"""How long a child may take to stop before it is killed; Celery's own soft shutdown takes 30 s."""
TICK_SECONDS: Final = 0.2

WORKER: Final = "worker"
SWEEPER: Final = "sweeper"
_PR_SET_PDEATHSIG: Final = 1

log = structlog.get_logger(__name__)


class Marks:
    """Files whose change says "I got on": one per process, in a folder of the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "run"

    def touch(self, pid: int, what: str) -> None:
        """Say that process `pid` did `what`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path(pid, what).touch()

    def seen(self, pid: int, what: str) -> int:
        """A number that is another one after each touch; 0 before the first."""
        try:
            return self._path(pid, what).stat().st_mtime_ns
        except OSError:
            return 0

    def forget(self, pid: int) -> None:
        for path in self._folder.glob(f"{pid}.*"):
            path.unlink(missing_ok=True)

    def _path(self, pid: int, what: str) -> Path:
        return self._folder / f"{pid}.{what}"


@dataclass(slots=True)
class Hearing:
    """Tells a deaf worker: hints are confirmed by the broker again and again, and the worker starts no chain.

    Without confirmed hints nothing is said about the worker: then the broker is away, and a restart would not help.
    """

    confirmed: int = 0
    heard: int = 0
    confirmed_at: float = 0
    silent_since: float = 0

    def is_deaf(self, now: float, confirmed: int, heard: int) -> bool:
        """True when hints were confirmed for a minute and not one was heard. `now` is in monotonic seconds."""
        broker_was_away = now - self.confirmed_at > DEAF_SECONDS / 2
        if heard != self.heard or (confirmed != self.confirmed and broker_was_away):
            self.silent_since = now
        if confirmed != self.confirmed:
            self.confirmed_at = now
        self.confirmed, self.heard = confirmed, heard
        still_hinted = now - self.confirmed_at <= DEAF_SECONDS / 2
        return still_hinted and now - self.silent_since > DEAF_SECONDS


@dataclass(slots=True)
class Child:
    """One process that is to run: started at once, and again after a back-off when it ends."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_at: float = 0
    back_off: float = field(default=FIRST_BACK_OFF)

    def keep(self, now: float) -> bool:
        """Start it when it is time; True when a process has ended since the last call."""
        ended = self.process is not None and self.process.poll() is not None
        if ended:
            self._note_end(now)
        if self.process is None and now >= self.start_at:
            self._start(now)
        return ended

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it and whatever it started: its process group is its own."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _start(self, now: float) -> None:
        # One thread only in this process, so a function between fork and exec is safe.
        self.process = subprocess.Popen(self.command, process_group=0, preexec_fn=die_with(os.getpid()))  # noqa: PLW1509, S603  # our own command
        self.started_at = now
        log.info("child_started", child=self.name, pid=self.process.pid)

    def _note_end(self, now: float) -> None:
        assert self.process is not None  # noqa: S101  # the caller has looked
        healthy = now - self.started_at >= HEALTHY_SECONDS
        self.back_off = FIRST_BACK_OFF if healthy else min(self.back_off * 2, LONGEST_BACK_OFF)
        self.start_at = now + (0 if healthy else self.back_off)
        log.error(
            "child_ended",
            child=self.name,
            pid=self.process.pid,
            code=self.process.returncode,
            again_in=self.start_at - now,
        )
        # What it had started (pool processes) must not outlive it.
        self.kill()
        self.process = None


def die_with(parent: int) -> Callable[[], None]:
    """What a child runs before its program: the kernel sends it SIGTERM when the parent dies, however it dies."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def commands(module: str = "worker") -> dict[str, list[str]]:
    """The two siblings, as the composition root `module` runs them."""
    celery = ["-m", "celery", "--app", module, "--quiet", "worker", "--loglevel", "INFO"]
    return {
        WORKER: [sys.executable, *celery, "--hostname", f"liaison-{os.getpid()}@%h"],
        SWEEPER: [sys.executable, "-m", module, "sweep"],
    }


def supervise(data_dir: Path, programs: dict[str, list[str]]) -> int:
    """Keep the worker and the sweeper running until SIGTERM or SIGINT; returns the exit code.

    Args:
        data_dir: where both leave the marks of their progress.
        programs: the command of each, by name; see `commands`.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    children = {name: Child(name, command) for name, command in programs.items()}
    marks = Marks(data_dir)
    hearing = Hearing(silent_since=time.monotonic())
    while not stopping.is_set():
        for child in children.values():
            _keep(child, marks)
        if _is_deaf(children, marks, hearing):
            log.error("child_deaf", child=WORKER, seconds=DEAF_SECONDS)
            children[WORKER].kill()
            hearing = Hearing(silent_since=time.monotonic())
        stopping.wait(TICK_SECONDS)
    return _stop(list(children.values()), marks)


def _keep(child: Child, marks: Marks) -> None:
    before = child.process
    if child.keep(time.monotonic()) and before is not None:
        marks.forget(before.pid)


def _is_deaf(children: dict[str, Child], marks: Marks, hearing: Hearing) -> bool:
    worker, sweeper = children[WORKER].process, children[SWEEPER].process
    if worker is None or sweeper is None:
        return False
    return hearing.is_deaf(time.monotonic(), marks.seen(sweeper.pid, "confirmed"), marks.seen(worker.pid, "heard"))


def _stop(children: Sequence[Child], marks: Marks) -> int:
    for child in children:
        child.ask_to_stop()
    clean = _wait(children, STOP_SECONDS)
    for child in children:
        child.kill()
        if child.process is not None:
            marks.forget(child.process.pid)
    log.info("stopped", clean=clean)
    return 0 if clean else 1


def _wait(children: Sequence[Child], seconds: float) -> bool:
    """True when all ended within `seconds`."""
    until = time.monotonic() + seconds
    running = [child.process for child in children if child.process is not None]
    while any(process.poll() is None for process in running) and time.monotonic() < until:
        time.sleep(TICK_SECONDS)
    return all(process.poll() is not None for process in running)
