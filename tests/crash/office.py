"""The office that crash tests run: one short workflow that makes an item, a notice, a timer and a published event.

Wired like production, from the same parts; the test process, the worker, the sweeper and the web process of a test all
open it from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from adapters.blobs.files import FileBlobs
from adapters.gateways.feed_file import FeedFile
from adapters.gateways.notices import Notices
from adapters.gateways.publish import Publish
from adapters.now import system_now
from adapters.sql.engines import open_database
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from domain.calendar import Calendar
from domain.events.members import MemberApplied
from domain.identifiers import COUNTY
from domain.numbers import Numbers
from workflows.language.words import (
    applicant,
    approve,
    do,
    emit,
    end,
    message,
    number,
    remind,
    role,
    sequence,
    workflow,
)
from workflows.machine.case import Lane
from workflows.memory.library import MemoryLibrary
from workflows.moves.accepting import Accepted, Submission, accept
from workflows.ports import Engine, Files, Gateway, NewEvent, Units
from workflows.testkit import staff

SECRET = "a secret for crash tests and nothing else"
SOURCE = "urn:liaison:sample:crash"

DEFINITION = workflow(
    "crash_rig",
    starts_on="member.applied.v1",
    about="member",
    person=True,
    steps=sequence(
        do("tell", emit("member.refused.v1", reason="duplicate")),
        message("received", to=applicant()),
        approve(
            "look",
            by=role("centre_clerk"),
            within=number("rig.look_days", 2),
            overdue=(remind(0),),
            on_reject=end("refused", "rejected"),
        ),
        end("done", "approved"),
    ),
)


def library() -> MemoryLibrary:
    roster = staff(clerk="centre_clerk", since=date(2020, 1, 1))
    return MemoryLibrary([DEFINITION], roster, Calendar(version="plain"), Numbers("defaults", {}))


def open_units(database_url: str) -> SqlUnits:
    """The store; on PostgreSQL with the database's own clock."""
    on_sqlite = database_url.startswith("sqlite")
    vault = OfficeVault(SECRET, COUNTY)
    return SqlUnits(open_database(database_url), COUNTY, vault, system_now if on_sqlite else None)


def engine_on(units: Units, publish: Gateway, wake: Callable[[Lane], None], folder: Path) -> Engine:
    gateways: dict[str, Gateway] = {"publish": publish, "notice": Notices(units)}
    files = Files(FileBlobs(folder / "attachments"))
    return Engine(units, library(), OfficeVault(SECRET, COUNTY), gateways, wake, files)


def publish_gateway(broker_url: str | None, folder: Path) -> Gateway:
    return FeedFile(folder / "published.jsonl") if broker_url is None else Publish(broker_url, pause=1)


def application(number: int, lane: Lane = Lane.INTERACTIVE) -> NewEvent:
    """The event that a department's door makes of one application; the same again for the same number."""
    event = MemberApplied.model_validate({**MemberApplied.EXAMPLE, "application": f"crash-{number:06}"})
    plain, personal = event.plain(), event.personal()
    body = json.dumps([event.TYPE, dict(plain), dict(personal)], sort_keys=True, ensure_ascii=False)
    return NewEvent(
        county=COUNTY,
        source=SOURCE,
        id=f"crash-{number:06}",
        type=event.TYPE,
        key=event.key(),
        person=event.person(),
        plain=plain,
        personal=personal,
        body_hash=hashlib.sha256(body.encode()).hexdigest(),
        department="office",
        lane=lane,
    )


def hand_in(engine: Engine, numbers: Sequence[int], lane: Lane = Lane.INTERACTIVE) -> list[Accepted]:
    """Accept these applications, each answered by itself."""
    answers = accept(engine, [Submission((application(number, lane),), whole=True) for number in numbers])
    return [answer for [answer] in answers]
