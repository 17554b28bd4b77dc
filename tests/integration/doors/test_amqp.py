"""Events over RabbitMQ: acknowledged after the commit, refused ones in quarantine with their reason."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu import Connection, Exchange, Producer, Queue

from adapters.doors.amqp import listening as amqp
from tests.integration.doors.offices import Doors, cloud_event
from workflows.ports import StoreUnavailable

pytestmark = pytest.mark.rabbitmq
SECONDS = 15


@dataclass
class Broker:
    """The test's own exchange and queues, and what departments may do with them."""

    url: str
    connection: Connection
    user: str

    def publish(self, body: bytes, **properties: Any) -> None:
        sent: dict[str, Any] = {"content_type": "application/cloudevents+json", "user_id": self.user} | properties
        Producer(self.connection.default_channel).publish(
            body, exchange=amqp.EVENTS.name, routing_key="liaison.member.applied.v1", content_encoding="utf-8", **sent
        )

    def left(self, queue: Queue) -> int:
        """Messages that wait in a queue."""
        channel: Any = self.connection.default_channel
        return int(channel.queue_declare(queue.name, passive=True).message_count)

    def quarantined(self) -> Any:
        return wait_for(lambda: amqp.QUARANTINE.bind(self.connection.default_channel).get(no_ack=True))


@pytest.fixture
def broker(broker_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    mark = uuid.uuid4().hex[:8]
    exchange = Exchange(f"test.events.{mark}", type="topic", durable=True)
    quarantine = Queue(f"test.quarantine.{mark}", durable=True, queue_arguments={"x-queue-type": "quorum"})
    inbox = Queue(
        f"test.in.{mark}", exchange, routing_key="liaison.#", durable=True, queue_arguments={"x-queue-type": "quorum"}
    )
    for name, value in (("EVENTS", exchange), ("INBOX", inbox), ("QUARANTINE", quarantine)):
        monkeypatch.setattr(amqp, name, value)
    with Connection(broker_url) as connection:
        channel: Any = connection.default_channel
        for queue in (inbox, quarantine):
            queue.bind(channel).declare()
        yield Broker(broker_url, connection, urlsplit(broker_url).username or "guest")
        for queue in (inbox, quarantine):
            channel.queue_delete(queue.name)
        channel.exchange_delete(exchange.name)


@pytest.fixture
def listener(doors: Doors, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[amqp.Listener]:
    """The test's broker user stands for the service centre: broker users are named after departments."""
    listener = amqp.Listener(doors.office, broker.url)
    centre = listener._sender("service_centre")
    monkeypatch.setattr(listener, "_sender", lambda user_id: centre if user_id == broker.user else None)
    listener.start()
    yield listener
    listener.stop()


def wait_for(found: Callable[[], Any]) -> Any:
    """Whatever it finds, within the deadline."""
    until = time.monotonic() + SECONDS
    while not (value := found()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return value


def stored(doors: Doors, event_id: str = "e1") -> bool:
    found = doors.get("/api/events", params={"source": "urn:test:centre", "id": event_id}, key="service_centre")
    return bool(found.status_code == 200)


def test_a_structured_message_is_stored_and_acknowledged(doors: Doors, broker: Broker, listener: amqp.Listener) -> None:
    broker.publish(json.dumps(cloud_event()).encode())

    wait_for(lambda: stored(doors))
    listener.stop()
    assert broker.left(amqp.INBOX) == 0


def test_a_binary_message_is_the_same_event_as_over_http(doors: Doors, broker: Broker, listener: amqp.Listener) -> None:
    event = cloud_event("e1")
    doors.post(json.dumps(event).encode(), "application/cloudevents+json")
    headers = {f"cloudEvents:{name}": value for name, value in event.items() if name != "data"}

    broker.publish(json.dumps(event["data"]).encode(), headers=headers, content_type="application/json")
    broker.publish(json.dumps(cloud_event("e2")).encode())
    wait_for(lambda: stored(doors, "e2"))
    listener.stop()

    assert (broker.left(amqp.INBOX), broker.left(amqp.QUARANTINE)) == (0, 0)


@pytest.mark.parametrize(
    ("body", "properties", "code"),
    [
        (b"{", {}, "malformed"),
        (json.dumps(cloud_event(town="x")).encode(), {}, "bad-data"),
        (json.dumps(cloud_event()).encode(), {"user_id": None}, "not-signed-in"),
        (json.dumps(cloud_event()).encode(), {"content_type": "text/plain"}, "unsupported-content"),
    ],
)
def test_what_cannot_be_taken_goes_to_quarantine_with_its_reason(
    doors: Doors, broker: Broker, listener: amqp.Listener, body: bytes, properties: dict[str, Any], code: str
) -> None:
    broker.publish(body, **properties)

    message = broker.quarantined()
    assert message.headers["liaison-reason"].startswith(code)
    assert message.body == body or message.body == body.decode()
    wait_for(lambda: doors.noted.refused)


def test_a_message_is_not_acknowledged_before_the_commit(
    doors: Doors, broker: Broker, listener: amqp.Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(doors.office.committer, "_accept", away)
    broker.publish(json.dumps(cloud_event()).encode())
    wait_for(lambda: broker.left(amqp.INBOX) == 0)

    listener.stop()

    wait_for(lambda: broker.left(amqp.INBOX) == 1)
    assert not stored(doors)
