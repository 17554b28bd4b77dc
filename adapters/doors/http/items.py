"""/api/work-items: the viewer's open items, one item, and the verbs of the work."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.doors.http.acting import (
    Body,
    DoneOf,
    KeyOf,
    answered,
    not_found_body,
    outcome_body,
    own_fields,
    verbs_of,
    who_acted,
)
from adapters.doors.http.answers import json_response, not_found
from adapters.doors.http.cases import seen_case
from adapters.doors.http.choosing import choices_view
from adapters.doors.http.offering import operations_on
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ActorOf, ReaderOf
from adapters.doors.http.views import item_view
from adapters.explaining import saying
from domain.identifiers import derived_id
from domain.texts import zh
from workflows.machine.operations import ON_ITEMS, Operation
from workflows.machine.stimuli import Act
from workflows.moves.acting import PROBLEM, Answer
from workflows.moves.drafting import merges_of, save_draft
from workflows.moves.together import MOST, answer_items
from workflows.policy import Viewer
from workflows.ports.drafts import Draft
from workflows.reads import CaseView, ItemView

router = APIRouter(prefix="/api/work-items", tags=["work items"])

Verb = verbs_of(ON_ITEMS)
_SAVE: Final = Operation("save", "item", zh("暂存"), form=True)
_WRITTEN: Final = ("opinion", "reason", "form")


class Decision(Body):
    """What a person says to an item: an opinion, a reason of the closed list, the fields of the form."""

    reason: Annotated[str | None, Field(max_length=100)] = None
    form: Annotated[dict[Annotated[str, Field(max_length=100)], Any], Field(default_factory=dict)]


class OneOf(Decision):
    """One decision of several."""

    item: Annotated[str, Field(max_length=100)]
    verb: Verb  # type: ignore[valid-type]  # the verbs are data


class Decisions(BaseModel):
    """Several decisions about items of one step; five hundred at most."""

    model_config = ConfigDict(extra="forbid")

    acts: Annotated[list[OneOf], Field(min_length=1, max_length=MOST)]


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
    """One item, open or closed: which verbs the viewer may press now, whom its form lets somebody choose, and what the viewer has saved for it and not sent."""
    found, library, now = seen_item(office, viewer, item), office.engine.library, office.reads.now()
    whole = seen_case(office, viewer, found.case.id)
    said = saying(library.by_hash(found.case.workflow_hash), library.roster(), library.calendar().zone, now)
    view = item_view(found, library, now)
    view |= choices_view(view["form"], whole, found.item, said)
    [operations] = operations_on(office, whole, viewer, found.item)
    draft = _draft_view(office, whole, found, office.reads.draft(viewer, item))
    return json_response(view | {"operations": operations, "draft": draft})


def _draft_view(office: Office, case: CaseView, found: ItemView, draft: Draft | None) -> dict[str, Any] | None:
    """What the viewer has saved, and what others have changed since: the value then, the value now, the draft's own."""
    if draft is None:
        return None
    definition = office.engine.library.by_hash(case.head.workflow_hash)
    changed = [asdict(one) for one in merges_of(draft, definition, case.head, found.item.path)]
    return {name: draft.values[name] for name in _WRITTEN} | {"saved_at": draft.at, "changed": changed}


@router.post("/act")
def act_on_items(office: OfficeOf, viewer: ActorOf, key: KeyOf, body: Decisions) -> Response:
    """Several decisions at once, about items of one step: each has its own outcome, in order, and one that is refused stops no other.

    The step of the first item that may be answered in a batch is that of the batch. `done` and `refused` count them.
    """
    fields = [own_fields(ON_ITEMS[one.verb], one) for one in body.acts]
    batch = derived_id("batch", key) if len(body.acts) > 1 else None
    seen = [office.reads.item(viewer, one.item) for one in body.acts]
    wanted = [
        (found, replace(_act(viewer, f"{key}:{place}", found, one.verb, one, fields[place]), batch=batch))
        for place, (found, one) in enumerate(zip(seen, body.acts, strict=True))
        if found is not None
    ]
    answers = iter(answer_items(office.engine, wanted))
    results = [
        not_found_body(one.item) if found is None else _outcome(office, next(answers))
        for found, one in zip(seen, body.acts, strict=True)
    ]
    done = sum(one["status"] < PROBLEM for one in results)
    return json_response({"results": results, "done": done, "refused": len(results) - done})


def _outcome(office: Office, found: Answer) -> dict[str, Any]:
    return outcome_body(found) | who_acted(office, found)


@router.post("/{item}/save")
def save_item(office: OfficeOf, viewer: ActorOf, item: str, key: KeyOf, body: Decision) -> Response:
    """暂存: keep opinion, reason and form for the viewer alone, in the place of what was saved before; nothing is decided."""
    found = seen_item(office, viewer, item)
    wanted = _act(viewer, key, found, _SAVE.verb, body, own_fields(_SAVE, body))
    return answered(office, save_draft(office.engine, wanted))


@router.post("/{item}/{verb}")
def act_on_item(  # an act is what FastAPI takes from path, header and body
    office: OfficeOf,
    viewer: ActorOf,
    item: str,
    verb: Verb,  # type: ignore[valid-type]  # the verbs are data
    key: KeyOf,
    done: DoneOf,
    body: Decision,
) -> Response:
    """Carry out a verb on an item; with `?preview=true` only tell what it would do. The same key again gets the same answer; a late one learns who decided."""
    found, fields = seen_item(office, viewer, item), own_fields(ON_ITEMS[verb], body)
    return done(office, _act(viewer, key, found, verb, body, fields))


def _act(  # what an act is made of
    viewer: Viewer, key: str, found: ItemView, verb: str, body: Decision, fields: dict[str, Any]
) -> Act:
    return Act(
        key=key,
        case=found.case.id,
        item=found.item.id,
        verb=verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=body.version,
        opinion=body.opinion,
        reason=body.reason,
        form=body.form,
        department=viewer.department,
        post=viewer.post,
        fields=fields,
        attachments=body.attachments,
    )


def seen_item(office: Office, viewer: Viewer, item: str) -> ItemView:
    """The item, if the viewer may see its case."""
    found = office.reads.item(viewer, item)
    if found is None:
        raise not_found()
    return found
