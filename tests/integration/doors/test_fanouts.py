"""The machine API on fan-outs: who may announce something to many cases, see how far it has come, and take it back."""

import json
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

HEAD = "user:sample.office_head"
CLERK = "user:sample.centre_clerk_1"


@pytest.fixture
def case(doors: Doors) -> str:
    """A member's application that waits at the centre's desk."""
    answer = doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)
    found: str = answer.json()["results"][0]["cases"][0]
    return found


def announce(doors: Doors, user: str = HEAD, key: str = "k1", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {user}", "Idempotency-Key": key}
    return doors.http.post("/api/fanouts", json={"text": "样例：统一提交材料", **body}, headers=headers)


def undo(doors: Doors, fanout: str, user: str = HEAD) -> Any:
    headers = {"Authorization": f"Bearer {user}", "Idempotency-Key": "k2"}
    return doors.http.post(f"/api/fanouts/{fanout}/undo", json={"reason": "样例：发错了"}, headers=headers)


def test_an_announcement_reaches_the_cases_and_can_be_followed(doors: Doors, case: str) -> None:
    made = announce(doors, workflow="member_registration")
    drain(doors.kit.engine)

    shown = doors.get(f"/api/fanouts/{made.json()['id']}", key=HEAD).json()
    history = doors.get(f"/api/cases/{case}/history", key=HEAD).json()["history"]

    assert made.status_code == 202
    assert (shown["kind"], shown["state"], shown["total"], shown["posted"]) == ("announced", "done", 1, 1)
    assert shown["said"] == "已发出 1 / 1 件"
    assert history[-1]["titles"]["what"] == "联席会议办公室通知：样例：统一提交材料"


def test_the_same_key_announces_once(doors: Doors, case: str) -> None:
    first, again = announce(doors), announce(doors)

    assert first.json() == again.json()
    listed = doors.get("/api/fanouts", key=HEAD).json()["fanouts"]
    assert [one["id"] for one in listed if one["kind"] == "announced"] == [first.json()["id"]]


def test_an_announcement_of_another_town_reaches_nobody(doors: Doors, case: str) -> None:
    made = announce(doors, town="000000000")
    drain(doors.kit.engine)

    assert doors.get(f"/api/fanouts/{made.json()['id']}", key=HEAD).json()["posted"] == 0


def test_undoing_says_what_was_taken_already(doors: Doors, case: str) -> None:
    made = announce(doors).json()["id"]
    drain(doors.kit.engine)

    answer = undo(doors, made)
    drain(doors.kit.engine)

    shown = doors.get(f"/api/fanouts/{made}", key=HEAD).json()
    assert answer.status_code == 202
    assert (shown["state"], shown["said"]) == ("undone", "已收回 0 件，1 件已经办理，已另行更正")


def test_only_the_head_of_the_office_may_announce_and_undo(doors: Doors, case: str) -> None:
    made = announce(doors).json()["id"]

    assert announce(doors, user=CLERK, key="k3").status_code == 403
    assert undo(doors, made, user=CLERK).status_code == 403


def test_who_may_not_see_all_finds_nothing(doors: Doors, case: str) -> None:
    made = announce(doors).json()["id"]

    assert doors.get("/api/fanouts", key=CLERK).json() == {"fanouts": []}
    assert doors.get(f"/api/fanouts/{made}", key=CLERK).status_code == 404
    assert undo(doors, "nothing").status_code == 404
