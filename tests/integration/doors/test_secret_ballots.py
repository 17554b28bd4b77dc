"""无记名票决 through the door: whatever is voted, everything that comes out is the same, and so is what is logged."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.contract.test_secret_ballots import FIVE, SECRET
from tests.integration.doors.offices import Doors, behind_doors
from workflows.moves.running import drain
from workflows.testkit import Office, staff


def opened() -> Doors:
    """An office with one secret vote, behind its doors."""
    roles: dict[str, Any] = dict.fromkeys(FIVE, "voter")
    kit = Office([SECRET], staff(**roles))
    kit.send(kit.event("trial.began.v1", key="k1"))
    return behind_doors(kit)


def cast(doors: Doors, who: str, choice: str, key: str = "k") -> Any:
    item = doors.get("/api/work-items", key=f"user:{who}").json()["items"][0]["id"]
    headers = {"Authorization": f"Bearer user:{who}", "Idempotency-Key": key}
    answer = doors.http.post(f"/api/work-items/{item}/cast", json={"choice": choice}, headers=headers)
    drain(doors.kit.engine)
    return answer


def told(choice: str, caplog: pytest.LogCaptureFixture) -> list[Any]:
    """Everything that can be read after one voter has voted: the answer, the case, its history, the log."""
    caplog.clear()
    doors = opened()
    answer = cast(doors, "an", choice)
    case = answer.json()["case"]
    pages = [doors.get(f"/api/cases/{case}{part}", key="user:bo").json() for part in ("", "/history", "/explain")]
    doors.office.committer.stop()
    return [answer.status_code, answer.json(), *pages, [record.getMessage() for record in caplog.records]]


def test_what_comes_out_of_the_door_is_the_same_whatever_is_voted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    agreed, rejected = told("agree", caplog), told("reject", caplog)

    assert agreed[0] == 200
    assert agreed == rejected


def test_the_same_vote_again_is_answered_again_and_another_one_is_late() -> None:
    doors = opened()
    first = cast(doors, "an", "agree")
    item = first.json()["item"]
    path, voter = f"/api/work-items/{item}/cast", {"Authorization": "Bearer user:an"}

    again = doors.http.post(path, json={"choice": "agree"}, headers={**voter, "Idempotency-Key": "k"})
    other = doors.http.post(path, json={"choice": "reject"}, headers={**voter, "Idempotency-Key": "k2"})

    doors.office.committer.stop()
    assert (again.status_code, again.json()) == (200, first.json())
    assert other.status_code == 409


def test_a_secret_vote_is_counted_when_all_have_voted() -> None:
    doors = opened()
    for who in FIVE[:-1]:
        cast(doors, who, "agree")
    before = doors.kit.cases()[0].case.state.value

    cast(doors, FIVE[-1], "reject")
    doors.kit.turn(hours=1)

    doors.office.committer.stop()
    assert (before, doors.kit.cases()[0].case.state.value) == ("running", "approved")
