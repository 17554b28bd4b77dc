"""Attachments on the memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from workflows.machine.attachment import Attachment
from workflows.memory.personal import keep, reveal
from workflows.memory.rows import ATTACHMENTS, KEYS, AttachmentRow
from workflows.memory.store import Transaction
from workflows.ports import Changes, Conflict

_KIND = "attachment"


class MemoryAttachments:
    """`workflows.ports.attachments.Attachments` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, new: Attachment, key: str, collect_at: datetime) -> bool:
        if self._tx.where(ATTACHMENTS, "key", key):
            raise Conflict(f"attachment {key!r} was added meanwhile: read it")
        self._tx.insert(ATTACHMENTS, new.id, AttachmentRow(replace(new, name="", sha256=""), key, collect_at))
        keep(self._tx, _KIND, new.id, new.person, {"name": new.name, "sha256": new.sha256})
        return True

    def of_key(self, key: str) -> Attachment | None:
        found = self._tx.where(ATTACHMENTS, "key", key)
        return self._whole(found[0]) if found else None

    def waiting(self, user: str) -> int:
        rows = (row.one for _, row in self._tx.all(ATTACHMENTS))
        return sum(one.by == user and one.linked_at is None for one in rows)

    def seal(self, one: Attachment, content: bytes) -> bytes | None:
        mark = self._mark(one)
        return None if mark is None else mark + content

    def open(self, one: Attachment, sealed: bytes) -> bytes | None:
        mark = self._mark(one)
        return sealed.removeprefix(mark) if mark is not None and sealed.startswith(mark) else None

    def note_stored(self, attachment: str) -> bool:
        row = self._tx.get(ATTACHMENTS, attachment)
        if row is None or row.one.dropped_at is not None:
            return False
        _put(self._tx, replace(row, one=replace(row.one, stored_at=row.one.stored_at or self._tx.now)))
        return True

    def hold(self, attachments: Collection[str]) -> None:
        # A unit sees one snapshot and commits against what has changed since: there is nothing to wait for.
        pass

    def find(self, attachments: Collection[str]) -> dict[str, Attachment]:
        rows = (self._tx.get(ATTACHMENTS, one) for one in attachments)
        return {row.one.id: self._whole(row) for row in rows if row is not None}

    def of_case(self, case: str) -> tuple[Attachment, ...]:
        linked = [row for row in self._tx.where(ATTACHMENTS, "case", case) if row.one.linked_at is not None]
        return tuple(self._whole(row) for row in sorted(linked, key=lambda row: (row.one.seq, row.one.at, row.one.id)))

    def claim_due(self, limit: int, again_at: datetime) -> Sequence[str]:
        now = self._tx.now
        due = [row for _, row in self._tx.all(ATTACHMENTS) if row.collect_at is not None and row.collect_at <= now]
        in_order = sorted(due, key=lambda row: (row.collect_at, row.one.id))
        claimed = self._tx.lock_some(ATTACHMENTS, in_order, lambda row: row.one.id, limit)
        for row in claimed:
            _put(self._tx, replace(row, one=_dropped(row.one, now), collect_at=again_at))
        return [row.one.id for row in claimed]

    def clear(self, attachments: Collection[str]) -> None:
        for one in attachments:
            row = self._tx.get(ATTACHMENTS, one)
            if row is None or row.one.dropped_at is None:
                continue
            keep(self._tx, _KIND, one, row.one.person, {})
            if row.one.linked_at is None:
                self._tx.drop(ATTACHMENTS, one)
            else:
                _put(self._tx, replace(row, collect_at=None))

    def _mark(self, one: Attachment) -> bytes | None:
        """What binds bytes to a row and to the key of its person; None where that key was destroyed."""
        key = self._tx.get(KEYS, one.person)
        return None if key is None else f"{one.id} under {key}\n".encode()

    def _whole(self, row: AttachmentRow) -> Attachment:
        said = reveal(self._tx, _KIND, row.one.id)
        return replace(row.one, name=said.get("name", ""), sha256=said.get("sha256", ""))


def write(tx: Transaction, changes: Changes) -> None:
    """Link and withdraw what a batch says."""
    for linked in changes.attachments_linked:
        row = _there(tx, linked.attachment)
        one = replace(row.one, linked_at=linked.at, seq=linked.seq, item=linked.item)
        _put(tx, replace(row, one=one, collect_at=None))
    for withdrawn in changes.attachments_withdrawn:
        row = _there(tx, withdrawn.attachment)
        _put(tx, replace(row, one=replace(row.one, withdrawn_by=withdrawn.by, withdrawn_at=withdrawn.at)))


def drop_of_person(tx: Transaction, person: str) -> None:
    """Nobody can read these any more: let them be collected."""
    _drop(tx, tx.where(ATTACHMENTS, "person", person))


def drop_of_case(tx: Transaction, case: str) -> None:
    """The case forgets its files: let them be collected."""
    _drop(tx, tx.where(ATTACHMENTS, "case", case))


def _drop(tx: Transaction, rows: Iterable[AttachmentRow]) -> None:
    for row in rows:
        keep(tx, _KIND, row.one.id, row.one.person, {})
        if row.one.dropped_at is None:
            _put(tx, replace(row, one=_dropped(row.one, tx.now), collect_at=tx.now))


def _dropped(one: Attachment, now: datetime) -> Attachment:
    return replace(one, dropped_at=one.dropped_at or now)


def _there(tx: Transaction, attachment: str) -> AttachmentRow:
    row = tx.get(ATTACHMENTS, attachment)
    if row is None:
        raise Conflict(f"attachment {attachment!r} was collected meanwhile: decide again")
    return row


def _put(tx: Transaction, row: AttachmentRow) -> None:
    tx.put(ATTACHMENTS, row.one.id, row)
