"""Takes events from RabbitMQ: acknowledged after the commit; what cannot be read goes to quarantine with its reason.

Who sent a message is said by the broker alone: it refuses a `user_id` that is not the connection's (RabbitMQ,
"Validated User-ID"). The broker's user has the name of its department's code. `source` says nothing about it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

import structlog
from kombu import Connection, Consumer, Exchange, Message, Producer, Queue

from adapters.doors.amqp.messages import read_message
from adapters.doors.committing import TooManyWaiting
from adapters.doors.envelopes import Envelope
from adapters.doors.http.office import Office, Refusal
from adapters.doors.problems import Problem
from adapters.identity.desk import types_of
from adapters.texts import _
from workflows.machine.case import Lane
from workflows.moves.accepting import Accepted, Submission
from workflows.policy import Viewer, department_viewer
from workflows.ports import NewEvent, StoreUnavailable

EVENTS: Final = Exchange("liaison.events", type="topic", durable=True)
QUARANTINE: Final = Queue(
    "liaison.quarantine", routing_key="liaison.quarantine", durable=True, queue_arguments={"x-queue-type": "quorum"}
)
INBOX: Final = Queue(
    "liaison.events.in",
    EVENTS,
    routing_key="liaison.#",
    durable=True,
    # A message that ends process after process lands in quarantine too; at-least-once needs reject-publish.
    queue_arguments={
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": QUARANTINE.name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    },
)
AT_ONCE: Final = 500
ROUND_SECONDS: Final = 0.005
IDLE_SECONDS: Final = 0.5
TIMEOUT: Final = 5.0
HEARTBEAT: Final = 20
FIRST_BACK_OFF: Final = 1.0
LONGEST_BACK_OFF: Final = 30.0
COMMIT_SECONDS: Final = 60.0

log = structlog.get_logger()


@dataclass(slots=True)
class _Taken:
    """A message of this round, its event or why it is none, and after the commit the store's answer."""

    message: Message
    viewer: Viewer | None
    envelope: Envelope | Problem
    event: NewEvent | Problem
    answer: Accepted | None = None

    @property
    def refused(self) -> Problem | None:
        """Why it goes to quarantine, if it does."""
        if isinstance(self.event, Problem):
            return self.event
        if self.answer is not None and self.answer.status == "conflict":
            return Problem(409, "conflict", _("这个来源和编号已经提交过另一内容：事件不能更改，请用新的编号提交"))
        return None


class Listener:
    """One thread that takes messages for an office, between `start` and `stop`."""

    def __init__(self, office: Office, broker_url: str) -> None:
        self._office = office
        self._url = broker_url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="amqp", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the round under way; what is not acknowledged is delivered again."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        back_off = FIRST_BACK_OFF
        while not self._stopping.is_set():
            connected_at = time.monotonic()
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001  # the edge of a thread that must outlive the broker
                back_off = FIRST_BACK_OFF if time.monotonic() - connected_at > LONGEST_BACK_OFF else back_off * 2
                log.warning("events_exchange_lost", error=repr(error), again_in=min(back_off, LONGEST_BACK_OFF))
                self._stopping.wait(min(back_off, LONGEST_BACK_OFF))

    def _listen(self) -> None:
        timeouts = {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT, "confirm_publish": True}
        with Connection(
            self._url, connect_timeout=TIMEOUT, heartbeat=HEARTBEAT, transport_options=timeouts
        ) as connection:
            connection.connect()
            channel = connection.channel()
            for queue in (INBOX, QUARANTINE):
                queue.bind(channel).declare()
            quarantine = Producer(connection.channel())
            arrived: list[Message] = []
            consumer = Consumer(channel, [INBOX], on_message=arrived.append, prefetch_count=AT_ONCE, no_ack=False)
            with consumer:
                while not self._stopping.is_set():
                    _drain(connection, arrived)
                    round_ = [self._take(message) for message in arrived]
                    arrived.clear()
                    self._commit(round_, connection)
                    self._settle(round_, quarantine)

    def _take(self, message: Message) -> _Taken:
        viewer = self._sender(message.properties.get("user_id"))
        envelope = read_message(message.content_type or "", message.headers or {}, _bytes(message.body))
        return _Taken(message, viewer, envelope, self._admitted(viewer, envelope))

    def _sender(self, user_id: str | None) -> Viewer | None:
        """The department that the broker vouches for."""
        known = {department.code for department in self._office.engine.library.roster().departments}
        if user_id not in known or user_id is None:
            return None
        return department_viewer(self._office.identity.county, user_id, types_of(user_id), frozenset({"submit"}))

    def _admitted(self, viewer: Viewer | None, envelope: Envelope | Problem) -> NewEvent | Problem:
        if viewer is None:
            return Problem(401, "not-signed-in", _("消息没有消息队列核实的 user_id，或它不是部门代码"))
        return (
            envelope if isinstance(envelope, Problem) else self._office.desk.admit(envelope, viewer, Lane.INTERACTIVE)
        )

    def _commit(self, round_: Sequence[_Taken], connection: Connection) -> None:
        """Hand the round to the group commit; while the store is away the messages stay here, unacknowledged."""
        waiting = [taken for taken in round_ if not isinstance(taken.event, Problem)]
        while waiting and not self._stopping.is_set():
            handed_in = [(taken, self._put(taken)) for taken in waiting]
            waiting = [taken for taken, answer in handed_in if not _answered(taken, answer)]
            if waiting:
                connection.heartbeat_check()
                self._stopping.wait(IDLE_SECONDS)

    def _put(self, taken: _Taken) -> Future[tuple[Accepted, ...]] | None:
        assert taken.viewer is not None  # noqa: S101  # only what was admitted comes here
        assert isinstance(taken.event, NewEvent)  # noqa: S101  # the same
        try:
            return self._office.committer.put(taken.viewer.user, Submission((taken.event,), whole=True))
        except (TooManyWaiting, StoreUnavailable):
            return None

    def _settle(self, round_: Sequence[_Taken], quarantine: Producer) -> None:
        """Acknowledge what is committed, and what is refused once it lies in quarantine."""
        for taken in round_:
            refused = taken.refused
            if refused is not None:
                self._refuse(taken, refused, quarantine)
            if refused is not None or taken.answer is not None:
                taken.message.ack()

    def _refuse(self, taken: _Taken, problem: Problem, quarantine: Producer) -> None:
        reason = " ".join([problem.code, problem.detail, *(fault.pointer for fault in problem.faults)])
        properties = taken.message.properties
        quarantine.publish(
            _bytes(taken.message.body),
            routing_key=QUARANTINE.name,
            exchange="",
            content_type=taken.message.content_type or "application/octet-stream",
            content_encoding="binary",
            headers={"liaison-reason": reason, "liaison-sender": properties.get("user_id") or ""},
            timeout=TIMEOUT,
            confirm_timeout=TIMEOUT,
        )
        self._office.refusals.keep([_refusal(taken, problem)])
        self._office.figures.event(problem.code)


def _drain(connection: Connection, arrived: list[Message]) -> None:
    """Wait for a first message, then take what comes within the round."""
    connection.heartbeat_check()
    with contextlib.suppress(socket.timeout):
        connection.drain_events(timeout=IDLE_SECONDS)
        while len(arrived) < AT_ONCE:
            connection.drain_events(timeout=ROUND_SECONDS)


def _answered(taken: _Taken, answer: Future[tuple[Accepted, ...]] | None) -> bool:
    """Waits for the commit; False when the store was away."""
    if answer is None:
        return False
    try:
        (taken.answer,) = answer.result(COMMIT_SECONDS)
    except StoreUnavailable:
        return False
    return True


def _refusal(taken: _Taken, problem: Problem) -> Refusal:
    sender = "unknown" if taken.viewer is None else taken.viewer.department or "unknown"
    if isinstance(taken.envelope, Problem):
        return Refusal(sender, None, None, None, problem.code, problem.detail)
    places = " ".join(fault.pointer for fault in problem.faults)
    return Refusal(sender, taken.envelope.source, taken.envelope.id, taken.envelope.type, problem.code, places)


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


@contextlib.contextmanager
def listening(office: Office, broker_url: str | None) -> Iterator[None]:
    """Take events over AMQP while the block runs, where a broker is set."""
    if broker_url is None:
        yield
        return
    listener = Listener(office, broker_url)
    listener.start()
    try:
        yield
    finally:
        listener.stop()
