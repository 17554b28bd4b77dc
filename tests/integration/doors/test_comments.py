"""评论 through the doors: put right, taken back, and then said on no path at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.doors.http.app import create_app
from adapters.web.pages import router
from tests.integration.doors.offices import Doors, behind_doors, cloud_event
from workflows import testkit
from workflows.language.words import approve, end, role, sequence, workflow
from workflows.moves.running import drain

CLERK, HEAD, STRANGER = "user:sample.centre_clerk_1", "user:sample.office_head", "user:sample.chalu_clerk"
FIRST, SECOND = "样例：初次说的话", "样例：更正后的话"
NOTE = b"%PDF-1.7 an invented note"
_numbers = count(1)


@pytest.fixture
def case(doors: Doors) -> str:
    """A case about a person; the centre's clerk is asked."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: str = doors.get("/api/work-items", key=CLERK).json()["items"][0]["case"]
    return found


def press(doors: Doors, case: str, verb: str, key: str = CLERK, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"k{next(_numbers)}"}
    return doors.http.post(f"/api/cases/{case}/{verb}", json=body, headers=headers)


def attach(doors: Doors, case: str, name: str, key: str = CLERK) -> str:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"f{next(_numbers)}"}
    sent = doors.http.post(f"/api/cases/{case}/attachments", files={"file": (name, NOTE)}, headers=headers)
    assert sent.status_code == 201, sent.text
    found: str = sent.json()["id"]
    return found


def say(doors: Doors, case: str, **more: Any) -> int:
    found: int = press(doors, case, "comment", opinion=FIRST, **more).json()["seq"]
    return found


def entries(doors: Doors, case: str, key: str = HEAD) -> dict[int, dict[str, Any]]:
    return {one["seq"]: one for one in doors.get(f"/api/cases/{case}/history", key=key).json()["history"]}


def offered(doors: Doors, case: str, key: str) -> dict[str, dict[str, Any]]:
    found = doors.get(f"/api/cases/{case}/explain", key=key).json()["operations"]
    return {one["verb"]: one for one in found}


def test_a_comment_is_put_right_and_the_history_keeps_both(doors: Doors, case: str) -> None:
    seq = say(doors, case)

    answer = press(doors, case, "correct", comment=seq, opinion=SECOND)

    assert answer.status_code == 200
    found = entries(doors, case)
    assert [one["what"] for one in found.values()][-2:] == ["act:comment", "act:correct"]
    assert found[answer.json()["seq"]]["delta"]["comment"] == seq
    assert found[answer.json()["seq"]]["titles"]["what"] == "更正评论"


def test_who_may_do_what_to_a_comment_is_offered_with_the_comments_it_may_be_done_to(doors: Doors, case: str) -> None:
    mine, other = say(doors, case), press(doors, case, "comment", HEAD, opinion="样例").json()["seq"]

    by_clerk, by_head = offered(doors, case, CLERK), offered(doors, case, HEAD)

    def choices(of: dict[str, Any], verb: str) -> list[int]:
        return [one["const"] for one in of[verb]["schema"]["properties"]["comment"]["oneOf"]]

    assert choices(by_clerk, "correct") == choices(by_clerk, "retract") == [mine]
    assert choices(by_head, "correct") == [other]
    assert choices(by_head, "retract") == [other, mine]
    assert by_clerk["correct"]["schema"]["required"] == ["comment", "opinion"]


@pytest.mark.parametrize(
    ("verb", "body", "key", "status", "pointer"),
    [
        ("correct", {}, CLERK, 422, "/comment"),
        ("correct", {"comment": "2"}, CLERK, 422, "/comment"),
        ("correct", {"comment": True}, CLERK, 422, "/comment"),
        ("correct", {"comment": 99}, CLERK, 422, "/comment"),
        ("correct", {"comment": 1}, CLERK, 422, "/comment"),
        ("retract", {"comment": -1}, CLERK, 422, "/comment"),
        ("correct", {"comment": 2, "visible": "officers"}, CLERK, 422, "/visible"),
        ("correct", {"comment": 2, "mentions": ["sample.chalu_clerk"]}, CLERK, 422, "/mentions"),
        ("correct", {"comment": 2, "opinion": ""}, CLERK, 422, "/opinion"),
        ("correct", {"comment": 2}, HEAD, 403, None),
        ("retract", {"comment": 2, "opinion": ""}, HEAD, 422, "/opinion"),
        ("retract", {"comment": 2}, STRANGER, 404, None),
    ],
)
def test_what_cannot_be_is_refused_and_named(
    doors: Doors, case: str, verb: str, body: dict[str, Any], key: str, status: int, pointer: str | None
) -> None:
    assert say(doors, case) == 2
    before = entries(doors, case)

    answer = press(doors, case, verb, key, **({"opinion": "样例"} | body))

    assert answer.status_code == status, answer.text
    assert pointer is None or answer.json()["errors"][0]["pointer"] == pointer
    assert entries(doors, case) == before


def test_who_comes_later_is_told_who_took_it_back_and_when(doors: Doors, case: str) -> None:
    seq = say(doors, case)
    done = press(doors, case, "retract", comment=seq)

    late = press(doors, case, "retract", HEAD, comment=seq, opinion="样例")

    assert (done.status_code, late.status_code) == (200, 409)
    assert late.json()["type"].endswith("retracted")
    assert (late.json()["by"], late.json()["who"]) == ("sample.centre_clerk_1", "服务中心经办员")
    assert late.json()["at"] == entries(doors, case)[done.json()["seq"]]["at"]


def test_the_author_is_told_when_the_office_takes_a_comment_back(doors: Doors, case: str) -> None:
    press(doors, case, "retract", HEAD, comment=say(doors, case), opinion="样例：误发")
    doors.kit.drain()

    told = [one.body["template"] for one in doors.kit.notices("sample.centre_clerk_1")]

    assert told.count("comment_retracted") == 1


def test_files_of_a_correction_take_the_place_of_those_before_which_can_still_be_read(doors: Doors, case: str) -> None:
    first = attach(doors, case, "初稿样例.pdf")
    seq = say(doors, case, attachments=[first])
    second = attach(doors, case, "改稿样例.pdf")
    press(doors, case, "correct", comment=seq, opinion=SECOND, attachments=[second])
    press(doors, case, "correct", comment=seq, opinion=SECOND)

    doors.keys.sessions["s"] = "sample.centre_clerk_1"
    page = TestClient(create_app(doors.office, router), raise_server_exceptions=False, cookies={"liaison": "s"})
    lines = re.findall(r"<li>(.*?样例.pdf.*?)</li>", unescape(page.get(f"/cases/{case}").text))

    assert [("初稿" in one, "更正评论时已更换" in one) for one in lines] == [(True, True), (False, False)]
    for one in (first, second):
        assert doors.get(f"/api/cases/{case}/attachments/{one}", key=CLERK).content == NOTE


# -- on no path --------------------------------------------------------------------------------------------


def plain() -> Doors:
    """An office with a case about nobody: what is said of it stands in the history in plain words."""
    steps = sequence(approve("judge", by=role("judge"), on_reject=end("no", "rejected")), end("yes", "approved"))
    definition = workflow("plain", starts_on="trial.plain.v1", about="trial", steps=steps)
    kit = testkit.Office([definition], testkit.staff(jin="judge", lin="clerk", head="office_head", audi="auditor"))
    kit.send(kit.event("trial.plain.v1", key="t1"))
    return behind_doors(kit)


def readable(doors: Doors, user: str, case: str, item: str, files: list[str]) -> dict[str, str]:
    """Every path of the API and of the pages that has to do with the case, and what it says to a user."""
    doors.keys.sessions["s"] = user
    client = TestClient(create_app(doors.office, router), raise_server_exceptions=False)
    names = {"case": [case], "item": [item], "attachment": files}
    found: dict[str, str] = {}
    for path in _paths(client.app, names):
        asked = path.startswith("/api")
        client.cookies.clear() if asked else client.cookies.set("liaison", "s")
        answer = client.get(path, headers={"Authorization": f"Bearer user:{user}"} if asked else {})
        found[path] = unescape(answer.text)
    csrf = {"csrf": doors.office.identity.csrf("s")}
    found["personal"] = unescape(client.post(f"/items/{item}/personal", data=csrf).text)
    for path in (f"/cases/{case}?view=json", f"/cases/{case}?part=live", f"/items/{item}?part=live"):
        found[path] = unescape(client.get(path).text)
    return found


def _routes(router: Any) -> Iterator[Any]:
    """Every route, also of what a router has taken in."""
    for one in router.routes:
        inner = getattr(one, "original_router", None)
        yield from (one,) if inner is None else _routes(inner)


def _paths(app: Any, names: dict[str, list[str]]) -> list[str]:
    wanted = [one.path for one in _routes(app) if "GET" in (getattr(one, "methods", None) or ())]
    filled = []
    for path in wanted:
        asked = re.findall(r"{(\w+)}", path)
        if set(asked) <= names.keys():
            others = {name: names[name][0] for name in asked if name != "attachment"}
            each = names["attachment"] if "attachment" in asked else [""]
            filled += [path.format(**others, attachment=one) for one in each]
    return filled


@pytest.mark.parametrize("about", ["a person", "nobody"])
def test_what_was_taken_back_is_said_on_no_path(doors: Doors, about: str) -> None:
    here = doors if about == "a person" else plain()
    user = "sample.centre_clerk_1" if about == "a person" else "jin"
    if about == "a person":
        headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
        here.http.post("/api/events", json=cloud_event(), headers=headers)
        here.kit.drain()
    [view] = here.kit.inbox(user)
    case, item, key = view.case.id, view.item.id, f"user:{user}"
    file = attach(here, case, "初稿样例.pdf", key)
    seq = press(here, case, "comment", key, opinion=FIRST, attachments=[file]).json()["seq"]
    press(here, case, "correct", key, comment=seq, opinion=SECOND)
    before = readable(here, user, case, item, [file])

    assert press(here, case, "retract", key, comment=seq).status_code == 200
    after = readable(here, user, case, item, [file])

    for words in (FIRST, SECOND, "初稿样例.pdf"):
        assert [path for path, said in before.items() if words in said], "nothing was looked at"
        assert [path for path, said in after.items() if words in said] == []
    assert NOTE.decode() in before[f"/cases/{case}/attachments/{file}"]
    assert not [path for path, said in after.items() if NOTE.decode() in said]
    assert "撤回" in after[f"/cases/{case}"]
    assert here.kit.store.reads.verify().where is None
    if here is not doors:
        here.office.committer.stop()
