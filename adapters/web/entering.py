"""The way in and out: a one-time password, the link that carries it, and the posts of a sample database."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import from_here
from adapters.doors.problems import Problem
from adapters.identity.desk import Closed, TooOften
from adapters.texts import LANGUAGES, _, current_language, ngettext
from adapters.titles import Names, titles_of
from adapters.web.rendering import LANGUAGE_COOKIE, page
from adapters.web.visitors import PageRoute, PersonOf, Posted, field, guests_welcome, let_in, let_out
from domain.roster import post_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

LONGEST_TOKEN: Final = 100
_Short = Annotated[str, Query(max_length=LONGEST_TOKEN)]
_Path = Annotated[str, Query(alias="next", max_length=500)]
_REFUSED: Final = 403
_TOO_OFTEN: Final = 429


@router.get("/enter")
def enter(request: Request, office: OfficeOf, token: _Short = "", back: _Path = "") -> Response:
    """Asks for the one-time password; a link shows whom it is for, and one button.

    So a program that only looks at addresses, as mail filters do, uses nothing up.
    """
    if not token:
        return _entrance(request, office, back)
    found = office.identity.accounts.find_link(token)
    if isinstance(found, Closed):
        return _entrance(request, office, back, _REFUSED, _why_closed(found))
    return page("enter_link.html", request, office, who=_post_of(office, found), token=token, back=back)


@router.post("/enter")
def enter_with(request: Request, office: OfficeOf, form: Posted) -> Response:
    """Sign in: with a one-time password, or in a sample database of this machine as one of its posts."""
    if not from_here(request):
        raise Refuse(Problem(403, "not-permitted", _("请求来自其他网站：请在本系统的登录页面登录。")))
    back = field(form, "next")
    user = field(form, "user")
    session = _session_of_sample(request, office, user) if user else None
    if session is not None:
        return let_in(RedirectResponse(own_path(back), 303), office, session)
    place = request.client.host if request.client else ""
    opened = office.identity.sign_in(field(form, "password"), place, office.reads.now())
    match opened:
        case TooOften(wait):
            answer = _entrance(request, office, back, _TOO_OFTEN, _too_often(wait))
            answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
            return answer
        case Closed():
            return _entrance(request, office, back, _REFUSED, _why_closed(opened))
        case _:
            return let_in(RedirectResponse(own_path(back), 303), office, opened.session)


def _session_of_sample(request: Request, office: OfficeOf, user: str) -> str:
    if not guests_welcome(request, office):
        raise Refuse(Problem(403, "not-permitted", _("只有样例数据库可以这样进入，而且只能在本机。")))
    session = office.identity.enter_sample(user)
    if session is None:
        raise Refuse(Problem(404, "not-found", _("名册上没有这个样例岗位。")))
    return session


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
    response = RedirectResponse(own_path(field(form, "back")), 303)
    if code in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 24 * 3600, samesite="lax", httponly=True)
    return response


def own_path(wanted: str) -> str:
    """A path of ours: a whole address could lead to somebody else's site."""
    try:
        split = urlsplit(wanted)
    except ValueError:
        return "/"
    return "/" + split.path.lstrip("/\\") + (f"?{split.query}" if split.query else "")


def _why_closed(found: Closed) -> str:
    match found:
        case Closed.USED:
            return _("这个一次性密码已经用过：每个只能登录一次，请向管理员索取新的。")
        case Closed.EXPIRED:
            return _("这个一次性密码已过期，请向管理员索取新的。")
        case _:
            return _("一次性密码不正确，请核对后重新输入。")


def _too_often(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds() + 1) // 60)
    return ngettext("输错次数过多，请%(n)s分钟后再试。", "输错次数过多，请%(n)s分钟后再试。", minutes)


def _entrance(request: Request, office: OfficeOf, back: str, status: int = 200, refusal: str = "") -> Response:
    posts = _sample_posts(office) if guests_welcome(request, office) else ()
    return page("enter.html", request, office, status, posts=posts, refusal=refusal, back=back)


def _post_of(office: OfficeOf, user: str) -> str:
    roster = office.identity.roster()
    return Names(roster, titles_of("", roster), office.identity.today(), current_language()).user(user)


def _sample_posts(office: OfficeOf) -> list[tuple[str, str, str]]:
    """(user, post, department) of every officer on the roster of today."""
    roster, day, english = office.identity.roster(), office.identity.today(), current_language() == "en"
    posts = {one.code: one for one in roster.posts}
    names = {one.code: one.name_en if english else one.name_zh for one in roster.departments}
    users = dict.fromkeys(one.user for one in roster.appointments)
    held = ((user, posts[code]) for user in users if (code := post_of(roster, user, day)) is not None)
    return [(user, post.title_en if english else post.title_zh, names[post.department]) for user, post in held]
