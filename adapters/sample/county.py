"""Reads the sample county: roster, calendar, numbers, accounts and events.

Everything about people is invented and marked 样例; accounts are named after posts, and
there is no phone number. The institutions are those of the county's joint meeting.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from adapters.calendars import statutory_calendar
from domain.calendar import Calendar
from domain.identifiers import COUNTY
from domain.numbers import Numbers
from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster

VERSION = "sample-4"


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """An account of the sample county, named after its post."""

    user: str
    name_zh: str
    name_en: str


def sample_roster() -> Roster:
    """Build the first roster version of the sample county."""
    return Roster(
        version=VERSION,
        county=COUNTY,
        departments=tuple(_department(row) for row in _rows("departments.csv")),
        posts=tuple(_post(row) for row in _rows("posts.csv")),
        appointments=tuple(_appointment(row) for row in _rows("appointments.csv")),
    )


def sample_calendar() -> Calendar:
    """Build the first calendar version: the announced years, the office's usual hours."""
    return statutory_calendar(VERSION)


def sample_numbers() -> Numbers:
    """Build the first version of the office's numbers."""
    return Numbers(VERSION, {row["name"]: int(row["value"]) for row in _rows("numbers.csv")})


def sample_accounts() -> tuple[SampleAccount, ...]:
    """Name the accounts that the posts of the sample county are signed in with."""
    return tuple(SampleAccount(**row) for row in _rows("accounts.csv"))


def sample_events() -> tuple[dict[str, Any], ...]:
    """Read the sample events: CloudEvents in the JSON format, without a time, in order."""
    return tuple(json.loads(line) for line in _text("events.jsonl").splitlines())


def _department(row: dict[str, str]) -> Department:
    return Department(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        since=date.fromisoformat(row["since"]),
        until=_last_day(row["until"]),
        member=row["member"] == "yes",
    )


def _post(row: dict[str, str]) -> Post:
    grants = (grant.partition(":") for grant in row["roles"].split())
    return Post(
        code=row["code"],
        department=row["department"],
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        roles=tuple(Grant(role, scope or None) for role, _, scope in grants),
        superior=row["superior"] or None,
    )


def _appointment(row: dict[str, str]) -> Appointment:
    return Appointment(row["user"], row["post"], date.fromisoformat(row["since"]), _last_day(row["until"]))


def _last_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(_text(name).splitlines())


def _text(name: str) -> str:
    return files("adapters.sample").joinpath(name).read_text(encoding="utf-8")
