"""Who asks: sessions with their token, the local socket, keys and who issues them."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.doors.http.serving import AtTheMachine
from tests.integration.doors.offices import Doors, cloud_event
from workflows.moves.running import drain

HEAD = {"liaison": "session-of-head"}


@pytest.fixture
def machine(doors: Doors) -> TestClient:
    """A caller on the socket in the data folder."""
    return TestClient(AtTheMachine(doors.http.app))


def signed_in(doors: Doors, method: str, path: str, **more: Any) -> Any:
    doors.http.cookies.update(HEAD)
    return doors.http.request(method, path, **more)


def test_a_session_may_read(doors: Doors) -> None:
    assert signed_in(doors, "GET", "/api/cases").status_code == 200


def test_an_ended_session_is_refused_at_once(doors: Doors) -> None:
    doors.keys.end_session("session-of-head")

    assert signed_in(doors, "GET", "/api/cases").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "wrong"},
        {"X-CSRF-Token": "right", "Origin": "https://elsewhere.example"},
        {"X-CSRF-Token": "right", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_change_that_another_site_may_have_sent_is_refused(doors: Doors, headers: dict[str, str]) -> None:
    token = doors.office.identity.csrf("session-of-head")
    sent = {name: token if value == "right" else value for name, value in headers.items()}

    answer = signed_in(doors, "POST", "/api/work-items/any/agree", json={}, headers=sent | {"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:liaison:problem:forged")


def test_a_page_of_this_site_may_act(doors: Doors) -> None:
    headers = {
        "X-CSRF-Token": doors.office.identity.csrf("session-of-head"),
        "Origin": "http://testserver",
        "Sec-Fetch-Site": "same-origin",
        "Idempotency-Key": "k",
    }

    answer = signed_in(doors, "POST", "/api/work-items/any/agree", json={}, headers=headers)

    assert answer.status_code == 404


def test_a_wrong_key_is_not_passed_over_for_a_session(doors: Doors) -> None:
    answer = signed_in(doors, "GET", "/api/cases", headers={"Authorization": "Bearer nobody"})

    assert answer.status_code == 401


def test_the_machine_reads_everything_and_acts_for_nobody(doors: Doors, machine: TestClient) -> None:
    doors.post(json.dumps(cloud_event()).encode(), "application/cloudevents+json")
    drain(doors.kit.engine)

    listed = machine.get("/api/cases").json()["cases"]
    refused = machine.post("/api/work-items/any/agree", json={}, headers={"Idempotency-Key": "k"})

    assert len(listed) == 1
    assert refused.status_code == 403


def test_in_a_sample_database_the_machine_stands_in_for_anybody(machine: TestClient) -> None:
    clerk = machine.get("/api/work-items", headers={"Liaison-As": "sample.centre_clerk_1"})
    nobody = machine.get("/api/work-items", headers={"Liaison-As": "nobody"})

    assert (clerk.status_code, nobody.status_code) == (200, 403)


def test_over_the_network_nobody_stands_in_for_anybody(doors: Doors) -> None:
    answer = doors.http.get("/api/work-items", headers={"Liaison-As": "sample.centre_clerk_1"})

    assert answer.status_code == 401


def test_keys_are_issued_and_revoked_at_the_machine_only(doors: Doors, machine: TestClient) -> None:
    issued = machine.post("/api/keys", json={"name": "centre", "department": "service_centre"})
    refused = doors.http.post(
        "/api/keys", json={"name": "x", "department": "x"}, headers={"Authorization": "Bearer user:sample.office_head"}
    )

    assert issued.status_code == 201
    assert issued.json()["types"]
    assert machine.post("/api/keys/centre/revoke").status_code == 200
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "x"}, "/department"),
        ({"name": "x", "department": "a", "user": "b"}, "/department"),
        ({"name": "x", "department": "nowhere"}, "/department"),
        ({"name": "x", "user": "nobody"}, "/user"),
        ({"name": "x", "department": "finance", "types": ["liaison.no.such.v1"]}, "/types"),
        ({"name": "x", "department": "finance", "scopes": ["operate"]}, "/scopes/0"),
    ],
)
def test_a_wrong_key_is_refused_with_its_place(machine: TestClient, body: dict[str, Any], pointer: str) -> None:
    answer = machine.post("/api/keys", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_every_answer_carries_the_headers_that_browsers_obey(doors: Doors) -> None:
    headers = doors.http.get("/api/cases").headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
