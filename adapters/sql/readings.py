"""Who read the personal values of whom, and which files beside a case a viewer may read."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.sql import views
from adapters.sql.attachments import SqlAttachments
from adapters.sql.tables import read_log
from adapters.sql.transaction import Transaction
from workflows.machine.attachment import Attachment
from workflows.policy import Viewer
from workflows.reads import as_shown


def note_reading(tx: Transaction, viewer: Viewer, person: str, case: str, purpose: str) -> None:
    """Put a reading on record, in the transaction that reads: whoever sees the values was seen."""
    (no,) = tx.next_numbers("read_log_no", 1)
    tx.insert(read_log, [(no, person, case, viewer.user, viewer.department, viewer.post, purpose, tx.now)])


def attachments(tx: Transaction, viewer: Viewer, case: str, purpose: str) -> tuple[Attachment, ...]:
    """The files of a case, named where the viewer may read them."""
    return _shown(tx, viewer, case, purpose, SqlAttachments(tx).of_case(case))


def attachment(tx: Transaction, viewer: Viewer, case: str, wanted: str, purpose: str) -> Attachment | None:
    """One file of a case, or one that the viewer is about to link."""
    found = SqlAttachments(tx).find([wanted]).get(wanted)
    if found is None or found.case != case or (found.linked_at is None and found.by != viewer.user):
        return None
    return next(iter(_shown(tx, viewer, case, purpose, [found])), None)


def _shown(
    tx: Transaction, viewer: Viewer, case: str, purpose: str, found: Sequence[Attachment]
) -> tuple[Attachment, ...]:
    if not found or views.head(tx, viewer, case) is None:
        return ()
    shown = as_shown(found, viewer, held=views.has_held(tx, viewer, case))
    if any(one.name for one in shown):
        note_reading(tx, viewer, shown[0].person, case, purpose)
    return shown
