"""附件 through the HTTP door: sent, linked by an act, listed, read byte for byte; whoever may not is told so."""

from hashlib import sha256
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, cloud_event
from workflows.memory import rows
from workflows.memory.blobs import MemoryBlobs
from workflows.moves.running import drain

CLERK, HEAD, STRANGER = "user:sample.centre_clerk_1", "user:sample.office_head", "user:sample.xidian_clerk"
NEXT = "user:sample.chalu_clerk"
"""Who is asked after the centre's clerk."""
PDF = b"%PDF-1.7 \xe6\xa0\xb7\xe4\xbe\x8b"
NAME = "情况说明 (样例).pdf"


@pytest.fixture
def item(doors: Doors) -> dict[str, Any]:
    """What the centre's clerk is asked first."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: dict[str, Any] = doors.get("/api/work-items", key=CLERK).json()["items"][0]
    return found


def send(doors: Doors, case: str, by: str = CLERK, name: str = NAME, content: bytes = PDF, key: str = "k") -> Any:
    headers = {"Authorization": f"Bearer {by}", "Idempotency-Key": key}
    return doors.http.post(f"/api/cases/{case}/attachments", files={"file": (name, content)}, headers=headers)


def sent(doors: Doors, case: str, **more: Any) -> str:
    answer = send(doors, case, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def press(doors: Doors, path: str, by: str = CLERK, key: str = "", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {by}", "Idempotency-Key": key or f"{path}-{sorted(body)}"}
    answer = doors.http.post(path, json=body, headers=headers)
    drain(doors.kit.engine)
    return answer


def on(item: dict[str, Any], verb: str) -> str:
    return f"/api/work-items/{item['id']}/{verb}"


def files(doors: Doors, item: dict[str, Any], by: str = CLERK) -> Any:
    return doors.get(f"/api/cases/{item['case']}/attachments", key=by)


def read(doors: Doors, item: dict[str, Any], one: str, by: str = CLERK) -> Any:
    return doors.get(f"/api/cases/{item['case']}/attachments/{one}", key=by)


def linked(doors: Doors, item: dict[str, Any]) -> str:
    """A file that went with the clerk's answer."""
    one = sent(doors, item["case"])
    assert press(doors, on(item, "agree"), attachments=[one]).status_code == 200
    return one


def test_a_file_goes_with_an_answer_and_is_read_byte_for_byte(doors: Doors, item: dict[str, Any]) -> None:
    answer = send(doors, item["case"])
    one = answer.json()["id"]

    assert answer.status_code == 201
    assert answer.json()["sha256"] == sha256(PDF).hexdigest()
    assert press(doors, on(item, "agree"), opinion="样例", attachments=[one]).status_code == 200

    (listed,) = files(doors, item).json()["attachments"]
    found = read(doors, item, one)
    assert (listed["id"], listed["name"], listed["size"], listed["by"]) == (
        one,
        NAME,
        len(PDF),
        "sample.centre_clerk_1",
    )
    assert (listed["item"], listed["state"], listed["media_type"]) == (item["id"], "linked", "application/pdf")
    assert found.content == PDF
    assert sha256(found.content).hexdigest() == listed["sha256"]


def test_a_file_is_given_out_to_be_saved_and_never_to_be_shown(doors: Doors, item: dict[str, Any]) -> None:
    headers = read(doors, item, linked(doors, item)).headers

    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E6%83%85%E5%86%B5%E8%AF%B4%E6%98%8E%20%28%E6%A0%B7%E4%BE%8B%29.pdf"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "no-store"


def test_the_same_request_again_is_the_same_attachment(doors: Doors, item: dict[str, Any]) -> None:
    first = sent(doors, item["case"])

    assert sent(doors, item["case"]) == first
    assert send(doors, item["case"], content=PDF + b"x").status_code == 422


def test_reading_is_on_record(doors: Doors, item: dict[str, Any]) -> None:
    one = linked(doors, item)
    units: Any = doors.kit.store.units
    before = units.read(lambda unit: len(unit.tx.all(rows.READINGS)))

    read(doors, item, one)

    readings = units.read(lambda unit: [row for _, row in unit.tx.all(rows.READINGS)])
    assert len(readings) == before + 1
    assert (readings[-1].user, readings[-1].purpose) == ("sample.centre_clerk_1", "下载附件")


def test_whoever_sees_the_case_and_is_not_asked_is_told_of_the_file_only(doors: Doors, item: dict[str, Any]) -> None:
    one = linked(doors, item)
    press(doors, f"/api/cases/{item['case']}/copy", users=["sample.xidian_clerk"])

    (listed,) = files(doors, item, STRANGER).json()["attachments"]

    assert (listed["id"], listed["name"], listed["sha256"]) == (one, None, None)
    assert read(doors, item, one, STRANGER).status_code == 403


def test_another_department_is_told_of_nothing(doors: Doors, item: dict[str, Any]) -> None:
    one = linked(doors, item)

    assert files(doors, item, STRANGER).status_code == 404
    assert read(doors, item, one, STRANGER).status_code == 404
    assert send(doors, item["case"], STRANGER).status_code == 404


def test_a_file_of_one_case_is_not_found_beside_another(doors: Doors, item: dict[str, Any]) -> None:
    one = linked(doors, item)
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    other = doors.http.post("/api/events", json=cloud_event("e2"), headers=headers)
    drain(doors.kit.engine)
    cases = {row["id"] for row in doors.get("/api/cases").json()["cases"]} - {item["case"]}

    assert other.status_code == 202
    assert [doors.get(f"/api/cases/{case}/attachments/{one}").status_code for case in cases] == [404] * len(cases)


def test_a_withdrawn_file_is_gone_for_others(doors: Doors, item: dict[str, Any]) -> None:
    one = linked(doors, item)
    before = read(doors, item, one, NEXT)

    answer = press(doors, f"/api/cases/{item['case']}/detach", attachment=one, opinion="传错了")

    assert before.content == PDF
    assert answer.status_code == 200
    assert read(doors, item, one, NEXT).status_code == 410
    assert read(doors, item, one).content == PDF
    assert files(doors, item).json()["attachments"][0]["state"] == "withdrawn"


def test_after_erasing_the_person_the_file_is_gone(doors: Doors, item: dict[str, Any]) -> None:
    one = linked(doors, item)
    units = doors.kit.store.units
    person = units.read(lambda unit: unit.attachments.find([one])[one].person)

    units.run(lambda unit: unit.erase([person]))

    assert read(doors, item, one).status_code == 410
    assert files(doors, item).json()["attachments"][0]["name"] is None


def test_a_store_that_is_away_is_told_and_acts_go_on(doors: Doors, item: dict[str, Any]) -> None:
    one = sent(doors, item["case"])
    blobs = doors.kit.engine.files.blobs
    assert isinstance(blobs, MemoryBlobs)
    blobs.away = True

    refused = send(doors, item["case"], key="k2")

    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (503, "blobs-away")
    assert press(doors, on(item, "agree"), attachments=[one]).status_code == 200
    assert read(doors, item, one).status_code == 503


def test_several_items_answered_at_once_take_files_each_of_its_own(doors: Doors, item: dict[str, Any]) -> None:
    one = sent(doors, item["case"])
    acts = [{"item": item["id"], "verb": "agree", "attachments": [one]}]

    answer = press(doors, "/api/work-items/act", acts=acts)

    assert answer.json()["done"] == 1
    assert [row["id"] for row in files(doors, item).json()["attachments"]] == [one]


def test_what_is_saved_for_later_takes_no_file(doors: Doors, item: dict[str, Any]) -> None:
    one = sent(doors, item["case"])

    answer = press(doors, on(item, "save"), attachments=[one])

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/attachments")


def test_a_preview_names_the_file_and_links_nothing(doors: Doors, item: dict[str, Any]) -> None:
    one = sent(doors, item["case"])

    answer = press(doors, f"{on(item, 'agree')}?preview=true", attachments=[one])

    assert answer.json()["attachments"] == [one]
    assert files(doors, item).json()["attachments"] == []


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("../../secret.key.pdf", PDF, 422, "bad-name"),
        ("run.exe", b"MZ", 415, "unknown-type"),
        ("drawing.svg", b"<svg><script>alert(1)</script></svg>", 415, "unknown-type"),
        ("page.html", b"<script>alert(1)</script>", 415, "unknown-type"),
        ("page.txt", b"<script>alert(1)</script>", 415, "wrong-content"),
        ("note.pdf", b"\x89PNG", 415, "wrong-content"),
        ("note.pdf", b"", 422, "empty"),
        ("note.pdf", b"%PDF-" + bytes(20 * 1024 * 1024), 413, "too-large"),
        ("note.pdf", b"%PDF-" + bytes(21 * 1024 * 1024), 413, "too-large"),
    ],
)
def test_what_is_not_taken_is_told_with_its_reason_and_leaves_nothing(
    doors: Doors, item: dict[str, Any], name: str, content: bytes, status: int, code: str
) -> None:
    answer = send(doors, item["case"], name=name, content=content)

    blobs = doors.kit.engine.files.blobs
    assert isinstance(blobs, MemoryBlobs)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert blobs.kept == {}


def test_what_is_no_form_with_a_file_is_refused(doors: Doors, item: dict[str, Any]) -> None:
    path = f"/api/cases/{item['case']}/attachments"
    headers = {"Authorization": f"Bearer {CLERK}", "Idempotency-Key": "k"}
    wrong = [
        doors.http.post(path, json={"file": "x"}, headers=headers),
        doors.http.post(path, data={"file": "x"}, headers=headers),
        doors.http.post(path, files={"other": ("a.pdf", PDF)}, headers=headers),
        doors.http.post(path, files=[("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))], headers=headers),
        doors.http.post(path, content=b"--x\r\nbroken", headers=headers | {"Content-Type": "multipart/form-data"}),
        doors.http.post(
            path, content=b"--x\r\nbroken", headers=headers | {"Content-Type": "multipart/form-data; boundary=x"}
        ),
    ]

    assert [one.status_code for one in wrong] == [422] * 6
    assert doors.http.post(path, files={"file": ("a.pdf", PDF)}).status_code == 401
    keyless = {"Authorization": f"Bearer {CLERK}"}
    assert doors.http.post(path, files={"file": ("a.pdf", PDF)}, headers=keyless).status_code == 400
    department = {"Authorization": "Bearer service_centre", "Idempotency-Key": "k"}
    assert doors.http.post(path, files={"file": ("a.pdf", PDF)}, headers=department).status_code == 403


@pytest.mark.parametrize("attachments", ["x", [7], ["x" * 101], ["x"] * 11, {}])
def test_what_is_no_list_of_ids_is_refused(doors: Doors, item: dict[str, Any], attachments: Any) -> None:
    assert press(doors, on(item, "agree"), attachments=attachments).status_code == 422


def test_an_unknown_file_is_refused_by_its_field(doors: Doors, item: dict[str, Any]) -> None:
    answer = press(doors, on(item, "agree"), attachments=["0" * 26])

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/attachments")


def test_the_description_of_the_api_tells_how_a_file_is_sent(doors: Doors) -> None:
    paths = doors.http.get("/openapi.json", headers={"Authorization": f"Bearer {HEAD}"}).json()["paths"]

    assert "multipart/form-data" in paths["/api/cases/{case}/attachments"]["post"]["requestBody"]["content"]
    assert "get" in paths["/api/cases/{case}/attachments/{attachment}"]
