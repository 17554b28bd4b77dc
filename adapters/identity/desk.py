"""Turns a credential into a viewer: a department's or a person's key, the session of a page, the office's own machine.

Credentials are random, only their hashes are stored, and each use asks the store: what was revoked is refused at
once, on every host.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.events import EVENT_TYPES
from domain.roster import Roster, department_of
from workflows.policy import Viewer, department_viewer, officer_viewer, operator_viewer

DEPARTMENT = "department:"
SUBMITS = frozenset({"read", "submit"})


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
        """A new one-time link for a user: its token."""

    def open_session(self, link: str) -> tuple[str, str] | None:
        """Use a one-time link up: the new session's token and its user, or None if the link is used or too old."""

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
        return None if opened is None else opened[0]

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
