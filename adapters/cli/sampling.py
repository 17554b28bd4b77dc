"""The sample county (样例) of `up --sample`: put in, and its events sent through the same door as anybody's."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import httpx2

from adapters.cli.ending import Exit, give_up
from adapters.cli.house import Running
from adapters.identity.desk import SUBMITS, Credential, types_of
from adapters.sample.county import sample_accounts, sample_calendar, sample_events, sample_numbers, sample_roster
from adapters.sql.accounts import SqlAccounts
from adapters.sql.library import SqlLibrary
from adapters.sql.marks import is_sample, mark_as_sample
from adapters.sql.units import SqlUnits
from adapters.texts import _, current_language
from workflows.library import CATALOGUE

GUIDES: Final = (
    "sample.centre_clerk_1",
    "sample.chalu_clerk",
    "sample.civil_affairs_verifier",
    "sample.contact_secretary_3",
    "sample.office_head",
    "sample.auditor",
)
"""Posts whose sign-in links are printed: the first workflow, one for each part, and visits."""
SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time sign-in of a sample post: a password, and the link that carries it."""

    title: str
    password: str
    address: str


def install(units: SqlUnits) -> None:
    """Put the sample county into a database that is empty or holds it already."""
    library = SqlLibrary(units)
    if not is_sample(units):
        if library.current():
            give_up(
                Exit.REFUSED,
                _("这个数据库里是真实的办公室，不能装入样例：请用另一个 LIAISON_DATABASE_URL 或 LIAISON_DATA_DIR"),
            )
        mark_as_sample(units)
    library.install(CATALOGUE, sample_roster(), sample_calendar(), sample_numbers())
    SqlAccounts(units).add(*(account.user for account in sample_accounts()))


def submit(running: Running, address: str) -> dict[str, int]:
    """Send the sample events over HTTP, each with its department's key; counts of what became of them."""
    counts: dict[str, int] = {}
    with httpx2.Client(base_url=address, timeout=SECONDS) as client:
        tokens: dict[str, str] = {}
        names = {
            code: f"sample-{code}-{secrets.token_hex(4)}" for code in {_department(one) for one in sample_events()}
        }
        for code, events in _in_order():
            if code not in tokens:
                tokens[code] = _key(running, code, names[code])
            for status in _sent(client, tokens[code], events):
                counts[status] = counts.get(status, 0) + 1
        for code in tokens:
            running.office.identity.accounts.revoke_key(names[code])
    return counts


def _in_order() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    return ((code, list(events)) for code, events in groupby(sample_events(), key=_department))


def _department(event: dict[str, Any]) -> str:
    """The sample sources end with their department's code."""
    return str(event["source"]).rpartition(":")[2]


def _key(running: Running, code: str, name: str) -> str:
    credential = Credential(code, None, SUBMITS, types_of(code))
    return running.office.identity.accounts.issue_key(name, credential)


def _sent(client: httpx2.Client, token: str, events: list[dict[str, Any]]) -> list[str]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents-batch+json"}
    answer = client.post("/api/events", content=json.dumps(events).encode(), headers=headers)
    answer.raise_for_status()
    return [result["status"] for result in answer.json()["results"]]


def links(running: Running, address: str) -> list[Link]:
    """A new one-time sign-in for each guide."""
    titles = {one.user: one.name_en if current_language() == "en" else one.name_zh for one in sample_accounts()}
    passwords = {user: running.office.identity.accounts.issue_link(user) for user in GUIDES}
    return [Link(titles[user], password, f"{address}/enter?token={password}") for user, password in passwords.items()]
