"""The chain over a real broker, and the in-process runner: one tuple of moves, one order, one result."""

import os
import re
import sys
from pathlib import Path

import pytest

from adapters import embedded
from tasks import chain
from tests.crash.oracle import assert_nothing_lost_or_doubled
from tests.crash.rig import Program, Rig
from tests.crash.scratch import Rabbit, wait_for
from tests.tree import ROOT
from workflows.moves import running

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

ORDER = ["liaison.approvals", "liaison.assignments", "liaison.follow_ups", "liaison.deliveries"]


def test_the_runner_and_the_chain_go_through_the_same_tuple_of_moves() -> None:
    assert vars(chain)["MOVES"] is running.MOVES
    assert vars(embedded)["run_lane"] is running.run_lane
    assert [chain.TASKS[move.__name__] for move in running.MOVES] == ORDER


def test_a_chain_runs_its_moves_in_their_order_and_gives_what_the_runner_gives(rig: Rig) -> None:
    worker = rig.start_worker()

    rig.hand_in(1)
    rig.drain()
    wait_for("the chain is over", lambda: set(received(worker)) == set(ORDER))
    # A second chain may overlap the first; each task is first taken for the first one.
    order = list(dict.fromkeys(received(worker)))
    rig.hand_in(99)
    rig.drain()

    assert order == ORDER
    # The reference is an office whose moves the in-process runner made, on another store.
    assert_nothing_lost_or_doubled(rig.store, rig.accepted)


def received(worker: Program) -> list[str]:
    """The tasks in the order in which the worker took them."""
    return re.findall(r"Task (liaison\.\w+)\[\S+\] received", worker.log.read_text())


@pytest.mark.timeout(200)
def test_plain_celery_declares_quorum_queues_and_nothing_else_and_stops_in_good_order(
    scratch_rabbit: Rabbit, postgres_server: str, tmp_path: Path
) -> None:
    scratch_rabbit.empty()
    settings = {
        "LIAISON_DATA_DIR": str(tmp_path),
        "LIAISON_DATABASE_URL": postgres_server,
        "LIAISON_BROKER_URL": scratch_rabbit.url,
        "PYTHONPATH": str(ROOT),
    }
    plain = Program([sys.executable, "-m", "celery", "-A", "worker", "worker"], os.environ | settings, tmp_path / "log")

    try:
        wait_for("the worker is ready", lambda: declared(scratch_rabbit) >= {"liaison.interactive", "liaison.bulk"}, 60)
        wait_for("the worker consumes", lambda: "liaison.bulk" in scratch_rabbit.control("list_consumers"), 60)
        kinds = scratch_rabbit.control("list_queues", "name", "type").split()
        code = plain.stop()
    finally:
        plain.close()

    assert code == 0
    assert dict(zip(kinds[::2], kinds[1::2], strict=True)) == {
        "name": "type",
        "liaison.interactive": "quorum",
        "liaison.bulk": "quorum",
    }


def declared(broker: Rabbit) -> set[str]:
    return set(broker.control("list_queues", "name").split())


def test_celery_without_a_broker_set_says_which_setting_is_missing(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    plain = Program(
        [sys.executable, "-m", "celery", "-A", "worker", "worker"],
        environment | {"LIAISON_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        tmp_path / "log",
    )

    code = plain.process.wait(60)

    assert code != 0
    assert plain.says("LIAISON_BROKER_URL is not set")
