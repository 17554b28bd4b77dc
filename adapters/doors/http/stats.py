"""/api/stats: figures for supervisors. Each comes with the list that it counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from adapters.doors.http.answers import json_response
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ReaderOf
from workflows.reads import Tally

router = APIRouter(prefix="/api/stats", tags=["stats"])


@router.get("/board")
def board(office: OfficeOf, viewer: ReaderOf) -> Response:
    """The cases under way by workflow, state and sending department: all, near their term, beyond it.

    Never by person. Each figure has the address of the list that it counts, for the same viewer.
    """
    return json_response({"rows": [tally_body(one) for one in office.reads.board(viewer)]})


def tally_body(one: Tally) -> dict[str, Any]:
    """A line of the board with its lists."""
    group = {"workflow": one.workflow, "state": one.state, "department": one.department}
    return {
        **group,
        "open": {"count": one.open, "list": _list(group)},
        "near_due": {"count": one.near_due, "list": _list({**group, "light": "yellow"})},
        "overdue": {"count": one.overdue, "list": _list({**group, "light": "red"})},
    }


def _list(filters: dict[str, str]) -> str:
    return f"/api/cases?{urlencode(filters)}"
