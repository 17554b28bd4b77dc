"""The four tasks, one per move, and the chain of them for one lane: approvals | assignments | follow_ups | deliveries.

A message names a lane and nothing else. What is to be done stands in the database; a chain takes whatever is due in
its lane, up to a batch, and raises the lane again when there may be more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from celery import Celery, Task, chain

from tasks.topology import declare
from workflows.machine.case import Lane
from workflows.moves.running import MOVES, Move
from workflows.ports import Engine

TASKS: Final[Mapping[str, str]] = {
    "advance": "liaison.approvals",
    "assign": "liaison.assignments",
    "track": "liaison.follow_ups",
    "deliver": "liaison.deliveries",
}
"""The task of each move. The names are for ever: a renamed module strands no message."""

TIMEOUT: Final = 5
"""Seconds until a publish, or its confirm, is given up."""

log = structlog.get_logger(__name__)


class Unroutable(Exception):  # noqa: N818  # what the broker says about a message
    """The broker took a hint and had no queue for it (it confirms such messages)."""


def register(app: Celery, engine: Callable[[], Engine], progressed: Callable[[], None]) -> tuple[Task[Any, Any], ...]:
    """Give the application its tasks, in the order of MOVES.

    Args:
        engine: the engine of the calling process; asked inside a task, never before the fork.
        progressed: called at the start of each chain, so that the supervisor sees a worker that still hears.
    """

    def first(lane: str) -> None:
        progressed()
        _clear_hint(engine, Lane(lane))
        _move(MOVES[0], engine, Lane(lane))

    later = [_task_of(move, engine) for move in MOVES[1:]]
    bodies = zip(MOVES, [first, *later], strict=True)
    # Not shared: a second application in the same process (a test, a benchmark) has an engine of its own.
    return tuple(app.task(name=TASKS[move.__name__], shared=False)(body) for move, body in bodies)


def chain_of(app: Celery, lane: Lane) -> chain:
    """The chain of one hint: each task in its lane's queue, none waiting for another one's result."""
    options = {"queue": f"liaison.{lane.value}", "timeout": TIMEOUT, "confirm_timeout": TIMEOUT}
    names = [TASKS[move.__name__] for move in MOVES]
    return chain(*(app.signature(name, args=(lane.value,), immutable=True, **options) for name in names))


class Broker:
    """Publishes chains over a connection of its own; only the publisher thread may call it.

    Every error drops the connection: a late confirm would otherwise count for the next message (reliability P03).
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._socket: Any = None
        self._producer: Any = None
        self._returned = False

    def publish(self, lane: Lane) -> None:
        """Hand one chain to the broker; returns when it is confirmed, raises what kombu raises.

        A connection that stood idle may be dead without knowing it: then once more over a new one.
        """
        if self._producer is not None:
            try:
                self._send(lane)
            except Exception as error:  # noqa: BLE001  # whatever it was, the connection is not trusted any more
                log.info("broker_connection_renewed", error=repr(error))
            else:
                return
        try:
            self._connect()
            self._send(lane)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Forget the connection without talking to the broker, which may not answer."""
        raw, self._socket, self._producer = self._socket, None, None
        if raw is not None:
            raw.collect()

    def _connect(self) -> None:
        self.drop()
        timeouts = {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT}
        connection = self._app.connection_for_write(connect_timeout=TIMEOUT, heartbeat=0, transport_options=timeouts)
        # One try: kombu's `connect` would sleep 2 s before a second one.
        self._socket = connection.ensure_connection(max_retries=0).connection
        declare(connection)
        self._producer = self._app.amqp.Producer(connection.channel(), auto_declare=False, on_return=self._on_return)

    def _send(self, lane: Lane) -> None:
        self._returned = False
        chain_of(self._app, lane).apply_async(producer=self._producer, retry=False, mandatory=True)
        if self._returned:
            raise Unroutable(f"lane {lane.value}: no queue is bound to the exchange; it is declared again")

    def _on_return(self, *message: object) -> None:
        self._returned = True


def _task_of(move: Move, engine: Callable[[], Engine]) -> Callable[[str], None]:
    def task(lane: str) -> None:
        _move(move, engine, Lane(lane))

    return task


def _clear_hint(engine: Callable[[], Engine], lane: Lane) -> None:
    try:
        engine().units.run(lambda unit: unit.clear_hint(lane), lane)
    except Exception as error:  # noqa: BLE001  # process edge: the flag counts as lost after 2 s
        log.warning("hint_not_cleared", lane=lane.value, error=str(error))


def _move(move: Move, engine: Callable[[], Engine], lane: Lane) -> None:
    try:
        moved = move(engine(), lane)
        if moved >= engine().units.batch:
            engine().wake(lane)
    except Exception:  # process edge: a task never raises, its rows stay and the sweep counts the attempt
        log.exception("move_failed", move=move.__name__, lane=lane.value)
