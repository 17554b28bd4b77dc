"""Every verb has its own fields, checked at the door; out of state, without right, on a stale version nothing changes."""

from datetime import datetime
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from workflows.machine.operations import ON_CASES, ON_ITEMS
from workflows.moves.running import drain

CLERK, HEAD, STRANGER = "user:sample.centre_clerk_1", "user:sample.office_head", "user:sample.chalu_clerk"
VERIFIER = "user:sample.auditor"


@pytest.fixture
def item(doors: Doors) -> dict[str, Any]:
    """What the centre's clerk is asked first."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: dict[str, Any] = doors.get("/api/work-items", key=CLERK).json()["items"][0]
    return found


def press(doors: Doors, path: str, key: str = CLERK, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"{path}-{sorted(body)}"}
    answer = doors.http.post(path, json=body, headers=headers)
    drain(doors.kit.engine)
    return answer


def on(item: dict[str, Any], verb: str) -> str:
    return f"/api/work-items/{item['id']}/{verb}"


def test_an_item_is_handed_on_through_the_door(doors: Doors, item: dict[str, Any]) -> None:
    answer = press(doors, on(item, "transfer"), to="sample.office_head", version=item["version"])

    assert answer.status_code == 200
    assert answer.json()["item_state"] == "transferred"
    assert [one["kind"] for one in doors.get("/api/work-items", key=HEAD).json()["items"]] == ["approve"]
    assert press(doors, on(item, "agree")).status_code == 409


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("transfer", {}, "/to"),
        ("transfer", {"to": 7}, "/to"),
        ("transfer", {"to": "sample.office_head", "extra": 1}, "/extra"),
        ("add-signers", {"users": [], "where": "before"}, "/users"),
        ("add-signers", {"users": ["sample.office_head"], "where": "above"}, "/where"),
    ],
)
def test_a_field_that_a_verb_does_not_know_lacks_or_cannot_read_is_named(
    doors: Doors, item: dict[str, Any], verb: str, body: dict[str, Any], pointer: str
) -> None:
    answer = press(doors, on(item, verb), **body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_what_a_verb_would_do_is_told_and_nothing_is_done(doors: Doors, item: dict[str, Any]) -> None:
    told = press(doors, on(item, "transfer") + "?preview=true", to="sample.office_head")

    assert (told.status_code, told.json()["verb"]) == (200, "transfer")
    assert doors.get(f"/api/work-items/{item['id']}", key=CLERK).json()["state"] == "open"


@pytest.mark.parametrize("verb", sorted(ON_ITEMS))
def test_nobody_touches_somebody_elses_item(doors: Doors, item: dict[str, Any], verb: str) -> None:
    body: dict[str, Any] = {"transfer": {"to": "sample.office_head"}, "delegate": {"to": "sample.office_head"}}.get(
        verb, {}
    )
    body |= {"add-signers": {"users": ["sample.office_head"], "where": "before"}}.get(verb, {})
    body |= {"remove-signer": {"signer": "x"}}.get(verb, {})
    before = doors.get(f"/api/work-items/{item['id']}", key=CLERK).json()

    answer = press(doors, on(item, verb), STRANGER, opinion="样例", **body)

    assert answer.status_code in {403, 404, 409}
    assert doors.get(f"/api/work-items/{item['id']}", key=CLERK).json() == before


@pytest.mark.parametrize("verb", sorted(set(ON_CASES) - {"copy", "comment", "urge"}))
def test_nobody_without_the_right_does_anything_to_a_case(doors: Doors, item: dict[str, Any], verb: str) -> None:
    body = {"jump": {"to": "steps/approval"}}.get(verb, {})

    answer = press(doors, f"/api/cases/{item['case']}/{verb}", VERIFIER, opinion="样例", **body)

    assert answer.status_code in {403, 404, 409, 422}
    assert doors.get(f"/api/cases/{item['case']}").json()["state"] == "running"


def test_a_case_is_urged_copied_commented_and_terminated(doors: Doors, item: dict[str, Any]) -> None:
    case = f"/api/cases/{item['case']}"

    urged = press(doors, f"{case}/urge", HEAD)
    copied = press(doors, f"{case}/copy", HEAD, users=["sample.chalu_clerk"])
    ended = press(doors, f"{case}/terminate", HEAD, opinion="样例")
    said = press(doors, f"{case}/comment", HEAD, opinion="样例")

    assert [one.status_code for one in (urged, copied, ended, said)] == [200, 200, 200, 200]
    assert doors.get(case).json()["state"] == "terminated"
    assert doors.get(case, key=STRANGER).status_code == 200


def test_a_copy_is_read_and_ended(doors: Doors, item: dict[str, Any]) -> None:
    case = f"/api/cases/{item['case']}"
    assert doors.get(case, key=STRANGER).status_code == 404
    press(doors, f"{case}/copy", HEAD, users=["sample.chalu_clerk"])
    unread = doors.get(case).json()["copies"]

    read = press(doors, f"{case}/read", STRANGER)
    again = press(doors, f"{case}/read", STRANGER, version=None)
    known = doors.get(case).json()["copies"]
    ended = press(doors, f"{case}/uncopy", HEAD, user="sample.chalu_clerk")

    assert [(one["user"], one["read_at"]) for one in unread] == [("sample.chalu_clerk", None)]
    assert (read.status_code, again.status_code, ended.status_code) == (200, 409, 200)
    assert datetime.fromisoformat(again.json()["at"]) == datetime.fromisoformat(known[0]["read_at"])
    assert doors.get(case, key=STRANGER).status_code == 404
    assert doors.get(case).json()["copies"] == []


def test_a_stale_version_is_told(doors: Doors, item: dict[str, Any]) -> None:
    press(doors, on(item, "claim"))

    answer = press(doors, on(item, "agree"), version=item["version"])

    assert (answer.status_code, answer.json()["type"].rpartition(":")[2].rpartition("/")[2]) == (409, "stale-version")


def test_who_is_mentioned_in_a_comment_is_told_and_must_be_able_to_open_the_case(
    doors: Doors, item: dict[str, Any]
) -> None:
    case = f"/api/cases/{item['case']}"

    stranger = press(doors, f"{case}/comment", opinion="样例：请看", mentions=["sample.chalu_clerk"])
    nobody = press(doors, f"{case}/comment", opinion="样例：请看", mentions=["sample.nobody"])
    said = press(doors, f"{case}/comment", opinion="样例：请审核", mentions=["sample.office_head"])

    assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (422, "/mentions")
    assert nobody.status_code == 422
    assert said.status_code == 200
    told = [one.body["template"] for one in doors.kit.notices("sample.office_head")]
    assert told.count("mentioned") == 1
    [entry] = [one for one in doors.get(f"{case}/history").json()["history"] if one["what"] == "act:comment"]
    assert "提到联席会议办公室主任" in entry["titles"]["follows"]
