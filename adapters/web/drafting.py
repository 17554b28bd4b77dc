"""暂存 on the page of an item: what was typed is kept for whoever typed it, and stands there again the next time."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from adapters.doors.http.answers import not_found
from adapters.doors.http.office import OfficeOf
from adapters.texts import _
from adapters.web.cases import said_of, seen
from adapters.web.fields import FORM, WrongForm, fields_of_step, values_of
from adapters.web.items import item_page
from adapters.web.operations import OPINION, REASON
from adapters.web.visitors import FILES_BYTES, PageRoute, PersonOf, Posted, error_page, field
from workflows.machine.stimuli import Act
from workflows.moves.drafting import save_draft

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/items/{item}/save", max_body_size=FILES_BYTES)
def save(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, item: str) -> Response:
    """Keep what was typed so far; nothing has to be complete."""
    found = office.reads.item(visitor.viewer, item)
    if found is None:
        raise not_found()
    view = seen(office, visitor.viewer, found.case.id)
    fields = [replace(one, required=False) for one in fields_of_step(view, found.item, said_of(office, view))]
    try:
        values = values_of(form, fields, FORM)
    except WrongForm as wrong:
        typed = {name: form.getlist(name) for name in form}
        return item_page(request, office, visitor, view, found.item, 422, wrong=wrong, typed=typed, tried="save")
    viewer = visitor.viewer
    wanted = Act(
        key="",
        case=view.head.id,
        item=item,
        verb="save",
        actor=viewer.user,
        principals=viewer.principals,
        seen=None,
        opinion=field(form, OPINION),
        reason=field(form, REASON) or None,
        form=values,
    )
    answer = save_draft(office.engine, wanted)
    if answer.status >= 400:  # noqa: PLR2004  # where refusals begin
        return error_page(request, answer.status, _(str(answer.body["detail"])))
    return RedirectResponse(f"/items/{item}?saved=1", 303)
