"""The machine API on cases and items: who sees, who may act, who was first."""

import json
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

CLERK = "user:sample.centre_clerk_1"
OTHER_CLERK = "user:sample.centre_clerk_2"
STRANGER = "user:sample.finance_verifier"


@pytest.fixture
def case(doors: Doors) -> str:
    """A member's application that waits at the centre's desk."""
    answer = doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)
    found: str = answer.json()["results"][0]["cases"][0]
    return found


def item_of(doors: Doors, user: str = CLERK) -> dict[str, Any]:
    (found,) = doors.get("/api/work-items", key=user).json()["items"]
    return dict(found)


def act(doors: Doors, path: str, user: str = CLERK, key: str | None = "k1", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {user}"} | ({} if key is None else {"Idempotency-Key": key})
    return doors.http.post(path, json=body, headers=headers)


def test_a_case_is_listed_shown_and_explained(doors: Doors, case: str) -> None:
    listed = doors.get("/api/cases", params={"workflow": "member_registration", "state": "running"}).json()
    shown = doors.get(f"/api/cases/{case}").json()
    explained = doors.get(f"/api/cases/{case}/explain").json()

    assert [row["id"] for row in listed["cases"]] == [case]
    assert (shown["state"], shown["outcome"], shown["quarantined"], shown["sample"]) == ("running", None, False, True)
    assert shown["items"][0]["path"] == "steps/completeness"
    assert explained["reasons"][0]["verbs"] == ["agree", "reject", "return"]
    assert explained["sentence"].endswith("。")


def test_nothing_personal_stands_in_a_case_or_its_history(doors: Doors, case: str) -> None:
    texts = [doors.get(f"/api/cases/{case}{part}").text for part in ("", "/history", "/explain")]

    assert "样例·甲" not in "".join(texts)


def test_the_history_is_chained(doors: Doors, case: str) -> None:
    entries = doors.get(f"/api/cases/{case}/history").json()["history"]

    assert entries[0]["what"] == "event:member.applied.v1"
    assert [entry["seq"] for entry in entries] == [1]
    assert entries[0]["hash"]


def test_the_picture_is_an_svg_that_runs_nothing(doors: Doors, case: str) -> None:
    answer = doors.get(f"/api/cases/{case}/diagram.svg", params={"lang": "en"})

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.text.startswith("<svg")


@pytest.mark.parametrize("part", ["", "/history", "/explain", "/diagram.svg"])
def test_what_may_not_be_seen_is_answered_as_what_does_not_exist(doors: Doors, case: str, part: str) -> None:
    hidden = doors.get(f"/api/cases/{case}{part}", key=STRANGER)
    missing = doors.get(f"/api/cases/nothing{part}", key=STRANGER)

    assert (hidden.status_code, hidden.json()) == (404, missing.json())


def test_a_clerk_agrees_and_the_same_key_gets_the_same_answer(doors: Doors, case: str) -> None:
    item = item_of(doors)

    first = act(doors, f"/api/work-items/{item['id']}/agree", version=item["version"], opinion="同意")
    again = act(doors, f"/api/work-items/{item['id']}/agree", version=item["version"], opinion="同意")

    assert first.status_code == 200
    assert first.json()["item_state"] == "approved"
    assert again.json() == first.json()
    assert len(doors.get(f"/api/cases/{case}/history").json()["history"]) == 2


def test_the_late_one_learns_who_decided_and_when(doors: Doors, case: str) -> None:
    item = item_of(doors)
    act(doors, f"/api/work-items/{item['id']}/agree")

    late = act(doors, f"/api/work-items/{item['id']}/agree", user=OTHER_CLERK)

    assert late.status_code == 409
    assert late.json()["by"] == "sample.centre_clerk_1"
    assert late.json()["at"].startswith("2026-03-02T01:00:00")


def test_a_stale_version_is_a_conflict(doors: Doors, case: str) -> None:
    item = item_of(doors)

    answer = act(doors, f"/api/work-items/{item['id']}/agree", version=item["version"] + 1)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:liaison:problem:stale-version")
    assert answer.json()["errors"][0]["pointer"] == "/version"


def test_who_sees_the_item_and_does_not_hold_it_may_not_act(doors: Doors, case: str) -> None:
    item = item_of(doors)

    answer = act(doors, f"/api/work-items/{item['id']}/agree", user="user:sample.auditor")

    assert answer.status_code == 403


def test_who_does_not_see_the_item_finds_nothing(doors: Doors, case: str) -> None:
    item = item_of(doors)

    answer = act(doors, f"/api/work-items/{item['id']}/agree", user=STRANGER)

    assert answer.status_code == 404


def test_a_department_key_cannot_act(doors: Doors, case: str) -> None:
    item = item_of(doors)

    answer = act(doors, f"/api/work-items/{item['id']}/agree", user="service_centre")

    assert answer.status_code == 403


def test_an_act_without_an_idempotency_key_is_refused(doors: Doors, case: str) -> None:
    item = item_of(doors)

    answer = act(doors, f"/api/work-items/{item['id']}/agree", key=None)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:liaison:problem:no-idempotency-key")


@pytest.mark.parametrize("extra", [{"state": "approved"}, {"tenant_id": "x"}, {"approved_by": "x"}])
def test_unknown_fields_are_refused(doors: Doors, case: str, extra: dict[str, str]) -> None:
    item = item_of(doors)

    answer = act(doors, f"/api/work-items/{item['id']}/agree", **extra)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(extra))}"
    assert item_of(doors)["state"] == "open"


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"colour": "red"}, {"due_before": "2026-01-01"}, {"state": "asleep"}]
)
def test_a_wrong_filter_is_refused(doors: Doors, query: dict[str, str]) -> None:
    answer = doors.get("/api/cases", params=query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"#query/{next(iter(query))}"


def test_a_list_is_paged(doors: Doors) -> None:
    batch = [cloud_event(f"e{n}") for n in range(5)]
    doors.post(json.dumps(batch).encode(), "application/cloudevents-batch+json")
    drain(doors.kit.engine)

    first = doors.get("/api/cases", params={"limit": 3}).json()
    second = doors.get("/api/cases", params={"limit": 3, "cursor": first["cursor"]}).json()

    assert len({row["id"] for row in first["cases"] + second["cases"]}) == 5
    assert second["cursor"] is None


def test_the_export_marks_samples_and_holds_what_the_viewer_may_see(doors: Doors, case: str) -> None:
    seen = doors.get("/api/export/cases.csv").text
    hidden = doors.get("/api/export/cases.csv", key=STRANGER).text

    assert case in seen
    assert seen.splitlines()[1].startswith("样例,")
    assert case not in hidden


def test_workflows_are_listed_written_and_checked(doors: Doors) -> None:
    names = [one["name"] for one in doors.get("/api/workflows").json()["workflows"]]
    text = doors.get("/api/workflows/member_registration/yaml").text
    headers = {"Authorization": "Bearer user:sample.auditor", "Content-Type": "application/yaml"}

    sound = doors.http.post("/api/workflows/check", content=text.encode(), headers=headers)
    dead_end = text.replace("starts_on: member.applied.v1", "starts_on: member.vanished.v1")
    wrong = doors.http.post("/api/workflows/check", content=dead_end.encode(), headers=headers)
    nonsense = doors.http.post("/api/workflows/check", content=b"steps: 3", headers=headers)

    assert "member_registration" in names
    assert sound.json()["findings"] == []
    assert {one["code"] for one in wrong.json()["findings"]} >= {"unknown_event"}
    assert nonsense.status_code == 422


def test_the_audit_is_for_those_who_see_everything(doors: Doors, case: str) -> None:
    assert doors.get("/api/audit/verify", key="user:sample.auditor").json()["ok"] is True
    assert doors.get("/api/audit/verify", key=CLERK).status_code == 403


def test_the_figures_name_nobody(doors: Doors, case: str) -> None:
    doors.get(f"/api/cases/{case}")

    text = doors.http.get("/metrics").text

    assert 'liaison_events_total{status="accepted"} 1.0' in text
    assert 'route="/api/cases/{case}"' in text
    assert case not in text
    assert "sample." not in text


def test_the_process_says_that_it_is_alive_and_ready(doors: Doors) -> None:
    assert [doors.http.get(path).status_code for path in ("/livez", "/readyz", "/startupz")] == [200, 200, 200]


def test_what_breaks_is_answered_with_a_number_and_nothing_else(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(type(doors.kit.store.reads), "now", broken)

    answer = doors.get("/api/cases")

    assert answer.status_code == 500
    assert answer.json()["number"]
    assert "secret detail" not in answer.text


def test_the_description_names_every_call_and_an_unknown_one_is_a_problem(doors: Doors) -> None:
    paths = doors.http.get("/openapi.json").json()["paths"]
    unknown = doors.get("/api/nothing")

    assert {"/api/events", "/api/cases/{case}/explain", "/api/work-items/{item}/{verb}"} <= set(paths)
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")


def test_the_manual_names_every_call_and_loads_nothing(doors: Doors) -> None:
    answer = doors.http.get("/docs")

    assert "POST /api/events" in answer.text
    assert "/api/cases/{case}/explain" in answer.text
    assert "src=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_several_items_are_decided_at_once_each_with_its_own_outcome(doors: Doors, case: str) -> None:
    other = cloud_event() | {"id": "e-2", "data": cloud_event()["data"] | {"application": "app-2"}}
    doors.post(json.dumps(other).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)
    items = [one["id"] for one in doors.get("/api/work-items", key=CLERK).json()["items"]]
    acts = [{"item": one, "verb": "agree"} for one in items] + [
        {"item": items[0], "verb": "reject", "reason": "minor"},
        {"item": "nothing", "verb": "agree"},
    ]

    answer = act(doors, "/api/work-items/act", acts=acts)

    assert [one["status"] for one in answer.json()["results"]] == [200, 200, 409, 404]
    assert answer.json()["results"][2]["by"] == CLERK.removeprefix("user:")
    lists = {doors.kit.history(one["case"])[-1].body["delta"]["batch"] for one in answer.json()["results"][:2]}
    assert len(lists) == 1


def test_a_list_of_one_is_no_list(doors: Doors, case: str) -> None:
    [item] = [one["id"] for one in doors.get("/api/work-items", key=CLERK).json()["items"]]

    [result] = act(doors, "/api/work-items/act", acts=[{"item": item, "verb": "agree"}]).json()["results"]

    assert result["status"] == 200
    assert "batch" not in doors.kit.history(result["case"])[-1].body["delta"]


def test_a_list_of_acts_names_nothing_unknown_and_is_not_empty(doors: Doors, case: str) -> None:
    assert act(doors, "/api/work-items/act", acts=[]).status_code == 422
    assert act(doors, "/api/work-items/act", acts=[{"item": "x", "verb": "agree", "by": "sombody"}]).status_code == 422


HEAD_OF_OFFICE = "user:sample.office_head"


def test_the_head_of_the_office_suspends_a_case_and_lets_it_go_on(doors: Doors, case: str) -> None:
    item = item_of(doors)["id"]

    suspended = act(doors, f"/api/cases/{case}/suspend", HEAD_OF_OFFICE, "k-1", opinion="样例:等待上级答复")
    meanwhile = act(doors, f"/api/work-items/{item}/agree")
    resumed = act(doors, f"/api/cases/{case}/resume", HEAD_OF_OFFICE, "k-2")
    drain(doors.kit.engine)

    assert (suspended.status_code, meanwhile.status_code, resumed.status_code) == (200, 409, 200)
    assert meanwhile.json()["type"].endswith("suspended")
    assert act(doors, f"/api/work-items/{item}/agree", key="k-3").status_code == 200


def test_nobody_else_suspends_a_case(doors: Doors, case: str) -> None:
    assert act(doors, f"/api/cases/{case}/suspend", opinion="样例").status_code == 403
