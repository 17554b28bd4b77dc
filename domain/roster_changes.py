"""What a new version of the roster changes: which rows, who gains or loses what, and what nobody holds any more. Pure."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from domain.organisation import Grant
from domain.roster import Roster, posts_of, roles_of

How = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of the roster that was added, removed or changed: its sheet, and what names it there."""

    sheet: str
    name: str
    how: How


@dataclass(frozen=True, slots=True)
class Shift:
    """What a user gains and loses on a day: "post:CODE", and "role:NAME" or "role:NAME:SCOPE"."""

    user: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """What one version changes of another.

    `vacated` are the roles that somebody held that day and nobody holds any more, `leavers` the users who had a post and
    have none.
    """

    rows: tuple[RowChange, ...]
    shifts: tuple[Shift, ...]
    vacated: tuple[Grant, ...]
    leavers: tuple[str, ...]


def changes_of(before: Roster | None, after: Roster, day: date) -> RosterChanges:
    """What `after` changes, with what it means for people on `day`; all of it is new where there was no roster."""
    users = sorted(_users(before) | _users(after))
    return RosterChanges(
        rows=tuple(_row_changes(before, after)),
        shifts=tuple(shift for user in users if (shift := _shift(before, after, user, day)) is not None),
        vacated=tuple(sorted(_held(before, day) - _held(after, day), key=_said)),
        leavers=tuple(user for user in users if _posts(before, user, day) and not _posts(after, user, day)),
    )


def _row_changes(before: Roster | None, after: Roster) -> Iterator[RowChange]:
    for sheet in ("departments", "posts"):
        old, new = (_by_code(getattr(one, sheet, ())) for one in (before, after))
        for code in sorted(old.keys() | new.keys()):
            if old.get(code) != new.get(code):
                yield RowChange(sheet, code, _how(code in old, code in new))
    for sheet in ("appointments", "proxies", "handovers"):
        rows = [set(getattr(one, sheet, ())) for one in (before, after)]
        yield from sorted(_terms(sheet, rows[0], rows[1]), key=lambda one: (one.name, one.how))


def _by_code(rows: Iterable[Any]) -> dict[str, Any]:
    return {row.code: row for row in rows}


def _terms(sheet: str, old: set[Hashable], new: set[Hashable]) -> Iterator[RowChange]:
    """Terms have no code: one with other days is the removal of the old and the addition of the new."""
    yield from (RowChange(sheet, _term(row), "removed") for row in old - new)
    yield from (RowChange(sheet, _term(row), "added") for row in new - old)


def _term(row: Any) -> str:
    other = getattr(row, "post", None) or getattr(row, "proxy", None) or row.successor
    return f"{row.user} → {other} ({row.since} – {row.until or '…'})"


def _how(was: bool, is_: bool) -> How:  # noqa: FBT001  # the two sides of one comparison
    if was and is_:
        return "changed"
    return "removed" if was else "added"


def _shift(before: Roster | None, after: Roster, user: str, day: date) -> Shift | None:
    old, new = _holds(before, user, day), _holds(after, user, day)
    if old == new:
        return None
    return Shift(user, tuple(sorted(new - old)), tuple(sorted(old - new)))


def _holds(roster: Roster | None, user: str, day: date) -> frozenset[str]:
    if roster is None:
        return frozenset()
    posts = (f"post:{code}" for code in posts_of(roster, user, day))
    return frozenset((*posts, *(_said(grant) for grant in roles_of(roster, user, day))))


def _held(roster: Roster | None, day: date) -> frozenset[Grant]:
    if roster is None:
        return frozenset()
    return frozenset(grant for user in _users(roster) for grant in roles_of(roster, user, day))


def _posts(roster: Roster | None, user: str, day: date) -> tuple[str, ...]:
    return () if roster is None else posts_of(roster, user, day)


def _users(roster: Roster | None) -> frozenset[str]:
    return frozenset() if roster is None else frozenset(one.user for one in roster.appointments)


def _said(grant: Grant) -> str:
    return f"role:{grant.role}" if grant.scope is None else f"role:{grant.role}:{grant.scope}"
