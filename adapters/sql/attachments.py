"""Attachments in a unit: their rows, their names and hashes under the person's key, and the sealing of their bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Executable, Row, Text, and_, bindparam, delete, func, select, update

from adapters.sql import personal
from adapters.sql.columns import MOMENT
from adapters.sql.dialects import COUNTY, Dialect, among, same
from adapters.sql.personal import Personal
from adapters.sql.tables import attachment, payload
from adapters.sql.transaction import Transaction
from adapters.vault import DataKey
from workflows.machine.attachment import Attachment
from workflows.ports import Changes

_NEVER_YET: Final = (None,) * 7
"""A new row is neither stored, linked, withdrawn nor dropped."""


class SqlAttachments:
    """`workflows.ports.attachments.Attachments` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, new: Attachment, key: str, collect_at: datetime) -> bool:
        ref = _ref(new.id)
        if not personal.write(self._tx, [Personal(ref, new.person, {"name": new.name, "sha256": new.sha256})]):
            return False
        plain = (new.id, key, new.case, new.person, ref, new.media_type, new.size, new.by, new.at)
        self._tx.insert(attachment, [(*plain, *_NEVER_YET, collect_at)])
        return True

    def of_key(self, key: str) -> Attachment | None:
        found = _attachments(self._tx, self._tx.rows(_by_key, key=key))
        return found[0] if found else None

    def waiting(self, user: str) -> int:
        count: int = self._tx.rows(_waiting, user=user)[0][0]
        return count

    def seal(self, one: Attachment, content: bytes) -> bytes | None:
        key = self._key_of(one)
        return None if key is None else self._tx.vault.seal(key, one.person, _bytes_of(one.id), content)

    def open(self, one: Attachment, sealed: bytes) -> bytes | None:
        key = self._key_of(one)
        return None if key is None else self._tx.vault.open(key, one.person, _bytes_of(one.id), sealed)

    def _key_of(self, one: Attachment) -> DataKey | None:
        personal.find_keys(self._tx, {one.person})
        return self._tx.data_keys.get(one.person)

    def note_stored(self, attachment: str) -> bool:
        return bool(self._tx.rows(_store, attachment=attachment, at=self._tx.now))

    def hold(self, attachments: Collection[str]) -> None:
        self._tx.rows_of(_locked, _ids(attachments))

    def find(self, attachments: Collection[str]) -> dict[str, Attachment]:
        return {one.id: one for one in _attachments(self._tx, self._tx.rows_of(_found, _ids(attachments)))}

    def of_case(self, case: str) -> tuple[Attachment, ...]:
        return tuple(_attachments(self._tx, self._tx.rows(_linked_to, case=case)))

    def claim_due(self, limit: int, again_at: datetime) -> Sequence[str]:
        due = [row.id for row in self._tx.rows(_due, at=self._tx.now, limit=limit)]
        self._tx.run_of(_mark_dropped, _ids(due), at=self._tx.now, again=again_at)
        return due

    def clear(self, attachments: Collection[str]) -> None:
        gone = _ids(attachments)
        self._tx.run_of(_clear_values, [(_ref(one),) for (one,) in gone])
        self._tx.run_of(_clear_rows, gone)
        self._tx.run_of(_rest, gone)


def write(tx: Transaction, changes: Changes) -> None:
    """Link and withdraw what a batch says; the rows of what is linked were held, and looked at, before."""
    tx.run_of(_link, [(one.attachment, one.at, one.seq, one.item) for one in changes.attachments_linked])
    tx.run_of(_withdraw, [(one.attachment, one.by, one.at) for one in changes.attachments_withdrawn])


def _ids(attachments: Iterable[str]) -> list[tuple[str]]:
    return [(one,) for one in sorted(set(attachments))]


def _ref(attachment: str) -> str:
    """Where name and hash stand."""
    return f"attachment/{attachment}"


def _bytes_of(attachment: str) -> str:
    """What the bytes are bound to: so a name cannot stand in for them, nor one file for another."""
    return f"attachment/{attachment}/bytes"


def _attachments(tx: Transaction, rows: Sequence[Row[Any]]) -> list[Attachment]:
    said = personal.read(tx, [row.ref for row in rows])
    return [_attachment(row, said.get(row.ref, personal.NOTHING)) for row in rows]


def _attachment(row: Row[Any], said: Any) -> Attachment:
    return Attachment(
        id=row.id,
        case=row.case,
        person=row.person,
        name=said.get("name", ""),
        media_type=row.media_type,
        size=row.size,
        sha256=said.get("sha256", ""),
        by=row.by,
        at=row.at,
        stored_at=row.stored_at,
        linked_at=row.linked_at,
        seq=row.seq,
        item=row.item,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
        dropped_at=row.dropped_at,
    )


# -- statements --------------------------------------------------------------------------------------------

_AT: Final = bindparam("at", type_=MOMENT)


def _by_key(dialect: Dialect) -> Executable:
    return select(attachment).where(attachment.c.county == COUNTY, attachment.c.key == bindparam("key", type_=Text))


def _waiting(dialect: Dialect) -> Executable:
    """Whatever is to be collected some day is few: found by that, and then by who sent it."""
    mine = and_(attachment.c.county == COUNTY, attachment.c.by == bindparam("user", type_=Text))
    return select(func.count()).where(mine, attachment.c.collect_at.is_not(None), attachment.c.linked_at.is_(None))


def _found(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.id)
    return select(attachment).join(given, same(attachment, given, "id")).order_by(attachment.c.id)


def _locked(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.id)
    held = select(attachment.c.id).where(among(attachment, given, "id")).order_by(attachment.c.id)
    return held.with_for_update()


def _linked_to(dialect: Dialect) -> Executable:
    mine = and_(attachment.c.county == COUNTY, attachment.c.case == bindparam("case", type_=Text))
    in_order = (attachment.c.seq, attachment.c.at, attachment.c.id)
    return select(attachment).where(mine, attachment.c.linked_at.is_not(None)).order_by(*in_order)


def _store(dialect: Dialect) -> Executable:
    mine = and_(attachment.c.county == COUNTY, attachment.c.id == bindparam("attachment", type_=Text))
    stored = update(attachment).where(mine, attachment.c.dropped_at.is_(None))
    return stored.values(stored_at=func.coalesce(attachment.c.stored_at, _AT)).returning(attachment.c.id)


def _due(dialect: Dialect) -> Executable:
    due = select(attachment.c.id).where(attachment.c.county == COUNTY, attachment.c.collect_at <= _AT)
    in_order = due.order_by(attachment.c.collect_at, attachment.c.id).limit(bindparam("limit"))
    return in_order.with_for_update(skip_locked=True)


def _mark_dropped(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.id)
    again = bindparam("again", type_=MOMENT)
    dropped = update(attachment).where(same(attachment, given, "id"))
    return dropped.values(dropped_at=func.coalesce(attachment.c.dropped_at, _AT), collect_at=again)


def _clear_values(dialect: Dialect) -> Executable:
    given = dialect.given(payload.c.ref)
    return delete(payload).where(among(payload, given, "ref"))


def _clear_rows(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.id)
    never = and_(attachment.c.linked_at.is_(None), attachment.c.dropped_at.is_not(None))
    return delete(attachment).where(among(attachment, given, "id"), never)


def _rest(dialect: Dialect) -> Executable:
    """What was linked stays as it is, and is never due again."""
    given = dialect.given(attachment.c.id)
    return update(attachment).where(same(attachment, given, "id")).values(collect_at=None)


def _link(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.id, attachment.c.linked_at, attachment.c.seq, attachment.c.item)
    linked = update(attachment).where(same(attachment, given, "id"))
    return linked.values(linked_at=given.c.linked_at, seq=given.c.seq, item=given.c.item, collect_at=None)


def _withdraw(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.id, attachment.c.withdrawn_by, attachment.c.withdrawn_at)
    withdrawn = update(attachment).where(same(attachment, given, "id"))
    return withdrawn.values(withdrawn_by=given.c.withdrawn_by, withdrawn_at=given.c.withdrawn_at)
