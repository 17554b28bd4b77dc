"""`liaison up` killed with -9 between the bytes of a file and the row that says so, and started again."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.doors.http.viewers import STAND_IN
from tests.crash.doom import Doom
from tests.crash.house import NO_ANSWER, House, UnixConnection
from tests.crash.rig import Program
from tests.crash.scratch import wait_for

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

CLERK = "sample.centre_clerk_1"
PDF = b"%PDF-1.7 invented"


class Desk:
    """A clerk at one office: sends files for a case, and reads them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.case = ""

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        line = UnixConnection(self.house.data / "liaison.sock")
        try:
            line.request(method, path, body, {STAND_IN: CLERK, **headers})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def open(self) -> None:
        """Hand in an application, and take the case when the clerk is asked about it."""
        self.house.send([1])
        wait_for("the clerk is asked", self._items, seconds=60)
        self.case = self._items()[0]["case"]

    def _items(self) -> list[dict[str, Any]]:
        _status, body = self.call("GET", "/api/work-items")
        items: list[dict[str, Any]] = json.loads(body)["items"]
        return items

    def send(self, content: bytes, key: str) -> str:
        """Stage a file; raises NO_ANSWER where the office dies meanwhile."""
        form = httpx2.Request("POST", "http://liaison", files={"file": ("note.pdf", content)})
        headers = {"Content-Type": form.headers["Content-Type"], "Idempotency-Key": key}
        status, body = self.call("POST", f"/api/cases/{self.case}/attachments", form.read(), **headers)
        assert status == 201, body
        return str(json.loads(body)["id"])

    def link(self, one: str) -> None:
        """Let a file go with a comment."""
        said = json.dumps({"opinion": "样例", "attachments": [one]}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"link-{one}"}
        status, body = self.call("POST", f"/api/cases/{self.case}/comment", said, **headers)
        assert status == 200, body

    def read(self, one: str) -> bytes:
        status, body = self.call("GET", f"/api/cases/{self.case}/attachments/{one}")
        assert status == 200, body
        return body


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    house = House(tmp_path)
    yield Desk(house)
    house.close()


def rows(desk: Desk) -> dict[str, Any]:
    """The attachments that the database knows, by id: whether stored, linked, dropped."""
    with sqlite3.connect(desk.house.data / "liaison.sqlite3") as connection:
        query = "SELECT id, stored_at, linked_at, dropped_at FROM attachment"
        found = {one: tuple(at is not None for at in moments) for one, *moments in connection.execute(query)}
    connection.close()
    return found


def blobs(desk: Desk) -> set[str]:
    """The files that lie in the folder, also those that are not whole."""
    return {path.name for path in (desk.house.data / "attachments").rglob("*") if path.is_file()}


def let_a_day_pass(desk: Desk) -> None:
    """Whatever waits to be linked, or to be tried again, is due."""
    with sqlite3.connect(desk.house.data / "liaison.sqlite3", timeout=30) as connection:
        connection.execute("UPDATE attachment SET collect_at = 1 WHERE collect_at IS NOT NULL")
    connection.close()


def begun(desk: Desk) -> tuple[Program, str]:
    """A doomed office with one file that was linked."""
    program = desk.house.doomed_up()
    desk.open()
    kept = desk.send(PDF, "kept")
    desk.link(kept)
    return program, kept


def killed_while_sending(desk: Desk, tmp_path: Path, program: Program) -> None:
    Doom(tmp_path, "house").order("put", 1)
    with pytest.raises(NO_ANSWER):
        desk.send(PDF + b" again", "lost")
    wait_for("the office is dead", lambda: program.process.poll() is not None)
    assert program.process.returncode == -9


def test_bytes_that_no_row_says_are_stored_are_collected_and_what_was_linked_stays(desk: Desk, tmp_path: Path) -> None:
    program, kept = begun(desk)
    killed_while_sending(desk, tmp_path, program)
    (lost,) = rows(desk).keys() - {kept}
    assert rows(desk) == {kept: (True, True, False), lost: (False, False, False)}
    assert blobs(desk) == {kept, lost}

    let_a_day_pass(desk)
    desk.house.up()

    wait_for("the file is collected", lambda: rows(desk).keys() == {kept}, seconds=60)
    assert blobs(desk) == {kept}
    assert desk.read(kept) == PDF


def test_whoever_sends_the_same_again_after_the_crash_has_sent_it_once(desk: Desk, tmp_path: Path) -> None:
    program, kept = begun(desk)
    killed_while_sending(desk, tmp_path, program)
    (lost,) = rows(desk).keys() - {kept}

    desk.house.up()
    again = desk.send(PDF + b" again", "lost")
    desk.link(again)

    assert again == lost
    assert blobs(desk) == {kept, lost}
    assert desk.read(lost) == PDF + b" again"


def test_a_row_whose_bytes_were_deleted_is_removed_after_the_crash(desk: Desk, tmp_path: Path) -> None:
    program, kept = begun(desk)
    lost = desk.send(PDF + b" again", "lost")
    Doom(tmp_path, "house").order("deleted", 1)
    let_a_day_pass(desk)
    wait_for("the office is dead", lambda: program.process.poll() is not None, seconds=60)
    assert rows(desk) == {kept: (True, True, False), lost: (True, False, True)}
    assert blobs(desk) == {kept}

    let_a_day_pass(desk)
    desk.house.up()

    wait_for("the row is removed", lambda: rows(desk).keys() == {kept}, seconds=60)
    assert blobs(desk) == {kept}
    assert desk.read(kept) == PDF
