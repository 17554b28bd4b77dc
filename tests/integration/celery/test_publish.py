"""Published events against a real broker, through a proxy that fails, hangs and answers twice."""

import json
import threading
from collections.abc import Iterator

import pytest
from kombu import Connection, Queue
from kombu.message import Message

from adapters.gateways.publish import EXCHANGE, Publish
from tests.crash.proxy import Proxy, proxy
from tests.crash.scratch import Rabbit, wait_for
from tests.integration.celery.outbox import (
    COUNTY,
    Clock,
    engine_with,
    file_effects,
    memory_units,
    publish_effect,
    row,
)
from workflows.machine.case import Lane
from workflows.moves.deliver import LEASE_SECONDS, deliver

pytestmark = pytest.mark.rabbitmq


class Department:
    """A queue of a department, bound to the types it may read."""

    def __init__(self, connection: Connection) -> None:
        self._queue = Queue("test.department", EXCHANGE, routing_key="liaison.member.#")(connection.default_channel)
        self._queue.declare()
        self._queue.purge()

    def take(self, count: int) -> list[Message]:
        """Wait for so many messages, and take whatever has come."""
        taken: list[Message] = []
        wait_for(f"{count} published events", lambda: self._fill(taken) >= count, seconds=10)
        return taken

    def _fill(self, taken: list[Message]) -> int:
        while (message := self._queue.get(no_ack=True)) is not None:
            taken.append(message)
        return len(taken)

    def close(self) -> None:
        self._queue.delete()


@pytest.fixture
def department(scratch_rabbit: Rabbit) -> Iterator[Department]:
    with Connection(scratch_rabbit.url) as connection:
        one = Department(connection)
        yield one
        one.close()


@pytest.fixture
def line(scratch_rabbit: Rabbit) -> Iterator[Proxy]:
    with proxy(scratch_rabbit.port) as one:
        yield one


class Opened:
    """Gateways of a test; their connections are dropped at its end."""

    def __init__(self) -> None:
        self._all: list[Publish] = []

    def to(self, port: int, timeout: float = 5) -> Publish:
        self._all.append(Publish(f"amqp://guest:guest@127.0.0.1:{port}//", timeout=timeout, pause=0))
        return self._all[-1]

    def close(self) -> None:
        for one in self._all:
            one.drop()


@pytest.fixture
def gateway() -> Iterator[Opened]:
    opened = Opened()
    yield opened
    opened.close()


def test_a_published_event_names_what_happened_and_nothing_about_a_person(
    gateway: Opened, scratch_rabbit: Rabbit, department: Department
) -> None:
    units = memory_units(Clock())
    file_effects(units, publish_effect(1))

    sent = deliver(engine_with(units, publish=gateway.to(scratch_rabbit.port)), Lane.INTERACTIVE)

    (message,) = department.take(1)
    assert sent == 1
    assert message.properties["message_id"] == "publish-1"
    assert message.content_type == "application/cloudevents+json"
    assert message.delivery_info["routing_key"] == "liaison.member.registered.v1"
    assert json.loads(str(message.body)) == {
        "specversion": "1.0",
        "id": "e-1",
        "source": f"/liaison/{COUNTY}",
        "type": "liaison.member.registered.v1",
        "datacontenttype": "application/json",
        "data": {"case": "c-1", "key": "m-1", "state": "running"},
    }


def test_a_batch_is_confirmed_together(gateway: Opened, scratch_rabbit: Rabbit, department: Department) -> None:
    units = memory_units(Clock())
    file_effects(units, *(publish_effect(number) for number in range(50)))

    sent = deliver(engine_with(units, publish=gateway.to(scratch_rabbit.port)), Lane.BULK)

    assert sent == 50
    assert len(department.take(50)) == 50


def test_an_event_that_nobody_is_bound_for_counts_as_sent(gateway: Opened, scratch_rabbit: Rabbit) -> None:
    units = memory_units(Clock())
    file_effects(units, publish_effect(1))

    sent = deliver(engine_with(units, publish=gateway.to(scratch_rabbit.port)), Lane.INTERACTIVE)

    assert sent == 1


def test_a_sink_that_fails_is_tried_again_later_under_the_same_key(
    gateway: Opened, line: Proxy, department: Department
) -> None:
    clock = Clock()
    units = memory_units(clock)
    file_effects(units, publish_effect(1))
    engine = engine_with(units, publish=gateway.to(line.port))

    line.refuse()
    failed = deliver(engine, Lane.INTERACTIVE)
    line.accept()
    too_early = deliver(engine, Lane.INTERACTIVE)
    clock.turn(2)
    sent = deliver(engine, Lane.INTERACTIVE)

    assert (failed, too_early, sent) == (0, 0, 1)
    assert row(units, "publish-1").attempts == 2
    assert [message.properties["message_id"] for message in department.take(1)] == ["publish-1"]


def test_the_back_off_doubles_while_a_sink_keeps_failing(gateway: Opened, line: Proxy) -> None:
    clock = Clock()
    units = memory_units(clock)
    file_effects(units, publish_effect(1))
    engine = engine_with(units, publish=gateway.to(line.port))
    line.refuse()

    waits = []
    for _ in range(4):
        deliver(engine, Lane.INTERACTIVE)
        waits.append((row(units, "publish-1").ready_at - clock.now).total_seconds())
        clock.turn(waits[-1])

    assert waits == [2, 4, 8, 16]
    assert "OperationalError" in str(row(units, "publish-1").error)


def test_a_sink_that_hangs_is_given_up_and_the_repeat_carries_the_same_key(
    gateway: Opened, line: Proxy, department: Department
) -> None:
    clock = Clock()
    units = memory_units(clock)
    file_effects(units, publish_effect(1))
    sink = gateway.to(line.port, timeout=0.5)
    engine = engine_with(units, publish=sink)
    warm_up(sink, department)

    line.hold()
    hung = deliver(engine, Lane.INTERACTIVE)
    line.release()
    clock.turn(2)
    sent = deliver(engine, Lane.INTERACTIVE)

    twice = department.take(2)
    assert (hung, sent) == (0, 1)
    assert [message.properties["message_id"] for message in twice] == ["publish-1", "publish-1"]
    assert twice[0].body == twice[1].body


def test_a_confirm_that_comes_twice_does_not_stand_for_the_next_event(
    gateway: Opened, line: Proxy, department: Department
) -> None:
    units = memory_units(Clock())
    sink = gateway.to(line.port, timeout=0.5)
    engine = engine_with(units, publish=sink)
    warm_up(sink, department)

    line.say_twice()
    file_effects(units, publish_effect(2))
    confirmed = deliver(engine, Lane.INTERACTIVE)
    line.hold()
    file_effects(units, publish_effect(3))
    unconfirmed = deliver(engine, Lane.INTERACTIVE)

    assert (confirmed, unconfirmed) == (1, 0)
    assert "not confirmed by the broker" in str(row(units, "publish-3").error)


def test_who_answers_after_the_lease_has_gone_to_another_changes_nothing(
    gateway: Opened, line: Proxy, scratch_rabbit: Rabbit, department: Department
) -> None:
    clock = Clock()
    units = memory_units(clock)
    late_gateway = gateway.to(line.port, timeout=20)
    warm_up(late_gateway, department)
    late: list[int] = []

    line.hold()
    paused = threading.Thread(
        target=lambda: late.append(deliver(engine_with(units, publish=late_gateway), Lane.INTERACTIVE))
    )
    file_effects(units, publish_effect(9))
    paused.start()
    wait_for("the first lease", lambda: row(units, "publish-9").fence == 1)
    clock.turn(LEASE_SECONDS + 1)
    taken_over = deliver(engine_with(units, publish=gateway.to(scratch_rabbit.port)), Lane.INTERACTIVE)
    line.release()
    paused.join(20)

    assert taken_over == 1
    assert late == [0]
    assert row(units, "publish-9").fence == 2
    assert {message.properties["message_id"] for message in department.take(2)} == {"publish-9"}


def warm_up(sink: Publish, department: Department) -> None:
    """Open the connection, so that what the test does next hits the publish itself."""
    clock = Clock()
    own = memory_units(clock)
    file_effects(own, publish_effect(0))
    assert deliver(engine_with(own, publish=sink), Lane.INTERACTIVE) == 1
    department.take(1)
