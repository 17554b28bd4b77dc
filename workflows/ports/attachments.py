"""Attachments in the transaction of a unit: their rows, and the sealing of their bytes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.machine.attachment import Attachment


@dataclass(frozen=True, slots=True)
class Linked:
    """An attachment that goes with the entry `seq` of its case's history, and the item that the act was for."""

    attachment: str
    seq: int
    item: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An attachment that somebody withdrew."""

    attachment: str
    by: str
    at: datetime


class Attachments(Protocol):
    """The attachments of a county. `Changes` links and withdraws them; erasing a person, or forgetting a case, drops them."""

    def add(self, new: Attachment, key: str, collect_at: datetime) -> bool:
        """Keep the row of a file that is about to be stored, to be collected at that time; `key` is that of the request.

        False where the person was erased, and nothing is kept. Raises Conflict where the key was stored meanwhile.
        """

    def of_key(self, key: str) -> Attachment | None:
        """The attachment that a request with this key has made."""

    def waiting(self, user: str) -> int:
        """How many files of a user are kept that no act has linked."""

    def seal(self, one: Attachment, content: bytes) -> bytes | None:
        """The bytes as they may lie outside of this process; None where the person was erased."""

    def open(self, one: Attachment, sealed: bytes) -> bytes | None:
        """The bytes again; None where the person was erased, or they are not those that were sealed for this attachment."""

    def note_stored(self, attachment: str) -> bool:
        """Note that the bytes are stored; False where it was dropped meanwhile."""

    def hold(self, attachments: Collection[str]) -> None:
        """Wait until nobody else links or collects these, and keep others waiting until the end of the unit."""

    def find(self, attachments: Collection[str]) -> dict[str, Attachment]:
        """Those of these ids that are there."""

    def of_case(self, case: str) -> tuple[Attachment, ...]:
        """All that were ever linked to a case, in the order of its history."""

    def claim_due(self, limit: int, again_at: datetime) -> Sequence[str]:
        """Mark due ones as dropped, skipping those that somebody else holds; they are due again at `again_at`."""

    def clear(self, attachments: Collection[str]) -> None:
        """The bytes of dropped ones are gone: remove their rows, but of those that were linked keep what is not personal."""
