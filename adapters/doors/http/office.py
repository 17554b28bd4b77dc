"""What the HTTP doors open on, and how an endpoint gets at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from adapters.doors.admission import Desk
from adapters.doors.committing import Committer
from adapters.doors.http.figures import Figures
from adapters.identity.desk import Desk as Identity
from adapters.texts import current_language
from adapters.titles import Names, titles_of
from workflows.ports import Engine
from workflows.reads import Reads


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that the door refused: its envelope as far as it could be read, and why; never its data."""

    department: str
    source: str | None
    id: str | None
    type: str | None
    code: str
    reason: str


class Refusals(Protocol):
    """Where refused events are noted for their sender."""

    def keep(self, refused: Sequence[Refusal]) -> None:
        """Note them."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that an endpoint may use. `not_ready` says what is still missing, or None."""

    engine: Engine
    reads: Reads
    identity: Identity
    desk: Desk
    committer: Committer
    refusals: Refusals
    figures: Figures
    not_ready: Callable[[], str | None]
    language: str = "zh_CN"
    base_url: str = "http://127.0.0.1:8000"


def office_of(request: Request) -> Office:
    """The office of the application that serves this request."""
    office: Office = request.app.state.office
    return office


def names_today(office: Office) -> Names:
    """How principals are called today, in the current language."""
    roster = office.identity.roster()
    return Names(roster, titles_of("", roster), office.identity.today(), current_language())


OfficeOf = Annotated[Office, Depends(office_of)]
