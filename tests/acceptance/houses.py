"""The test kit's office behind real doors, on a database: events come in and officers act over HTTP.

`InOneProcess` works as the embedded mode does, `OverTheBroker` as production: the moves are made by a Celery worker
that hears of work over RabbitMQ, and this process plays the web and the sweeper. The clock is the test's in both.
A person has no key of a door yet, so what a person does himself is handed in behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Final

from celery import signals
from celery.contrib.testing.worker import start_worker

from adapters.sql.engines import Database
from adapters.sql.reads import SqlReads
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from domain.event import DomainEvent
from domain.events import EVENT_TYPES
from domain.roster import Roster
from tasks.application import PerProcess, celery_app
from tasks.chain import Broker
from tasks.hints import Publisher
from tests.crash.scratch import wait_for
from tests.integration.doors.offices import behind_doors
from workflows.machine.case import JSON, WorkItem
from workflows.moves.accepting import Accepted
from workflows.moves.acting import Answer
from workflows.moves.sweeping import sweep
from workflows.ports import Engine, NewEvent
from workflows.reads import ItemView
from workflows.testkit import Office, Store

SECRET: Final = "a secret for acceptance tests and nothing else"
STRUCTURED: Final = "application/cloudevents+json"


class InOneProcess(Office):
    """An office on a database, with doors; the moves are made here."""

    def __init__(self, roster: Roster, database: Database) -> None:
        super().__init__(
            roster=roster,
            store=lambda county, now, _: _store(SqlUnits(database, county, OfficeVault(SECRET, county), now)),
        )
        self._sent = count(1)

    @contextmanager
    def open(self) -> Iterator[InOneProcess]:
        """Open the doors."""
        self.doors = behind_doors(self)
        try:
            yield self
        finally:
            self.doors.office.committer.stop()

    def send(self, event: NewEvent | DomainEvent, *, at: Any = None) -> Accepted:
        """Send one event as a department that may send it."""
        if at is not None:
            self.turn_to(at)
        new = self.said(event, id=f"sent{next(self._sent)}") if isinstance(event, DomainEvent) else event
        data = {**new.plain, **new.personal}
        body = {"specversion": "1.0", "id": new.id, "source": new.source, "type": f"liaison.{new.type}", "data": data}
        answer = self.doors.http.post(
            "/api/events", json=body, headers={"Content-Type": STRUCTURED, **_key(_sender(new))}
        )
        assert answer.status_code == 202, answer.text
        [result] = answer.json()["results"]
        self.drain()
        return Accepted(result["status"], 0, tuple(result["cases"]))

    def act(
        self,
        user: str,
        on: WorkItem | ItemView | str,
        verb: str,
        *,
        opinion: str = "",
        form: Mapping[str, JSON] | None = None,
        reason: str | None = None,
        key: str | None = None,
        at: Any = None,
        **own: Any,
    ) -> Answer:
        """Press a button as an officer."""
        if ":" in user:
            return super().act(user, on, verb, opinion=opinion, form=form, reason=reason, key=key, at=at, **own)
        where, said = _pressed(on, {"opinion": opinion, "form": dict(form or {}), **own})
        answer = self.doors.http.post(
            f"/api/{where}/{verb}",
            json=said if reason is None else said | {"reason": reason},
            headers={**_key(f"user:{user}"), "Idempotency-Key": key or f"pressed{next(self._sent)}"},
        )
        self.drain()
        return Answer(answer.status_code, answer.json())


class OverTheBroker(InOneProcess):
    """An office whose moves a worker makes."""

    def __init__(self, roster: Roster, database: Database, worker: WorkerThread) -> None:
        super().__init__(roster, database)
        self._worker = worker
        self._publisher = Publisher(self.store.units, Broker(worker.app), _nothing)
        self.engine = replace(self.engine, wake=self._publisher.wake)
        worker.serve(self.engine)

    @contextmanager
    def open(self) -> Iterator[InOneProcess]:
        try:
            with super().open():
                yield self
        finally:
            self._publisher.stop()
            self._worker.rest()

    def drain(self) -> int:
        """Wait until the worker has done what it was told of; what fell due meanwhile is the sweeper's."""
        moved = 0
        wait_for("the worker is through", self._is_quiet)
        while step := sweep(self.engine):
            moved += step
            wait_for("the worker is through", self._is_quiet)
        return moved

    def _is_quiet(self) -> bool:
        pending = self.store.reads.pending()
        return not any(pending[kind] for kind in ("inbox", "effects"))


class WorkerThread:
    """A Celery worker in a thread, for whichever engine is served at the moment; it consumes from a real broker."""

    def __init__(self, broker_url: str) -> None:
        self._served = Served()
        self.app = celery_app(lambda: broker_url, self._served, _nothing)

    @contextmanager
    def running(self) -> Iterator[WorkerThread]:
        """Let it consume."""
        with start_worker(self.app, perform_ping_check=False, shutdown_timeout=30):
            yield self

    def serve(self, engine: Engine) -> None:
        """Make the moves of this engine from now on."""
        self._served.engine = engine

    def rest(self) -> None:
        """Make no move any more: what still runs ends, and later links of its chain find nobody to work for."""
        self._served.engine = None
        wait_for("the worker rests", lambda: not self._served.running)


class Served(PerProcess[Engine]):
    """The engine of the test that runs: the tests open and close it, not the worker's process."""

    def __init__(self) -> None:
        super().__init__(self._nobody)
        self.engine: Engine | None = None
        self.running: set[str] = set()
        signals.task_prerun.connect(self._begun)
        signals.task_postrun.connect(self._over)

    def __call__(self) -> Engine:
        return self.engine or self._nobody()

    def _nobody(self) -> Engine:
        raise LookupError("no test is served at the moment")

    def _begun(self, task_id: str, **_: Any) -> None:
        self.running.add(task_id)

    def _over(self, task_id: str, **_: Any) -> None:
        self.running.discard(task_id)


def _store(units: SqlUnits) -> Store:
    reads = SqlReads(units)
    return Store(units, reads, reads.next_due)


def _sender(event: NewEvent) -> str:
    """The department that the test names, where it may send the type; else the first that may."""
    permitted = EVENT_TYPES[event.type].DEPARTMENTS
    return event.department if event.department in permitted else min(permitted)


def _pressed(on: WorkItem | ItemView | str, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where a button stands, and what it says: on an item with the version that was seen, or on a case by its id."""
    if isinstance(on, str):
        return f"cases/{on}", {"opinion": said["opinion"]}
    item = on if isinstance(on, WorkItem) else on.item
    return f"work-items/{item.id}", {"version": item.version, **said}


def _key(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _nothing() -> None:
    """Nobody listens."""
