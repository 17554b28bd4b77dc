"""An attachment (附件): a file beside a case, as the rows know it. Its bytes lie elsewhere (`workflows.ports.blobs`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AttachmentState(StrEnum):
    """Where an attachment stands.

    It is being staged until its bytes are stored; linked by the act that it went with; withdrawn by whoever attached it,
    or the office; dropped when nobody linked it in time, or its person was erased.
    """

    STAGED = "staged"
    STORED = "stored"
    LINKED = "linked"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that somebody (`by`) has sent for a case at the moment `at`.

    `person` is under whose key the bytes, the name and the hash are kept; `name` and `sha256` (hex, of the bytes) are
    empty where that key was destroyed, or the reader may not read them. `seq` is the entry of the history that it was
    linked by, `item` the item that the act was for.
    """

    id: str
    case: str
    person: str
    name: str
    media_type: str
    size: int
    sha256: str
    by: str
    at: datetime
    stored_at: datetime | None = None
    linked_at: datetime | None = None
    seq: int | None = None
    item: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    dropped_at: datetime | None = None

    @property
    def state(self) -> AttachmentState:
        """Where it stands."""
        if self.dropped_at is not None:
            return AttachmentState.DROPPED
        if self.withdrawn_at is not None:
            return AttachmentState.WITHDRAWN
        if self.linked_at is not None:
            return AttachmentState.LINKED
        return AttachmentState.STAGED if self.stored_at is None else AttachmentState.STORED
