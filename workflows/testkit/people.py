"""A roster in one line, for an office of the test kit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.identifiers import COUNTY
from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster


def staff(department: str = "office", since: date = date(2020, 1, 1), **roles: str | Sequence[str]) -> Roster:
    """A roster of one department, a post for each user: `staff(chen="town_clerk:330226105", he=("office_head",))`.

    A role is its name, or "name:scope".
    """
    posts = tuple(
        Post(code=f"post_{user}", department=department, title_zh=user, title_en=user, roles=_grants(held), since=since)
        for user, held in roles.items()
    )
    return Roster(
        version="staff",
        county=COUNTY,
        departments=(Department(code=department, name_zh=department, name_en=department, since=since),),
        posts=posts,
        appointments=tuple(Appointment(user=user, post=f"post_{user}", since=since) for user in roles),
    )


def _grants(held: str | Sequence[str]) -> tuple[Grant, ...]:
    named = [one.partition(":") for one in ([held] if isinstance(held, str) else held)]
    return tuple(Grant(role=name, scope=scope or None) for name, _, scope in named)
