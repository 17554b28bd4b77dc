"""/api/export: the cases that the viewer may see, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Response

from adapters.doors.http.cases import MOST, CaseQuery
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.exports.csv import csv_text
from adapters.texts import _
from adapters.web.tables import Line, case_line
from workflows.policy import Viewer

router = APIRouter(prefix="/api/export", tags=["export"])


@router.get("/cases.csv")
def export_cases(office: OfficeOf, viewer: ReaderOf, query: Annotated[CaseQuery, Query()]) -> Response:
    """Every case that the filters leave, most recently changed first; nothing personal is in it."""
    headers = [
        _("样例"),
        _("办件"),
        _("对象"),
        _("流程"),
        _("属地或部门"),
        _("状态"),
        _("环节"),
        _("办理人"),
        _("时限"),
    ]
    text = csv_text(headers, (_cells(line) for line in _lines(office, viewer, query)))
    disposition = {"Content-Disposition": 'attachment; filename="cases.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=disposition)


def _lines(office: Office, viewer: Viewer, query: CaseQuery) -> Iterator[Line]:
    cursor, library, now = query.cursor, office.engine.library, office.reads.now()
    while True:
        page = office.reads.cases(viewer, query.wanted(), MOST, cursor)
        yield from (case_line(row, library, now) for row in page.rows)
        cursor = page.cursor
        if cursor is None:
            return


def _cells(line: Line) -> list[str]:
    mark = _("样例") if line.sample else ""
    limit = "" if line.lamp is None else f"{line.lamp.title} {line.lamp.left}".strip()
    return [mark, line.case, line.key, line.workflow, line.place, line.state_title, line.step, line.holders, limit]
