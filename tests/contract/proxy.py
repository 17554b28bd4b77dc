"""A TCP proxy before PostgreSQL that cuts the line when a certain word passes."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class CuttingProxy:
    """Forwards everything until `cut_at` is set and a client's message holds that word.

    Then the line is cut: after the word reached the server if `lets_word_through`, else before.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut_at: bytes | None = None
        self.lets_word_through = False
        self.cuts = 0
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        for each in self._open:
            _close(each)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._open += [client, server]
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            if self.cut_at is not None and self.cut_at in data:
                self.cuts += 1
                # Closing the client's side first: no answer may slip through after the word did.
                _close(client)
                if self.lets_word_through:
                    server.sendall(data)
                    return
                break
            with contextlib.suppress(OSError):
                server.sendall(data)
        _close(server)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        while data := _received(server):
            # A client that is gone is no reason to stop reading: the server shall finish what it was told.
            with contextlib.suppress(OSError):
                client.sendall(data)
        _close(client)


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except OSError:
        return b""


def _close(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
