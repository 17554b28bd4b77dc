"""Keys, sign-ins and sessions: random tokens of which only hashes are stored, each asked for at every use."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select, update

from adapters.identity.desk import Closed, Credential, Opened, as_issued, one_time_password
from adapters.sql.columns import dumps, loads
from adapters.sql.tables import account, api_key, sign_in, web_session
from adapters.sql.transaction import Transaction
from adapters.sql.units import SqlUnits

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
LINK_LASTS = timedelta(minutes=30)
"""OWASP ASVS 7.3.1 and 7.3.2: a session ends after 30 idle minutes, and after 12 hours whatever happens."""

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as it may be shown: everything but its token."""

    name: str
    credential: Credential
    issued_at: datetime
    revoked_at: datetime | None


class SqlAccounts:
    """Where credentials are kept: `adapters.identity.desk.Accounts`, and what issues them.

    Args:
        units: the store.
    """

    def __init__(self, units: SqlUnits) -> None:
        self._units = units

    def add(self, *users: str) -> None:
        """Make accounts for these users of the roster; those that have one keep it."""
        self._units.run(lambda unit: unit.tx.insert_new(account, [(user, unit.now, None) for user in sorted(users)]))

    # keys
    def issue_key(self, name: str, credential: Credential) -> str:
        """Issue a key; its token is returned this once and cannot be shown again.

        Raises:
            ValueError: when the name is taken, or the credential names not exactly one of department and user.
        """
        if (credential.department is None) == (credential.user is None):
            raise ValueError(f"key '{name}': give either a department or a user, a key belongs to one of them")
        token = secrets.token_urlsafe(32)
        self._units.run(lambda unit: _issue(unit.tx, name, token, credential))
        return token

    def revoke_key(self, name: str) -> bool:
        """Revoke the key of this name at once; False when there is none."""
        return self._units.run(lambda unit: _end(unit.tx, api_key, api_key.c.name == name))

    def issued_keys(self) -> tuple[KnownKey, ...]:
        """Every key, revoked ones too, by name."""
        rows = self._units.read(lambda unit: _rows(unit.tx, api_key))
        known = (KnownKey(row.name, _credential(row), row.issued_at, row.revoked_at) for row in rows)
        return tuple(sorted(known, key=lambda key: key.name))

    def find_key(self, token: str) -> Credential | None:
        """The key with this token, unless it was revoked."""
        row = self._units.read(lambda unit: _live(unit.tx, api_key, token))
        return None if row is None else _credential(row)

    # links and sessions
    def issue_link(self, user: str, lasts: timedelta = LINK_LASTS) -> str:
        """A one-time password for this user: works once, and not after `lasts`."""
        password = one_time_password()
        row = hashed(as_issued(password))
        self._units.run(lambda unit: unit.tx.insert(sign_in, [(row, user, unit.now + lasts, None)]))
        return password

    def find_link(self, password: str) -> str | Closed:
        """Whom a one-time sign-in is for; looking uses nothing up."""
        return self._units.read(lambda unit: _sign_in(unit.tx, hashed(as_issued(password))))

    def open_session(self, password: str) -> Opened | Closed:
        """Use a one-time sign-in up: the new session, or why there is none."""
        token = secrets.token_urlsafe(32)
        found = self._units.run(lambda unit: _open(unit.tx, hashed(as_issued(password)), token))
        return found if isinstance(found, Closed) else Opened(token, found)

    def find_session(self, token: str) -> str | None:
        """The user of a live session; notes that it was used."""
        found = self._units.read(lambda unit: _live_session(unit.tx, token))
        if found is None:
            return None
        user, seen_at, now = found
        if now - seen_at >= _NOTED_EVERY:
            self._units.run(lambda unit: _note(unit.tx, token))
        return user

    def end_session(self, token: str) -> None:
        """Revoke a session."""
        self._units.run(lambda unit: _end(unit.tx, web_session, web_session.c.hash == hashed(token)))

    def end_sessions(self, user: str) -> None:
        """Revoke every session of a user who left or changed roles."""
        self._units.run(lambda unit: _end(unit.tx, web_session, web_session.c.user == user))


def hashed(token: str) -> str:
    """How a token is stored: it is random and long, so one round of SHA-256 hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _issue(tx: Transaction, name: str, token: str, credential: Credential) -> None:
    taken = tx.connection.execute(select(api_key.c.name).where(api_key.c.county == tx.county, api_key.c.name == name))
    if taken.first() is not None:
        raise ValueError(f"key '{name}' was issued before: choose another name, also after revoking it")
    scopes, types = dumps(sorted(credential.scopes)), dumps(sorted(credential.types))
    tx.insert(api_key, [(hashed(token), name, credential.department, credential.user, scopes, types, tx.now, None)])


def _credential(row: Row[Any]) -> Credential:
    return Credential(row.department, row.user, frozenset(loads(row.scopes)), frozenset(loads(row.types)))


def _rows(tx: Transaction, table: Table) -> list[Row[Any]]:
    return list(tx.connection.execute(select(table).where(table.c.county == tx.county)))


def _live(tx: Transaction, table: Table, token: str) -> Row[Any] | None:
    query = select(table).where(
        table.c.county == tx.county, table.c.hash == hashed(token), table.c.revoked_at.is_(None)
    )
    return tx.connection.execute(query).one_or_none()


def _end(tx: Transaction, table: Table, which: ColumnElement[bool]) -> bool:
    ended = update(table).where(table.c.county == tx.county, which, table.c.revoked_at.is_(None))
    return bool(tx.connection.execute(ended.values(revoked_at=tx.now)).rowcount)


def _sign_in(tx: Transaction, stored: str) -> str | Closed:
    row = tx.connection.execute(
        select(sign_in).where(sign_in.c.county == tx.county, sign_in.c.hash == stored)
    ).one_or_none()
    if row is None:
        return Closed.UNKNOWN
    if row.used_at is not None:
        return Closed.USED
    user: str = row.user
    return user if row.expires_at > tx.now else Closed.EXPIRED


def _open(tx: Transaction, stored: str, token: str) -> str | Closed:
    """The guard is in the update: of two who use a password at the same moment one gets in."""
    used = (
        update(sign_in)
        .where(sign_in.c.county == tx.county, sign_in.c.hash == stored)
        .where(sign_in.c.used_at.is_(None), sign_in.c.expires_at > tx.now)
        .values(used_at=tx.now)
        .returning(sign_in.c.user)
    )
    user: str | None = tx.connection.execute(used).scalar_one_or_none()
    if user is None:
        found = _sign_in(tx, stored)
        # Used in the moment between the two statements.
        return found if isinstance(found, Closed) else Closed.USED
    tx.insert(web_session, [(hashed(token), user, tx.now, tx.now, tx.now + LONGEST, None)])
    return user


def _live_session(tx: Transaction, token: str) -> tuple[str, datetime, datetime] | None:
    row = _live(tx, web_session, token)
    if row is None or row.expires_at <= tx.now or row.seen_at + IDLE <= tx.now:
        return None
    return row.user, row.seen_at, tx.now


def _note(tx: Transaction, token: str) -> None:
    seen = update(web_session).where(web_session.c.county == tx.county, web_session.c.hash == hashed(token))
    tx.connection.execute(seen.values(seen_at=tx.now))
