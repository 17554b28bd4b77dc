"""/api/roster: seen by those who see all, changed by the administrator at the machine, never in part."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from adapters.doors.http.serving import AtTheMachine
from adapters.rosters.writing import write_roster
from domain.organisation import Proxy
from domain.roster import Roster, dump_roster, versioned
from tests.integration.doors.offices import Doors, cloud_event

BATCH = "application/cloudevents-batch+json"


def at_the_machine(doors: Doors, roster: Roster | bytes, **params: Any) -> Any:
    content = roster if isinstance(roster, bytes) else write_roster(roster)
    return TestClient(AtTheMachine(doors.http.app)).post("/api/roster", content=content, params=params)


def without(roster: Roster, user: str) -> Roster:
    return replace(roster, appointments=tuple(one for one in roster.appointments if one.user != user))


def test_the_office_sees_the_roster_and_others_do_not(doors: Doors) -> None:
    seen = doors.get("/api/roster")
    book = doors.get("/api/roster.xlsx")
    refused = doors.get("/api/roster", key="user:sample.chalu_clerk")

    assert seen.json() == json.loads(json.dumps(dump_roster(doors.kit.library.roster())))
    assert CalamineWorkbook.from_filelike(BytesIO(book.content)).sheet_names == ["部门", "岗位", "任职", "代理"]
    assert refused.status_code == 403


def test_nobody_changes_the_roster_with_a_key(doors: Doors) -> None:
    headers = {"Authorization": "Bearer user:sample.office_head"}

    answer = doors.http.post("/api/roster", content=write_roster(doors.kit.library.roster()), headers=headers)

    assert answer.status_code == 403


def test_a_preview_says_what_would_change_and_changes_nothing(doors: Doors) -> None:
    doors.post(json.dumps([cloud_event("e1"), cloud_event("e2")]).encode(), BATCH)
    doors.kit.drain()
    before = doors.kit.library.roster()
    clerks = [one.user for one in before.appointments if one.post == "centre_clerk"]
    after = before
    for clerk in clerks:
        after = without(after, clerk)

    answer = at_the_machine(doors, after, preview="true").json()

    assert doors.kit.library.roster() is before
    assert (answer["adopted"], answer["same"]) == (False, False)
    assert {one["user"] for one in answer["people"]} == set(clerks)
    assert answer["people"][0]["loses"] == ["post:centre_clerk", "role:centre_clerk"]
    assert {one["how"] for one in answer["rows"]} == {"removed"}
    assert {one["case"] for one in answer["items"]} == {
        one.case.id for one in doors.kit.cases() if one.item is not None and one.item.kind == "approve"
    }
    assert {(*one["now"], *one["then"], *one["rules"]) for one in answer["items"]} == {
        ("role:centre_clerk:", "role:office_head:", "nobody.office")
    }
    assert ("member_registration", "nobody") in {(one["workflow"], one["code"]) for one in answer["findings"]}


def test_a_preview_says_what_does_not_go_along_with_a_leaver(doors: Doors) -> None:
    doors.post(json.dumps(cloud_event("e1")).encode(), "application/cloudevents+json")
    doors.kit.drain()
    (row,) = doors.kit.cases()
    copied = doors.kit.act("sample.office_head", row.case.id, "copy", fields={"users": ["sample.office_clerk"]})

    answer = at_the_machine(doors, without(doors.kit.library.roster(), "sample.office_clerk"), preview="true").json()

    assert copied.status == 200
    assert answer["staying"] == [
        {"user": "sample.office_clerk", "copies": 1, "drafts": 0, "visits": 0, "heirs": answer["staying"][0]["heirs"]}
    ]


def test_a_roster_is_adopted_under_a_version_of_its_own_and_again_under_the_same(doors: Doors) -> None:
    changed = replace(
        doors.kit.library.roster(),
        proxies=(Proxy("sample.office_head", "sample.office_clerk", date(2026, 3, 2), date(2026, 3, 6)),),
    )

    first, again = at_the_machine(doors, changed), at_the_machine(doors, changed)

    assert first.status_code == 201
    assert first.json()["version"] == versioned(changed).version == doors.kit.library.roster().version
    assert (again.json()["same"], again.json()["rows"]) == (True, [])


def test_a_wrong_workbook_is_refused_whole_with_a_pointer_for_each_row(doors: Doors) -> None:
    before = doors.kit.library.roster()
    book = write_roster(replace(before, appointments=(*before.appointments[1:], before.appointments[0])))
    broken = at_the_machine(doors, book[:-200])
    answer = at_the_machine(doors, b"not a workbook")

    assert (broken.status_code, answer.status_code) == (422, 422)
    assert answer.json()["type"] == "urn:liaison:problem:bad-data"
    assert answer.json()["errors"][0]["pointer"] == "/"
    assert doors.kit.library.roster() is before
