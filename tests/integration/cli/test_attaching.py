"""Files on the command line: sent with the act that they go with, listed, and saved byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Liaison
from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

CLERK, HEAD = ("--as", "sample.centre_clerk_1"), ("--as", "sample.office_head")
PDF = b"%PDF-1.7 invented"


@pytest.fixture
def item(doors: Doors) -> dict[str, Any]:
    """What the centre's clerk is asked first."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: dict[str, Any] = doors.get("/api/work-items", key="user:sample.centre_clerk_1").json()["items"][0]
    return found


@pytest.fixture
def notes(tmp_path: Path) -> list[Path]:
    """Two files of the same name."""
    paths = [tmp_path / folder / "说明.pdf" for folder in ("a", "b")]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        path.write_bytes(PDF + bytes([number]))
    return paths


def attach(notes: list[Path]) -> list[str]:
    return [part for path in notes for part in ("--attach", str(path))]


def test_files_go_with_an_act_and_are_saved_as_they_were_sent(
    liaison: Liaison, item: dict[str, Any], notes: list[Path], tmp_path: Path
) -> None:
    acted = liaison("act", item["id"], "agree", "--opinion", "样例", *attach(notes), *CLERK)
    shown = liaison("attachments", item["case"], *CLERK)
    saved = liaison("attachments", item["case"], "--save", str(tmp_path / "saved"), *CLERK, "--json")

    assert (acted.exit_code, shown.exit_code, saved.exit_code) == (0, 0, 0), acted.stderr
    assert shown.stdout.count("说明.pdf") == 2
    paths = json.loads(saved.stdout)["saved"]
    assert [Path(one).name for one in paths] == ["01-说明.pdf", "02-说明.pdf"]
    assert sorted(Path(one).read_bytes() for one in paths) == [PDF + b"\x00", PDF + b"\x01"]


def test_the_same_key_sends_and_acts_once(liaison: Liaison, item: dict[str, Any], notes: list[Path]) -> None:
    first = liaison("act", item["id"], "agree", "--key", "k1", *attach(notes), *CLERK, "--json")
    again = liaison("act", item["id"], "agree", "--key", "k1", *attach(notes), *CLERK, "--json")
    listed = liaison("attachments", item["case"], *CLERK, "--json")

    assert (first.exit_code, again.exit_code, again.stdout) == (0, 0, first.stdout)
    assert len(json.loads(listed.stdout)["attachments"]) == 2


def test_a_file_goes_with_what_is_said_to_a_case(liaison: Liaison, item: dict[str, Any], notes: list[Path]) -> None:
    said = liaison("act", item["case"], "comment", "--opinion", "样例", *attach(notes[:1]), *CLERK)
    listed = liaison("attachments", item["case"], *HEAD)

    assert said.exit_code == 0, said.stderr
    assert "无权查看名称" in listed.stdout


def test_a_file_that_is_not_there_or_not_taken_ends_the_command_and_nothing_is_done(
    liaison: Liaison, doors: Doors, item: dict[str, Any], tmp_path: Path
) -> None:
    wrong = tmp_path / "run.exe"
    wrong.write_bytes(b"MZ")

    missing = liaison("act", item["id"], "agree", "--attach", str(tmp_path / "none.pdf"), *CLERK)
    refused = liaison("act", item["id"], "agree", "--attach", str(wrong), *CLERK)

    assert (missing.exit_code, refused.exit_code) == (2, 1)
    assert "none.pdf" in missing.stderr
    assert "不接受这种类型的文件" in refused.stderr
    assert doors.get(f"/api/work-items/{item['id']}", key="user:sample.centre_clerk_1").json()["state"] == "open"
