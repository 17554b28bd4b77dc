"""/api/work-items: the viewer's open items, one item, and the verbs of the work."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from adapters.doors.http.acting import Body, KeyOf, answer
from adapters.doors.http.answers import json_response, not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ActorOf, ReaderOf
from adapters.doors.http.views import item_view
from workflows.machine.case import Act
from workflows.policy import Viewer
from workflows.reads import ItemView

router = APIRouter(prefix="/api/work-items", tags=["work items"])

Verb = Literal["agree", "reject", "return", "complete"]


class Decision(Body):
    """What a person says to an item: an opinion, a reason of the closed list, the fields of the form."""

    opinion: Annotated[str, Field(max_length=2000)] = ""
    reason: Annotated[str | None, Field(max_length=100)] = None
    form: Annotated[dict[Annotated[str, Field(max_length=100)], Any], Field(default_factory=dict)]


@router.get("")
def list_items(
    office: OfficeOf,
    viewer: ReaderOf,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The open items that the viewer holds, the most urgent first."""
    now, library = office.reads.now(), office.engine.library
    found = office.reads.items(viewer, limit, cursor)
    following = found[-1].item.id if len(found) == limit else None
    return json_response({"items": [item_view(one, library, now) for one in found], "cursor": following})


@router.get("/{item}")
def get_item(office: OfficeOf, viewer: ReaderOf, item: str) -> Response:
    """One item, open or closed."""
    return json_response(item_view(seen_item(office, viewer, item), office.engine.library, office.reads.now()))


@router.post("/{item}/{verb}")
def act_on_item(  # an act is what FastAPI takes from path, header and body
    office: OfficeOf, viewer: ActorOf, item: str, verb: Verb, key: KeyOf, body: Decision
) -> Response:
    """Agree, reject, return or complete. The same key again gets the same answer; a late one learns who decided."""
    found = seen_item(office, viewer, item)
    wanted = Act(
        key=key,
        case=found.case.id,
        item=item,
        verb=verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=body.version,
        opinion=body.opinion,
        reason=body.reason,
        form=body.form,
        department=viewer.department,
        post=viewer.post,
    )
    return answer(office, wanted)


def seen_item(office: Office, viewer: Viewer, item: str) -> ItemView:
    """The item, if the viewer may see its case."""
    found = office.reads.item(viewer, item)
    if found is None:
        raise not_found()
    return found
