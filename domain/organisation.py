"""Departments, posts, who holds them, and who stands in for whom, each with the days it is valid."""

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
    """A post in a department: rights belong to posts, never to persons.

    `superior` is the code of the post directly above it (直接上级), where there is one.
    """

    code: str
    department: str
    title_zh: str
    title_en: str
    roles: tuple[Grant, ...] = ()
    since: date = date.min
    until: date | None = None
    superior: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A user in a post from its first to its last day."""

    user: str
    post: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Proxy:
    """`proxy` may act for `user` from the first to the last day of an absence (委托、代理), who may act as well.

    `workflow` limits it to the cases of one workflow; None means all.
    """

    user: str
    proxy: str
    since: date
    until: date | None = None
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """From `since` on what `user` held is `successor`'s (离职转交), in one workflow or (None) in all.

    `until` is the last day on which something may still come to the one who left; None means no end.
    """

    user: str
    successor: str
    since: date
    until: date | None = None
    workflow: str | None = None


def is_valid(term: Department | Post | Appointment | Proxy | Handover, day: date) -> bool:
    """Say whether a term covers a day; its last day belongs to it."""
    return term.since <= day and (term.until is None or day <= term.until)
