"""Scratch servers: a RabbitMQ node and a PostgreSQL cluster of one test's own, in a temporary folder on free ports.

A fault is injected only into these, never into a service found running. Started as root, they run as an
unprivileged user, because neither program accepts root.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from kombu import Connection

from tests.services import MISSING

# Where Debian and Red Hat keep server programs that are not on PATH.
WELL_KNOWN = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
)


def program(name: str) -> Path:
    """The newest program of this name; without it the test is skipped by name, and fails with CI=true."""
    places = [folder for pattern in WELL_KNOWN for folder in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ.get("PATH", "")]))
    if found is not None:
        return Path(found)
    reason = f"{MISSING}: the program {name} is not on PATH nor in {', '.join(WELL_KNOWN)}; install its Debian package"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(what: str, condition: Callable[[], object], seconds: float = 30, every: float = 0.05) -> float:
    """Poll until the condition holds; returns after how many seconds; fails the test after `seconds`."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            pytest.fail(f"{what}: not within {seconds:g} s")
        time.sleep(every)
    return time.monotonic() - began


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def servant(preferred: str) -> str | None:
    """As whom a server runs: this user, or when that is root, an unprivileged one."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return preferred if preferred in known else "nobody"


@contextmanager
def folder_of(user: str | None) -> Iterator[Path]:
    """A temporary folder that belongs to the user; gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="liaison-scratch-"))
    folder.chmod(0o755)
    if user is not None:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Rabbit:
    """A RabbitMQ node of one's own: start, stop (clean), kill (-9), freeze, thaw."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder, self.user = folder, user
        self.port = free_port()
        self.epmd_port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        plugins = folder / "enabled_plugins"
        plugins.write_text("[].\n")
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"scratch{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            # Two schedulers are plenty, and the node starts faster on a small machine.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
        }
        (folder / "rabbitmq-env.conf").touch()
        self._epmd = self._run([program("epmd"), "-port", str(self.epmd_port), "-address", "127.0.0.1"])

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> float:
        """Start the node; returns the seconds until it accepts connections."""
        self._server = self._run([program("rabbitmq-server")])
        return wait_for("the scratch broker starts", lambda: is_open(self.port), seconds=90, every=0.2)

    def stop(self) -> None:
        """Stop it cleanly."""
        os.kill(self._beam(), signal.SIGTERM)
        self._gone()

    def kill(self) -> None:
        """Kill -9 the node itself."""
        os.kill(self._beam(), signal.SIGKILL)
        self._gone()

    def freeze(self) -> None:
        os.kill(self._beam(), signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._beam(), signal.SIGCONT)

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node alone."""
        command = [str(program("rabbitmqctl")), "--quiet", *arguments]
        done = subprocess.run(
            command, env=self._environment, user=self.user, cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout

    def empty(self) -> None:
        """Make sure that it runs, and delete every queue."""
        if self._server is None:
            self.start()
        with Connection(self.url) as connection:
            channel: Any = connection.channel()
            for name in self.control("list_queues", "name").split():
                channel.queue_delete(name)

    def close(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self.kill()
        self._epmd.kill()
        self._epmd.wait()

    def _run(self, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        with (self.folder / "scratch.log").open("ab") as log:
            return subprocess.Popen(
                [str(part) for part in command],
                env=self._environment,
                user=self.user,
                group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
                extra_groups=None if self.user is None else [],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _beam(self) -> int:
        """The Erlang machine: the shell script becomes it, or starts it."""
        assert self._server is not None
        family = [psutil.Process(self._server.pid), *psutil.Process(self._server.pid).children(recursive=True)]
        return next(process.pid for process in family if process.name().startswith("beam"))

    def _gone(self) -> None:
        assert self._server is not None
        self._server.wait(timeout=60)
        self._server = None


@contextmanager
def rabbit() -> Iterator[Rabbit]:
    """A scratch broker, started."""
    program("rabbitmq-server")
    user = servant("rabbitmq")
    with folder_of(user) as folder:
        node = Rabbit(folder, user)
        try:
            node.start()
            yield node
        finally:
            node.close()


class Postgres:
    """A PostgreSQL cluster of one's own, with fsync on: start, stop at once, kill."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder, self.user = folder, user
        self.port = free_port()
        self.data = folder / "data"
        self._run("initdb", "--pgdata", str(self.data), "--auth=trust", "--username=postgres", "--encoding=UTF8")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        log = str(self.folder / "scratch.log")
        self._run("pg_ctl", "--pgdata", str(self.data), "--log", log, "--options", options, "--wait", "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "--pgdata", str(self.data), "--mode", mode, "--wait", "stop")

    def is_up(self) -> bool:
        try:
            psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(program(name)), *arguments],
            user=self.user,
            group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [],
            env=_plain_environment(self.folder),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{name} failed: {done.stderr}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A scratch cluster, started."""
    program("initdb")
    user = servant("postgres")
    with folder_of(user) as folder:
        cluster = Postgres(folder, user)
        cluster.start()
        try:
            yield cluster
        finally:
            if (cluster.data / "postmaster.pid").exists():
                cluster.stop()


def _plain_environment(home: Path) -> Mapping[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
