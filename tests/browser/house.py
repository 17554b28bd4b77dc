"""A sample office in memory behind the real pages, served on a free loopback port."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import uvicorn
from fastapi import FastAPI

from adapters.doors.admission import Desk as Admission
from adapters.doors.committing import Committer
from adapters.doors.http.app import create_app
from adapters.doors.http.figures import Figures
from adapters.doors.http.office import Office as HttpOffice
from adapters.doors.obstacles import obstacles_of
from adapters.identity.desk import Closed, Credential, Opened, as_issued, one_time_password
from adapters.identity.desk import Desk as Identity
from adapters.sample.county import sample_calendar, sample_events, sample_numbers, sample_roster
from adapters.web.pages import router
from domain.event import DomainEvent
from domain.events import parse_event
from domain.roster import Roster
from tests.browser.chromium import Tab
from workflows.language.words import Workflow
from workflows.library import CATALOGUE
from workflows.machine.deadlines import local_day
from workflows.moves.accepting import accept
from workflows.testkit import Office

CLERK = "sample.centre_clerk_1"
HEAD = "sample.office_head"
PAGES = (
    ("/enter", CLERK),
    ("/inbox", CLERK),
    ("/inbox?tab=shared", CLERK),
    ("/inbox?tab=done", CLERK),
    ("/inbox?tab=copies", CLERK),
    ("/inbox?text=nothing", CLERK),
    ("/items/{item}", CLERK),
    ("/items/{item}?done=agree", CLERK),
    ("/items/{item}", HEAD),
    ("/cases", HEAD),
    ("/cases/{case}", CLERK),
    ("/cases/{case}?view=compact", HEAD),
    ("/cases/{case}?view=json", HEAD),
    ("/cases/{case}/operations", HEAD),
    ("/cases/{case}/operations", CLERK),
    ("/cases/{case}/print", CLERK),
    ("/cases/{case}/print?history=1", HEAD),
    ("/check?number={case}&code=0000-0000-0000-0000-0000", CLERK),
    ("/board", HEAD),
    ("/upload", CLERK),
    ("/keys", CLERK),
)
"""Every page as somebody sees it, to be looked at by each test that holds for all of them."""
NOW = datetime(2026, 11, 3, 1, 30, tzinfo=UTC)
"""A Tuesday, half past nine in China."""


class MemoryAccounts:
    """Keys, links and sessions in memory, each link for one use."""

    def __init__(self) -> None:
        self.keys: dict[str, Credential] = {}
        self.links: dict[str, str] = {}
        self.used: set[str] = set()
        self.expired: set[str] = set()
        self.sessions: dict[str, str] = {}

    def find_key(self, token: str) -> Credential | None:
        return self.keys.get(token)

    def issue_key(self, name: str, credential: Credential) -> str:
        self.keys[name] = credential
        return name

    def revoke_key(self, name: str) -> bool:
        return self.keys.pop(name, None) is not None

    def find_session(self, token: str) -> str | None:
        return self.sessions.get(token)

    def issue_link(self, user: str) -> str:
        password = one_time_password()
        self.links[as_issued(password)] = user
        return password

    def find_link(self, password: str) -> str | Closed:
        link = as_issued(password)
        closed = {**dict.fromkeys(self.used, Closed.USED), **dict.fromkeys(self.expired, Closed.EXPIRED)}
        return closed.get(link) or self.links.get(link, Closed.UNKNOWN)

    def open_session(self, password: str) -> Opened | Closed:
        user = self.find_link(password)
        if isinstance(user, Closed):
            return user
        self.used.add(as_issued(password))
        session = secrets.token_urlsafe(8)
        self.sessions[session] = user
        return Opened(session, user)

    def end_session(self, token: str) -> None:
        self.sessions.pop(token, None)


class NoRefusals:
    def keep(self, refused: object) -> None:
        """Nothing is refused here."""


class House:
    """The office, its accounts and its application."""

    def __init__(
        self, *, sample: bool = True, roster: Roster | None = None, workflows: Sequence[Workflow] = CATALOGUE
    ) -> None:
        self.office = Office(
            workflows, roster=roster or sample_roster(), calendar=sample_calendar(), numbers=sample_numbers(), start=NOW
        )
        self.accounts = MemoryAccounts()
        self.sample = sample
        self._ids = count(1)
        self.committer = Committer(lambda submissions: accept(self.office.engine, submissions))

    def application(self) -> FastAPI:
        office, library = self.office, self.office.library
        zone = library.calendar().index.zone
        identity = Identity(
            county=office.county,
            zone=zone,
            sample=self.sample,
            secret="a secret that tests may know",
            accounts=self.accounts,
            roster=library.roster,
            today=lambda: local_day(library.calendar(), office.clock()),
        )
        return create_app(
            HttpOffice(
                engine=office.engine,
                reads=office.store.reads,
                identity=identity,
                desk=Admission(
                    office.county, office.engine.vault, self.sample, obstacles_of(office.engine, office.clock)
                ),
                committer=self.committer,
                refusals=NoRefusals(),
                figures=Figures(dict),
                not_ready=lambda: None,
            ),
            router,
        )

    def hand_in_samples(self, n: int) -> list[str]:
        """Hand in the first `n` sample events; gives the cases that they started or woke."""
        return self.hand_in(sample_events()[:n])

    def hand_in(self, events: Iterable[Mapping[str, Any]]) -> list[str]:
        """Hand in these events, each from the department that its source ends with."""
        cases: list[str] = []
        for raw in events:
            department = raw["source"].rpartition(":")[2]
            event = self.office.said(parse_event(raw["type"], raw["data"]), department=department)
            cases += self.office.send(event).cases
        return cases

    def say(self, event: type[DomainEvent], *, department: str) -> tuple[str, ...]:
        """Hand in the example of an event as a department; gives the cases that it started or woke."""
        said = event.model_validate(event.EXAMPLE)
        return self.office.send(self.office.said(said, department=department)).cases

    def filled_in(self, path: str, case: str) -> str:
        """The address of a page about a case and its first item."""
        items = self.office.case(case).items
        return path.format(case=case, item=items[0].id if items else "")

    def turn(self, **by: float) -> None:
        self.office.clock.turn_to(self.office.clock() + timedelta(**by))
        self.office.drain()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application on a free loopback port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def enter(tab: Tab, address: str, house: House, user: str) -> None:
    """Sign in with a one-time link and its one button."""
    tab.open(f"{address}/enter?token={house.accounts.issue_link(user)}")
    tab.press("form[action='/enter'] button")
