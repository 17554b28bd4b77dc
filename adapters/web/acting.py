"""What people do on a page: every form is one offer of `operations.py`, sent here; the answer is a page as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from adapters.doors.http.answers import Refuse, not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.problems import Problem
from adapters.explaining import Saying, who_and_when
from adapters.texts import _
from adapters.web.attachments import CHOSEN, SIGNED_WITH, Taken, taken
from adapters.web.cases import said_of, seen
from adapters.web.comments import named_beside
from adapters.web.fields import ASKED, FORM, WrongForm, fields_asked, values_of
from adapters.web.foreseeing import foreseen
from adapters.web.items import item_page
from adapters.web.operations import OPINION, Filled, Offer, filled, menu_of
from adapters.web.rendering import page
from adapters.web.steering import operations_page
from adapters.web.visitors import FILES_BYTES, PageRoute, PersonOf, Posted, Visitor, field
from workflows.machine.case import WorkItem
from workflows.machine.comment import MENTIONS
from workflows.machine.operations import ON_CASES, ON_ITEMS, PICTURE, SIGNATURE
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.moves.previewing import foresee
from workflows.reads import CaseView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

REFUSED: Final = 400
UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
_LONGEST_KEY: Final = 100
_FILES: Final = frozenset({CHOSEN, SIGNED_WITH})


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody was told that an act would do, and for which choice it was told."""

    told: str
    chosen: str


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
        return self._page(UNPROCESSABLE, wrong=wrong)

    def looked_at(self, given: Filled) -> Response:
        """The form once more, with what would come of it as it was filled in."""
        told = foresee(self.office.engine, _act(self, given))
        if isinstance(told, Answer):
            return self.again(_wrong(told)) if told.status == UNPROCESSABLE else _refused(self, told)
        return self._page(200, looked=Looked(foreseen(told, self.said), _chosen(given)))

    def _page(self, status: int, **more: Any) -> Response:
        typed: Mapping[str, Any] = {name: self.form.getlist(name) for name in self.form if name not in _FILES}
        more |= {"typed": typed, "tried": self.verb, "kept": self.taken.files, "drawn": self.taken.picture}
        if self.item is None:
            return operations_page(self.request, self.office, self.visitor, self.view, status, **more)
        return item_page(self.request, self.office, self.visitor, self.view, self.item, status, **more)


@router.post("/items/{item}/{verb}", max_body_size=FILES_BYTES)
def on_item(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, item: str, verb: str) -> Response:
    """Carry out an operation on an item."""
    return _carried_out(_on_item(request, office, visitor, form, item, verb))


@router.post("/items/{item}/{verb}/preview", max_body_size=FILES_BYTES)
def look_at_item(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, item: str, verb: str) -> Response:
    """Say what an operation on an item would do, as it was filled in."""
    return _looked_at(_on_item(request, office, visitor, form, item, verb))


def _on_item(request: Request, office: Office, visitor: Visitor, form: FormData, item: str, verb: str) -> _Pressed:
    found = office.reads.item(visitor.viewer, item)
    if found is None or verb not in ON_ITEMS:
        raise not_found()
    view = seen(office, visitor.viewer, found.case.id)
    files = taken(office, visitor, view, form, field(form, "key"))
    return _Pressed(request, office, visitor, form, view, found.item, verb, said_of(office, view), files)


@router.post("/cases/{case}/{verb}", max_body_size=FILES_BYTES)
def on_case(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, case: str, verb: str) -> Response:
    """Carry out an operation on the case itself."""
    return _carried_out(_on_case(request, office, visitor, form, case, verb))


@router.post("/cases/{case}/{verb}/preview", max_body_size=FILES_BYTES)
def look_at_case(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, case: str, verb: str) -> Response:
    """Say what an operation on the case itself would do, as it was filled in."""
    return _looked_at(_on_case(request, office, visitor, form, case, verb))


def _on_case(request: Request, office: Office, visitor: Visitor, form: FormData, case: str, verb: str) -> _Pressed:
    view = seen(office, visitor.viewer, case)
    if verb not in ON_CASES:
        raise not_found()
    files = taken(office, visitor, view, form, field(form, "key"))
    return _Pressed(request, office, visitor, form, view, None, verb, said_of(office, view), files)


def _offer(pressed: _Pressed) -> Offer | None:
    office, view, viewer, said = pressed.office, pressed.view, pressed.visitor.viewer, pressed.said
    beside = named_beside(office, viewer, view, said) if pressed.item is None else ()
    menu = menu_of(office, view, pressed.item, viewer, said, beside)
    return next((one for one in menu.offers if one.verb == pressed.verb), None)


def _looked_at(pressed: _Pressed) -> Response:
    if pressed.taken.wrong is not None:
        return pressed.again(pressed.taken.wrong)
    try:
        return pressed.looked_at(_given(pressed, _offer(pressed)))
    except WrongForm as wrong:
        return pressed.again(wrong)


def _given(pressed: _Pressed, offer: Offer | None) -> Filled:
    if offer is None:
        return _as_sent(pressed)
    return filled(pressed.form, offer, pressed.view, pressed.item, pressed.said)


def _as_sent(pressed: _Pressed) -> Filled:
    """What came with a press that is not offered any more: the machine says of it who was faster."""
    operation = (ON_CASES if pressed.item is None else ON_ITEMS)[pressed.verb]
    fields = [replace(one, required=False) for one in fields_asked(operation, pressed.view, pressed.said)]
    given = values_of(pressed.form, fields, ASKED)
    complete = all(one.name in given for one in operation.asks if one.required)
    return Filled({}, given if complete else {}, field(pressed.form, OPINION), None)


def _chosen(given: Filled) -> str:
    """What was chosen, as a hidden field keeps it between looking and doing."""
    return json.dumps(given.fields, ensure_ascii=False, sort_keys=True)


def _carried_out(pressed: _Pressed) -> Response:
    """What is not offered any more is sent all the same: the machine says why not, and who was faster."""
    offer = _offer(pressed)
    try:
        given = _given(pressed, offer)
    except WrongForm as wrong:
        return pressed.again(wrong)
    if pressed.taken.wrong is not None:
        return pressed.again(pressed.taken.wrong)
    if offer is not None and offer.looks_first and field(pressed.form, "looked") != _chosen(given):
        return pressed.looked_at(given)
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
        fields=given.fields | _drawn(pressed),
        attachments=pressed.taken.ids,
    )


def _drawn(pressed: _Pressed) -> dict[str, str]:
    """The picture that an answer is signed with, where one was sent."""
    return {} if pressed.taken.picture is None else {PICTURE: pressed.taken.picture.id}


def _wrong(answer: Answer) -> WrongForm:
    """Which field of the page the machine means."""
    place = str(answer.body.get("field", ""))
    if place == "attachments":
        return WrongForm(CHOSEN, _(str(answer.body["detail"])))
    if place in {SIGNATURE, PICTURE, MENTIONS}:
        return WrongForm(ASKED + place, _(str(answer.body["detail"])))
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
    at = datetime.fromisoformat(str(answer.body["at"])) if answer.body.get("at") else None
    return who_and_when(answer.body.get("by"), at, said)
