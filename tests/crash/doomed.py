"""The processes of a crash test: `celery -A tests.crash.doomed worker`, and `python -m tests.crash.doomed sweep`.

They are wired from the same parts as production; only their units know where to die (see doom.py).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from celery import signals

from adapters.supervisor import Marks, commands, supervise
from tasks.application import PerProcess, celery_app
from tasks.chain import Broker
from tasks.hints import Publisher
from tasks.sweeps import sweep_until
from tests.crash.doom import ACK, Doom, DoomedGateway, DoomedUnits, die
from tests.crash.office import engine_on, open_units, publish_gateway
from workflows.ports import Engine

DATABASE = os.environ["RIG_DATABASE_URL"]
BROKER = os.environ["RIG_BROKER_URL"]
FOLDER = Path(os.environ["RIG_FOLDER"])
MAIN_PID = os.getpid()

marks = Marks(FOLDER)


def open_engine() -> Engine:
    role = "sweeper" if sys.argv[-1] == "sweep" else "worker"
    units = DoomedUnits(open_units(DATABASE), Doom(FOLDER, role))
    publisher = Publisher(units, Broker(app), lambda: marks.touch(MAIN_PID, "confirmed"))
    publish = DoomedGateway(publish_gateway(BROKER, FOLDER), Doom(FOLDER, "sender"))
    return engine_on(units, publish, publisher.wake, FOLDER)


engine = PerProcess(open_engine)
app = celery_app(lambda: BROKER, engine, lambda: marks.touch(MAIN_PID, "heard"))

if "RIG_TOUCH_BEFORE_FORK" in os.environ:
    engine().units.read(lambda unit: unit.now)

_acks = Doom(FOLDER, "acks")


@signals.task_postrun.connect
def die_before_the_ack(**_: Any) -> None:
    """A child that is done tells its main process after this signal, which then acknowledges."""
    if _acks.strikes(ACK):
        die()


def sweep() -> None:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    sweep_until(stopping, engine(), lambda: marks.touch(os.getpid(), "swept"))


def work() -> int:
    """The supervisor with both siblings, as `liaison worker` starts them."""
    return supervise(FOLDER, commands("tests.crash.doomed"))


if __name__ == "__main__":
    sys.exit({"sweep": sweep, "work": work}[sys.argv[-1]]())
