"""Assign: whose turn it is, among those who could all act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.organisation import Proxy
from tests.unit.moves.offices import began, take, trial
from workflows.language.words import carry_out, role, seats
from workflows.machine.case import Lane
from workflows.moves.advance import advance
from workflows.moves.assign import assign
from workflows.testkit import Office, staff

LANE = Lane.INTERACTIVE
VISIT = trial(carry_out("visit", by=seats(2, role("panel"), pick="least_loaded")))


def office(*users: str) -> Office:
    panel: dict[str, Any] = dict.fromkeys(users, "panel")
    return Office([VISIT], staff(**panel, head="office_head"))


def owners(here: Office, key: str) -> list[str]:
    """Who owns the seats of a case."""
    [case] = [row.case.id for row in here.cases() if row.case.key == key]
    held = here.case(case).holders.values()
    return sorted(one.who for holders in held for one in holders if one.capacity.value == "owner")


def test_seats_of_one_step_go_to_different_people() -> None:
    here = office("a", "b", "c")

    here.send(began(here))

    assert owners(here, "k1") == ["user:a", "user:b"]


def test_who_has_least_to_do_is_next() -> None:
    here = office("a", "b", "c")
    here.send(began(here, "k1"))

    here.send(began(here, "k2"))

    assert owners(here, "k2") == ["user:a", "user:c"]


def test_with_fewer_people_than_seats_somebody_has_two() -> None:
    here = office("a")

    here.send(began(here))

    assert owners(here, "k1") == ["user:a", "user:a"]


def test_cases_of_one_batch_share_the_load() -> None:
    here = office("a", "b", "c", "d")
    take(here.engine, began(here, "k1"), began(here, "k2"))
    advance(here.engine, LANE)

    assert assign(here.engine, LANE) == 4

    assert sorted(owners(here, "k1") + owners(here, "k2")) == ["user:a", "user:b", "user:c", "user:d"]


def test_the_others_of_the_role_may_still_act() -> None:
    here = office("a", "b", "c")
    [case] = here.send(began(here)).cases

    statuses = [here.act("c", view, "complete").status for view in here.inbox("c")]

    assert statuses == [200, 200]
    assert here.case(case).head.state == "completed"


def test_nobody_to_choose_from_leaves_the_seat_open() -> None:
    here = Office([VISIT], staff(clerk="clerk"))
    take(here.engine, began(here))
    advance(here.engine, LANE)

    assert assign(here.engine, LANE) == 0


def test_what_is_owned_is_left_alone() -> None:
    here = office("a", "b")
    here.send(began(here))

    assert assign(here.engine, LANE) == 0


@pytest.mark.parametrize(
    ("away", "chosen"),
    [
        (("a",), ["user:b", "user:c"]),
        (("a", "b"), ["user:c", "user:clerk"]),
        (("a", "b", "c"), ["user:a", "user:clerk"]),
    ],
    ids=["one_is_away", "a_proxy_for_the_second_seat", "all_are_away"],
)
def test_whoever_is_on_leave_is_chosen_only_where_nobody_else_is_left_for_a_seat(
    away: tuple[str, ...], chosen: list[str]
) -> None:
    leaves = tuple(Proxy(user, "clerk", date(2026, 3, 1), date(2026, 3, 31)) for user in away)
    here = Office([VISIT], replace(staff(a="panel", b="panel", c="panel", clerk="clerk"), proxies=leaves))

    here.send(began(here))

    assert owners(here, "k1") == chosen


def test_whoever_is_away_for_another_workflow_only_is_there_for_this_one() -> None:
    leave = Proxy("a", "clerk", date(2026, 3, 1), date(2026, 3, 31), workflow="other")
    here = Office([VISIT], replace(staff(a="panel", b="panel", c="panel", clerk="clerk"), proxies=(leave,)))

    here.send(began(here))

    assert owners(here, "k1") == ["user:a", "user:b"]
