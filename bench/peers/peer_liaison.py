"""This product: events through the door's code path, the worker and the sweeper as `liaison worker` runs them.

PEER_COMMITS: bulk    start_many is one submission of its 25 events, as the door takes a batch (one commit)
              single  each event is a submission and a commit of its own

The driver watches the tables `approval_task` and `followup` of its own schema. Triggers fill them, in the transaction
that opens the work item and in the one that ends the case.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from adapters.doors.admission import Desk
from adapters.doors.envelopes import Envelope, read_event
from adapters.doors.obstacles import obstacles_of
from adapters.now import system_now
from adapters.sql.library import SqlLibrary
from adapters.sql.migrations import upgrade
from adapters.sql.units import SqlUnits
from bench.peers.approval_job import DEFINITION, ROLE
from domain.calendar import Calendar
from domain.events.members import MemberApplied
from domain.identifiers import COUNTY, derived_id
from domain.numbers import Numbers
from domain.roster import Roster
from tasks.chain import Broker
from tasks.hints import Publisher
from worker import app, engine_on, settings_of_this_process, units_of
from workflows.machine.case import Lane
from workflows.machine.nodes import index
from workflows.machine.stimuli import Act
from workflows.moves.accepting import Submission, accept
from workflows.moves.acting import act_together
from workflows.policy import department_viewer
from workflows.ports import NewEvent
from workflows.testkit import staff

SOURCE = "urn:liaison:bench"
USER = "approver"
DEPARTMENT = "service_centre"
BULK_ROWS = 20
PATH = next(path for path, node in index(DEFINITION).items() if getattr(node.step, "name", None) == "approval")

TRIGGERS = """
CREATE FUNCTION bench_task() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO approval_task(wf, approver) SELECT h.key, 'bob' FROM fresh i
    JOIN case_head h ON h.county = i.county AND h.id = i."case" ON CONFLICT DO NOTHING;
  RETURN NULL; END $$;
CREATE TRIGGER bench_task AFTER INSERT ON work_item REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION bench_task();
CREATE FUNCTION bench_done() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO followup(wf, due, done) SELECT key, now() + interval '1 year', true FROM fresh
    WHERE outcome IS NOT NULL ON CONFLICT DO NOTHING;
  RETURN NULL; END $$;
CREATE TRIGGER bench_done AFTER UPDATE ON case_head REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION bench_done();
"""


class P:
    """The product in the shape of the driver's `Peer`."""

    def __init__(self) -> None:
        self.single = os.environ.get("PEER_COMMITS", "bulk") == "single"
        self.name = "liaison_single" if self.single else "liaison"

    def setup(self) -> None:
        """Our tables in the peer's database, the job's definition, its roster, and the triggers for the driver."""
        database = f"{os.environ['PERF_DSN']}/{os.environ['PERF_DB']}"
        os.environ["LIAISON_DATA_DIR"] = tempfile.mkdtemp(prefix="liaison-peer-", dir=os.environ.get("PERF_TMP"))
        os.environ["LIAISON_DATABASE_URL"] = database
        os.environ["LIAISON_BROKER_URL"] = os.environ["PERF_AMQP"]
        settings = settings_of_this_process()
        self.units = units_of(settings)
        upgrade(self.units.database.writing)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(TRIGGERS)
        self.publisher = Publisher(self.units, Broker(app), _nothing)
        self.engine = engine_on(settings, self.units, self.publisher.wake)
        _furnish(self.units)
        self.desk = Desk(COUNTY, self.units.vault, sample=False, obstacle=obstacles_of(self.engine, system_now))
        self.viewer = department_viewer(COUNTY, DEPARTMENT, frozenset({MemberApplied.TYPE}), frozenset({"submit"}))

    def start_workers(self) -> list[subprocess.Popen[bytes]]:
        """The Celery worker with its two children, and the sweeper."""
        log = (Path(os.environ["LIAISON_DATA_DIR"]) / "worker.log").open("ab")
        command = [sys.executable, "-m", "worker", "worker"]
        return [subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)]

    def start(self, wf: str, payload: dict[str, Any]) -> None:
        accept(self.engine, [Submission((self._event(wf, payload, Lane.INTERACTIVE),), whole=True)])

    def start_many(self, wfs: Sequence[str], payload: dict[str, Any]) -> None:
        if self.single:
            for wf in wfs:
                self.start(wf, payload)
            return
        # The door's own line between what a person waits for and an import.
        lane = Lane.BULK if len(wfs) >= BULK_ROWS else Lane.INTERACTIVE
        accept(self.engine, [Submission(tuple(self._event(wf, payload, lane) for wf in wfs), whole=False)])

    def decide(self, wf: str) -> None:
        self.decide_many([wf])

    def decide_many(self, wfs: Sequence[str]) -> None:
        """All in one transaction, as the door takes a list of decisions; with PEER_COMMITS=single each alone."""
        for together in [[wf] for wf in wfs] if self.single else [wfs]:
            answers = act_together(self.engine, [_agreement(wf) for wf in together])
            refused = [answer for answer in answers if answer.status >= 400]
            if refused:
                raise RuntimeError(f"{len(refused)} decisions refused: {refused[0]}")

    def preload(self, n: int) -> str | None:
        """Open cases are not cloned by SQL: each has its chain of hashes."""
        return None

    def teardown(self) -> None:
        self.publisher.stop()
        self.units.database.close()

    def _event(self, wf: str, payload: dict[str, Any], lane: Lane) -> NewEvent:
        data = {**MemberApplied.EXAMPLE, "application": wf, "name": f"样例·{wf}", "remark": payload["blob"]}
        envelope = read_event({"specversion": "1.0", "id": wf, "source": SOURCE, "type": WIRE, "data": data})
        if not isinstance(envelope, Envelope):
            raise TypeError(f"{wf}: {envelope.detail}")
        event = self.desk.admit(envelope, self.viewer, lane)
        if not isinstance(event, NewEvent):
            raise TypeError(f"{wf}: {event.detail}")
        return event


WIRE = f"liaison.{MemberApplied.TYPE}"


def _agreement(wf: str) -> Act:
    case = derived_id(COUNTY, DEFINITION.name, wf, SOURCE, wf)
    return Act(
        key=f"{USER}:{uuid.uuid4().hex}",
        case=case,
        item=derived_id("item", case, PATH, 1, 0),
        verb="agree",
        actor=USER,
        principals=frozenset({f"user:{USER}", f"role:{ROLE}:"}),
        seen=None,
    )


def _furnish(units: SqlUnits) -> None:
    """The definition and what decisions are taken on."""
    roster: Roster = staff(DEPARTMENT, approver=ROLE)
    SqlLibrary(units).install([DEFINITION], roster, Calendar(version="bench"), Numbers("bench", {}))


def _nothing() -> None:
    """Nobody listens."""
