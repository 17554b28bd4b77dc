"""For those who run the office: the audit of the chain, whether the process is alive and ready, and the figures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.figures import CONTENT_TYPE
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.doors.problems import Problem
from adapters.texts import _

router = APIRouter(tags=["operating"])


@router.get("/api/audit/verify")
def verify(office: OfficeOf, viewer: ReaderOf) -> Response:
    """Check every chain, seal and commitment; names the first bad row."""
    if not viewer.sees_all:
        raise Refuse(Problem(403, "not-permitted", _("只有审计管理员和联席会议办公室可以核验历史")))
    found = office.reads.verify()
    body: dict[str, Any] = {"ok": found.where is None, "checked": found.checked}
    return json_response(body | {"where": found.where, "why": found.why})


@router.get("/api/operating")
def operating(office: OfficeOf, viewer: ReaderOf) -> Response:
    """What waits, by kind: inbox, effects, timers, quarantined cases."""
    if not viewer.sees_all:
        raise Refuse(Problem(403, "not-permitted", _("只有联席会议办公室可以查看运行情况")))
    return json_response({"pending": dict(office.reads.pending()), "not_ready": office.not_ready()})


@router.get("/livez", include_in_schema=False)
def livez() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz", include_in_schema=False)
@router.get("/startupz", include_in_schema=False)
def readyz(office: OfficeOf) -> Response:
    """The database answers and is of this version. The broker is not asked: without it the sweep does the work."""
    missing = office.not_ready()
    if missing is None:
        return Response("ok\n", media_type="text/plain")
    return Response(missing + "\n", 503, media_type="text/plain; charset=utf-8")


@router.get("/metrics", include_in_schema=False)
def metrics(office: OfficeOf) -> Response:
    """The figures of this process; no label names a person, a department or a case."""
    return Response(office.figures.text(), media_type=CONTENT_TYPE)
