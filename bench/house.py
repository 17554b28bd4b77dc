"""The product's own processes, started and asked as a user would: `liaison up`, `liaison submit`, the HTTP API."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

from adapters.cli import sampling
from adapters.settings import Settings
from adapters.sql.migrations import upgrade
from bench.places import ROOT, Place
from worker import store

START_SECONDS = 60
STOP_SECONDS = 90
CLERK = "sample.centre_clerk_1"
DEPARTMENT = "service_centre"


class House:
    """A running `liaison up --sample`."""

    def __init__(self, place: Place, address: str) -> None:
        self.place = place
        self.address = address

    def liaison(self, *arguments: str) -> str:
        """Run a command of the command line to its end; returns what it printed."""
        return self.start(*arguments).communicate()[0]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of the command line."""
        return subprocess.Popen(
            _command(*arguments), cwd=ROOT, env=self.place.environment, stdout=subprocess.PIPE, text=True
        )

    def key(self, **owner: str) -> str:
        """A new key of a department or a user."""
        options = [word for name, value in owner.items() for word in (f"--{name}", value)]
        issued = self.liaison("key", "issue", f"bench-{uuid.uuid4().hex[:8]}", *options, "--json")
        return str(json.loads(issued)["token"])

    @contextmanager
    def client(self, **owner: str) -> Iterator[httpx2.Client]:
        """The HTTP API as the owner of a new key."""
        headers = {"Authorization": f"Bearer {self.key(**owner)}"}
        with httpx2.Client(base_url=self.address, headers=headers, timeout=60) as client:
            yield client


@contextmanager
def house(place: Place) -> Iterator[House]:
    """`liaison up --sample`: everything, stopped at the end."""
    # The last line of its greeting: by then the sample events are in.
    with _running(place, ["up", "--sample", "--port", "0"], "liaison submit FILE") as address:
        yield House(place, address)


@contextmanager
def doors(place: Place) -> Iterator[House]:
    """`liaison web` on a database that holds the sample county: nobody makes the moves."""
    with store(Settings(data_dir=place.folder, database_url=place.database_url)) as units:
        upgrade(units.database.writing)
        sampling.install(units)
    with _running(place, ["web", "--port", "0"], "http://") as address:
        yield House(place, address)


@contextmanager
def _running(place: Place, arguments: list[str], ready: str) -> Iterator[str]:
    """A command that runs until it is stopped; gives the address that it prints."""
    log = place.folder / f"{arguments[0]}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            _command(*arguments), cwd=ROOT, env=place.environment, stdout=out, stderr=subprocess.STDOUT, process_group=0
        )
    try:
        yield _address(process, log, ready)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()
        process.wait()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "worker", *arguments]


def _address(process: subprocess.Popen[bytes], log: Path, ready: str) -> str:
    def greeted() -> str | None:
        text = log.read_text(errors="replace")
        if process.poll() is not None:
            message = f"liaison {log.stem} ended with {process.returncode}:\n{text}"
            raise RuntimeError(message)
        found = re.search(r"http://127\.0\.0\.1:\d+", text)
        return found.group() if found and ready in text else None

    return str(wait_for("the house greets", greeted, START_SECONDS, 0.1))


def wait_for(what: str, condition: Callable[[], Any], seconds: float, every: float) -> Any:
    """Poll until the condition gives something; raises TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > until:
            message = f"{what}: not within {seconds:g} s"
            raise TimeoutError(message)
        time.sleep(every)
    return found


def written(events: Sequence[dict[str, Any]], path: Path) -> Path:
    """These events as a file of JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    return path
