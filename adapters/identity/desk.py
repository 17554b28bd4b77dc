"""Turns a credential into a viewer: a department's or a person's key, the session of a page, the office's own machine.

Credentials are random, only their hashes are stored, and each use asks the store: what was revoked is refused at
once, on every host.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from adapters.identity.attempts import Attempts
from domain.events import EVENT_TYPES
from domain.roster import Roster, department_of
from workflows.policy import Viewer, department_viewer, officer_viewer, operator_viewer

DEPARTMENT = "department:"
SUBMITS = frozenset({"read", "submit"})

_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""What a one-time password is made of: nothing that is read for something else."""
_GROUPS: Final = 4
_GROUP: Final = 4


def one_time_password() -> str:
    """A new one, such as "7k2m-q9xd-4hpt-w3ra": 79 random bits, typed from paper or a screen."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def as_issued(typed: str) -> str:
    """A one-time password as it was issued, however it was typed: capitals, blanks and hyphens do not matter."""
    return "".join(one for one in typed.lower() if one.isalnum())


class Closed(StrEnum):
    """Why a one-time sign-in opens nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the token that a browser keeps, and whose it is."""

    session: str
    user: str


@dataclass(frozen=True, slots=True)
class TooOften:
    """Too many wrong tries: how long to wait before the next one."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class Credential:
    """What a key says: whose it is (a department or a user), its scopes, and the event types it may submit."""

    department: str | None
    user: str | None
    scopes: frozenset[str]
    types: frozenset[str]


class Accounts(Protocol):
    """Where credentials are kept."""

    def find_key(self, token: str) -> Credential | None:
        """The key with this token, unless it was revoked."""

    def issue_key(self, name: str, credential: Credential) -> str:
        """Issue a key and give its token, this once; raises ValueError when the name is taken."""

    def revoke_key(self, name: str) -> bool:
        """Revoke the key of this name; False when there is none."""

    def find_session(self, token: str) -> str | None:
        """The user of a live session; notes that it was used."""

    def issue_link(self, user: str) -> str:
        """A new one-time sign-in for a user: its password, which is also the token of its link."""

    def find_link(self, password: str) -> str | Closed:
        """Whom a one-time sign-in is for; looking uses nothing up."""

    def open_session(self, password: str) -> Opened | Closed:
        """Use a one-time sign-in up."""

    def end_session(self, token: str) -> None:
        """Revoke a session."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Says who somebody is, on the roster of today.

    `sample` is true in a database of invented people: there the operator may stand in for anybody.
    """

    county: str
    zone: ZoneInfo
    sample: bool
    secret: str
    accounts: Accounts
    roster: Callable[[], Roster]
    today: Callable[[], date]
    attempts: Attempts = field(default_factory=Attempts)

    def by_key(self, token: str) -> Viewer | None:
        """The viewer of a bearer key, or None."""
        found = self.accounts.find_key(token)
        if found is None:
            return None
        if found.user is None:
            return department_viewer(self.county, found.department or "", found.types, found.scopes)
        officer = self._officer(found.user)
        return None if officer is None else replace(officer, scopes=found.scopes, event_types=found.types)

    def by_session(self, token: str) -> Viewer | None:
        """The viewer of a session cookie, or None."""
        user = self.accounts.find_session(token)
        return None if user is None else self._officer(user)

    def operator(self) -> Viewer:
        """Whoever reaches the socket in the data folder: the administrator of this machine."""
        return operator_viewer(self.county)

    def stand_in(self, name: str) -> Viewer | None:
        """In a sample database: the user, or with "department:CODE" the department, that is asked for."""
        if not self.sample:
            return None
        if not name.startswith(DEPARTMENT):
            return self._officer(name)
        code = name.removeprefix(DEPARTMENT)
        known = {department.code for department in self.roster().departments}
        return department_viewer(self.county, code, types_of(code), SUBMITS) if code in known else None

    def enter_sample(self, user: str) -> str | None:
        """In a sample database: the token of a new session for an officer on the roster, or None."""
        if not self.sample or self._officer(user) is None:
            return None
        opened = self.accounts.open_session(self.accounts.issue_link(user))
        return opened.session if isinstance(opened, Opened) else None

    def issue_sign_in(self, user: str) -> str | None:
        """A one-time password for an officer on the roster of today; None when there is none of that name."""
        return None if self._officer(user) is None else self.accounts.issue_link(user)

    def sign_in(self, password: str, place: str, now: datetime) -> Opened | Closed | TooOften:
        """Use a one-time password up.

        Args:
            password: as it was typed.
            place: where the try comes from; wrong ones are counted there.
            now: aware UTC.
        """
        wait = self.attempts.wait(place, now)
        if wait:
            return TooOften(wait)
        opened = self.accounts.open_session(password)
        if opened is Closed.UNKNOWN:
            self.attempts.failed(place, now)
        return opened

    def csrf(self, session: str) -> str:
        """The token that a page of this session must send back with every change."""
        return hmac.new(self.secret.encode(), b"csrf:" + session.encode(), hashlib.sha256).hexdigest()

    def _officer(self, user: str) -> Viewer | None:
        roster, day = self.roster(), self.today()
        if department_of(roster, user, day) is None:
            return None
        return officer_viewer(roster, user, day)


def types_of(department: str) -> frozenset[str]:
    """The event types that the published language lets a department send."""
    return frozenset(name for name, event in EVENT_TYPES.items() if department in event.DEPARTMENTS)
