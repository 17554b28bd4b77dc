"""Published events over AMQP: to the topic exchange `liaison.published`, each confirmed by the broker.

A batch is written at once and confirmed by delivery tag, so one round trip serves all. An event that no queue is
bound for is confirmed too; it counts as sent and is logged, because nobody asked for it and departments that come
later read the feed. Sent again after a lost confirm, it carries the same message id.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from kombu import Connection, Exchange

from adapters.gateways.envelope import cloud_event, wire_type
from workflows.ports import DueEffect

EXCHANGE: Final = Exchange("liaison.published", type="topic", durable=True)
TIMEOUT: Final = 5.0
"""Seconds for connecting, for writing, and for all confirms of a batch: together well below a lease."""
PAUSE: Final = 15.0
"""Seconds after a broken connection in which nothing is tried: a frozen broker must not hold up the sweep."""
PERSISTENT: Final = 2

log = structlog.get_logger(__name__)


class Publish:
    """The gateway "publish" over a connection of its own, made when it is first needed and dropped on any error."""

    def __init__(self, broker_url: str, timeout: float = TIMEOUT, pause: float = PAUSE) -> None:
        self._url = broker_url
        self._timeout = timeout
        self._pause = pause
        self._paused_until = 0.0
        self._link: _Link | None = None

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Publish; for each effect key None when the broker confirmed it, else the error to record."""
        if time.monotonic() < self._paused_until:
            return {due.effect.key: f"the broker did not answer within the last {self._pause:g} s" for due in effects}
        outcome: dict[str, str | None] = {due.effect.key: "not confirmed by the broker" for due in effects}
        try:
            link = self._open()
            for due in effects:
                link.write(due)
            link.await_confirms(time.monotonic() + self._timeout)
            outcome |= link.outcome()
        except Exception as error:  # noqa: BLE001  # the broker's edge: whatever it was, it is recorded and tried again
            outcome = self._broken(outcome, error)
        return outcome

    def drop(self) -> None:
        """Forget the connection without talking to the broker, which may not answer."""
        link, self._link = self._link, None
        if link is not None:
            link.drop()

    def _open(self) -> _Link:
        if self._link is None or not self._link.is_open():
            self.drop()
            self._link = _Link(self._url, self._timeout)
        return self._link

    def _broken(self, outcome: dict[str, str | None], error: Exception) -> dict[str, str | None]:
        """What was confirmed before it broke stays sent; the others say why they are not."""
        log.warning("publish_failed", error=repr(error))
        known = outcome | (self._link.outcome() if self._link is not None else {})
        self.drop()
        self._paused_until = time.monotonic() + self._pause
        return {key: why and f"{why}: {error!r}" for key, why in known.items()}


class _Link:
    """One connection and channel in confirm mode, and what became of each message of the batch."""

    def __init__(self, url: str, timeout: float) -> None:
        self._timeout = timeout
        timeouts = {"read_timeout": timeout, "write_timeout": timeout}
        connection = Connection(url, connect_timeout=timeout, heartbeat=0, transport_options=timeouts)
        # One try: kombu's `connect` would sleep 2 s before a second one.
        self._socket: Any = connection.ensure_connection(max_retries=0).connection
        self._tag = 0
        self._waiting: dict[int, str] = {}
        self._outcome: dict[str, str | None] = {}
        self._returned = 0
        try:
            self._channel: Any = self._in_confirm_mode(connection.channel())
        except BaseException:
            self.drop()
            raise

    def _in_confirm_mode(self, channel: Any) -> Any:
        EXCHANGE.bind(channel).declare()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        return channel

    def write(self, due: DueEffect) -> None:
        """Hand one message to the socket; its confirm comes later."""
        message = self._channel.prepare_message(
            cloud_event(due),
            content_type="application/cloudevents+json",
            content_encoding="utf-8",
            properties={"message_id": due.effect.key, "delivery_mode": PERSISTENT, "type": wire_type(due)},
        )
        self._tag += 1
        self._waiting[self._tag] = due.effect.key
        self._outcome[due.effect.key] = "not confirmed by the broker"
        self._channel.basic_publish(
            message, exchange=EXCHANGE.name, routing_key=wire_type(due), mandatory=True, timeout=self._timeout
        )

    def await_confirms(self, until: float) -> None:
        """Read until every message is confirmed or refused; raises TimeoutError at `until` (monotonic seconds)."""
        while self._waiting:
            self._socket.drain_events(timeout=max(until - time.monotonic(), 0.001))
        if self._returned:
            log.warning("published_to_nobody", count=self._returned, remedy="bind a queue to liaison.published")
            self._returned = 0

    def outcome(self) -> dict[str, str | None]:
        """What became of the messages since the last call."""
        known, self._outcome = self._outcome, {}
        return known

    def is_open(self) -> bool:
        """Whether the broker still holds the other end, as far as the socket knows."""
        try:
            self._socket.drain_events(timeout=0.001)
        except TimeoutError:
            return True
        except Exception:  # noqa: BLE001  # any answer but silence to a silent link: it is not trusted any more
            return False
        return True

    def drop(self) -> None:
        self._socket.collect()

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001  # the protocol's own flag
        for done in self._tags(tag, multiple):
            self._outcome[self._waiting.pop(done)] = None

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001  # the protocol's own flag
        for done in self._tags(tag, multiple):
            self._outcome[self._waiting.pop(done)] = "refused by the broker"

    def _tags(self, tag: int, multiple: bool) -> list[int]:  # noqa: FBT001  # the protocol's own flag
        return [one for one in self._waiting if one == tag or (multiple and one <= tag)]

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        self._returned += 1
