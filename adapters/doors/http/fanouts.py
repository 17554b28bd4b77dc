"""/api/fanouts: what the house lets many cases know at once, how far that has come, and how to undo it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.doors.http.acting import KeyOf
from adapters.doors.http.answers import Refuse, json_response, not_found
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ActorOf, ReaderOf
from adapters.doors.problems import Problem
from adapters.texts import _
from workflows.machine.case import Lane
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.fanning import start, undo
from workflows.policy import Viewer, role_principal
from workflows.ports.fanouts import Fanout, FanoutState, Selection

router = APIRouter(prefix="/api/fanouts", tags=["fanouts"])

_MAY_FAN_OUT = role_principal("office_head", None)


class Announcement(BaseModel):
    """What the cases of a workflow, of a town, or of both are told."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    workflow: Annotated[str | None, Field(max_length=200)] = None
    town: Annotated[str | None, Field(max_length=20)] = None


class Undoing(BaseModel):
    """Why a fan-out is undone."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("")
def list_fanouts(office: OfficeOf, viewer: ReaderOf, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Response:
    """The fan-outs, the last one first, with how far each has come."""
    return json_response({"fanouts": [fanout_body(one) for one in office.reads.fanouts(viewer, limit)]})


@router.get("/{fanout}")
def show_fanout(office: OfficeOf, viewer: ReaderOf, fanout: str) -> Response:
    """One fan-out."""
    found = office.reads.fanout(viewer, fanout)
    if found is None:
        raise not_found()
    return json_response(fanout_body(found))


@router.post("")
def announce(office: OfficeOf, viewer: ActorOf, key: KeyOf, wanted: Announcement) -> Response:
    """Let the cases of a workflow or a town know something; whoever holds an item of them is told."""
    _refuse_others(viewer)
    signal = Signal(Sign.ANNOUNCED, "", {"text": wanted.text})
    field = None if wanted.town is None else ("town", wanted.town)
    selection = Selection(workflow=wanted.workflow, field=field)
    id_ = office.engine.units.run(
        lambda unit: start(unit, signal, selection, by=viewer.user, reason=wanted.text, key=key)
    )
    office.engine.wake(Lane.BULK)
    return json_response({"id": id_}, 202)


@router.post("/{fanout}/undo")
def undo_fanout(office: OfficeOf, viewer: ActorOf, fanout: str, wanted: Undoing) -> Response:
    """Stop a fan-out, take back what no case has taken yet, and counter the rest where its kind can be countered."""
    _refuse_others(viewer)
    undone = undo(office.engine, fanout, by=viewer.user, reason=wanted.reason)
    if undone is None:
        raise not_found()
    return json_response(fanout_body(undone), 202)


def _refuse_others(viewer: Viewer) -> None:
    if _MAY_FAN_OUT not in viewer.principals:
        detail = _("只有联席会议办公室负责人可以通知许多办件，或撤销通知")
        raise Refuse(Problem(403, "not-permitted", detail))


def fanout_body(one: Fanout) -> dict[str, Any]:
    """A fan-out as the API gives it; `said` is one sentence in the language of the request."""
    body = asdict(one)
    del body["signal"], body["cursor"]
    return body | {"kind": one.signal.sign.value, "said": _said(one)}


def _said(one: Fanout) -> str:
    total = "…" if one.total is None else str(one.total)
    if one.state in {FanoutState.GOING, FanoutState.DONE}:
        return _("已发出 %(posted)s / %(total)s 件", posted=one.posted, total=total)
    taken = one.countered + one.kept
    said = _("已收回 %(back)s 件，%(taken)s 件已经办理", back=one.taken_back, taken=taken)
    if one.countered:
        return said + _("，已另行更正")
    return said + (_("，此类通知不能更正") if one.kept else "")
