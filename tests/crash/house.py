"""The `liaison` command as real processes on a data folder of a test, and a department that keeps sending."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from adapters.doors.http.viewers import STAND_IN
from adapters.sample.county import sample_events
from domain.events.members import MemberApplied
from tests.crash.rig import Program
from tests.crash.scratch import wait_for

SOURCE: Final = "urn:liaison:sample:crash"
DEPARTMENT: Final = "department:service_centre"
NO_ANSWER: Final = (OSError, http.client.HTTPException)
BATCH: Final = {"Content-Type": "application/cloudevents-batch+json"}


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket file, where a refused connection leaves nothing open."""

    def __init__(self, path: Path) -> None:
        super().__init__("liaison", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(str(self._path))


class House:
    """One office of production: its settings and its processes."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")} | {
            "LIAISON_DATA_DIR": str(self.data),
            "RIG_FOLDER": str(folder),
            **{f"LIAISON_{name.upper()}": value for name, value in settings.items()},
        }
        self._programs: list[Program] = []

    def up(self) -> Program:
        """`liaison up --sample`; returns when it answers over its socket."""
        return self._serving("-m", "worker", "up", "--sample", "--port", "0")

    def doomed_up(self) -> Program:
        """The same, and it dies where the test says."""
        return self._serving("-m", "tests.crash.doomed_house", "up", "--sample", "--port", "0")

    def doomed_web(self) -> Program:
        """`liaison web` that dies where the test says."""
        return self._serving("-m", "tests.crash.doomed_house", "web", "--port", "0")

    def run(self, *arguments: str) -> Program:
        """Any other command of `liaison`."""
        return self._start("-m", "worker", *arguments)

    def _serving(self, *arguments: str) -> Program:
        program = self._start(*arguments)
        wait_for("liaison answers", lambda: self.answers() or program.process.poll() is not None, seconds=120)
        assert program.process.poll() is None, program.log.read_text()
        return program

    def _start(self, *arguments: str) -> Program:
        log = self.folder / f"house.{len(self._programs)}.log"
        self._programs.append(Program([sys.executable, *arguments], self._environment, log))
        return self._programs[-1]

    def answers(self) -> bool:
        try:
            return self._call("GET", "/livez")[0] == HTTPStatus.OK
        except NO_ANSWER:
            return False

    def send(self, numbers: Sequence[int]) -> list[str]:
        """Submit these applications as a department; the status of each. Raises NO_ANSWER when none comes."""
        status, body = self._call("POST", "/api/events", [application(number) for number in numbers])
        assert status == HTTPStatus.ACCEPTED, body
        return [result["status"] for result in json.loads(body)["results"]]

    def _call(self, method: str, path: str, events: list[dict[str, Any]] | None = None) -> tuple[int, bytes]:
        """One request over the socket in the data folder; the connection is closed whatever happens."""
        line = UnixConnection(self.data / "liaison.sock")
        try:
            line.request(method, path, None if events is None else json.dumps(events), {STAND_IN: DEPARTMENT} | BATCH)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def close(self) -> None:
        for program in self._programs:
            program.close()


def application(number: int) -> dict[str, Any]:
    """An application of an invented person, as a department sends it."""
    (example,) = [one["data"] for one in sample_events() if one["type"] == f"liaison.{MemberApplied.TYPE}"][:1]
    return {
        "specversion": "1.0",
        "id": f"crash-{number:06}",
        "source": SOURCE,
        "type": f"liaison.{MemberApplied.TYPE}",
        "datacontenttype": "application/json",
        "data": example | {"application": f"crash-{number:06}", "name": f"样例·{number}"},
    }


@contextmanager
def house(folder: Path, **settings: str) -> Iterator[House]:
    one = House(folder, **settings)
    try:
        yield one
    finally:
        one.close()
