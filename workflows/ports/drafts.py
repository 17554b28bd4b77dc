"""Private drafts (暂存): what a holder has written for an item and not sent yet (approvals.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.machine.case import JSON


@dataclass(frozen=True, slots=True)
class Draft:
    """What `user` has written for an item: `values` are opinion, reason, form and the versions of the fields seen.

    They are kept under the key of `person`, as an opinion is: erasing the person takes the draft along.
    """

    item: str
    case: str
    user: str
    person: str
    values: Mapping[str, JSON]
    at: datetime


class Drafts(Protocol):
    """The drafts of a county, in the transaction of a unit. Writing the closing of an item drops those of the item."""

    def keep(self, draft: Draft) -> None:
        """Store a draft, in the place of the one that the user had for the item."""

    def find(self, item: str, user: str) -> Draft | None:
        """The draft of a user for an item; None where there is none, or where its person was erased."""
