"""The HTTP API as the command line calls it: over the socket of the running process, else on the application here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from adapters.cli.ending import Exit, exit_of, give_up
from adapters.cli.printing import at
from adapters.doors.http.serving import AtTheMachine, answers
from adapters.doors.http.viewers import STAND_IN
from adapters.settings import Settings
from adapters.texts import _, current_language

SECONDS = 60.0
_BASE = "http://liaison"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered."""

    status: int
    body: Any
    text: str
    retry_after: float | None = None
    content: bytes = b""


class Line(Protocol):
    """A way to the application."""

    def send(
        self, method: str, path: str, headers: Mapping[str, str], params: Mapping[str, Any], content: bytes
    ) -> httpx2.Response:
        """Send one request and wait for its answer."""


class SocketLine:
    """To the running process, over the socket in the data folder."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def send(
        self, method: str, path: str, headers: Mapping[str, str], params: Mapping[str, Any], content: bytes
    ) -> httpx2.Response:
        return self._client.request(method, path, headers=dict(headers), params=dict(params), content=content)


class HereLine:
    """To the same application in this process; no other process runs."""

    def __init__(self, client: httpx2.AsyncClient, portal: BlockingPortal) -> None:
        self._client = client
        self._portal = portal

    def send(
        self, method: str, path: str, headers: Mapping[str, str], params: Mapping[str, Any], content: bytes
    ) -> httpx2.Response:
        async def request() -> httpx2.Response:
            return await self._client.request(method, path, headers=dict(headers), params=dict(params), content=content)

        return self._portal.call(request)


class Api:
    """Calls as one caller: with the key of the settings, or in a sample database as somebody (`stand_in`)."""

    def __init__(self, line: Line, settings: Settings, stand_in: str | None = None) -> None:
        self._line = line
        self._headers = {"Accept-Language": current_language()}
        if stand_in is not None:
            self._headers[STAND_IN] = stand_in
        elif settings.key is not None:
            self._headers["Authorization"] = f"Bearer {settings.key.get_secret_value()}"

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request; whatever the answer is, it is the caller's. Without an answer the command ends with 5."""
        given = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            response = self._line.send(method, path, self._headers | dict(headers or {}), given, content)
        except httpx2.HTTPError as error:
            give_up(
                Exit.UNAVAILABLE, _("服务没有应答（%(why)s）：请确认 liaison up 正在运行", why=type(error).__name__)
            )
        is_json = "json" in response.headers.get("content-type", "")
        wait = response.headers.get("retry-after", "")
        body = response.json() if is_json else None
        seconds = float(wait) if wait.isdigit() else None
        return Reply(response.status_code, body, response.text, seconds, response.content)

    def get(self, path: str, **params: Any) -> Reply:
        """A reading that must succeed; else the command ends with the answer's sentence and exit code."""
        return succeeded(self.call("GET", path, params=params))


def succeeded(reply: Reply) -> Reply:
    """The reply itself; a refusal ends the command with its sentence."""
    code = exit_of(reply.status)
    if code is not Exit.DONE:
        give_up(code, refusal(reply.body))
    return reply


def refusal(problem: Any) -> str:
    """A problem document as text: what, and where."""
    if not isinstance(problem, dict):
        return _("服务给出了无法识别的答复")
    lines = [_("%(title)s：%(detail)s", title=problem.get("title", ""), detail=problem.get("detail", ""))]
    if "by" in problem:
        lines.append(_("办理人：%(who)s，时间：%(at)s", who=problem["by"], at=at(problem.get("at"))))
    lines += [f"  {fault['pointer']}  {fault['detail']}" for fault in problem.get("errors", ())]
    return "\n".join(lines)


@contextmanager
def over_the_socket(settings: Settings) -> Iterator[Line]:
    """The line to the running process."""
    transport = httpx2.HTTPTransport(uds=str(settings.socket))
    with httpx2.Client(transport=transport, base_url=_BASE, timeout=SECONDS) as client:
        yield SocketLine(client)


@contextmanager
def in_this_process(app: ASGIApp) -> Iterator[Line]:
    """The line to an application in this process."""
    transport = httpx2.ASGITransport(app=AtTheMachine(app))
    with start_blocking_portal() as portal:
        client = httpx2.AsyncClient(transport=transport, base_url=_BASE, timeout=SECONDS)
        try:
            yield HereLine(client, portal)
        finally:
            portal.call(client.aclose)


def is_running(settings: Settings) -> bool:
    """Whether a process answers on the socket in the data folder."""
    return answers(settings.socket)
