"""The board of the machine API: each figure with the list that it counts."""

import json

from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

HEAD = "user:sample.office_head"


def test_each_figure_opens_the_list_that_it_counts(doors: Doors) -> None:
    doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)

    (row,) = doors.get("/api/stats/board", key=HEAD).json()["rows"]
    figures = ("open", "near_due", "overdue", "on_time", "paused")
    listed = {name: doors.get(row[name]["list"], key=HEAD).json()["cases"] for name in figures}

    assert (row["workflow"], row["state"]) == ("member_registration", "running")
    assert {name: len(cases) for name, cases in listed.items()} == {
        "open": 1,
        "near_due": 0,
        "overdue": 0,
        "on_time": 1,
        "paused": 0,
    }
    assert row["open"]["count"] == 1


def test_what_departments_made_urgent_is_told_to_the_office_and_by_department_only(doors: Doors) -> None:
    doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)
    (row,) = doors.get("/api/cases", key=HEAD).json()["cases"]
    body = {"opinion": "样例", "urgency": "urgent", "ground": "safety"}
    headers = {"Authorization": f"Bearer {HEAD}", "Idempotency-Key": "raise"}
    raised = doors.http.post(f"/api/cases/{row['id']}/set-urgency", json=body, headers=headers)
    drain(doors.kit.engine)

    found = doors.get("/api/stats/urgency", key=HEAD).json()

    assert (raised.status_code, found["quota"]) == (200, 10)
    assert [(one["own"], one["by_office"], one["lowered"], one["grounds"]) for one in found["rows"]] == [
        (0, 1, 0, {"safety": 1})
    ]
    assert "user:" not in json.dumps(found)
    assert doors.get("/api/stats/urgency", key="user:sample.centre_clerk_1").json()["rows"] == []
    assert doors.get("/api/stats/urgency?month=2026-13", key=HEAD).status_code == 422
