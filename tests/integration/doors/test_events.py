"""POST /api/events in its three modes, and everything that it refuses."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from adapters.doors.committing import TooManyWaiting
from tests.integration.doors.offices import Doors, cloud_event
from workflows.language.words import approve, end, nobody, role, sequence, workflow
from workflows.moves.accepting import Submission
from workflows.ports import StoreUnavailable

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PROBLEM = "application/problem+json"


def structured(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def test_a_structured_event_is_committed_before_it_is_answered(doors: Doors) -> None:
    answer = doors.post(structured(cloud_event()), STRUCTURED)

    assert answer.status_code == 202
    (result,) = answer.json()["results"]
    assert (result["source"], result["id"], result["status"]) == ("urn:test:centre", "e1", "accepted")
    found = doors.get("/api/events", params={"source": "urn:test:centre", "id": "e1"}, key="service_centre").json()
    assert found["cases"] == result["cases"]
    assert found["type"] == "liaison.member.applied.v1"


def test_a_batch_is_answered_in_its_order(doors: Doors) -> None:
    ids = ["e3", "e1", "e2"]

    answer = doors.post(json.dumps([cloud_event(one) for one in ids]).encode(), BATCH)

    assert [result["id"] for result in answer.json()["results"]] == ids


def test_what_the_library_writes_in_each_mode_is_one_and_the_same_event(doors: Doors) -> None:
    raw = cloud_event(name="样例·甲")
    attributes = {name: value for name, value in raw.items() if name != "data"}
    made = CloudEvent(attributes | {"subject": '样例 甲"%'}, raw["data"])
    in_headers, in_body = to_binary_event(made), to_structured_event(made)

    first = doors.post(in_body.body, in_body.headers["content-type"])
    second = doors.post(in_headers.body, "application/json", headers=in_headers.headers)
    third = doors.post(b"[" + in_body.body + b"]", BATCH)

    assert [one.json()["results"][0]["status"] for one in (first, second, third)] == [
        "accepted",
        "duplicate",
        "duplicate",
    ]


def test_attributes_in_headers_are_percent_encoded_chinese(doors: Doors) -> None:
    event = cloud_event()
    headers = {
        "ce-specversion": "1.0",
        "ce-id": quote("样例-一"),
        "ce-source": quote("urn:样例", safe=":"),
        "ce-type": event["type"],
    }

    answer = doors.post(json.dumps(event["data"]).encode(), "application/json", headers=headers)

    assert answer.json()["results"][0] | {"cases": []} == {
        "source": "urn:样例",
        "id": "样例-一",
        "status": "accepted",
        "cases": [],
    }


def test_a_repetition_is_a_duplicate_whatever_its_trace_and_the_order_of_its_fields(doors: Doors) -> None:
    event = cloud_event()
    again = dict(reversed(event.items())) | {"traceparent": "00-1-2-01", "datacontenttype": "application/json"}

    doors.post(structured(event), STRUCTURED)
    answer = doors.post(structured(again), STRUCTURED)

    assert answer.json()["results"][0]["status"] == "duplicate"


def test_an_event_without_a_time_is_the_same_event_later(doors: Doors) -> None:
    event = structured(cloud_event())

    statuses = [doors.post(event, STRUCTURED).json()["results"][0]["status"] for _ in range(2)]

    assert statuses == ["accepted", "duplicate"]


def test_times_that_mean_the_same_instant_are_equal(doors: Doors) -> None:
    doors.post(structured(cloud_event() | {"time": "2026-03-02T09:00:00+08:00"}), STRUCTURED)

    answer = doors.post(structured(cloud_event() | {"time": "2026-03-02T01:00:00Z"}), STRUCTURED)

    assert answer.json()["results"][0]["status"] == "duplicate"


def test_the_same_id_with_other_data_is_a_conflict(doors: Doors) -> None:
    doors.post(structured(cloud_event()), STRUCTURED)

    answer = doors.post(structured(cloud_event(town="330226111")), STRUCTURED)

    assert answer.status_code == 409
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["type"] == "urn:liaison:problem:conflict"


def test_a_batch_with_a_conflict_stores_nothing(doors: Doors) -> None:
    doors.post(structured(cloud_event("e1")), STRUCTURED)
    batch = [cloud_event("e0"), cloud_event("e1", town="330226111")]

    answer = doors.post(json.dumps(batch).encode(), BATCH)

    assert answer.status_code == 409
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/1/id"]
    assert doors.get("/api/events", params={"source": "urn:test:centre", "id": "e0"}).status_code == 404


BAD = [
    (b"{", STRUCTURED, 400, "malformed", ""),
    (b"[]", STRUCTURED, 400, "malformed", ""),
    (b'{"specversion":"1.0"}', STRUCTURED, 400, "malformed", "/id"),
    (b"\xff", STRUCTURED, 400, "malformed", ""),
    (b"[" * 300, STRUCTURED, 400, "malformed", ""),
    (structured(cloud_event() | {"specversion": "0.3"}), STRUCTURED, 400, "malformed", "/specversion"),
    (structured(cloud_event() | {"time": "2026-03-02T09:00:00"}), STRUCTURED, 400, "malformed", "/time"),
    (structured(cloud_event() | {"id": "a\u0000b"}), STRUCTURED, 400, "malformed", "/id"),
    (structured(cloud_event() | {"Upper": "x"}), STRUCTURED, 400, "malformed", "/Upper"),
    (structured(cloud_event() | {"data_base64": "e30="}), STRUCTURED, 400, "malformed", "/data_base64"),
    (
        structured(cloud_event() | {"type": "liaison.member.vanished.v1"}),
        STRUCTURED,
        422,
        "unknown-event-type",
        "/type",
    ),
    (structured(cloud_event() | {"type": "member.applied.v1"}), STRUCTURED, 422, "unknown-event-type", "/type"),
    (structured(cloud_event(town="x")), STRUCTURED, 422, "bad-data", "/data/town"),
    (structured(cloud_event(consented="yes")), STRUCTURED, 422, "bad-data", "/data/consented"),
    (structured(cloud_event(religion="x")), STRUCTURED, 422, "bad-data", "/data/religion"),
    (structured(cloud_event() | {"data": []}), STRUCTURED, 422, "bad-data", "/data"),
    (b"[]", BATCH, 400, "malformed", None),
    (b"{}", BATCH, 400, "malformed", ""),
    (structured(cloud_event()), "text/plain", 415, "unsupported-content", None),
    (structured(cloud_event()), "application/json", 415, "unsupported-content", None),
    (b" " * (1024 * 1024 + 1), STRUCTURED, 413, "too-large", None),
]


@pytest.mark.parametrize(("content", "media", "status", "code", "pointer"), BAD)
def test_bad_input_is_refused_with_its_place(
    doors: Doors, content: bytes, media: str, status: int, code: str, pointer: str | None
) -> None:
    answer = doors.post(content, media)

    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["type"] == f"urn:liaison:problem:{code}"
    assert (answer.json().get("errors") or [{"pointer": None}])[0]["pointer"] == pointer
    assert answer.json()["detail"]


def test_a_batch_with_one_bad_row_stores_nothing_and_names_the_row(doors: Doors) -> None:
    batch = [cloud_event("e0"), cloud_event("e1", town="x"), cloud_event("e2")]

    answer = doors.post(json.dumps(batch).encode(), BATCH)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/1/data/town"]
    assert doors.get("/api/events", params={"source": "urn:test:centre", "id": "e0"}).status_code == 404


def test_a_partial_batch_stores_what_is_sound(doors: Doors) -> None:
    doors.post(structured(cloud_event("e4")), STRUCTURED)
    batch = [
        cloud_event("e0"),
        cloud_event("e1", town="x"),
        "nothing",
        cloud_event("e4"),
        cloud_event("e4", town="330226111"),
    ]

    answer = doors.post(json.dumps(batch).encode(), BATCH, params={"partial": "true"})

    results = answer.json()["results"]
    assert answer.status_code == 202
    assert [one["status"] for one in results] == ["accepted", "rejected", "rejected", "duplicate", "conflict"]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/data/town"


def test_a_partial_batch_with_nothing_sound_is_refused(doors: Doors) -> None:
    answer = doors.post(json.dumps([cloud_event(town="x")]).encode(), BATCH, params={"partial": "true"})

    assert answer.status_code == 422
    assert answer.json()["results"][0]["status"] == "rejected"


def test_a_preview_stores_nothing(doors: Doors) -> None:
    answer = doors.post(structured(cloud_event()), STRUCTURED, params={"preview": "true"})

    assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "accepted")
    assert doors.get("/api/events", params={"source": "urn:test:centre", "id": "e1"}).status_code == 404


def test_a_department_may_send_only_its_types(doors: Doors) -> None:
    answer = doors.post(structured(cloud_event()), STRUCTURED, key="finance")

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:liaison:problem:not-permitted"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic eDp5"}])
def test_without_a_valid_key_nothing_is_taken(doors: Doors, header: dict[str, str]) -> None:
    content = structured(cloud_event())

    answer = doors.http.post("/api/events", content=content, headers={"Content-Type": STRUCTURED} | header)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_refused_at_once(doors: Doors) -> None:
    doors.post(structured(cloud_event("e1")), STRUCTURED)
    doors.keys.revoked.add("service_centre")

    answer = doors.post(structured(cloud_event("e2")), STRUCTURED)

    assert answer.status_code == 401


def test_envelope_and_reason_of_a_refused_event_are_kept_and_never_its_data(doors: Doors) -> None:
    doors.post(structured(cloud_event(name="样例·不得留下", religion="x")), STRUCTURED)

    (kept,) = doors.noted.refused
    assert (kept.department, kept.id, kept.code) == ("service_centre", "e1", "bad-data")
    assert "不得留下" not in repr(kept)


def test_another_department_does_not_see_the_event(doors: Doors) -> None:
    doors.post(structured(cloud_event()), STRUCTURED)

    answer = doors.get("/api/events", params={"source": "urn:test:centre", "id": "e1"}, key="330226105")

    assert answer.status_code == 404


def test_every_example_is_accepted_as_it_stands(doors: Doors) -> None:
    types = doors.get("/api/event-types", key="service_centre").json()["event_types"]

    answers = [doors.post(structured(one["example"]), STRUCTURED, key=one["departments"][-1]) for one in types]

    assert types
    assert {answer.status_code for answer in answers} == {202}


def test_refusals_are_said_in_the_language_that_is_asked_for(doors: Doors) -> None:
    answer = doors.post(structured(cloud_event(town="x")), STRUCTURED, headers={"Accept-Language": "en"})

    assert answer.json()["detail"].isascii()


def test_a_sender_that_floods_is_told_when_to_come_back(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(sender: str, submission: Submission) -> None:
        raise TooManyWaiting(retry_after=3)

    monkeypatch.setattr(doors.office.committer, "put", full)

    answer = doors.post(structured(cloud_event()), STRUCTURED)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.json()["type"] == "urn:liaison:problem:too-many"


def test_a_store_that_is_away_is_unavailable_and_not_an_error(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(submissions: Sequence[Submission]) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(doors.office.committer, "_accept", away)

    answer = doors.post(structured(cloud_event()), STRUCTURED)

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:liaison:problem:unavailable")
    assert answer.headers["retry-after"]


def test_a_batch_over_sixteen_mebibytes_is_refused_and_one_below_is_read(doors: Doors) -> None:
    over = doors.post(b"[" + b" " * (16 * 1024 * 1024), BATCH)
    below = doors.post(b"[" + json.dumps(cloud_event()).encode() + b" " * (3 * 1024 * 1024) + b"]", BATCH)

    assert (over.status_code, over.json()["type"]) == (413, "urn:liaison:problem:too-large")
    assert below.status_code == 202


def test_a_body_that_hides_its_length_is_cut_off_at_the_limit(doors: Doors) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 64 * 1024

    answer = doors.post(pieces(), STRUCTURED)  # type: ignore[arg-type]  # the client sends what it iterates in chunks

    assert answer.status_code == 413


def test_a_case_that_would_surely_find_nobody_is_refused_with_the_step_named(doors: Doors) -> None:
    blocking = approve("signed", by=role("nobody_has_it"), nobody=nobody("block"), on_reject=end("refused", "rejected"))
    doors.kit.library.adopt(
        workflow("blocking", starts_on="member.applied.v1", about="member", steps=sequence(blocking, end("done")))
    )

    answer = doors.post(structured(cloud_event()), STRUCTURED)

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:liaison:problem:nobody-found")
    assert "“signed”" in answer.json()["detail"]
    assert doors.stored() == 0


def test_an_officer_who_submits_with_a_key_of_their_own_is_the_initiator(doors: Doors) -> None:
    answer = doors.post(structured(cloud_event()), STRUCTURED, key="submitter:sample.centre_clerk_1")

    (case,) = answer.json()["results"][0]["cases"]
    doors.kit.drain()
    assert doors.kit.case(case).head.fields["initiator"] == "sample.centre_clerk_1"


SHEET = """类型,member.applied.v1
申请编号,所在乡镇(街道)代码,来源渠道,已阅知并同意,告知书版本,姓名,所属类别,已满十八周岁
sheet-1,330226105,self,是,2026-01,样例·甲,2,是
sheet-2,330226105,self,也许,2026-01,样例·乙,2,是
"""


def test_a_sheet_is_taken_row_by_row_where_it_is_said_so(doors: Doors) -> None:
    answer = doors.post(SHEET.encode(), "text/csv", params={"partial": "true"})

    taken, refused = answer.json()["results"]
    assert (answer.status_code, taken["status"], refused["status"]) == (202, "accepted", "rejected")
    assert refused["problem"]["errors"][0]["pointer"] == "/upload/4/已阅知并同意"


def test_without_that_a_sheet_is_all_or_nothing(doors: Doors) -> None:
    answer = doors.post(SHEET.encode(), "text/csv")

    assert answer.status_code == 422
    assert doors.post(SHEET.encode(), "text/csv", params={"partial": "true"}).json()["results"][0]["cases"]


def test_the_same_sheet_again_is_recognised(doors: Doors) -> None:
    doors.post(SHEET.encode(), "text/csv", params={"partial": "true"})

    again = doors.post(SHEET.encode(), "text/csv", params={"partial": "true"})

    assert again.json()["results"][0]["status"] == "duplicate"
