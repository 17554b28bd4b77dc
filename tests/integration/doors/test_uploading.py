"""Workbooks on a page: looked at first, then handed in by the same rules as through the door of the departments."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.doors.http.app import create_app
from adapters.web.pages import router
from tests.integration.doors.offices import Doors, open_doors
from tests.sheets import comma_separated, workbook

CLERK = "sample.centre_clerk_1"
TYPE = ("类型", "liaison.consent.withdrawn.v1")
HEADER = ("application", "channel")
SHEET = [TYPE, HEADER, ("a-1", "self"), ("a-2", "wrong"), ("a-3", "self")]


@pytest.fixture
def doors() -> Iterator[Doors]:
    doors = open_doors()
    yield doors
    doors.office.committer.stop()


def page_of(doors: Doors, user: str = CLERK) -> TestClient:
    """A browser of somebody who is signed in."""
    doors.keys.sessions["s"] = user
    client = TestClient(create_app(doors.office, router), raise_server_exceptions=False)
    client.cookies.set("liaison", "s")
    return client


def look_at(doors: Doors, client: TestClient, content: bytes) -> Any:
    """Choose a file and let it be looked at."""
    said = {"csrf": doors.office.identity.csrf("s"), "do": "check"}
    return client.post("/upload", data=said, files={"file": ("样例.xlsx", content)})


def send(doors: Doors, client: TestClient, do: str, **fields: str) -> Any:
    """Press a button of the page that holds a file."""
    return client.post("/upload", data={"csrf": doors.office.identity.csrf("s"), "do": do} | fields)


def held(content: bytes, name: str = "样例.xlsx") -> dict[str, str]:
    """What the page holds of a file that was looked at."""
    return {"held": b64encode(content).decode(), "name": name}


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.mark.parametrize("content", [workbook(SHEET), comma_separated(SHEET)], ids=["xlsx", "csv"])
def test_a_file_is_looked_at_first_and_nothing_is_stored(doors: Doors, content: bytes) -> None:
    answer = look_at(doors, page_of(doors), content)

    assert answer.status_code == 200
    assert "可接收2行，有误1行" in words(answer)
    assert "：不在允许的取值之内" in words(answer)
    assert doors.noted.refused == []
    assert doors.kit.store.reads.pending()["inbox"] == 0


def test_the_rows_that_are_right_are_handed_in_and_the_others_noted_without_their_data(doors: Doors) -> None:
    client, content = page_of(doors), workbook(SHEET)

    first = send(doors, client, "submit", **held(content))
    again = send(doors, client, "submit", **held(content))

    assert "已接收2行，重复0行，未接收1行" in words(first)
    assert "已接收0行，重复2行，未接收1行" in words(again)
    assert [one.code for one in doors.noted.refused] == ["bad-data", "bad-data"]


def test_the_copy_says_beside_each_row_what_is_wrong(doors: Doors) -> None:
    answer = send(doors, page_of(doors), "copy", **held(comma_separated(SHEET), "样例.csv"))

    text = answer.content.decode("utf-8-sig")
    assert answer.headers["content-disposition"].endswith("annotated.csv")
    assert [line.count("未接收") for line in text.splitlines()] == [0, 0, 1, 0]


def test_columns_that_nobody_may_collect_are_left_out_and_named(doors: Doors) -> None:
    content = workbook([TYPE, (*HEADER, "身份证号"), ("a-1", "self", "330226199001010010")])

    answer = look_at(doors, page_of(doors), content)

    assert "不得收集，已略去：身份证号" in words(answer)
    assert "可接收1行" in words(answer)


def test_what_the_department_may_not_send_is_refused_row_by_row(doors: Doors) -> None:
    content = workbook([("类型", "liaison.contact.officer_left.v1"), ("officer",), ("contact_officer_1",)])

    answer = look_at(doors, page_of(doors), content)

    assert "可接收0行，有误1行" in words(answer)


@pytest.mark.parametrize(
    ("user", "status"), [("sample.office_head", 403), ("sample.auditor", 403), ("sample.chalu_clerk", 200)]
)
def test_only_clerks_and_liaison_officers_hand_in_for_their_department(doors: Doors, user: str, status: int) -> None:
    answer = page_of(doors, user).get("/upload")

    assert answer.status_code == status


def test_a_form_of_another_site_is_refused(doors: Doors) -> None:
    answer = send(doors, page_of(doors), "submit", csrf="guessed", **held(workbook(SHEET)))

    assert answer.status_code == 403
    assert doors.kit.store.reads.pending()["inbox"] == 0


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"PK\x03\x04 and no more", 400, "XLSX"),
        (workbook([TYPE, HEADER]), 400, "没有可以提交的行"),
        (b"", 422, "请先选择一个文件"),
        (b"x" * (1024 * 1024 + 1), 413, "文件超过 1 MiB"),
    ],
    ids=["no_workbook", "no_rows", "nothing", "too_large"],
)
def test_a_file_that_is_none_is_answered_with_what_to_do(doors: Doors, content: bytes, status: int, says: str) -> None:
    answer = look_at(doors, page_of(doors), content)

    assert answer.status_code == status
    assert says in words(answer)


def test_what_a_page_holds_may_be_anything(doors: Doors) -> None:
    answer = send(doors, page_of(doors), "submit", held="<no base64>", name="x")

    assert answer.status_code == 422
