"""The office: what comes in, the time, and what can be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final

from domain.audit import canonical
from domain.calendar import Calendar
from domain.event import DomainEvent
from domain.identifiers import derived_id
from domain.numbers import Numbers
from domain.roster import Roster
from workflows.language.words import Workflow
from workflows.library import CATALOGUE
from workflows.machine.case import JSON, Effect, WorkItem
from workflows.machine.deadlines import local_day
from workflows.machine.stimuli import Act
from workflows.memory import MemoryLibrary
from workflows.memory.blobs import MemoryBlobs
from workflows.moves.accepting import Accepted, Submission, accept
from workflows.moves.acting import Answer, act
from workflows.moves.attaching import Upload, stage
from workflows.moves.running import drain
from workflows.moves.suspending import resume, suspend
from workflows.moves.sweeping import sweep
from workflows.policy import Viewer, officer_viewer, operator_viewer
from workflows.ports import Engine, Files, NewEvent, Vault
from workflows.reads import CaseFilter, CaseRow, CaseView, HistoryView, ItemView, NoticeView
from workflows.testkit.people import staff
from workflows.testkit.surroundings import Clock, KnownSecret, Outside, Store, memory_store

MONDAY: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Where an office's clock stands at first: nine in the morning in China, no holiday near."""

_LOOK_AHEAD: Final = timedelta(hours=1)
_SOME: Final = 1000


class Office:
    """An office with its people, its clock and its cases.

    Args:
        workflows: the definitions; the whole catalogue if not given.
        roster: who is there and in which role (`staff` writes a small one); nobody if not given.
        calendar: the working calendar; Monday to Friday if not given.
        numbers: the office's numbers; the defaults written in the definitions if not given.
        start: where the clock stands at first (aware).
        store: makes the store from the county, the clock and the vault; in memory if not given.
    """

    def __init__(
        self,
        workflows: Sequence[Workflow] = CATALOGUE,
        roster: Roster | None = None,
        calendar: Calendar | None = None,
        numbers: Numbers | None = None,
        start: datetime = MONDAY,
        store: Callable[[str, Callable[[], datetime], Vault], Store] = memory_store,
    ) -> None:
        here = roster or staff()
        self.county = here.county
        self.clock = Clock(start)
        self.library = MemoryLibrary(
            workflows,
            here,
            calendar or Calendar(version="plain", known_through=date.max),
            numbers or Numbers("defaults", {}),
        )
        vault = KnownSecret()
        self.store = store(self.county, self.clock, vault)
        self.outside = Outside(self.store.units)
        gateways = {"notice": self.outside, "publish": self.outside}
        self.engine = Engine(
            self.store.units, self.library, vault, gateways, wake=lambda _: None, files=Files(MemoryBlobs())
        )
        self._numbers = count(1)

    # -- what comes in -------------------------------------------------------------------------------------

    def event(  # what an event is made of, all by keyword
        self,
        type: str,  # noqa: A002  # CloudEvents' own name
        *,
        key: str,
        id: str | None = None,  # noqa: A002  # CloudEvents' own name
        source: str = "urn:test",
        department: str = "office",
        person: str | None = None,
        personal: Mapping[str, JSON] | None = None,
        **plain: JSON,
    ) -> NewEvent:
        """An event as a door hands it over; without an id it gets one of its own."""
        body: dict[str, JSON] = {"type": type, "key": key, "plain": plain, "personal": dict(personal or {})}
        return NewEvent(
            county=self.county,
            source=source,
            id=id or f"e{next(self._numbers)}",
            type=type,
            key=key,
            person=person,
            plain=plain,
            personal=dict(personal or {}),
            body_hash=derived_id("body", canonical(body).decode()),
            department=department,
            fingerprint=self._fingerprint(personal or {}),
        )

    def said(self, event: DomainEvent, *, id: str | None = None, department: str = "office") -> NewEvent:  # noqa: A002  # as above
        """The event that a department's door makes of a domain event."""
        new = self.event(event.TYPE, key=event.key(), id=id, department=department, person=event.person())
        plain, personal = event.plain(), event.personal()
        body_hash = derived_id("body", canonical([event.TYPE, plain, personal]).decode())
        fingerprint = self._fingerprint(personal)
        return replace(new, plain=plain, personal=personal, body_hash=body_hash, fingerprint=fingerprint)

    def _fingerprint(self, personal: Mapping[str, JSON]) -> str | None:
        name = personal.get("name")
        return None if name is None else self.engine.vault.fingerprint(name, personal.get("mobile", ""))

    def send(self, event: NewEvent | DomainEvent, *, at: datetime | None = None) -> Accepted:
        """Hand in one event and let the office work it off; `at` turns the clock first (for a log that is replayed)."""
        if at is not None:
            self.turn_to(at)
        new = self.said(event) if isinstance(event, DomainEvent) else event
        [[accepted]] = accept(self.engine, [Submission((new,), whole=True)])
        self.drain()
        return accepted

    def act(  # what an act is made of, all by keyword
        self,
        user: str,
        on: WorkItem | ItemView | str,
        verb: str,
        *,
        opinion: str = "",
        form: Mapping[str, JSON] | None = None,
        fields: Mapping[str, JSON] | None = None,
        reason: str | None = None,
        attachments: Sequence[str] = (),
        key: str | None = None,
        at: datetime | None = None,
    ) -> Answer:
        """Let somebody act on an item or a case and let the office work off what follows.

        Args:
            user: a user of the roster, or a principal such as "person:p1".
            on: the item or its id; the case's id for what is done to a case.
            verb: one of `machine.operations`.
            opinion: why, in words.
            form: the form of the step, filled in.
            fields: what the verb itself asks for (whom to transfer to, where to return to).
            reason: a reason of the step's closed list.
            attachments: the ids of files that were attached before and go with it.
            key: the idempotency key; one of its own if not given.
            at: turns the clock first.
        """
        if at is not None:
            self.turn_to(at)
        viewer, item = self.viewer(user), self._item(on)
        wanted = Act(
            key=key or f"act{next(self._numbers)}",
            case=str(on) if item is None else item.case,
            item=None if item is None else item.id,
            verb=verb,
            actor=user,
            principals=viewer.principals,
            seen=None if item is None else item.version,
            opinion=opinion,
            reason=reason,
            form=form or {},
            fields=fields or {},
            department=viewer.department,
            post=viewer.post,
            attachments=tuple(attachments),
        )
        answer = act(self.engine, wanted)
        self.drain()
        return answer

    def attach(self, user: str, case: str, name: str, content: bytes, *, key: str | None = None) -> Answer:
        """Let somebody send a file for a case; the `id` in the answer is what an act then names."""
        key = key or f"file{next(self._numbers)}"
        sent = Upload(key, self.case(case).head, self.viewer(user), name, content)
        return stage(self.engine, sent)

    def suspend(self, user: str, case: str, reason: str) -> Answer:
        """Let `user` suspend the tree of a root case, and let the office work off what follows."""
        answer = suspend(self.engine, case, self.viewer(user), reason, key=f"act{next(self._numbers)}")
        self.drain()
        return answer

    def resume(self, user: str, case: str) -> Answer:
        """Let `user` resume it."""
        answer = resume(self.engine, case, self.viewer(user), key=f"act{next(self._numbers)}")
        self.drain()
        return answer

    def _item(self, on: WorkItem | ItemView | str) -> WorkItem | None:
        if isinstance(on, WorkItem):
            return on
        found = self.store.reads.item(operator_viewer(self.county), on) if isinstance(on, str) else on
        return None if found is None else found.item

    # -- time ----------------------------------------------------------------------------------------------

    def turn(self, *, days: float = 0, hours: float = 0) -> None:
        """Turn the clock on by calendar days and hours; whatever falls due meanwhile happens at its moment."""
        self.turn_to(self.clock() + timedelta(days=days, hours=hours))

    def turn_to(self, at: datetime) -> None:
        """Turn the clock to a later moment, through everything that falls due before it."""
        self.drain()
        while (moment := self._next_moment()) is not None and moment < at:
            self.clock.turn_to(moment)
            self.drain()
        self.clock.turn_to(at)
        self.drain()

    def _next_moment(self) -> datetime | None:
        if self.store.next_due is None:
            return self.clock() + _LOOK_AHEAD
        return self.store.next_due()

    def drain(self) -> int:
        """Let the moves and the sweep run until nothing moves; returns how many rows moved."""
        moved = 0
        while step := drain(self.engine) + sweep(self.engine):
            moved += step
        return moved

    # -- what can be seen ----------------------------------------------------------------------------------

    def viewer(self, user: str) -> Viewer:
        """What `user` holds at this moment: on the roster, or as the principal that the name itself is."""
        if ":" in user:
            return Viewer(self.county, user, frozenset({user}), sees_all=False)
        roster, day = self.library.roster(), local_day(self.library.calendar(), self.clock())
        return officer_viewer(roster, user, day)

    def inbox(self, user: str) -> tuple[ItemView, ...]:
        """The open items that `user` can act on, the most urgent first."""
        return self.store.reads.items(self.viewer(user), _SOME)

    def notices(self, user: str) -> tuple[NoticeView, ...]:
        """What `user` was told, newest first."""
        return self.store.reads.notices(self.viewer(user), _SOME)

    def case(self, case: str) -> CaseView:
        """One case; raises LookupError when there is none."""
        found = self.store.reads.case(operator_viewer(self.county), case)
        if found is None:
            raise LookupError(f"no case {case!r} in this office")
        return found

    def cases(self) -> tuple[CaseRow, ...]:
        """Every case, most recently changed first."""
        return self.store.reads.cases(operator_viewer(self.county), CaseFilter(), _SOME).rows

    def history(self, case: str) -> tuple[HistoryView, ...]:
        """What happened in a case, oldest first."""
        return self.store.reads.history(operator_viewer(self.county), case)

    def effects(self) -> tuple[Effect, ...]:
        """What the outside has seen, in order, each key once."""
        return tuple(self.outside.taken.values())
