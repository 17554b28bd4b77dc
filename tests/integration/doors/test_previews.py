"""What lies ahead, and what an act would do, by the machine API: told, and nothing done."""

from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

CLERK = "user:sample.centre_clerk_1"


@pytest.fixture
def case(doors: Doors) -> str:
    """A registration that waits for the centre's clerk."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: str = doors.kit.cases()[0].case.id
    return found


def post(doors: Doors, path: str, key: str, **more: Any) -> Any:
    return doors.http.post(path, json=more.pop("json", {}), headers={"Authorization": f"Bearer {key}"} | more)


def test_the_way_ahead_tells_each_step_with_people_and_dates(doors: Doors, case: str) -> None:
    body = doors.get(f"/api/cases/{case}/preview").json()

    first = next(one for one in body["steps"] if one["sure"] == "live" and one["who"])
    assert first["who"]
    assert first["titles"]["step"]
    assert {"certain", "live"} <= {one["sure"] for one in body["steps"]}
    assert isinstance(body["ends"], bool)


def test_the_way_ahead_is_told_only_to_whoever_may_see_the_case(doors: Doors, case: str) -> None:
    assert doors.get(f"/api/cases/{case}/preview", key="sports_bureau").status_code == 404
    assert doors.get("/api/cases/nothing/preview").status_code == 404


def test_a_preview_of_an_act_needs_no_key_and_does_nothing(doors: Doors, case: str) -> None:
    item = doors.get("/api/work-items", key=CLERK).json()["items"][0]
    before = doors.get(f"/api/cases/{case}/history").json()

    answer = post(doors, f"/api/work-items/{item['id']}/agree?preview=true", CLERK)

    body = answer.json()
    assert (answer.status_code, body["preview"], body["case"], body["verb"]) == (200, True, case, "agree")
    assert [one["who"] for one in body["opened"]]
    assert body["titles"]["entered"]
    assert doors.get(f"/api/cases/{case}/history").json() == before


def test_a_preview_is_refused_as_the_act_would_be(doors: Doors, case: str) -> None:
    item = doors.get("/api/work-items", key=CLERK).json()["items"][0]
    headers = {"Idempotency-Key": "k1"}

    looked = post(doors, f"/api/work-items/{item['id']}/reject?preview=true", CLERK)
    done = post(doors, f"/api/work-items/{item['id']}/reject", CLERK, **headers)

    assert (looked.status_code, looked.json()) == (done.status_code, done.json())
    assert looked.status_code == 422


def test_a_preview_of_an_act_on_the_case_tells_how_it_would_end(doors: Doors, case: str) -> None:
    answer = post(doors, f"/api/cases/{case}/suspend?preview=true", "user:sample.office_head", json={"opinion": "样例"})
    without = post(doors, f"/api/cases/{case}/suspend", "user:sample.office_head", json={"opinion": "样例"})

    assert answer.status_code == 200
    assert answer.json()["verb"] == "suspend"
    assert without.status_code == 400
    assert doors.kit.case(case).head.gate is None
