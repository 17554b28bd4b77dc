"""The HTTP door as a way into a race: the real application in front of the arena's office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.doors.offices import Doors, behind_doors
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer
from workflows.testkit import Office

PROBLEM = 400


class HttpDoor:
    """Knocks at the doors of an office; the problem that comes back is read as a machine would read it."""

    def __init__(self) -> None:
        self._doors: Doors | None = None

    def __call__(self, office: Office, wanted: Act) -> Answer:
        """One act as a request of its own."""
        if self._doors is None:
            raise RuntimeError("open the doors first")
        place = f"cases/{wanted.case}" if wanted.item is None else f"work-items/{wanted.item}"
        headers = {"Authorization": f"Bearer user:{wanted.actor}", "Idempotency-Key": wanted.key}
        body = {"opinion": wanted.opinion, **wanted.fields}
        answer = self._doors.http.post(f"/api/{place}/{wanted.verb}", json=body, headers=headers)
        said = answer.json()
        code = str(said.get("type", "")).rpartition(":")[2].rpartition("/")[2] if answer.status_code >= PROBLEM else ""
        return Answer(answer.status_code, {**said, "code": code})

    @contextmanager
    def open(self, office: Office) -> Iterator[None]:
        """The doors of this office, closed at the end."""
        self._doors = behind_doors(office)
        with self._doors.http:
            yield
        self._doors.office.committer.stop()
