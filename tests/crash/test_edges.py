"""F03, F04: kill -9 exactly before, during and after a commit, before the ack, and between a confirm and its record."""

import json
from collections import Counter
from typing import Any

import psutil
import pytest
from kombu import Connection, Queue

from adapters.gateways.publish import EXCHANGE
from tests.crash.doom import ACK, EDGES, Doom
from tests.crash.rig import Program, Rig, killed_children, report
from tests.crash.scratch import Rabbit, wait_for

pytestmark = [pytest.mark.crash, pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.timeout(300)]

# A chain makes at least this many commits: flag, advance, assign, track (three), deliver (two).
COMMITS = 8


def die_once(rig: Rig, worker: Program, doom: Doom, edge: str, nth: int) -> float:
    """Let one child die at the edge while there is work; returns how long the recovery took."""
    doom.order(edge, nth)
    rig.hand_in(5)
    wait_for(f"a child dies at {edge} {nth}", doom.victim)
    seconds = rig.drain()
    victim = doom.victim()
    wait_for("Celery notes the death", lambda: victim in killed_children(worker))
    assert victim is not None
    assert not psutil.pid_exists(victim)
    return seconds


def test_f03_a_child_killed_at_each_kind_of_edge_loses_and_doubles_nothing(rig: Rig) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()

    for edge in EDGES:
        report("F03", f"{edge} commit 2", die_once(rig, worker, rig.worker_doom, edge, 2))
    report("F03", "before the ack", die_once(rig, worker, rig.ack_doom, ACK, 1))

    assert len(killed_children(worker)) == len(EDGES) + 1
    rig.check()


@pytest.mark.chaos
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.timeout(600)
def test_f03_a_child_killed_at_every_commit_of_a_chain(rig: Rig, edge: str) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()

    slowest = max(die_once(rig, worker, rig.worker_doom, edge, nth) for nth in range(1, COMMITS + 1))

    report("F03", f"{edge} each of {COMMITS} commits, the slowest", slowest)
    assert len(killed_children(worker)) == COMMITS
    rig.check()


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_f03_a_child_killed_before_every_ack_of_a_chain(rig: Rig) -> None:
    worker = rig.start_worker()
    rig.start_sweeper()

    slowest = max(die_once(rig, worker, rig.ack_doom, ACK, nth) for nth in range(1, 5))

    report("F03", "before each of 4 acks, the slowest", slowest)
    rig.check()


@pytest.mark.chaos
def test_f04_an_effect_confirmed_but_not_recorded_comes_again_under_the_same_key(
    rig: Rig, scratch_rabbit: Rabbit
) -> None:
    with Connection(scratch_rabbit.url) as connection:
        queue = Queue("test.f04", EXCHANGE, routing_key="#")(connection.default_channel)
        queue.declare()
        worker = rig.start_worker()
        rig.start_sweeper()

        rig.send_doom.order("before", 1)
        rig.hand_in(5)
        wait_for("a child dies after the confirm", rig.send_doom.victim)
        report("F04", "confirmed, not recorded", rig.drain())

        seen = Counter(message.properties["message_id"] for message in taken(queue))
        queue.delete()

    assert rig.send_doom.victim() in killed_children(worker)
    assert len(seen) == 5
    assert set(seen.values()) == {2}
    rig.check()


def taken(queue: Any) -> list[Any]:
    """Every message of the queue; their bodies are equal where their ids are."""
    messages = []
    while (message := queue.get(no_ack=True)) is not None:
        messages.append(message)
    bodies = {message.properties["message_id"]: set() for message in messages}  # type: dict[str, set[str]]
    for message in messages:
        bodies[message.properties["message_id"]].add(json.dumps(json.loads(message.body), sort_keys=True))
    assert all(len(one) == 1 for one in bodies.values())
    return messages
