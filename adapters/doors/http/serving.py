"""Serves one application on an address and on the socket in the data folder, in a thread of this process."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.doors.http.viewers import LOCAL

BACKLOG: Final = 1024
NEXT_PORTS: Final = 20
START_SECONDS: Final = 10.0
SWITCH_SECONDS: Final = 0.001
"""How long a thread that computes keeps the interpreter from the others (Python's own: 0.005). A request passes through
several threads, and while an import is read and written each of them would wait that long."""


class PortTaken(Exception):  # noqa: N818  # said to the person who starts the program
    """The address, and those after it, are in use."""


class AtTheMachine:
    """The same application, with every request marked as coming from the machine itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, LOCAL: True}, receive, send)


def open_port(host: str, port: int, others: int = NEXT_PORTS) -> socket.socket:
    """A listening socket on `port`, or on the next free one of `others`.

    Raises:
        PortTaken: when none is free.
    """
    for candidate in range(port, port + others + 1):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            listener.listen(BACKLOG)
            return listener
    raise PortTaken(f"{host}:{port} and the {others} ports after it are in use: give another one with --port")


def open_local(path: Path) -> socket.socket | None:
    """A listening socket in the data folder that only its owner can reach; None when another process answers there."""
    if answers(path):
        return None
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    return listener


def answers(path: Path) -> bool:
    """Whether a process listens on this socket."""
    try:
        if not stat.S_ISSOCK(path.stat().st_mode):
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.settimeout(1)
            caller.connect(str(path))
    except OSError:
        return False
    return True


class Serving:
    """The application in a thread with its own event loop, between `start` and `stop`."""

    def __init__(self, app: ASGIApp, ports: Sequence[socket.socket], local: socket.socket | None) -> None:
        self._servers = [(_server(app), list(ports))]
        if local is not None:
            self._servers.append((_server(AtTheMachine(app)), [local]))
        self._local = None if local is None else Path(local.getsockname())
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)

    def start(self) -> None:
        """Start, and return when requests are answered."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(START_SECONDS / 0.01)):
            if all(server.started for server, _sockets in self._servers) or not self._thread.is_alive():
                return
            waited.wait(0.01)

    def stop(self) -> None:
        """Answer what is under way, accept nothing new, and leave no socket behind."""
        for server, _sockets in self._servers:
            server.should_exit = True
        self._thread.join()
        if self._local is not None:
            self._local.unlink(missing_ok=True)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        await asyncio.gather(*(server.serve(sockets) for server, sockets in self._servers))


def _server(app: ASGIApp) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 * 1024,
    )
    return uvicorn.Server(config)
