"""/api/cases: the list with its filters, one case, its history, why it waits, its picture, and what is done to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from adapters.doors.http.acting import Body, DoneOf, KeyOf, own_fields, verbs_of
from adapters.doors.http.answers import json_response, not_found
from adapters.doors.http.foreseeing import ahead_view
from adapters.doors.http.offering import operations_on
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ActorOf, ReaderOf
from adapters.doors.http.views import blocks, case_row, case_view, explanation, first_because, history
from adapters.explaining import explained, saying
from adapters.texts import current_language
from adapters.titles import titles_of
from adapters.web.operations import holds
from domain.calendar import Light
from workflows.machine.case import State
from workflows.machine.operations import ON_CASES
from workflows.machine.stimuli import Act
from workflows.moves.previewing import way_ahead
from workflows.pictures.svg import draw
from workflows.pictures.timing import Clock
from workflows.policy import Viewer
from workflows.reads import CaseFilter, CaseView

router = APIRouter(prefix="/api/cases", tags=["cases"])

MOST = 500

Verb = verbs_of(ON_CASES)


class CaseQuery(BaseModel):
    """The filters of the list; what is not named is not restricted."""

    model_config = ConfigDict(extra="forbid")

    workflow: str | None = None
    state: State | None = None
    light: Light | None = None
    department: str | None = None
    holder: str | None = None
    subject: str | None = None
    round: int | None = None
    due_before: AwareDatetime | None = None
    due_after: AwareDatetime | None = None
    text: Annotated[str | None, Field(max_length=200)] = None
    quarantined: bool | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None

    def wanted(self) -> CaseFilter:
        """The filter, without where the page starts."""
        given: dict[str, Any] = self.model_dump(exclude={"limit", "cursor"})
        # A driver may spell an enum by its name: the stores get plain words.
        plain: dict[str, Any] = {
            name: value.value if isinstance(value, StrEnum) else value for name, value in given.items()
        }
        return CaseFilter(**plain)


@router.get("")
def list_cases(office: OfficeOf, viewer: ReaderOf, query: Annotated[CaseQuery, Query()]) -> Response:
    """The cases that the viewer may see, most recently changed first."""
    now = office.reads.now()
    page = office.reads.cases(viewer, query.wanted(), query.limit, query.cursor)
    return json_response(
        {"cases": [case_row(row, office.engine.library, now) for row in page.rows], "cursor": page.cursor}
    )


@router.get("/{case}")
def get_case(office: OfficeOf, viewer: ReaderOf, case: str) -> Response:
    """One case with its items, waits and timers."""
    return json_response(case_view(seen_case(office, viewer, case), office.engine.library, office.reads.now()))


@router.get("/{case}/history")
def get_history(office: OfficeOf, viewer: ReaderOf, case: str) -> Response:
    """The timeline, oldest first, with the hashes that chain it."""
    view, library = seen_case(office, viewer, case), office.engine.library
    definition = library.by_hash(view.head.workflow_hash)
    said = saying(definition, library.roster(), library.calendar().zone, office.reads.now())
    return json_response({"history": history(office.reads.history(viewer, case), view.head, said)})


@router.get("/{case}/explain")
def get_explanation(office: OfficeOf, viewer: ReaderOf, case: str) -> Response:
    """Why the case waits, for whom, since when, and what would move it: in one sentence, and as data.

    `operations` are the verbs that the viewer may press on the case now, `items` those on each item that is the viewer's.
    """
    view, library, now = seen_case(office, viewer, case), office.engine.library, office.reads.now()
    found, sentence = explained(library, view, now)
    said = saying(library.by_hash(view.head.workflow_hash), library.roster(), library.calendar().zone, now)
    body = {"case": case, "sentence": sentence, "reasons": explanation(found), "blocks": blocks(found)}
    mine = [one for one in view.items if one.closed_at is None and holds(view, one, viewer)]
    on_case, *on_items = operations_on(office, view, viewer, None, *mine)
    items = [
        {"item": one.id, "path": one.path, "step": said.step(one.path), "operations": operations}
        for one, operations in zip(mine, on_items, strict=True)
    ]
    because = first_because(found, library, said)
    return json_response(body | {"due_because": because, "operations": on_case, "items": items})


@router.get("/{case}/preview")
def get_preview(office: OfficeOf, viewer: ReaderOf, case: str) -> Response:
    """The way ahead: who would be asked and by when; both ways where a value is not known yet."""
    view, library = seen_case(office, viewer, case), office.engine.library
    definition = library.by_hash(view.head.workflow_hash)
    said = saying(definition, library.roster(), library.calendar().zone, office.reads.now())
    return json_response({"case": case, **ahead_view(way_ahead(office.engine, case), said)})


@router.get("/{case}/diagram.svg")
def get_diagram(office: OfficeOf, viewer: ReaderOf, case: str, lang: Literal["zh", "en"] | None = None) -> Response:
    """The workflow with where the case stands in it."""
    view = seen_case(office, viewer, case)
    library = office.engine.library
    picture = draw(
        library.by_hash(view.head.workflow_hash),
        titles_of(view.head.workflow, library.roster()),
        view,
        lang or current_language(),
        office.reads.history(viewer, case),
        library.numbers(view.head.numbers),
        Clock(library.calendar(), office.reads.now()),
    )
    return svg_response(picture)


def svg_response(picture: str) -> Response:
    """A picture, which runs nothing even when it is opened by itself."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(picture, media_type="image/svg+xml", headers={"Content-Security-Policy": policy})


@router.post("/{case}/{verb}")
def act_on_case(  # an act is what FastAPI takes from path, header and body
    office: OfficeOf,
    viewer: ActorOf,
    case: str,
    verb: Verb,  # type: ignore[valid-type]  # the verbs are data
    key: KeyOf,
    done: DoneOf,
    body: Body,
) -> Response:
    """Carry out a verb on a case; with `?preview=true` only tell what it would do."""
    operation = ON_CASES[verb]
    seen_case(office, viewer, case)
    fields = own_fields(operation, body)
    wanted = Act(
        key=key,
        case=case,
        item=None,
        verb=operation.verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=body.version,
        opinion=body.opinion,
        department=viewer.department,
        post=viewer.post,
        fields=fields,
        attachments=body.attachments,
    )
    return done(office, wanted)


def seen_case(office: Office, viewer: Viewer, case: str) -> CaseView:
    """The case, if the viewer may see it."""
    found = office.reads.case(viewer, case)
    if found is None:
        raise not_found()
    return found
