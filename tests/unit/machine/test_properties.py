"""Whatever the workflow and whatever happens to its case, what must always be true is true (`invariants.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.audit import canonical
from tests.unit.machine.desk import Desk
from tests.unit.machine.likely import thin
from tests.unit.machine.trees import SEEDS, digest, happen, play
from workflows.language.words import carry_out, role, sequence
from workflows.machine.decide import decide
from workflows.machine.decision import Decision, Refused
from workflows.moves.recording import body_of

ROOT = Path(__file__).parents[3]
LEAST = 2
"""How often each verb must have been accepted, and refused, over two hundred plays."""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False))
def test_every_decision_of_every_small_workflow_holds(random: Random) -> None:
    desk = play(random)

    assert desk.live.head.seq == len(desk.ledger.decisions)


@pytest.mark.parametrize("seed", [0, 200])
def test_two_hundred_longer_plays_hold_with_every_verb_accepted_and_refused(seed: int) -> None:
    desks = [play(Random(seed + number), happenings=25) for number in range(200)]  # repeatable, no secret

    states = {desk.live.head.state.value for desk in desks}
    accepted, refused = Counter[str](), Counter[str]()
    for desk in desks:
        accepted.update(desk.accepted)
        refused.update(desk.refused)

    assert states >= {"running", "completed", "approved", "void"}
    assert thin(accepted, refused, LEAST) == {}


def test_the_same_input_gives_the_same_bytes_in_whatever_order_sets_are_walked() -> None:
    one, two = (
        subprocess.run(
            [sys.executable, "-m", "tests.unit.machine.trees"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        ).stdout.split()
        for hash_seed in ("1", "2")
    )

    assert one == two == [digest(seed) for seed in SEEDS]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_the_order_in_which_a_store_gives_its_rows_changes_nothing(random: Random) -> None:
    desk = play(random, happenings=5)
    seed = random.randrange(10_000)
    shuffled = _shuffled(desk, random)

    for number in range(6):
        happen(desk, Random(seed + number))  # repeatable, no secret
        happen(shuffled, Random(seed + number))  # repeatable, no secret
        shuffled = _shuffled(shuffled, random)

    assert _bytes(desk) == _bytes(shuffled)


def _shuffled(desk: Desk, random: Random) -> Desk:
    """A desk with the same case, its rows in another order."""
    twin = Desk(desk.definition, begun=False)
    parts: dict[str, Any] = {}
    for name in ("activations", "items", "holders", "timers"):
        rows = list(getattr(desk.live, name).items())
        random.shuffle(rows)
        parts[name] = dict(rows)
    twin.live = type(desk.live)(head=desk.live.head, subscriptions=desk.live.subscriptions, **parts)
    twin.now, twin.facts, twin._numbers = desk.now, desk.facts, desk._numbers  # a twin is the same desk
    twin.ledger, twin._box = desk.ledger.copy(), deepcopy(desk._box)  # and has the same box for secret ballots
    return twin


def _bytes(desk: Desk) -> list[bytes]:
    return [canonical(body_of(one.entry, "h", None)) for one in desk.ledger.decisions]


def test_the_same_act_decided_twice_gives_an_equal_decision() -> None:
    desk = Desk(sequence(carry_out("task", by=role("clerk"), within=3)))
    wanted = desk.wanted("clerk", "complete", next(iter(desk.live.items)))

    first, again = (decide(desk.definition, desk.live, wanted, desk.facts, desk.now) for _ in range(2))

    assert first == again
    assert isinstance(first, Decision)


def test_a_refused_act_leaves_the_case_as_it_was() -> None:
    desk = Desk(sequence(carry_out("task", by=role("clerk"))))
    before = desk.live

    outcome = desk.act("officer", "complete", "steps/task")

    assert isinstance(outcome, Refused)
    assert desk.live is before
