"""The machine API on the working calendar: what a year holds, what a notice changes, who may publish it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from tests.sheets import comma_separated, workbook
from workflows.moves.running import drain

HEAD = "user:sample.office_head"
CLERK = "user:sample.centre_clerk_1"
NOTICE = [
    ("日期", "安排", "名称"),
    ("2027-01-01", "放假", "元旦"),
    ("2027-01-04", "放假", "元旦"),
    ("2027-01-09", "上班", "元旦"),
]
WRONG = [*NOTICE, ("2027-01-01", "放假", ""), ("2027-02-30", "放假", ""), ("2027-01-05", "上班", "")]


def send(doors: Doors, content: bytes, user: str = HEAD, **params: Any) -> Any:
    headers = {"Authorization": f"Bearer {user}", "Content-Type": "application/octet-stream"}
    return doors.http.post("/api/calendar/notices", content=content, headers=headers, params=params)


@pytest.mark.parametrize("content", [workbook(NOTICE), comma_separated(NOTICE), comma_separated(NOTICE, "gb18030")])
def test_a_notice_tells_its_differences_and_publishes_nothing_in_a_preview(doors: Doors, content: bytes) -> None:
    answer = send(doors, content, preview=True)

    body = answer.json()
    assert (answer.status_code, body["published"], body["version"]) == (200, False, "2027-1")
    assert [(one["date"], one["works"], one["name"]) for one in body["days"]] == [
        ("2027-01-01", False, "元旦"),
        ("2027-01-04", False, "元旦"),
        ("2027-01-09", True, "元旦"),
    ]
    assert body["announced"] == ["2027-01-01", "2027-12-31"]
    assert doors.get("/api/calendar").json()["version"] != "2027-1"


def test_a_published_notice_is_the_calendar_from_then_on_and_open_dates_move(doors: Doors) -> None:
    doors.kit.turn_to(doors.kit.clock().replace(year=2026, month=12, day=30))
    answer = doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)
    [case] = answer.json()["results"][0]["cases"]
    before = doors.get("/api/work-items", key=CLERK).json()["items"][0]

    published = send(doors, workbook(NOTICE))
    drain(doors.kit.engine)

    after = doors.get(f"/api/work-items/{before['id']}", key=CLERK).json()
    history = doors.get(f"/api/cases/{case}/history").json()["history"]
    assert (published.status_code, published.json()["published"]) == (201, True)
    assert published.json()["moves"] == [
        {"workflow": "member_registration", "open": 1, "earlier": 0, "later": 1, "confirmed": 0}
    ]
    assert (before["provisional"], after["provisional"]) == (True, False)
    assert before["titles"]["left"].endswith("（暂定）")
    assert before["due_at"] < after["due_at"]
    assert history[-1]["titles"]["what"] == "新的工作日历公布，重新计算时限"
    assert history[-1]["titles"]["follows"] == ["“材料核对”的时限由2027年1月1日17:00改为2027年1月5日17:00"]


def test_an_item_says_step_by_step_why_it_is_due_on_its_day(doors: Doors) -> None:
    doors.kit.turn_to(doors.kit.clock().replace(year=2026, month=9, day=30))
    doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)
    [item] = doors.get("/api/work-items", key=CLERK).json()["items"]

    because = doors.get(f"/api/work-items/{item['id']}", key=CLERK).json()["due_because"]

    assert (because["days"], because["number"], because["provisional"]) == (2, "member.completeness_days", False)
    assert because["due_at"] == item["due_at"]
    assert {one["kind"] for one in because["counted"]} == {"holiday"}
    assert because["sentences"] == [
        "9月30日09:00收到，从下一个工作日起计算，时限2个工作日。",
        "按“6G星空”宁海县新的社会阶层人士统战服务中心的工作日历（sample-4）计算。",
        "2026-10-01至2026-10-07国庆节放假，不计。",
        "第2个工作日下班：10月9日17:00。",
        "因此时限为10月9日17:00。",
    ]


def test_every_fault_of_a_sheet_is_told_with_its_row_and_its_kind(doors: Doors) -> None:
    answer = send(doors, comma_separated(WRONG))

    body = answer.json()
    assert answer.status_code == 422
    assert [(one["row"], one["code"]) for one in body["faults"]] == [
        (5, "twice"),
        (6, "bad_date"),
        (7, "make_up_on_weekday"),
    ]
    assert body["errors"][1] == {"pointer": "/rows/6", "detail": "“2027-02-30”不是日期：请写成 2027-10-01"}


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"\xff\xfe\x00\xff"])
def test_what_is_no_sheet_is_refused(doors: Doors, content: bytes) -> None:
    assert send(doors, content).status_code == 422


def test_a_notice_that_changes_nothing_makes_no_version(doors: Doors) -> None:
    send(doors, comma_separated(NOTICE))

    again = send(doors, comma_separated(NOTICE))

    assert (again.status_code, again.json()["published"], again.json()["days"]) == (200, False, [])
    assert len(doors.kit.library.calendars()) == 2


def test_only_the_head_of_the_office_may_publish_a_calendar_and_everybody_may_read_it(doors: Doors) -> None:
    refused = send(doors, comma_separated(NOTICE), user=CLERK)
    shown = doors.get("/api/calendar", key=CLERK, params={"year": 2026})

    assert refused.status_code == 403
    kinds = {one["date"]: one["kind"] for one in shown.json()["days"]}
    assert (kinds["2026-10-10"], kinds["2026-10-01"]) == ("make_up", "holiday")
    assert shown.json()["announced"]
    assert not doors.get("/api/calendar", key=CLERK, params={"year": 2027}).json()["announced"]
