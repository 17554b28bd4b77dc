"""Who asks: a bearer key, the local socket, or the session cookie of a page with its CSRF token."""

from __future__ import annotations

import hmac
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.problems import Problem
from adapters.texts import _
from workflows.policy import Viewer

COOKIE: Final = "liaison"
HOST_COOKIE: Final = "__Host-liaison"
"""Over https the browser itself holds the cookie to this host (ASVS 3.3.1)."""
CSRF_HEADER: Final = "X-CSRF-Token"
STAND_IN: Final = "Liaison-As"
LOCAL: Final = "liaison.local"
"""Set in the scope of requests that come over the socket in the data folder, which only its owner can reach."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = "bearer "


def viewer_of(request: Request, office: OfficeOf) -> Viewer:
    """Whoever sent the request; refused with 401 when nobody did."""
    found = somebody(request, office)
    if found is None:
        detail = _("请用 Authorization: Bearer 提供密钥，或在页面上登录")
        raise Refuse(Problem(401, "not-signed-in", detail), {"WWW-Authenticate": "Bearer"})
    return found


ViewerOf = Annotated[Viewer, Depends(viewer_of)]


def somebody(request: Request, office: Office) -> Viewer | None:
    """Whoever sent the request, or None; a credential that is wrong is never passed over for another one."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return _with_key(office, authorization)
    if request.scope.get(LOCAL):
        return _at_the_machine(office, request.headers.get(STAND_IN))
    session = session_token(request)
    return None if session is None else _with_session(request, office, session)


def session_token(request: Request) -> str | None:
    """The session cookie of the request."""
    return request.cookies.get(HOST_COOKIE) or request.cookies.get(COOKIE)


def _with_key(office: Office, authorization: str) -> Viewer | None:
    if not authorization.lower().startswith(_BEARER):
        return None
    return office.identity.by_key(authorization[len(_BEARER) :].strip())


def _at_the_machine(office: Office, name: str | None) -> Viewer:
    if name is None:
        return office.identity.operator()
    found = office.identity.stand_in(name)
    if found is None:
        detail = _("不能以“%(name)s”的身份办理：只有样例数据库可以，而且名册上要有此人", name=name)
        raise Refuse(Problem(403, "not-permitted", detail))
    return found


def _with_session(request: Request, office: Office, session: str) -> Viewer | None:
    if request.method not in _SAFE:
        refuse_forged(request, office, session, request.headers.get(CSRF_HEADER, ""))
    return office.identity.by_session(session)


def refuse_forged(request: Request, office: Office, session: str, token: str) -> None:
    """Refuse a change that a page of another site may have sent (OWASP: token of the session, and the origin)."""
    genuine = hmac.compare_digest(office.identity.csrf(session).encode(), token.encode())
    if not genuine or not from_here(request):
        detail = _("请求缺少本页面的校验码，或来自其他网站：请刷新页面后重试")
        raise Refuse(Problem(403, "forged", detail))


def from_here(request: Request) -> bool:
    """Whether the browser says that the request comes from a page of this site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def require_scope(viewer: Viewer, scope: str) -> None:
    """Refuse with 403 what the credential does not allow."""
    if scope not in viewer.scopes:
        raise Refuse(Problem(403, "not-permitted", _("本密钥没有“%(scope)s”权限", scope=scope)))


def reader_of(viewer: ViewerOf) -> Viewer:
    """Whoever may read."""
    require_scope(viewer, "read")
    return viewer


def actor_of(viewer: ViewerOf) -> Viewer:
    """Whoever may act as a person."""
    require_scope(viewer, "act")
    return viewer


ReaderOf = Annotated[Viewer, Depends(reader_of)]
ActorOf = Annotated[Viewer, Depends(actor_of)]
