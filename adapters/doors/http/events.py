"""POST /api/events: CloudEvents in, committed before they are answered. And what became of one, and which exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from adapters.doors.envelopes import CE_PREFIX, Envelope, is_json, read_batch, read_binary, read_structured
from adapters.doors.event_types import event_types
from adapters.doors.http.answers import Refuse, json_response, not_found, problem_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.submitting import (
    Sent,
    admitted,
    commit,
    count_accepted,
    lane_of,
    note_refused,
    read_sheet,
)
from adapters.doors.http.viewers import ReaderOf, ViewerOf
from adapters.doors.problems import Fault, Problem, document
from adapters.texts import _
from domain.event import WIRE_PREFIX
from workflows.machine.case import Lane
from workflows.moves.accepting import Accepted, Submission
from workflows.policy import Viewer
from workflows.ports import NewEvent

router = APIRouter(tags=["events"])

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS: Final = {XLSX: "upload.xlsx", "text/csv": "upload.csv"}
EVENT_BYTES: Final = 1024 * 1024
BATCH_BYTES: Final = 16 * 1024 * 1024
_WORST_FIRST: Final = (400, 403, 422)

_SCHEMA = {"type": "object", "required": ["specversion", "id", "source", "type"]}
_BODY = {
    "required": True,
    "content": {
        STRUCTURED: {"schema": _SCHEMA},
        BATCH: {"schema": {"type": "array", "items": _SCHEMA}},
        **{media: {"schema": {"type": "string", "format": "binary"}} for media in SHEETS},
        "application/json": {"schema": {"type": "object", "description": "data; the attributes in ce-* headers"}},
    },
}


# The framework's limit stands above our own two, so that the refusal is ours.
@router.post("/api/events", status_code=202, openapi_extra={"requestBody": _BODY}, max_body_size=2 * BATCH_BYTES)
async def post_events(
    request: Request, office: OfficeOf, viewer: ViewerOf, *, partial: bool = False, preview: bool = False
) -> Response:
    """Accept CloudEvents: structured, batch or binary. The answer comes after the commit, results in order.

    A batch is all or nothing; with `partial` each event stands for itself. With `preview` nothing is stored.
    """
    sent = await _read(request, office, viewer)
    refused = [problem for problem in sent.rows if isinstance(problem, Problem)]
    if refused and not preview:
        await run_in_threadpool(note_refused, office, viewer, sent)
    if refused and not partial:
        return problem_response(_together(sent))
    events = sent.events
    if preview:
        return _results(sent, iter([Accepted("accepted", 0)] * len(events)), 200)
    accepted = await commit(office, viewer, Submission(events, whole=not partial)) if events else ()
    count_accepted(office, accepted)
    if not partial and any(one.status == "conflict" for one in accepted):
        return problem_response(_conflicts(sent, accepted))
    return _results(sent, iter(accepted), 202 if any(one.status != "conflict" for one in accepted) else 422)


async def _read(request: Request, office: Office, viewer: Viewer) -> Sent:
    content_type = request.headers.get("content-type", "")
    media = content_type.partition(";")[0].strip().lower()
    if media == BATCH:
        body = await _body(request, BATCH_BYTES)
        # Thousands of rows take a while to read: the other callers are served meanwhile.
        return await run_in_threadpool(_read_batch, office, viewer, body)
    if media in SHEETS:
        body = await _body(request, BATCH_BYTES)
        return await run_in_threadpool(read_sheet, office, viewer, SHEETS[media], body)
    body = await _body(request, EVENT_BYTES)
    if media == STRUCTURED:
        envelope = read_structured(body)
    elif is_json(content_type) and any(name.startswith(CE_PREFIX) for name in request.headers):
        envelope = read_binary(request.headers.items(), body)
    else:
        detail = _("请用 %(structured)s、%(batch)s，或带 ce- 请求头的 JSON", structured=STRUCTURED, batch=BATCH)
        raise Refuse(Problem(415, "unsupported-content", detail))
    return Sent([envelope], [admitted(office, viewer, envelope, Lane.INTERACTIVE)], batch=False)


def _read_batch(office: Office, viewer: Viewer, body: bytes) -> Sent:
    envelopes = read_batch(body)
    if isinstance(envelopes, Problem):
        raise Refuse(envelopes)
    if not envelopes:
        raise Refuse(Problem(400, "malformed", _("批量内容里没有事件")))
    lane = lane_of(len(envelopes))
    return Sent(envelopes, [admitted(office, viewer, one, lane) for one in envelopes], batch=True)


async def _body(request: Request, limit: int) -> bytes:
    """The body, refused as soon as it is known to be too long."""
    declared = request.headers.get("content-length", "")
    body = bytearray()
    if not (declared.isdigit() and int(declared) > limit):
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    detail = _("内容超过 %(mib)s MiB，请分批提交", mib=limit // 1024 // 1024)
    raise Refuse(Problem(413, "too-large", detail), {"Connection": "close"})


# -- answers -----------------------------------------------------------------------------------------------


def _results(sent: Sent, accepted: Iterable[Accepted], status: int) -> Response:
    given = iter(accepted)
    results = [
        _rejected(envelope, row) if isinstance(row, Problem) else _result(row, next(given))
        for envelope, row in zip(sent.envelopes, sent.rows, strict=True)
    ]
    return json_response({"results": results}, status)


def _result(event: NewEvent, accepted: Accepted) -> dict[str, Any]:
    result: dict[str, Any] = {"source": event.source, "id": event.id, "status": accepted.status}
    if accepted.status == "conflict":
        return result | {"problem": document(_conflict())}
    return result | {"cases": list(accepted.cases)}


def _rejected(envelope: Envelope | Problem, problem: Problem) -> dict[str, Any]:
    named = {} if isinstance(envelope, Problem) else {"source": envelope.source, "id": envelope.id}
    return {"source": None, "id": None, **named, "status": "rejected", "problem": document(problem)}


def _conflict() -> Problem:
    detail = _("这个来源和编号已经提交过另一内容：事件不能更改，请用新的编号提交")
    return Problem(409, "conflict", detail, (Fault("/id", detail),))


def _together(sent: Sent) -> Problem:
    """Every refused row of an all-or-nothing request as one problem."""
    refused = [(index, row) for index, row in enumerate(sent.rows) if isinstance(row, Problem)]
    worst = min((row for _index, row in refused), key=lambda row: _WORST_FIRST.index(row.status))
    if not sent.batch:
        return worst
    faults = tuple(fault for index, row in refused for fault in _in_batch(index, row))
    detail = _("%(n)s 个事件有误，整批没有接收，见 errors", n=len(refused))
    return Problem(worst.status, worst.code, detail, faults)


def _conflicts(sent: Sent, accepted: Sequence[Accepted]) -> Problem:
    if not sent.batch:
        return _conflict()
    places = [index for index, one in enumerate(accepted) if one.status == "conflict"]
    faults = tuple(fault for index in places for fault in _in_batch(index, _conflict()))
    detail = _("%(n)s 个事件与已提交的内容冲突，整批没有接收，见 errors", n=len(places))
    return replace(_conflict(), detail=detail, faults=faults)


def _in_batch(index: int, problem: Problem) -> Iterable[Fault]:
    return (Fault(f"/{index}{fault.pointer}", fault.detail) for fault in problem.faults)


# -- reading -----------------------------------------------------------------------------------------------


@router.get("/api/events")
def get_event(office: OfficeOf, viewer: ReaderOf, source: str, id: str) -> Response:  # noqa: A002  # CloudEvents' own name
    """What became of an event: its status and its cases."""
    found = office.reads.event(viewer, source, id)
    if found is None:
        raise not_found()
    body = {"source": found.source, "id": found.id, "type": WIRE_PREFIX + found.type, "accepted_at": found.at}
    return json_response(body | {"status": found.status, "cases": list(found.cases)})


@router.get("/api/event-types")
def get_event_types(viewer: ReaderOf) -> Response:
    """Each type with its departments, JSON Schema, headers in Chinese and English, and an example."""
    return json_response({"event_types": event_types()})
