"""The consumer of a worker, without the parts that this house does not use."""

from __future__ import annotations

from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer

DELAY_QUEUES = "celery.worker.consumer.delayed_delivery:DelayedDelivery"


class Consumer(CeleryConsumer):
    """Celery's consumer without gossip, mingle, worker heartbeats and delay queues.

    The first three are options of the command line only, and a plain `celery -A worker worker` must be as safe as
    `liaison worker`. Delay queues (28 of them for each virtual host) serve ETA, which is not used: timers are rows.
    """

    Blueprint = type(
        "Blueprint",
        (CeleryConsumer.Blueprint,),
        {"default_steps": [step for step in CeleryConsumer.Blueprint.default_steps if step != DELAY_QUEUES]},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        off = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
        super().__init__(*args, **(options | off))
