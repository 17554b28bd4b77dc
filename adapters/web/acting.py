"""What people do on a page: every form is one offer of `operations.py`, sent here; the answer is a page as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from adapters.doors.http.answers import Refuse, not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.problems import Problem
from adapters.explaining import Saying
from adapters.texts import _, moment
from adapters.web.attachments import CHOSEN, Taken, taken, withdrawable
from adapters.web.cases import said_of, seen
from adapters.web.fields import FORM, WrongForm
from adapters.web.items import item_page
from adapters.web.operations import Filled, Offer, decided, filled, offers_on_case, offers_on_item, open_items
from adapters.web.rendering import page
from adapters.web.steering import operations_page
from adapters.web.visitors import FILES_BYTES, PageRoute, PersonOf, Posted, Visitor, field
from workflows.machine.case import Act, WorkItem
from workflows.machine.operations import ON_CASES, ON_ITEMS
from workflows.moves.acting import Answer, act
from workflows.reads import CaseView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

REFUSED: Final = 400
UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
_LONGEST_KEY: Final = 100
_NOTHING: Final = Filled({}, {}, "", None)


@dataclass(frozen=True, slots=True)
class _Pressed:
    """A button that somebody pressed: on which case and item, with which form."""

    request: Request
    office: Office
    visitor: Visitor
    form: FormData
    view: CaseView
    item: WorkItem | None
    verb: str
    said: Saying
    taken: Taken

    def again(self, wrong: WrongForm) -> Response:
        """The form once more, with what is wrong, what was typed, and the files that were sent."""
        typed: Mapping[str, Any] = {name: self.form.getlist(name) for name in self.form if name != CHOSEN}
        more = {"wrong": wrong, "typed": typed, "tried": self.verb, "kept": self.taken.files}
        if self.item is None:
            return operations_page(self.request, self.office, self.visitor, self.view, UNPROCESSABLE, **more)
        return item_page(self.request, self.office, self.visitor, self.view, self.item, UNPROCESSABLE, **more)


@router.post("/items/{item}/{verb}", max_body_size=FILES_BYTES)
def on_item(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, item: str, verb: str) -> Response:
    """Carry out an operation on an item."""
    found = office.reads.item(visitor.viewer, item)
    if found is None or verb not in ON_ITEMS:
        raise not_found()
    view = seen(office, visitor.viewer, found.case.id)
    files = taken(office, visitor, view, form, field(form, "key"))
    pressed = _Pressed(request, office, visitor, form, view, found.item, verb, said_of(office, view), files)
    mine = any(one.id == item for one in open_items(view, visitor.viewer)) or decided(found.item, visitor.viewer)
    offers = offers_on_item(office, view, found.item, visitor.viewer, pressed.said) if mine else ()
    return _carried_out(pressed, next((one for one in offers if one.verb == verb), None))


@router.post("/cases/{case}/{verb}", max_body_size=FILES_BYTES)
def on_case(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, case: str, verb: str) -> Response:
    """Carry out an operation on the case itself."""
    view = seen(office, visitor.viewer, case)
    if verb not in ON_CASES:
        raise not_found()
    said, files = said_of(office, view), taken(office, visitor, view, form, field(form, "key"))
    pressed = _Pressed(request, office, visitor, form, view, None, verb, said, files)
    offers = offers_on_case(office, view, visitor.viewer, said, withdrawable(office, visitor.viewer, view, said))
    return _carried_out(pressed, next((one for one in offers if one.verb == verb), None))


def _carried_out(pressed: _Pressed, offer: Offer | None) -> Response:
    """What is not offered any more is sent all the same: the machine says why not, and who was faster."""
    try:
        given = _NOTHING if offer is None else filled(pressed.form, offer, pressed.view, pressed.item, pressed.said)
    except WrongForm as wrong:
        return pressed.again(wrong)
    if pressed.taken.wrong is not None:
        return pressed.again(pressed.taken.wrong)
    answer = act(pressed.office.engine, _act(pressed, given))
    if answer.status < REFUSED:
        place = f"/cases/{pressed.view.head.id}" if pressed.item is None else f"/items/{pressed.item.id}"
        return RedirectResponse(f"{place}?done={pressed.verb}", 303)
    if answer.status == UNPROCESSABLE and offer is not None:
        return pressed.again(_wrong(answer))
    return _refused(pressed, answer)


def _act(pressed: _Pressed, given: Filled) -> Act:
    key = field(pressed.form, "key")
    if not key or len(key) > _LONGEST_KEY:
        raise Refuse(Problem(400, "no-idempotency-key", _("表单不完整，请刷新页面后重试")))
    version = field(pressed.form, "version")
    viewer = pressed.visitor.viewer
    return Act(
        key=f"{viewer.user}:{key}",
        case=pressed.view.head.id,
        item=None if pressed.item is None else pressed.item.id,
        verb=pressed.verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=int(version) if version.isdecimal() else None,
        opinion=given.opinion,
        reason=given.reason,
        form=given.form,
        department=viewer.department,
        post=viewer.post,
        fields=given.fields,
        attachments=pressed.taken.ids,
    )


def _wrong(answer: Answer) -> WrongForm:
    """Which field of the page the machine means."""
    place = str(answer.body.get("field", ""))
    if place == "attachments":
        return WrongForm(CHOSEN, _(str(answer.body["detail"])))
    name = FORM + place.removeprefix("form/") if place.startswith("form/") else place
    return WrongForm(name, _(str(answer.body["detail"])))


def _refused(pressed: _Pressed, answer: Answer) -> Response:
    title = _("已不能办理") if answer.status == CONFLICT else _("没有办成")
    return page(
        "answer.html",
        pressed.request,
        pressed.office,
        answer.status,
        title=title,
        detail=_(str(answer.body["detail"])),
        who=_who_and_when(answer, pressed.said),
        case=pressed.view.head.id,
    )


def _who_and_when(answer: Answer, said: Saying) -> str:
    """Who decided before, by post, and when."""
    at = datetime.fromisoformat(str(answer.body["at"])) if answer.body.get("at") else None
    by = answer.body.get("by")
    if by is None:
        return _("最近一次更新：%(at)s。", at=moment(at, said.now)) if at else ""
    who = said.names.principal(str(by))
    return _("%(who)s已于%(at)s办理。", who=who, at=moment(at, said.now)) if at else _("%(who)s已办理。", who=who)
