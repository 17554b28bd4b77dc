"""What the composition root wires: where units come from, gateways, the vault, the library, and the engine of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster
from workflows.language.words import Workflow
from workflows.machine.case import Lane
from workflows.ports.blobs import Files
from workflows.ports.rows import DueEffect
from workflows.ports.unit import Unit

T = TypeVar("T")


class Units(Protocol):
    """Where units come from."""

    county: str

    @property
    def batch(self) -> int:
        """How many cases a move should take at once on this store; may change from time to time."""

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run `work` in one transaction and commit; repeats it a few times on Conflict, so it must be repeatable."""

    def read(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one transaction that writes nothing."""


class Gateway(Protocol):
    """A way out. `send` returns when the other side has it; it may be called again with the same keys."""

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Send; for each effect key None (sent) or the error to record."""


class Vault(Protocol):
    """Keyed arithmetic, given by the adapters: on personal values, and on what the house itself says."""

    def fingerprint(self, *values: str) -> str:
        """A blind index of these values."""

    def salt(self, *parts: str | int) -> str:
        """A salt for a commitment: kept with the personal part, gone with the person's key.

        The parts say what it is for; a vault of tests may derive it from them, a real one draws it.
        """

    def mac(self, *parts: str | int) -> str:
        """A keyed digest (hex, 256 bits) of what the house says; nobody without the office's key can make one."""


@dataclass(frozen=True, slots=True)
class Published:
    """A version of the calendar, and when it became the current one (aware UTC)."""

    calendar: Calendar
    at: datetime


class Library(Protocol):
    """The definitions and facts by version."""

    def by_hash(self, workflow_hash: str) -> Workflow:
        """The definition with this hash; raises KeyError."""

    def current(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every current definition, by name."""

    def stored(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every definition that is kept, by name, the one that was adopted first coming first."""

    def named(self, name: str) -> tuple[str, Workflow]:
        """(hash, definition) of the current definition of this name; raises KeyError."""

    def started_by(self, event_type: str) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of the current definitions that this event starts."""

    def awaited_types(self) -> frozenset[str]:
        """The event types that some step of a stored definition waits for (`machine.nodes.awaited`)."""

    def planned_types(self) -> frozenset[str]:
        """The event types that may end or move a plan of a stored definition (`machine.nodes.replanning`)."""

    def roster(self) -> Roster:
        """The current roster version."""

    def calendar(self, version: str | None = None) -> Calendar:
        """The current calendar, or a version that some process has made current; raises KeyError."""

    def calendars(self) -> tuple[Published, ...]:
        """Every version of the calendar, the newest first."""

    def set_calendar(self, calendar: Calendar) -> None:
        """Make this the current calendar; raises ValueError when its version is taken by another one."""

    def numbers(self, version: str | None = None) -> Numbers:
        """The office's numbers, the current ones or a pinned version."""

    def adopt(self, *workflows: Workflow) -> None:
        """Make these the current definitions of their names; the ones they replace stay for their cases."""

    def adopt_roster(self, roster: Roster) -> Roster:
        """Make this the current roster, under the version that its content gives it; returns it so."""

    def look(self, unit: Unit) -> None:
        """Make sure, in this transaction, that what it decides on is what stands: another process may have replaced it."""


@dataclass(frozen=True)
class Engine:
    """What the moves work with: wired once by the composition root."""

    units: Units
    library: Library
    vault: Vault
    gateways: Mapping[str, Gateway]
    wake: Callable[[Lane], None]
    files: Files
