"""A TCP proxy of one's own that can be told to refuse, to hold back what the other side answers, or to say it twice."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 65536


class Proxy:
    """Forwards one port to another. The switches take effect at once, also for connections that are open."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._refusing = threading.Event()
        self._answering = threading.Event()
        self._answering.set()
        self._twice = threading.Event()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def refuse(self) -> None:
        """Reset every connection, old and new."""
        self._refusing.set()
        self.cut()

    def accept(self) -> None:
        self._refusing.clear()

    def cut(self) -> None:
        """Reset the connections that are open."""
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def hold(self) -> None:
        """Take what the client sends, and keep back every answer."""
        self._answering.clear()

    def release(self) -> None:
        """Hand on what was held back."""
        self._answering.set()

    def say_twice(self) -> None:
        """From now on hand on each answer two times."""
        self._twice.set()

    def close(self) -> None:
        self._listener.close()
        self._answering.set()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        if self._refusing.is_set():
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", self._target))
        self._sockets += [client, server]
        threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
        threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), client, server:
            while data := client.recv(CHUNK):
                server.sendall(data)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(CHUNK):
                self._answering.wait()
                client.sendall(data * (2 if self._twice.is_set() else 1))
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """A proxy in front of a port of this machine."""
    one = Proxy(target)
    try:
        yield one
    finally:
        one.close()
