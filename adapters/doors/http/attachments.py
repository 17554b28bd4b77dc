"""/api/cases/{case}/attachments: a file is sent for a case, the files of a case are listed, one of them is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from adapters.doors.http.acting import RequestKeyOf, answered
from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.cases import seen_case
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ActorOf, ReaderOf
from adapters.doors.multipart import BESIDE_FILES, files_in, read_form
from adapters.doors.problems import Fault, Problem
from adapters.settings import MOST_MIB
from adapters.texts import _
from workflows.machine.attachment import Attachment
from workflows.moves.acting import PROBLEM
from workflows.moves.attaching import Fetched, Upload, fetch, stage
from workflows.policy import Viewer
from workflows.ports.blobs import MIB

router = APIRouter(prefix="/api/cases", tags=["attachments"])

_CREATED: Final = 201
_LARGEST: Final = MOST_MIB * MIB + BESIDE_FILES
_FILE: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


async def _sent(request: Request, office: OfficeOf) -> AsyncIterator[UploadFile]:
    """The one file of the request.

    Raises:
        Refuse: 413 and 422, naming `file`.
    """
    async with read_form(request, office.engine.files.most_bytes + BESIDE_FILES, files=1) as form:
        found = files_in(form, "file")
        if not found:
            detail = _("请在字段 file 中附上文件")
            raise Refuse(Problem(422, "bad-value", detail, (Fault("/file", detail),)))
        yield found[0]


SentOf = Annotated[UploadFile, Depends(_sent)]


@router.post("/{case}/attachments", status_code=_CREATED, openapi_extra=_FILE, max_body_size=_LARGEST)
async def post_attachment(office: OfficeOf, viewer: ActorOf, case: str, key: RequestKeyOf, sent: SentOf) -> Response:
    """Send a file for a case. It is kept for a day; an act that names its `id` makes it part of the case.

    The same Idempotency-Key and file again are the same attachment.
    """
    content = await sent.read()
    return await run_in_threadpool(_staged, office, viewer, case, key, sent.filename or "", content)


def _staged(office: Office, viewer: Viewer, case: str, key: str, name: str, content: bytes) -> Response:
    head = seen_case(office, viewer, case).head
    found = stage(office.engine, Upload(key, head, viewer, name, content))
    return json_response(dict(found.body), _CREATED) if found.status < PROBLEM else answered(office, found)


@router.get("/{case}/attachments")
def list_attachments(office: OfficeOf, viewer: ReaderOf, case: str) -> Response:
    """The files of a case. Name and hash are given to whoever may read them, and the reading is recorded."""
    seen_case(office, viewer, case)
    found = office.reads.attachments(viewer, case, _("查看附件目录"))
    return json_response({"attachments": [attachment_view(one) for one in found]})


@router.get(
    "/{case}/attachments/{attachment}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "the file"}},
)
def get_attachment(office: OfficeOf, viewer: ReaderOf, case: str, attachment: str) -> Response:
    """One file, to be saved and never shown in a page; the reading is recorded."""
    found = fetch(office.engine, office.reads, viewer, (case, attachment), _("下载附件"))
    return file_response(found) if isinstance(found, Fetched) else answered(office, found)


def attachment_view(one: Attachment) -> dict[str, Any]:
    """What is told of a file; `name` and `sha256` are null for whoever may not read it, or where it was erased."""
    return {
        "id": one.id,
        "name": one.name or None,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256 or None,
        "by": one.by,
        "at": one.linked_at,
        "seq": one.seq,
        "item": one.item,
        "state": one.state.value,
        "withdrawn_by": one.withdrawn_by,
        "withdrawn_at": one.withdrawn_at,
    }


def file_response(found: Fetched) -> Response:
    """The bytes of a file, which no browser opens in this site (RFC 6266, RFC 8187)."""
    return Response(found.content, media_type="application/octet-stream", headers=_headers(found.one.name))


def _headers(name: str) -> Mapping[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
