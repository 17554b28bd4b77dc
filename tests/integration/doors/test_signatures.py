"""手写签名 through the doors: API, command line's bodies, pages without a script; what is told of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.doors.http.app import create_app
from adapters.web.pages import router
from tests.integration.doors.offices import Doors, behind_doors
from workflows import testkit
from workflows.language.words import Form, FormField, approve, carry_out, end, remind, role, sequence, workflow

PNG = b"\x89PNG\r\n\x1a\n invented"
TRIAL = workflow(
    "hall",
    starts_on="trial.reviewed.v1",
    about="base",
    steps=sequence(
        approve(
            "decision",
            by=role("judge"),
            within=3,
            overdue=(remind(0),),
            on_reject=end("refused", "rejected"),
            form="sum.v1",
            signature=True,
        ),
        carry_out("filing", by=role("clerk"), form="sum.v1"),
        end("done", "approved"),
    ),
    forms=(Form(name="sum.v1", fields=(FormField(name="subject", type="text"),)),),
)


@pytest.fixture
def doors() -> Iterator[Doors]:
    opened = behind_doors(
        testkit.Office(workflows=[TRIAL], roster=testkit.staff(jin="judge", yu="clerk", head="office_head"))
    )
    opened.kit.send(opened.kit.event("trial.reviewed.v1", key="k1", place="p"))
    yield opened
    opened.office.committer.stop()


def item(doors: Doors, who: str = "jin") -> Any:
    return doors.kit.inbox(who)[0].item


def press(doors: Doors, verb: str = "agree", key: str = "k", who: str = "jin", **body: Any) -> Any:
    one = item(doors, who)
    headers = {"Authorization": f"Bearer user:{who}", "Idempotency-Key": key}
    body.setdefault("form", {"subject": "样例"} if verb in {"agree", "complete"} else {})
    answer = doors.http.post(f"/api/work-items/{one.id}/{verb}", json=body, headers=headers)
    doors.kit.drain()
    return answer


def sent(doors: Doors, by: str = "jin", name: str = "签名.png", content: bytes = PNG) -> str:
    answer = doors.kit.attach(by, item(doors).case, name, content)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def history(doors: Doors, case: str) -> Any:
    return doors.get(f"/api/cases/{case}/history", key="user:head").json()["history"]


def test_an_answer_without_the_own_name_is_refused_with_the_field(doors: Doors) -> None:
    without, wrong = press(doors), press(doors, key="k2", signature="yu")

    assert [(one.status_code, one.json()["errors"][0]["pointer"]) for one in (without, wrong)] == [
        (422, "/signature"),
        (422, "/signature"),
    ]


def test_a_signed_answer_says_who_signed_when_and_whether_the_text_was_written_again(doors: Doors) -> None:
    case, one = item(doors).case, sent(doors)
    assert press(doors, signature="jin", signature_picture=one).status_code == 200

    told = history(doors, case)[-1]
    assert told["signature"] | {"at": None} == {
        "name": "jin",
        "at": None,
        "picture": one,
        "holds": True,
        "written_since": [],
    }
    assert told["titles"]["signature"].startswith("签名：jin，")
    assert told["titles"]["signature"].endswith("（签名后内容未改）")

    assert press(doors, "complete", "k3", who="yu", form={"subject": "样例改"}).status_code == 200
    assert history(doors, case)[-2]["signature"]["written_since"] == ["subject"]


def test_the_picture_is_linked_with_the_act_and_kept_like_any_file(doors: Doors) -> None:
    case, one = item(doors).case, sent(doors)
    press(doors, signature="jin", signature_picture=one)

    (listed,) = doors.get(f"/api/cases/{case}/attachments", key="user:jin").json()["attachments"]

    assert (listed["id"], listed["state"], listed["by"]) == (one, "linked", "jin")


@pytest.mark.parametrize("given", [("head", "签名.png", PNG), ("jin", "note.pdf", b"%PDF-1.7 invented")], ids=str)
def test_a_picture_of_somebody_else_or_no_picture_is_refused(doors: Doors, given: tuple[str, str, bytes]) -> None:
    answer = press(doors, signature="jin", signature_picture=sent(doors, *given))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/signature_picture")


def test_an_item_says_that_it_wants_a_signature(doors: Doors) -> None:
    view = doors.get(f"/api/work-items/{item(doors).id}", key="user:jin").json()
    schema = {one["verb"]: one["schema"] for one in view["operations"] if one["offered"]}

    assert {"signature", "form"} <= set(schema["agree"]["required"])
    assert "signature_picture" in schema["reject"]["properties"]
    assert "signature" not in schema["transfer"]["properties"]


def test_a_preview_asks_for_the_signature_and_uses_it_not_up(doors: Doors) -> None:
    path = f"/api/work-items/{item(doors).id}/agree?preview=true"
    headers = {"Authorization": "Bearer user:jin"}

    without = doors.http.post(path, json={"form": {"subject": "样例"}}, headers=headers)
    signed = doors.http.post(path, json={"form": {"subject": "样例"}, "signature": "jin"}, headers=headers)

    assert (without.status_code, signed.status_code) == (422, 200)
    assert item(doors).closed_at is None


def test_what_is_saved_for_later_is_not_signed(doors: Doors) -> None:
    answer = press(doors, "save", signature="jin")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/signature")


# -- on a page, without a script ---------------------------------------------------------------------------


def page(browser: TestClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


@pytest.fixture
def jin(doors: Doors) -> TestClient:
    """A browser of the judge."""
    doors.keys.sessions["s"] = "jin"
    client = TestClient(create_app(doors.office, router), raise_server_exceptions=False)
    client.cookies.set("liaison", "s")
    return client


def send_form(browser: TestClient, doors: Doors, **given: Any) -> Any:
    picture = given.pop("picture", None)
    shown = page(browser, f"/items/{item(doors).id}")
    hidden = dict(re.findall(r'name="(csrf)" value="([^"]+)"', shown))
    key = re.search(r'name="key" value="([^"]+)\.agree"', shown)
    assert key is not None
    files = {} if picture is None else {"asked.signature_picture": ("签名.png", picture)}
    data = hidden | {"key": f"{key.group(1)}.agree", "form.subject": "样例"} | given
    answer = browser.post(
        f"/items/{item(doors).id}/agree", data=data, files=files or {"file": ("", b"")}, follow_redirects=False
    )
    doors.kit.drain()
    return answer


def test_a_page_takes_a_signature_with_a_picture(jin: TestClient, doors: Doors) -> None:
    case = item(doors).case

    answer = send_form(jin, doors, picture=PNG, **{"asked.signature": "jin"})

    assert answer.status_code == 303, answer.text
    assert history(doors, case)[-1]["signature"]["picture"] is not None
    assert "签名：jin，" in page(jin, f"/cases/{case}")


def test_a_wrong_name_keeps_what_was_typed_and_the_picture_that_was_sent(jin: TestClient, doors: Doors) -> None:
    wrong = send_form(jin, doors, picture=PNG, **{"asked.signature": "yu"})
    kept = re.search(r'name="asked.signature_picture" value="([^"]+)" checked', wrong.text)

    assert wrong.status_code == 422
    assert "签名须是您本人在名册上的账号" in wrong.text
    assert kept is not None
    again = send_form(jin, doors, **{"asked.signature": "jin", "asked.signature_picture": kept.group(1)})
    assert again.status_code == 303


def test_what_is_no_picture_is_told_beside_the_field(jin: TestClient, doors: Doors) -> None:
    wrong = send_form(jin, doors, picture=b"no picture", **{"asked.signature": "jin"})

    assert wrong.status_code in {415, 422}
    assert item(doors).closed_at is None
