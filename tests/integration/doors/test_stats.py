"""The board of the machine API: each figure with the list that it counts."""

import json

from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

HEAD = "user:sample.office_head"


def test_each_figure_opens_the_list_that_it_counts(doors: Doors) -> None:
    doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)

    (row,) = doors.get("/api/stats/board", key=HEAD).json()["rows"]
    listed = {name: doors.get(row[name]["list"], key=HEAD).json()["cases"] for name in ("open", "near_due", "overdue")}

    assert (row["workflow"], row["state"]) == ("member_registration", "running")
    assert {name: len(cases) for name, cases in listed.items()} == {"open": 1, "near_due": 0, "overdue": 0}
    assert row["open"]["count"] == 1
