"""The servers that some tests need: where they are, a database of one's own, and what is said when they are absent."""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

MISSING = "service missing"


@dataclass(frozen=True, slots=True)
class Service:
    """A server that tests may use: its name, the variable that names another one, and where it is by default."""

    name: str
    variable: str
    default: str

    @property
    def url(self) -> str:
        return os.environ.get(self.variable, self.default)

    @property
    def address(self) -> str:
        """Host and port, without user and password."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}"

    def is_reachable(self) -> bool:
        """True when a TCP connection opens within one second."""
        parts = urlsplit(self.url)
        try:
            socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=1).close()
        except OSError:
            return False
        return True


POSTGRES = Service("PostgreSQL", "LIAISON_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
RABBITMQ = Service("RabbitMQ", "LIAISON_TEST_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")


def required(service: Service) -> str:
    """The service's URL; without the service the test is skipped by name, and fails with CI=true."""
    if service.is_reachable():
        return service.url
    return give_up(service)


def give_up(service: Service) -> NoReturn:
    reason = (
        f"{MISSING}: {service.name} is not reachable at {service.address}; "
        f"start it, set {service.variable}, or run with LIAISON_TEST_INSTALL=1 as root on Debian"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def database_of_its_own(server_url: str) -> Iterator[str]:
    """A new database with a random name on the server; it is dropped at the end, whoever is still connected."""
    name = f"liaison_test_{uuid.uuid4().hex[:12]}"
    identifier = sql.Identifier(name)
    with psycopg.connect(_for_psycopg(server_url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(_for_psycopg(server_url), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _for_psycopg(url: str) -> str:
    """libpq's URL for the server's maintenance database, from SQLAlchemy's."""
    parts = urlsplit(url)
    path = parts.path if parts.path.strip("/") else "/postgres"
    return parts._replace(scheme="postgresql", path=path).geturl()
