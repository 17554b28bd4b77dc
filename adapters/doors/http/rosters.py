"""/api/roster: the roster as data or workbook, what a new one would change, and its adoption by the administrator."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool

from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ReaderOf, ViewerOf, require_scope
from adapters.doors.problems import Fault, Problem
from adapters.rosters.proposing import Proposal, propose
from adapters.rosters.reading import read_roster
from adapters.rosters.writing import write_roster
from adapters.texts import _
from domain.roster import Roster, dump_roster, parse_roster
from workflows.policy import Viewer

router = APIRouter(prefix="/api/roster", tags=["roster"])

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES: Final = 8 * 1024 * 1024


@router.get("")
def get_roster(office: OfficeOf, viewer: ReaderOf) -> Response:
    """The current roster: departments, posts, appointments, proxies and handovers with their days."""
    _require_overview(viewer)
    return json_response(dump_roster(office.engine.library.roster()))


@router.get(".xlsx")
def get_workbook(office: OfficeOf, viewer: ReaderOf) -> Response:
    """The current roster as a workbook that `POST /api/roster` reads."""
    _require_overview(viewer)
    disposition = {"Content-Disposition": 'attachment; filename="roster.xlsx"'}
    return Response(write_roster(office.engine.library.roster()), media_type=XLSX, headers=disposition)


@router.post("", max_body_size=MOST_BYTES)
async def post_roster(request: Request, office: OfficeOf, viewer: ViewerOf, *, preview: bool = False) -> Response:
    """Adopt the roster of a workbook (or of JSON as it is read here); with `preview` only say what it would change."""
    require_scope(viewer, "operate")
    content = await request.body()
    is_json = "json" in request.headers.get("content-type", "")
    return await run_in_threadpool(_taken, office, content, is_json=is_json, preview=preview)


def _taken(office: Office, content: bytes, *, is_json: bool, preview: bool) -> Response:
    roster = _from_json(content) if is_json else _from_workbook(content, office.engine.library.roster().county)
    proposal = propose(office.engine, office.reads, roster, office.identity.today())
    if not preview:
        office.engine.library.adopt_roster(roster)
    return json_response(_said(proposal, office) | {"adopted": not preview}, 200 if preview else 201)


def _from_workbook(content: bytes, county: str) -> Roster:
    found = read_roster(content, county)
    if isinstance(found, Roster):
        return found
    faults = tuple(Fault(one.pointer, one.detail) for one in found)
    raise Refuse(Problem(422, "bad-data", _("名册有 %(n)s 处错误，没有采用，见 errors", n=len(faults)), faults))


def _from_json(content: bytes) -> Roster:
    try:
        return parse_roster(from_json(content))
    except (KeyError, TypeError, ValueError) as error:
        raise Refuse(Problem(422, "bad-data", _("名册的内容不能采用：%(why)s", why=str(error)))) from None


def _said(proposal: Proposal, office: Office) -> dict[str, Any]:
    changes = proposal.changes
    same = office.engine.library.roster().version == proposal.roster.version
    return {
        "version": proposal.roster.version,
        "same": same,
        "rows": [{"sheet": one.sheet, "name": one.name, "how": one.how} for one in changes.rows],
        "people": [{"user": one.user, "gains": one.gains, "loses": one.loses} for one in changes.shifts],
        "items": [
            {
                "id": one.item.id,
                "case": one.item.case,
                "path": one.item.path,
                "now": list(one.now),
                "then": list(one.then),
                "rules": list(one.rules),
            }
            for one in proposal.items
        ],
        "staying": [asdict(one) | {"heirs": list(one.heirs)} for one in proposal.staying],
        "findings": [
            {"workflow": name, "path": one.path, "code": one.code, "message": _(one.message, **one.values)}
            for name, one in proposal.findings
        ],
    }


def _require_overview(viewer: Viewer) -> None:
    if not viewer.sees_all:
        raise Refuse(Problem(403, "not-permitted", _("只有联席会议办公室和管理员可以查看名册")))
