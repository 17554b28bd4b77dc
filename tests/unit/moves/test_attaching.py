"""Files, killed at every step and in every order: no bytes without a row, and none missing that an act has linked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from workflows.language.words import approve, end, role, sequence, workflow
from workflows.machine.attachment import AttachmentState
from workflows.machine.case import Lane
from workflows.memory import rows
from workflows.memory.blobs import MemoryBlobs
from workflows.moves.attaching import Fetched, fetch
from workflows.moves.collecting import collect
from workflows.ports import BlobsUnavailable, CommitUnknown, Unit, Units
from workflows.testkit import Office, staff

T = TypeVar("T")
PDF = b"%PDF-1.7 "
STEPS = ("commit 1", "unknown 1", "before the bytes", "after the bytes", "away", "commit 2", "unknown 2")
"""Where a process may be stopped: at its first or second commit, or at the blob store between them."""


class Killed(BaseException):
    """The process died."""


class Doomed:
    """Units and blobs of one process, which stops at one step, or at none."""

    def __init__(self, units: Units, blobs: MemoryBlobs, step: str | None) -> None:
        self.county, self.batch, self._units, self._blobs, self._step = units.county, 10, units, blobs, step
        self._commits = 0

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        self._commits += 1

        def dying(unit: Unit) -> T:
            work(unit)
            raise Killed

        if self._step == f"commit {self._commits}":
            return self._units.run(dying, lane)
        result = self._units.run(work, lane)
        if self._step == f"unknown {self._commits}":
            self._step = None
            raise CommitUnknown
        return result

    def read(self, work: Callable[[Unit], T]) -> T:
        return self._units.read(work)

    def put(self, key: str, content: bytes) -> None:
        self._at_the_store(lambda: self._blobs.put(key, content))

    def get(self, key: str) -> bytes | None:
        return self._blobs.get(key)

    def delete(self, keys: Collection[str]) -> None:
        self._at_the_store(lambda: self._blobs.delete(keys))

    def _at_the_store(self, work: Callable[[], None]) -> None:
        if self._step == "away":
            raise BlobsUnavailable
        if self._step == "before the bytes":
            raise Killed
        work()
        if self._step == "after the bytes":
            raise Killed


class Files(RuleBasedStateMachine):
    """One case, whose files are sent, linked, withdrawn, collected and erased by processes that die."""

    def __init__(self) -> None:
        super().__init__()
        steps = sequence(approve("judge", by=role("judge"), on_reject=end("no", "rejected")), end("done", "approved"))
        judged = workflow("judged", starts_on="trial.began.v1", about="trial", person=True, steps=steps)
        self.office = Office([judged], staff(jin="judge", he="office_head"))
        self.office.send(self.office.event("trial.began.v1", key="t1", person="person:t1", personal={"name": "样例"}))
        self.case = self.office.cases()[0].case.id
        self.whole = self.office.engine
        self.sent: list[bytes] = []
        self.answered: dict[str, bytes] = {}
        self.linked: dict[str, bytes] = {}

    def doomed(self, step: str | None) -> None:
        """Let the next thing be done by a process that stops at a step."""
        blobs: Any = self.whole.files.blobs
        one = Doomed(self.whole.units, blobs, step)
        self.office.engine = replace(self.whole, units=one, files=replace(self.whole.files, blobs=one))

    @rule(step=st.none() | st.sampled_from(STEPS), again=st.booleans())
    def send(self, step: str | None, again: bool) -> None:
        if not (again and self.sent):
            self.sent.append(PDF + str(len(self.sent)).encode())
        content = self.sent[-1]
        self.doomed(step)
        try:
            answer = self.office.attach("jin", self.case, "a.pdf", content, key=f"file{len(self.sent)}")
        except Killed:
            return
        if answer.status == 201:
            self.answered[str(answer.body["id"])] = content

    @rule(data=st.data(), dies=st.booleans())
    def link(self, data: st.DataObject, dies: bool) -> None:
        if not self.answered:
            return
        one = data.draw(st.sampled_from(sorted(self.answered)))
        self.doomed("commit 1" if dies else None)
        try:
            answer = self.office.act("jin", self.case, "comment", opinion="样例", attachments=[one])
        except Killed:
            return
        if answer.status == 200:
            assert one not in self.linked
            self.linked[one] = self.answered[one]

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if self.linked:
            self.doomed(None)
            one = data.draw(st.sampled_from(sorted(self.linked)))
            self.office.act("jin", self.case, "detach", opinion="样例", fields={"attachment": one})

    @rule(hours=st.sampled_from([1, 13, 25]))
    def wait(self, hours: int) -> None:
        self.office.clock.turn_to(self.office.clock() + timedelta(hours=hours))

    @rule(step=st.none() | st.sampled_from(STEPS))
    def collected(self, step: str | None) -> None:
        self.doomed(step)
        try:
            collect(self.office.engine)
        except (Killed, CommitUnknown):
            return

    @rule()
    def erase(self) -> None:
        self.whole.units.run(lambda unit: unit.erase(["person:t1"]))
        self.linked.clear()

    @invariant()
    def no_bytes_lie_about_that_no_row_knows(self) -> None:
        assert self.bytes_kept() <= self.rows_kept().keys()

    @invariant()
    def what_was_linked_is_read_byte_for_byte(self) -> None:
        for one, content in self.linked.items():
            reads, viewer = self.office.store.reads, self.office.viewer("jin")
            found = fetch(self.whole, reads, viewer, (self.case, one), "test")
            assert isinstance(found, Fetched)
            assert found.content == content

    def teardown(self) -> None:
        """A day later, with nobody dying, only what was linked is left."""
        for _ in range(2):
            self.office.clock.turn_to(self.office.clock() + timedelta(hours=25))
            while collect(self.whole):
                pass
        assert self.bytes_kept() == self.linked.keys()
        states = {one: row.one.state for one, row in self.rows_kept().items()}
        assert {one for one, state in states.items() if state is not AttachmentState.DROPPED} == self.linked.keys()

    def bytes_kept(self) -> set[str]:
        blobs: Any = self.whole.files.blobs
        return set(blobs.kept)

    def rows_kept(self) -> dict[str, rows.AttachmentRow]:
        units: Any = self.whole.units
        found: dict[str, rows.AttachmentRow] = units.read(lambda unit: dict(unit.tx.all(rows.ATTACHMENTS)))
        return found


TestFiles = Files.TestCase
TestFiles.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
