"""What people do on a page: each button is a plain form; the answer is the case, or a page that says why not."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from adapters.doors.http.answers import Refuse, not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.problems import Problem
from adapters.explaining import Saying
from adapters.texts import _, moment
from adapters.web.cases import case_page, said_of, seen
from adapters.web.forms import PREFIX, Doable, Verb, WrongForm, doables, filled
from adapters.web.rendering import page
from adapters.web.visitors import PageRoute, PersonOf, Posted, Visitor, field
from workflows.machine.case import JSON, Act
from workflows.moves.acting import Answer, act
from workflows.reads import CaseView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

REFUSED: Final = 400
UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
_LONGEST_KEY: Final = 100


@router.post("/cases/{case}/withdraw")
def withdraw(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, case: str) -> Response:
    """Take the application back, for whoever sent it."""
    view = seen(office, visitor.viewer, case)
    return _answered(request, office, visitor, view, _act(visitor, form, view, "withdraw", None, {}), form)


@router.post("/cases/{case}/items/{item}/{verb}")
def decide(
    request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, case: str, item: str, verb: str
) -> Response:
    """Carry out a verb on an item of the case."""
    view = seen(office, visitor.viewer, case)
    said = said_of(office, view)
    found = _offered(doables(view, visitor.viewer, said), item, verb)
    if found is None:
        return _too_late(request, office, visitor, view, item, verb, form)
    doable, button = found
    try:
        values = filled(form, view, doable.item, button, said.definition)
    except WrongForm as wrong:
        return _again(request, office, visitor, view, form, wrong.field, wrong.detail)
    return _answered(request, office, visitor, view, _act(visitor, form, view, verb, item, values), form)


def _offered(found: tuple[Doable, ...], item: str, verb: str) -> tuple[Doable, Verb] | None:
    pairs = ((one, button) for one in found for button in one.verbs)
    return next((pair for pair in pairs if pair[0].item.id == item and pair[1].name == verb), None)


def _act(visitor: Visitor, form: FormData, view: CaseView, verb: str, item: str | None, values: dict[str, JSON]) -> Act:
    key = field(form, "key")
    if not key or len(key) > _LONGEST_KEY:
        raise Refuse(Problem(400, "no-idempotency-key", _("表单不完整，请刷新页面后重试")))
    seen_version = field(form, "version")
    viewer = visitor.viewer
    return Act(
        key=f"{viewer.user}:{key}",
        case=view.head.id,
        item=item,
        verb=verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=int(seen_version) if seen_version.isdigit() else None,
        opinion=field(form, "opinion"),
        reason=field(form, "reason") or None,
        form=values,
        department=viewer.department,
        post=viewer.post,
    )


def _answered(
    request: Request, office: Office, visitor: Visitor, view: CaseView, wanted: Act, form: FormData
) -> Response:
    answer = act(office.engine, wanted)
    if answer.status < REFUSED:
        return RedirectResponse(f"/cases/{view.head.id}?done={wanted.verb}", 303)
    if answer.status == UNPROCESSABLE:
        wrong = str(answer.body.get("field", "")).removeprefix("form/")
        return _again(request, office, visitor, view, form, wrong, _(str(answer.body["detail"])))
    return _refused(request, office, view, answer)


def _again(
    request: Request, office: Office, visitor: Visitor, view: CaseView, form: FormData, wrong: str, detail: str
) -> Response:
    """The case once more, with what is wrong and what was typed."""
    typed = {name: form.getlist(name) for name in form if name.startswith(PREFIX) or name in {"opinion", "reason"}}
    label = said_of(office, view).names.titles.label(wrong, said_of(office, view).names.language) if wrong else ""
    return case_page(request, office, visitor, view, UNPROCESSABLE, wrong=(label, detail), typed=typed)


def _too_late(
    request: Request, office: Office, visitor: Visitor, view: CaseView, item: str, verb: str, form: FormData
) -> Response:
    """The item is closed, or the visitor does not hold it: the machine says which, and who acted and when."""
    if all(one.id != item for one in view.items) and office.reads.item(visitor.viewer, item) is None:
        raise not_found()
    answer = act(office.engine, _act(visitor, form, view, verb, item, {}))
    if answer.status < REFUSED:
        return RedirectResponse(f"/cases/{view.head.id}?done={verb}", 303)
    return _refused(request, office, view, answer)


def _refused(request: Request, office: Office, view: CaseView, answer: Answer) -> Response:
    said = said_of(office, view)
    detail = _(str(answer.body["detail"]))
    title = _("已不能办理") if answer.status == CONFLICT else _("没有办成")
    return page(
        "answer.html",
        request,
        office,
        answer.status,
        title=title,
        detail=detail,
        who=_who_and_when(answer, said),
        case=view.head.id,
    )


def _who_and_when(answer: Answer, said: Saying) -> str:
    """Who decided before, by post, and when."""
    at = datetime.fromisoformat(str(answer.body["at"])) if answer.body.get("at") else None
    by = answer.body.get("by")
    if by is None:
        return _("最近一次更新：%(at)s。", at=moment(at, said.now)) if at else ""
    who = said.names.principal(str(by))
    return _("%(who)s已于%(at)s办理。", who=who, at=moment(at, said.now)) if at else _("%(who)s已办理。", who=who)
