"""What people see in a browser: the table of cases, one case, the inbox, and the way in and out."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import from_here
from adapters.doors.problems import Problem
from adapters.texts import LANGUAGES, _, current_language
from adapters.web import assets, cases, deeds
from adapters.web.rendering import LANGUAGE_COOKIE, fragment, page, set_language
from adapters.web.tables import (
    LIGHTS,
    PAGE,
    SIGNS,
    STATES,
    case_line,
    counted,
    filter_of,
    inbox_line,
    notice_line,
    workflow_titles,
)
from adapters.web.visitors import (
    PageRoute,
    PersonOf,
    Posted,
    VisitorOf,
    error_page,
    field,
    guests_welcome,
    let_in,
    let_out,
)
from domain.roster import post_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
router.include_router(assets.router)
router.include_router(cases.router)
router.include_router(deeds.router)
strangers = APIRouter(include_in_schema=False)

LONGEST_SEARCH: Final = 100
_Short = Annotated[str, Query(max_length=LONGEST_SEARCH)]


@router.get("/")
def front(  # the filters of the table, all in the address so that a view can be kept and sent
    request: Request,
    office: OfficeOf,
    visitor: VisitorOf,
    workflow: _Short = "",
    state: _Short = "",
    light: _Short = "",
    text: _Short = "",
    cursor: _Short = "",
    part: _Short = "",
) -> Response:
    """The live table of cases; `part=live` is what its script fetches."""
    library, now = office.engine.library, office.reads.now()
    wanted = filter_of(workflow, state, light, text.strip())
    try:
        found = office.reads.cases(visitor.viewer, wanted, PAGE, cursor or None)
    except ValueError:
        # An address that somebody shortened: the first page is what they meant.
        return RedirectResponse("/", 303)
    counts = office.reads.counts(visitor.viewer)
    values: dict[str, Any] = {
        "now": now,
        "lines": [case_line(row, library, now) for row in found.rows],
        "cursor": found.cursor,
        "counts": counted(counts, workflow),
        "asked": {"workflow": workflow, "state": state, "light": light, "text": text, "cursor": cursor},
        "filtered": bool(workflow or state or light or text),
        "first_page": not cursor,
        "states": STATES,
        "guest": visitor.guest,
    }
    if part:
        return fragment("_cases.html", request, **values)
    names = {one.name for _hash, one in library.current()}
    titles = workflow_titles(library, names)
    return page("cases.html", request, office, workflows=titles, lights=LIGHTS, signs=SIGNS, **values)


@router.get("/inbox")
def inbox(request: Request, office: OfficeOf, visitor: VisitorOf, cursor: _Short = "", part: _Short = "") -> Response:
    """What waits for the visitor, the most urgent first, and the notices below."""
    library, now = office.engine.library, office.reads.now()
    items = office.reads.items(visitor.viewer, PAGE, cursor or None)
    values: dict[str, Any] = {
        "now": now,
        "lines": [inbox_line(one, library, now) for one in items],
        "cursor": items[-1].item.id if len(items) == PAGE else None,
        "notices": [notice_line(one, library) for one in office.reads.notices(visitor.viewer, PAGE)],
        "guest": visitor.guest,
    }
    if part:
        return fragment("_inbox.html", request, **values)
    return page("inbox.html", request, office, after=cursor, **values)


# -- in and out --------------------------------------------------------------------------------------------


@router.get("/enter")
def enter(request: Request, office: OfficeOf, token: _Short = "") -> Response:
    """A one-time link signs in; without one the page says how to get in, and in a sample database lists the posts."""
    if not token:
        return _entrance(request, office)
    opened = office.identity.accounts.open_session(token)
    if opened is None:
        return _entrance(request, office, 403, _("登录链接已用过或已失效，请向管理员索取新的链接。"))
    session, _user = opened
    return let_in(RedirectResponse("/inbox", 303), office, session)


@router.post("/enter")
def enter_as(request: Request, office: OfficeOf, form: Posted) -> Response:
    """Enter as a sample post: only in a database of invented people, only from this machine."""
    if not (guests_welcome(request, office) and from_here(request)):
        raise Refuse(Problem(403, "not-permitted", _("只有样例数据库可以这样进入，而且只能在本机。")))
    user = field(form, "user")
    session = office.identity.enter_sample(user)
    if session is None:
        raise Refuse(Problem(404, "not-found", _("名册上没有这个样例岗位。")))
    return let_in(RedirectResponse("/inbox", 303), office, session)


@router.post("/leave")
def leave(office: OfficeOf, visitor: PersonOf) -> Response:
    """End the session everywhere."""
    if visitor.session is not None:
        office.identity.accounts.end_session(visitor.session)
    return let_out(RedirectResponse("/enter", 303))


@router.post("/language")
def language(request: Request, form: Posted) -> Response:
    """Keep the chosen language in a cookie and go back to the page."""
    code = field(form, "language")
    back = urlsplit(field(form, "back"))
    # Only the path: a whole address could lead to somebody else's site.
    target = "/" + back.path.lstrip("/") + (f"?{back.query}" if back.query else "")
    response = RedirectResponse(target, 303)
    if code in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 24 * 3600, samesite="lax", httponly=True)
    return response


@strangers.get("/{address}")
def nowhere(request: Request, office: OfficeOf, address: str) -> Response:
    """An address that does not exist: a page for people, a problem document for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        raise HTTPException(404)
    set_language(request, office)
    return error_page(request, 404, _("没有这个页面，可能是网址不完整。"))


router.include_router(strangers)


def _entrance(request: Request, office: OfficeOf, status: int = 200, refusal: str = "") -> Response:
    posts = _sample_posts(office) if guests_welcome(request, office) else ()
    return page("enter.html", request, office, status, posts=posts, refusal=refusal)


def _sample_posts(office: OfficeOf) -> list[tuple[str, str, str]]:
    """(user, post, department) of every officer on the roster of today."""
    roster, day, english = office.identity.roster(), office.identity.today(), current_language() == "en"
    posts = {one.code: one for one in roster.posts}
    names = {one.code: one.name_en if english else one.name_zh for one in roster.departments}
    users = dict.fromkeys(one.user for one in roster.appointments)
    held = ((user, posts[code]) for user in users if (code := post_of(roster, user, day)) is not None)
    return [(user, post.title_en if english else post.title_zh, names[post.department]) for user, post in held]
