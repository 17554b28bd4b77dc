"""How a page leaves the house: templates, the language of the reader, and headers that let nothing foreign in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.doors.http.office import Office, names_today
from adapters.explaining import verb_title
from adapters.texts import (
    CHINESE,
    ENGLISH,
    _,
    current_language,
    file_size,
    full_moment,
    moment,
    nearest_language,
    use_language,
)
from adapters.web.assets import address
from workflows.pictures.svg import STYLE

LANGUAGE_COOKIE: Final = "liaison_language"
HTML: Final = "text/html; charset=utf-8"
STATIC: Final = "/static/"

# The style of a picture stands inside the picture, so that it also looks right alone; only that text is allowed.
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
        f"style-src 'self' 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # A one-time link must not travel on in a Referer, but a form must say that it comes from here.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("adapters.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "_": _,
        "moment": moment,
        "full_moment": full_moment,
        "file_size": file_size,
        "asset": address,
        "verb_title": verb_title,
    }
    return made


def set_language(request: Request, office: Office) -> None:
    """Speak the reader's language from here on: the one chosen on a page, else the office's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    use_language(nearest_language(chosen or office.language), str(office.engine.library.calendar().zone))


def page(name: str, request: Request, office: Office, status: int = 200, **values: Any) -> Response:
    """The template `name` as a page."""
    language = current_language()
    visitor = getattr(request.state, "visitor", None)
    shared = {
        "lang": "en" if language == ENGLISH else "zh-CN",
        "other_language": CHINESE if language == ENGLISH else ENGLISH,
        "sample": office.identity.sample,
        "path": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "language": language,
        "visitor": visitor,
        "post": "" if visitor is None or visitor.guest else names_today(office).user(visitor.viewer.user),
    }
    html = _templates().get_template(name).render(shared | values)
    return Response(html, status, dict(HEADERS), media_type=HTML)


def fragment(name: str, request: Request, **values: Any) -> Response:
    """A part of a page for its own script; 304 when the reader has it already."""
    html = _templates().get_template(name).render({"language": current_language()} | values)
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
    headers = dict(HEADERS) | {"ETag": tag, "Cache-Control": "no-cache, private"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(html, 200, headers, media_type=HTML)
