"""Around every request: its language, its line in the log, its figure, and the headers that browsers obey."""

from __future__ import annotations

import secrets
import time
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.doors.http.answers import failed
from adapters.doors.http.figures import Figures
from adapters.texts import LANGUAGES, nearest_language, use_language

LANGUAGE_COOKIE: Final = "liaison_language"
UNANSWERED: Final = 0
_HEADERS: Final = {
    # For answers that are no pages; a page brings its own policy.
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # What people see belongs to their session: no shared machine may show it afterwards (ASVS 14.3.2).
    "cache-control": "no-store",
}

log = structlog.get_logger()


class Guard:
    """Pure ASGI, so that it costs next to nothing at a thousand events a second."""

    def __init__(self, app: ASGIApp, figures: Figures, language: str, *, https: bool) -> None:
        self._app = app
        self._figures = figures
        self._language = language
        self._headers = _HEADERS | ({"strict-transport-security": "max-age=31536000"} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        use_language(_asked_language(Headers(scope=scope), self._language))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(6))
        started = time.perf_counter()
        status = UNANSWERED

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:  # noqa: BLE001  # the edge of the process: the caller gets an answer, the log the error
            answer = failed(error)
            if status == UNANSWERED:
                await answer(scope, receive, send_guarded)
        finally:
            self._figures.answered(_route(scope), status, time.perf_counter() - started)

    def _add_headers(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)


def _asked_language(headers: Headers, default: str) -> str:
    """What the person chose on a page, else what the program or browser asks for, else the office's."""
    for part in headers.get("cookie", "").split(";"):
        name, _equals, value = part.strip().partition("=")
        if name == LANGUAGE_COOKIE and value in LANGUAGES:
            return value
    asked = headers.get("accept-language", "").split(",")[0].strip()
    return asked if asked[:2].lower() in LANGUAGES else nearest_language(default)


def _route(scope: Scope) -> str:
    """The template of the address: addresses themselves hold ids."""
    route = scope.get("route")
    return getattr(route, "path", "unrouted")
