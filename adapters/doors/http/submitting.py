"""What a request or a page brings to the door: events as they could be read, refused rows noted, the rest committed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from adapters.doors.committing import Committer, TooManyWaiting
from adapters.doors.envelopes import Envelope, read_event
from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import Office, Refusal
from adapters.doors.problems import Fault, Problem
from adapters.doors.spreadsheets.events import Report, SheetRow, rows_of_workbook
from adapters.doors.spreadsheets.tables import Unreadable
from adapters.texts import _
from workflows.machine.case import Lane
from workflows.moves.accepting import Accepted, Submission
from workflows.policy import Viewer
from workflows.ports import NewEvent

BULK_ROWS: Final = 20
"""From this many events on, a request is an import: people's clicks go before it."""

Row = NewEvent | Problem


@dataclass(frozen=True, slots=True)
class Sent:
    """What one request brought: `envelopes` as they could be read, and each as an event or as why not.

    Of a workbook, `places` are sheet and row number of each, and `dropped` the columns that were left out by sheet.
    """

    envelopes: Sequence[Envelope | Problem]
    rows: Sequence[Row]
    batch: bool
    places: Sequence[tuple[str, int]] = ()
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def events(self) -> tuple[NewEvent, ...]:
        """What may be committed."""
        return tuple(row for row in self.rows if isinstance(row, NewEvent))


def lane_of(rows: int) -> Lane:
    """Which lane a request of so many events takes."""
    return Lane.BULK if rows >= BULK_ROWS else Lane.INTERACTIVE


def admitted(office: Office, viewer: Viewer, envelope: Envelope | Problem, lane: Lane) -> Row:
    """An envelope as an event that `viewer` may send, or why not."""
    return envelope if isinstance(envelope, Problem) else office.desk.admit(envelope, viewer, lane)


def read_sheet(office: Office, viewer: Viewer, name: str, body: bytes, type_: str | None = None) -> Sent:
    """The rows of a workbook, each an event of its own; what is wrong with a row is told at its sheet, row and column.

    Raises:
        Refuse: it is no workbook, or has no row.
    """
    report = Report()
    try:
        rows = list(rows_of_workbook(name, body, report, type_))
    except Unreadable as error:
        raise Refuse(Problem(400, "malformed", str(error))) from None
    if not rows:
        raise Refuse(Problem(400, "malformed", _("表格里没有可以提交的行")))
    envelopes = [_row_problem(row) if row.event is None else read_event(dict(row.event)) for row in rows]
    lane = lane_of(len(envelopes))
    places = [(row.sheet, row.number) for row in rows]
    taken = [admitted(office, viewer, one, lane) for one in envelopes]
    return Sent(envelopes, taken, batch=True, places=places, dropped=dict(report.dropped))


def _row_problem(row: SheetRow) -> Problem:
    faults = tuple(Fault(f"/{row.sheet}/{row.number}/{header}", detail) for _code, header, detail in row.faults)
    return Problem(422, row.faults[0][0].replace("_", "-"), row.faults[0][2], faults)


async def commit(office: Office, viewer: Viewer, submission: Submission) -> Sequence[Accepted]:
    """Commit what is sent; the answers in order.

    Raises:
        Refuse: too much of this sender waits already.
    """
    try:
        answers = _queued(office.committer, viewer.user, submission)
    except TooManyWaiting as error:
        detail = _("本部门等待处理的事件过多，请在 %(n)s 秒后重试", n=error.retry_after)
        raise Refuse(Problem(429, "too-many", detail), {"Retry-After": str(error.retry_after)}) from None
    parts = await asyncio.gather(*map(asyncio.wrap_future, answers))
    return [accepted for part in parts for accepted in part]


def _queued(committer: Committer, sender: str, submission: Submission) -> list[Future[tuple[Accepted, ...]]]:
    if submission.whole:
        return [committer.put(sender, submission)]
    return committer.put_in_rounds(sender, submission)


def note_refused(office: Office, viewer: Viewer, sent: Sent) -> None:
    """Keep envelope and reason of what was refused, never the data."""
    pairs = zip(sent.envelopes, sent.rows, strict=True)
    refused = [_refusal(viewer, envelope, row) for envelope, row in pairs if isinstance(row, Problem)]
    office.refusals.keep(refused)
    for one in refused:
        office.figures.event(one.code)


def _refusal(viewer: Viewer, envelope: Envelope | Problem, problem: Problem) -> Refusal:
    sender = viewer.department or viewer.user
    if isinstance(envelope, Problem):
        return Refusal(sender, None, None, None, problem.code, problem.faults[0].pointer)
    places = " ".join(fault.pointer for fault in problem.faults)
    return Refusal(sender, envelope.source, envelope.id, envelope.type, problem.code, places)


def count_accepted(office: Office, accepted: Sequence[Accepted]) -> None:
    """Count what became of them in the figures."""
    for one in accepted:
        office.figures.event(one.status)
