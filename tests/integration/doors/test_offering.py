"""The API says which verbs a viewer may press now, with what each asks for; what it says is what pressing comes to."""

from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

CLERK, HEAD, AUDITOR = "user:sample.centre_clerk_1", "user:sample.office_head", "user:sample.auditor"


@pytest.fixture
def item(doors: Doors) -> dict[str, Any]:
    """What the centre's clerk is asked first."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: dict[str, Any] = doors.get("/api/work-items", key=CLERK).json()["items"][0]
    return found


def explained(doors: Doors, item: dict[str, Any], key: str) -> dict[str, Any]:
    return dict(doors.get(f"/api/cases/{item['case']}/explain", key=key).json())


def named(operations: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["verb"]: one for one in operations}


def test_an_item_says_what_its_holder_may_press_and_what_each_verb_asks_for(doors: Doors, item: dict[str, Any]) -> None:
    found = named(doors.get(f"/api/work-items/{item['id']}", key=CLERK).json()["operations"])

    assert {"agree", "reject", "return", "transfer", "add-signers"} <= {
        verb for verb, one in found.items() if one["offered"]
    }
    refusal = found["reject"]
    assert (refusal["title"], refusal["irreversible"]) == ("不同意", True)
    assert refusal["schema"]["required"] == ["reason"]
    assert "outside_county" in {one["const"] for one in refusal["schema"]["properties"]["reason"]["oneOf"]}
    assert found["add-signers"]["schema"]["required"] == ["users", "where"]
    assert "办件将办结：不予登记。" in refusal["foreseen"]
    assert "cast" not in found


def test_a_verb_that_is_not_offered_says_why(doors: Doors, item: dict[str, Any]) -> None:
    explained_to_head = explained(doors, item, HEAD)
    on_case = named(explained_to_head["operations"])
    of_item = named(doors.get(f"/api/work-items/{item['id']}", key=HEAD).json()["operations"])

    assert on_case["terminate"]["offered"]
    assert on_case["void"]["why_not"] == {
        "status": 409,
        "code": "not_ended",
        "detail": "只有已办结、尚未作废的办件可以作废",
    }
    assert of_item["agree"]["why_not"]["status"] == 403
    assert explained_to_head["items"] == []


def test_an_explanation_names_the_items_of_the_viewer_with_their_verbs(doors: Doors, item: dict[str, Any]) -> None:
    [mine] = explained(doors, item, CLERK)["items"]

    assert mine["item"] == item["id"]
    assert named(mine["operations"])["agree"]["offered"]


def test_a_key_that_may_only_read_is_offered_nothing(doors: Doors, item: dict[str, Any]) -> None:
    body = explained(doors, item, "service_centre")

    assert (body["operations"], body["items"]) == ([], [])


@pytest.mark.parametrize("key", [CLERK, HEAD, AUDITOR])
def test_what_is_not_offered_on_a_case_is_refused_when_it_is_pressed(
    doors: Doors, item: dict[str, Any], key: str
) -> None:
    refused = [one["verb"] for one in explained(doors, item, key)["operations"] if not one["offered"]]
    ahead = doors.get(f"/api/cases/{item['case']}/preview").json()["steps"]
    later = next(one["path"] for one in ahead if one["kind"] == "approve" and one["path"] != item["path"])
    bodies = {
        "jump": {"to": later},
        "set-urgency": {"urgency": "urgent"},
        "copy": {"users": ["sample.auditor"]},
        "uncopy": {"user": "sample.auditor"},
        "detach": {"attachment": "x"},
        "correct": {"comment": 1},
        "retract": {"comment": 1},
    }

    answers = [
        doors.http.post(
            f"/api/cases/{item['case']}/{verb}",
            json={"opinion": "样例", **bodies.get(verb, {})},
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"k-{verb}"},
        ).status_code
        for verb in refused
    ]

    assert refused
    assert set(answers) <= {403, 409, 422}


def test_who_comes_too_late_is_told_by_post_who_opened_it_and_when(doors: Doors, item: dict[str, Any]) -> None:
    press(doors, f"/api/work-items/{item['id']}/agree", CLERK)
    [following] = doors.get("/api/work-items", key="user:sample.chalu_clerk").json()["items"]
    press(doors, f"/api/work-items/{following['id']}/open", "user:sample.chalu_clerk")

    late = press(doors, f"/api/work-items/{item['id']}/take-back", CLERK)
    why = named(doors.get(f"/api/work-items/{item['id']}", key=CLERK).json()["operations"])["take-back"]["why_not"]

    assert (late.status_code, late.json()["by"], late.json()["who"]) == (409, "sample.chalu_clerk", "岔路镇统战干事")
    assert late.json()["at"]
    assert why["detail"].startswith("后面的办理人已打开待办，不能取回（岔路镇统战干事，")


def press(doors: Doors, path: str, key: str) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": path}
    answer = doors.http.post(path, json={}, headers=headers)
    drain(doors.kit.engine)
    return answer
