"""The small office of the simulation: its people, its calendar and its numbers."""

from __future__ import annotations

from datetime import date
from functools import cache

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster

COUNTY = "330226"


@cache
def roster(version: str = "r1") -> Roster:
    """A small office; the second version has one clerk less."""
    since = date(2020, 1, 1)
    posts = {
        "chen": (Grant("clerk"), Grant("centre_clerk")),
        "lin": (Grant("clerk"), Grant("clerk", "T1"), Grant("town_clerk", "T1"), Grant("panel_member")),
        "wu": (Grant("verifier"), Grant("category_verifier", "2"), Grant("section_officer")),
        "zhao": (Grant("office_head"),),
        "liu": (Grant("liaison"),),
        "ma": (Grant("liaison"), Grant("verifier")),
    }
    posts = {user: (*roles, Grant("voter")) for user, roles in posts.items()}
    home = {"liu": "d1", "ma": "d2"}
    gone = {"lin"} if version != "r1" else set()
    return Roster(
        version=version,
        county=COUNTY,
        departments=tuple(
            Department(code=code, name_zh=code, name_en=code, since=since, member=code != "office")
            for code in ("office", "d1", "d2")
        ),
        posts=tuple(
            Post(f"post_{user}", home.get(user, "office"), user, user, roles, since) for user, roles in posts.items()
        ),
        appointments=tuple(Appointment(user, f"post_{user}", since) for user in posts if user not in gone),
    )


@cache
def calendar() -> Calendar:
    """Monday to Friday."""
    return Calendar(version="plain")


@cache
def numbers(days: int) -> Numbers:
    """The office's numbers, with so many days for the steps that name them."""
    return Numbers(f"days-{days}", {"sim.days": days})
