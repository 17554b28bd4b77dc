"""Workbooks on a page: looked at first, row by row, then handed to the same door as everybody's events.

Nothing is kept between the two steps: the page holds the file, and what comes back is read and checked anew.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from adapters.doors.event_types import event_types
from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.submitting import Sent, commit, count_accepted, note_refused, read_sheet
from adapters.doors.http.viewers import refuse_forged
from adapters.doors.problems import Fault, Problem
from adapters.doors.spreadsheets.annotating import annotated
from adapters.doors.spreadsheets.tables import ZIP
from adapters.identity.desk import types_of
from adapters.texts import _, current_language
from adapters.web.rendering import page
from adapters.web.visitors import PageRoute, SignInNeeded, Visitor, VisitorOf, field, visitor_of
from domain.event import WIRE_PREFIX
from workflows.moves.accepting import Submission
from workflows.policy import Viewer, sends_for_department
from workflows.ports import NewEvent

router = APIRouter(route_class=PageRoute, include_in_schema=False)

FILE_BYTES: Final = 1024 * 1024
FORM_BYTES: Final = 2 * FILE_BYTES
"""The file as it comes back inside the form, a third longer, and the rest of the form."""
MOST_SHOWN: Final = 100
"""Lines of what is wrong on the page; the annotated copy has all of them."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class File:
    """What somebody chose: its name, its bytes, and the event type where it names none itself."""

    name: str
    content: bytes
    type: str | None

    @property
    def ending(self) -> str:
        """By which the door tells a workbook from CSV."""
        return "xlsx" if self.content.startswith(ZIP) else "csv"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be taken: where it stands, and why."""

    sheet: str
    number: int
    why: str


async def _uploaded(request: Request) -> AsyncIterator[FormData]:
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > FORM_BYTES:
        raise _too_large()
    async with request.form(max_files=1, max_part_size=FORM_BYTES) as form:
        yield form


def _too_large() -> Refuse:
    detail = _("文件超过 %(mib)s MiB：请分成几份，或由管理员用 liaison submit 提交", mib=FILE_BYTES // 1024 // 1024)
    return Refuse(Problem(413, "too-large", detail))


Uploaded = Annotated[FormData, Depends(_uploaded)]


def _sender(visitor: Visitor) -> Viewer:
    """Whoever may send for the own department, with the types that the department may send."""
    viewer = visitor.viewer
    types = types_of(viewer.department or "") if sends_for_department(viewer) else frozenset[str]()
    if visitor.guest:
        raise SignInNeeded
    if not types:
        detail = _("表格由各单位的经办员和联络员提交，您所在岗位没有可以提交的事件。")
        raise Refuse(Problem(403, "not-permitted", detail))
    return replace(viewer, scopes=viewer.scopes | {"submit"}, event_types=types)


@router.get("/upload")
def upload(request: Request, office: OfficeOf, visitor: VisitorOf) -> Response:
    """The form."""
    return page("upload.html", request, office, **_nothing_yet(_sender(visitor)))


@router.post("/upload", max_body_size=FORM_BYTES)
async def uploaded(request: Request, office: OfficeOf, form: Uploaded) -> Response:
    """Look at a file, hand in what is right of it, or give back the copy that says why not; `do` says which."""
    visitor = visitor_of(request, office)
    sender = _sender(visitor)
    refuse_forged(request, office, visitor.session or "", field(form, "csrf"))
    file = await _chosen(form)
    if file is None:
        return page("upload.html", request, office, 422, **_nothing_yet(sender) | {"refusal": _("请先选择一个文件")})
    try:
        sent = await run_in_threadpool(read_sheet, office, sender, f"upload.{file.ending}", file.content, file.type)
    except Refuse as refused:
        values = _nothing_yet(sender) | {"refusal": refused.problem.detail}
        return page("upload.html", request, office, refused.problem.status, **values)
    wrong = list(_wrong(sent))
    if field(form, "do") == "copy":
        return await run_in_threadpool(_copy, file, wrong)
    counts = await _handed_in(office, sender, sent) if field(form, "do") == "submit" else None
    return page("upload.html", request, office, **_nothing_yet(sender) | _told(file, sent, wrong) | {"counts": counts})


async def _chosen(form: FormData) -> File | None:
    """The file of the form: just chosen, or as the page before held it."""
    type_ = field(form, "type") or None
    chosen = form.get("file")
    if isinstance(chosen, UploadFile) and chosen.filename:
        content = await chosen.read()
        if len(content) > FILE_BYTES:
            raise _too_large()
        return File(chosen.filename, content, type_) if content else None
    try:
        held = b64decode(field(form, "held"), validate=True)
    except ValueError:
        return None
    return File(field(form, "name"), held, type_) if held else None


async def _handed_in(office: OfficeOf, sender: Viewer, sent: Sent) -> dict[str, int]:
    """Commit the rows that are right, each for itself; counts of what became of them."""
    if len(sent.events) < len(sent.rows):
        await run_in_threadpool(note_refused, office, sender, sent)
    accepted = await commit(office, sender, Submission(sent.events, whole=False)) if sent.events else ()
    count_accepted(office, accepted)
    return {status: sum(one.status == status for one in accepted) for status in ("accepted", "duplicate", "conflict")}


# -- what the page says ------------------------------------------------------------------------------------


def _nothing_yet(sender: Viewer) -> dict[str, Any]:
    return {
        "types": _types(sender),
        "mib": FILE_BYTES // 1024 // 1024,
        "refusal": "",
        "file": None,
        "counts": None,
        "shown": MOST_SHOWN,
    }


def _told(file: File, sent: Sent, wrong: Sequence[Wrong]) -> dict[str, Any]:
    return {
        "file": file,
        "held": b64encode(file.content).decode(),
        "good": len(sent.events),
        "wrong": wrong,
        "dropped": sent.dropped,
    }


def _types(sender: Viewer) -> list[tuple[str, str, str]]:
    """What the department may send: type, title, and the headers that a sheet of it has."""
    language, permitted = current_language()[:2], sender.event_types or frozenset()
    described = [one for one in event_types() if str(one["type"]).removeprefix(WIRE_PREFIX) in permitted]
    return [(one["type"], one["title"][language], _("、").join(one["headers"][language].values())) for one in described]


def _wrong(sent: Sent) -> Iterable[Wrong]:
    for row, envelope, (sheet, number) in zip(sent.rows, sent.envelopes, sent.places, strict=True):
        if not isinstance(row, NewEvent):
            type_ = None if isinstance(envelope, Problem) else envelope.type
            faults = row.faults or (Fault("", row.detail),)
            yield Wrong(sheet, number, _("；").join(_said(fault, type_) for fault in faults))


def _said(fault: Fault, type_: str | None) -> str:
    """A fault with the header of its column in front, as it stands in the sheet."""
    name = fault.pointer.rpartition("/")[2]
    named = (one["headers"][current_language()[:2]] for one in event_types() if one["type"] == type_)
    headers: dict[str, str] = next(named, {})
    column = headers.get(name, name if type_ is None else "")
    return _("%(column)s：%(why)s", column=column, why=fault.detail) if column else fault.detail


def _copy(file: File, wrong: Sequence[Wrong]) -> Response:
    """The sender's own rows, and beside each what is wrong with it."""
    told = {(one.sheet, one.number): (_("未接收"), one.why) for one in wrong}
    content = annotated(f"upload.{file.ending}", file.content, told)
    name = f"{file.name.rpartition('.')[0] or file.name}.annotated.{file.ending}"
    return Response(
        content,
        media_type=XLSX if file.ending == "xlsx" else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
