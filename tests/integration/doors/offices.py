"""An office in memory behind the real HTTP doors: sample roster, catalogue, keys of departments and people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.testclient import TestClient

from adapters.doors.admission import Desk
from adapters.doors.committing import Committer
from adapters.doors.http.app import create_app
from adapters.doors.http.figures import Figures
from adapters.doors.http.office import Office, Refusal
from adapters.doors.obstacles import obstacles_of
from adapters.identity.desk import Closed, Credential, Opened, types_of
from adapters.identity.desk import Desk as Identity
from adapters.sample.county import sample_calendar, sample_numbers, sample_roster
from domain.events import EVENT_TYPES
from workflows import testkit
from workflows.moves.accepting import accept
from workflows.reads import CaseFilter

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
READS = frozenset({"read"})
ZONE = ZoneInfo("Asia/Shanghai")


class KnownKeys:
    """Keys whose tokens are the names of their owners."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        self.sessions = {"session-of-head": "sample.office_head"}

    def find_key(self, token: str) -> Credential | None:
        if token in self.revoked or token.startswith("nobody"):
            return None
        if token.startswith("user:"):
            return Credential(None, token.removeprefix("user:"), READS | {"act"}, frozenset())
        if token.startswith("submitter:"):
            types = frozenset({"member.applied.v1"})
            return Credential(None, token.removeprefix("submitter:"), READS | {"submit"}, types)
        return Credential(token, None, READS | {"submit"}, types_of(token))

    def issue_key(self, name: str, credential: Credential) -> str:
        return credential.department or f"user:{credential.user}"

    def revoke_key(self, name: str) -> bool:
        self.revoked.add(name)
        return True

    def issue_link(self, user: str) -> str:
        return user

    def find_session(self, token: str) -> str | None:
        return self.sessions.get(token)

    def find_link(self, password: str) -> str | Closed:
        return Closed.UNKNOWN

    def open_session(self, password: str) -> Opened | Closed:
        return Closed.UNKNOWN

    def end_session(self, token: str) -> None:
        self.sessions.pop(token)


@dataclass
class Noted:
    """Refused events, in a list."""

    refused: list[Refusal] = field(default_factory=list)

    def keep(self, refused: Sequence[Refusal]) -> None:
        self.refused.extend(refused)


@dataclass
class Doors:
    """The office, and a client who knocks."""

    kit: testkit.Office
    office: Office
    http: TestClient
    noted: Noted
    keys: KnownKeys

    def post(self, content: bytes, media: str, key: str = "service_centre", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": media} | more.pop("headers", {})
        return self.http.post("/api/events", content=content, headers=headers, **more)

    def get(self, path: str, key: str = "user:sample.office_head", **more: Any) -> Any:
        return self.http.get(path, headers={"Authorization": f"Bearer {key}"}, **more)

    def stored(self) -> int:
        """How many cases there are."""
        return len(self.kit.store.reads.cases(self.office.identity.operator(), CaseFilter(), 500).rows)


def open_doors() -> Doors:
    return behind_doors(
        testkit.Office(roster=sample_roster(), calendar=sample_calendar(), numbers=sample_numbers(), start=START)
    )


def behind_doors(kit: testkit.Office) -> Doors:
    """The real HTTP doors in front of any office; whoever opens them stops the committer."""
    noted, keys = Noted(), KnownKeys()
    figures = Figures(kit.store.reads.pending)
    committer = Committer(lambda submissions: accept(kit.engine, submissions), figures.committed)
    committer.start()
    identity = Identity(
        county=kit.county,
        zone=ZONE,
        sample=True,
        secret="the secret of an office in a test",
        accounts=keys,
        roster=kit.library.roster,
        today=lambda: kit.clock().astimezone(ZONE).date(),
    )
    office = Office(
        engine=kit.engine,
        reads=kit.store.reads,
        identity=identity,
        desk=Desk(kit.county, kit.engine.vault, sample=True, obstacle=obstacles_of(kit.engine, kit.clock)),
        committer=committer,
        refusals=noted,
        figures=figures,
        not_ready=lambda: None,
    )
    return Doors(kit, office, TestClient(create_app(office), raise_server_exceptions=False), noted, keys)


def cloud_event(event_id: str = "e1", kind: str = "member.applied.v1", **data: Any) -> dict[str, Any]:
    """The example of a type as a CloudEvent of its own."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "urn:test:centre",
        "type": f"liaison.{kind}",
        "data": dict(EVENT_TYPES[kind].EXAMPLE) | {"application": f"a-{event_id}"} | data,
    }
