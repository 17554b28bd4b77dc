"""What must exist on the broker before anything is published: exchanges, lane queues and the queue of dead hints."""

from __future__ import annotations

from typing import Any

from celeryconfig import DEAD_QUEUE, task_queues


def declare(connection: Any) -> None:
    """Declare everything on a kombu connection; repeating it is harmless.

    Raises the broker's PreconditionFailed when a queue exists with other arguments: delete it, hints are replaceable.
    """
    with connection.channel() as channel:
        for queue in (DEAD_QUEUE, *task_queues):
            queue.bind(channel).declare()
