"""Who looks at a page: somebody with a session, or in a sample database on this machine a guest who only reads."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

import structlog
from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import Office, OfficeOf, office_of
from adapters.doors.http.viewers import COOKIE, HOST_COOKIE, refuse_forged, session_token
from adapters.doors.multipart import BESIDE_FILES, read_form
from adapters.doors.problems import Problem
from adapters.settings import MOST_MIB
from adapters.texts import _
from adapters.web.rendering import page, set_language
from workflows.machine.attaching import MOST_FILES
from workflows.policy import Viewer, operator_viewer, sends_for_department
from workflows.ports import StoreUnavailable
from workflows.ports.blobs import MIB

log = structlog.get_logger()

FORM_BYTES: Final = 256 * 1024
MOST_OF_LARGEST: Final = 3
"""All files of one form together may have so many times the bytes that one may have: they are held in memory."""
FILES_BYTES: Final = MOST_OF_LARGEST * MOST_MIB * MIB + BESIDE_FILES
"""The most that any office may take with one form."""
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looks at pages. A guest has no session and may only read."""

    viewer: Viewer
    session: str | None
    csrf: str

    @property
    def guest(self) -> bool:
        """True for a reader of a sample database who has not signed in."""
        return self.session is None

    @property
    def sends(self) -> bool:
        """Whether a workbook may be handed in for the own department."""
        return sends_for_department(self.viewer)


class SignInNeeded(Exception):  # noqa: N818  # how a page sends a stranger to the door
    """Nobody is signed in."""


def visitor_of(request: Request, office: OfficeOf) -> Visitor:
    """Whoever looks at the page.

    Raises:
        SignInNeeded: when nobody is signed in and guests are not welcome.
    """
    session = session_token(request)
    viewer = None if session is None else office.identity.by_session(session)
    if session is not None and viewer is not None:
        found = Visitor(viewer, session, office.identity.csrf(session))
    elif guests_welcome(request, office):
        found = Visitor(replace(operator_viewer(office.identity.county), scopes=frozenset({"read"})), None, "")
    else:
        raise SignInNeeded
    request.state.visitor = found
    return found


VisitorOf = Annotated[Visitor, Depends(visitor_of)]


def guests_welcome(request: Request, office: Office) -> bool:
    """Only in a database of invented people, and only from this machine (its address and the name it is called by)."""
    peer = request.client.host if request.client else ""
    return office.identity.sample and peer in _HERE and (request.url.hostname or "") in _HERE | {"testserver"}


async def posted(request: Request, office: OfficeOf) -> AsyncIterator[FormData]:
    """The fields of a form, and its files, refused when they are more than a form can hold."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        most = MOST_OF_LARGEST * office.engine.files.most_bytes + BESIDE_FILES
        async with read_form(request, most, MOST_FILES + 1) as form:
            yield form
        return
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > FORM_BYTES:
        raise Refuse(Problem(413, "too-large", _("内容过大，请缩短后再提交")))
    yield await request.form()


Posted = Annotated[FormData, Depends(posted)]


def person_of(request: Request, office: OfficeOf, form: Posted) -> Visitor:
    """Whoever sends a form: signed in, and from a page of this site.

    Raises:
        SignInNeeded: when nobody is signed in.
    """
    found = visitor_of(request, office)
    if found.session is None:
        raise SignInNeeded
    refuse_forged(request, office, found.session, field(form, "csrf"))
    return found


PersonOf = Annotated[Visitor, Depends(person_of)]


def field(form: FormData, name: str) -> str:
    """A text field of a form, empty where it was not sent."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def let_in(response: Response, office: Office, session: str) -> Response:
    """Give the browser the session; over https only to this host (ASVS 3.3.1)."""
    secure = urlsplit(office.base_url).scheme == "https"
    name = HOST_COOKIE if secure else COOKIE
    response.set_cookie(name, session, httponly=True, samesite="lax", secure=secure, path="/")
    return response


def let_out(response: Response) -> Response:
    """Take the session back from the browser."""
    response.delete_cookie(HOST_COOKIE, secure=True, httponly=True, samesite="lax")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


class PageRoute(APIRoute):
    """A route whose refusals are pages, in the reader's language."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with its errors turned into pages."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            office = office_of(request)
            set_language(request, office)
            try:
                return await handle(request)
            except SignInNeeded:
                return RedirectResponse(_entrance(request), 303)
            except Refuse as refused:
                return error_page(request, refused.problem.status, refused.problem.detail)
            except HTTPException as refused:
                return error_page(request, refused.status_code, str(refused.detail))
            except StoreUnavailable:
                return error_page(request, 503, _("数据库暂时没有应答，没有写入任何内容，请稍后重试"))
            except Exception:  # the edge of a page: the log has it, the reader its number
                number = secrets.token_hex(6)
                log.exception("page_failed", number=number, route=request.scope.get("path"))
                return error_page(request, 500, _("系统处理时出错，请把编号%(number)s告诉管理员", number=number))

        return answered


def _entrance(request: Request) -> str:
    """The way in, and from there back to what was asked for; a form that was sent has to be filled in again."""
    if request.method != "GET":
        return "/enter"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/enter?next={quote(request.url.path + query)}"


def error_page(request: Request, status: int, detail: str) -> Response:
    """A refusal as a page: what happened and what to do next."""
    titles = {
        403: _("没有权限"),
        404: _("没有找到"),
        409: _("已不能办理"),
        413: _("内容过大"),
        429: _("请稍后再试"),
        503: _("暂时不可用"),
    }
    title = titles.get(status, _("没有办成"))
    return page("error.html", request, office_of(request), status, title=title, detail=detail, code=status)
