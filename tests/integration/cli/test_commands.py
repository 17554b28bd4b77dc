"""The verbs of the command line and their exit codes: 0 done, 1 refused, 2 usage, 3 not found, 4 not allowed, 5 unavailable."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.integration.cli.conftest import Liaison, in_json
from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

AS_CENTRE = ("--as", "department:service_centre")
AS_CLERK = ("--as", "sample.centre_clerk_1")


def lines(*ids: str) -> str:
    return "\n".join(json.dumps(cloud_event(one)) for one in ids)


@pytest.fixture
def case(doors: Doors, liaison: Liaison) -> str:
    liaison("submit", "-", *AS_CENTRE, given=lines("e1"))
    drain(doors.kit.engine)
    found: str = in_json(liaison("cases", "--json"))["cases"][0]["id"]
    return found


@pytest.mark.parametrize(
    "content",
    [
        lines("e1", "e2"),
        json.dumps([cloud_event("e1"), cloud_event("e2")]),
        json.dumps([cloud_event("e1"), cloud_event("e2")], indent=2),
        lines("e1", "e2").replace("\n", "\r\n\r\n"),
        "\ufeff" + lines("e1", "e2"),
    ],
)
def test_a_batch_and_lines_are_told_apart_by_their_content(liaison: Liaison, content: str) -> None:
    result = liaison("submit", "-", "--json", *AS_CENTRE, given=content)

    assert (result.exit_code, in_json(result)["accepted"]) == (0, 2)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_event_may_stand_on_one_line_or_several(liaison: Liaison, indent: int | None) -> None:
    result = liaison("submit", "-", "--json", *AS_CENTRE, given=json.dumps(cloud_event(), indent=indent))

    assert (result.exit_code, in_json(result)["accepted"]) == (0, 1)


def test_each_refused_row_is_named_with_its_place_and_reason(liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([lines("e1"), "not json", json.dumps(cloud_event("e3", town="x")), lines("e1")]))

    result = liaison("submit", str(path), *AS_CENTRE)

    assert result.exit_code == 1
    assert f"{path}:2" in result.stderr
    assert f"{path}:3" in result.stderr
    assert "/data/town" in result.stderr
    assert "已接收 1 行，重复 1 行，未接收 2 行" in result.stdout


def test_a_dry_run_stores_nothing(doors: Doors, liaison: Liaison) -> None:
    result = liaison("submit", "-", "--dry-run", *AS_CENTRE, given=lines("e1"))

    drain(doors.kit.engine)
    assert result.exit_code == 0
    assert doors.stored() == 0


def test_without_a_key_submit_says_how_to_get_one(liaison: Liaison) -> None:
    result = liaison("submit", "-", given=lines("e1"))

    assert result.exit_code == 4
    assert "LIAISON_KEY" in result.stderr


def test_the_key_of_the_settings_is_used(liaison: Liaison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_KEY", "service_centre")
    accepted = liaison("submit", "-", given=lines("e1"))
    monkeypatch.setenv("LIAISON_KEY", "nobody")
    refused = liaison("submit", "-", given=lines("e2"))

    assert (accepted.exit_code, refused.exit_code) == (0, 4)


def test_the_administrator_at_the_machine_lets_somebody_sign_in_once(liaison: Liaison) -> None:
    issued = liaison("sign-in", "sample.auditor", "--json")
    unknown = liaison("sign-in", "nobody")

    told = json.loads(issued.stdout)
    assert told["address"] == f"http://127.0.0.1:8000/enter?token={told['password']}"
    assert (issued.exit_code, unknown.exit_code) == (0, 1)
    assert "名册上没有“nobody”" in unknown.stderr


def test_nobody_but_the_administrator_lets_others_sign_in(doors: Doors) -> None:
    headers = {"Authorization": "Bearer user:sample.office_head"}

    answer = doors.http.post("/api/sign-ins", json={"user": "sample.auditor"}, headers=headers)

    assert answer.status_code == 403


def test_a_file_that_is_missing_is_a_usage_error(liaison: Liaison) -> None:
    assert liaison("submit", "/nowhere/rows.jsonl", *AS_CENTRE).exit_code == 2


def test_a_door_that_is_closed_is_unavailable(doors: Doors, liaison: Liaison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.cli.submitting.TRIES", 1)
    monkeypatch.setattr("adapters.cli.submitting._answered.__defaults__", (1,))
    doors.office.committer.stop()

    result = liaison("submit", "-", *AS_CENTRE, given=lines("e1"))

    assert result.exit_code == 5
    assert "再次提交同一文件即可" in result.stderr


def test_a_case_is_listed_shown_and_explained(liaison: Liaison, case: str) -> None:
    listed, shown, explained = liaison("cases"), liaison("show", case), liaison("explain", case)

    assert "会员登记" in listed.stdout
    assert "样例 会员登记" in shown.stdout
    assert "收到事件" in shown.stdout
    assert explained.stdout.count("。") >= 1
    assert "服务中心" in explained.stdout


def test_a_clerk_acts_on_an_item(liaison: Liaison, case: str) -> None:
    (item,) = in_json(liaison("inbox", "--json", *AS_CLERK))["items"]

    done = liaison("act", item["id"], "agree", "--opinion", "同意", *AS_CLERK)
    late = liaison("act", item["id"], "agree", "--as", "sample.centre_clerk_2")

    assert done.exit_code == 0
    assert late.exit_code == 1
    assert "sample.centre_clerk_1" in late.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "nothing"), 3),
        (("explain", "nothing"), 3),
        (("act", "nothing", "agree", *AS_CLERK), 3),
        (("act", "nothing", "agree"), 4),
        (("act", "nothing", "dance", *AS_CLERK), 1),
        (("act", "nothing", "agree", "--field", "x", *AS_CLERK), 2),
        (("cases", "--as", "nobody"), 4),
        (("cases", "--limit", "0"), 2),
        (("cases", "--light", "pink"), 1),
        (("workflows", "show", "nothing"), 3),
        (("workflows", "check"), 0),
        (("workflows", "check", "/nowhere.yaml"), 2),
        (("key", "issue", "x", "--department", "nowhere"), 1),
        (("web",), 2),
        (("worker",), 2),
        (("sweep",), 2),
        (("no-such-verb",), 2),
        (("audit", "verify"), 0),
    ],
)
def test_every_outcome_has_its_exit_code(liaison: Liaison, arguments: tuple[str, ...], code: int) -> None:
    assert liaison(*arguments).exit_code == code


def test_a_wrong_setting_stops_every_command(liaison: Liaison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_COLOUR", "red")

    result = liaison("cases")

    assert result.exit_code == 2
    assert "LIAISON_COLOUR=red" in result.stderr


def test_a_broker_with_sqlite_is_refused_with_the_remedy(liaison: Liaison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_BROKER_URL", "amqp://127.0.0.1")

    result = liaison("up")

    assert result.exit_code == 2
    assert "LIAISON_DATABASE_URL" in result.stderr


def test_a_picture_of_a_workflow_is_written(liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "w.svg"

    assert liaison("workflows", "diagram", "member_registration", "-o", str(path)).exit_code == 0

    assert ET.fromstring(path.read_text()).tag.endswith("svg")


def test_a_definition_with_a_dead_end_is_found_in_a_python_file(liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "dead_end.py"
    path.write_text(
        "from workflows.language.words import nothing, sequence, workflow\n"
        "DEFINITION = workflow('dead_end', starts_on='member.applied.v1', about='member', steps=sequence(nothing()))\n"
    )

    result = liaison("workflows", "check", str(path), "--json")

    assert result.exit_code == 1
    assert "dead_end" in [one["code"] for one in in_json(result)["workflows"][0]["findings"]]


def test_event_types_come_with_an_example_that_is_accepted(liaison: Liaison) -> None:
    types = in_json(liaison("event-types", "--json"))["event_types"]
    (applied,) = [one for one in types if one["type"] == "liaison.member.applied.v1"]

    result = liaison("submit", "-", *AS_CENTRE, given=json.dumps(applied["example"]))

    assert result.exit_code == 0
    assert applied["headers"]["zh"]["application"] == "申请编号"
    assert "service_centre" in applied["departments"]


def test_settings_are_shown_with_their_origin(liaison: Liaison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_KEY", "a-secret-key")

    rows = {one["name"]: one for one in in_json(liaison("config", "show", "--json"))}

    assert rows["LIAISON_COUNTY"] == {"name": "LIAISON_COUNTY", "value": "330226", "origin": "default"}
    assert (rows["LIAISON_KEY"]["value"], rows["LIAISON_KEY"]["origin"]) == ("********", "environment")


def test_the_export_is_written_to_a_file(liaison: Liaison, case: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"

    assert liaison("export", "csv", "-o", str(path)).exit_code == 0

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert case in path.read_text(encoding="utf-8-sig")


def test_it_speaks_english_where_the_office_does(liaison: Liaison, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.setenv("LIAISON_LANGUAGE", "en")

    assert liaison("explain", case).stdout.startswith("Since 2 Mar it waits for Service centre counter")


def test_a_batch_tells_what_became_of_each_item_and_exits_1_when_one_is_refused(
    doors: Doors, liaison: Liaison, case: str
) -> None:
    item = doors.kit.inbox("sample.centre_clerk_1")[0].item.id

    result = liaison("batch", "agree", item, "nothing", *AS_CLERK)
    late = liaison("batch", "agree", item, "--json", "--as", "sample.centre_clerk_2")

    assert result.exit_code == 1
    assert "共2项，已办理1项" in result.stdout
    assert (late.exit_code, in_json(late)["refused"]) == (1, 1)
