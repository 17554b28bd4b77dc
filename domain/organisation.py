"""Departments, posts and who holds them, each with the days it is valid."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Department:
    """A unit that takes part in the joint meeting or works for it.

    Args:
        code: stable short name; a town's or street's is its nine-digit area code.
        member: whether the unit is a member (成员单位) of the joint meeting.
        since, until: first and last day of validity; None means no end.
    """

    code: str
    name_zh: str
    name_en: str
    since: date
    until: date | None = None
    member: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a post carries, for one scope (a town, a group) or for the whole county (None)."""

    role: str
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post in a department: rights belong to posts, never to persons."""

    code: str
    department: str
    title_zh: str
    title_en: str
    roles: tuple[Grant, ...] = ()
    since: date = date.min
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A user in a post from its first to its last day."""

    user: str
    post: str
    since: date
    until: date | None = None


def is_valid(term: Department | Post | Appointment, day: date) -> bool:
    """Say whether a term covers a day; its last day belongs to it."""
    return term.since <= day and (term.until is None or day <= term.until)
