"""字段权限: what a step hides is in no answer, and what it does not let anybody write is refused and named (A6)."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from adapters.doors.http.app import create_app
from adapters.web import pages
from domain.identifiers import derived_id
from tests.integration.doors.offices import Doors, behind_doors
from tests.workflows_for_tests import EVENTS
from workflows import testkit
from workflows.language.checks import check
from workflows.language.words import Form, FormField, approve, carry_out, end, remind, role, sequence, vote, workflow
from workflows.reads import Reads
from workflows.showing import WITHOUT_FIELDS, _Showing

OFFER, INVOICE, NAME = "offer-7731", "invoice-9942", "样例·某某"
SECRETS = (OFFER, INVOICE, NAME)

RATED = workflow(
    "rated",
    starts_on="trial.requested.v1",
    about="trial",
    person=True,
    steps=sequence(
        carry_out(
            "price",
            by=role("clerk"),
            within=3,
            overdue=(remind(0),),
            form="price.v1",
            rights={"offer": "required", "verdict": "read"},
        ),
        approve(
            "decide",
            by=role("judge"),
            within=3,
            overdue=(remind(0),),
            form="price.v1",
            rights={"offer": "hidden", "invoice": "hidden", "name": "hidden", "amount": "read", "verdict": "required"},
            on_reject=end("refused", "rejected"),
        ),
        vote(
            "ballot",
            by=role("member"),
            quorum="1/2",
            passes="1/2",
            within=3,
            fails=end("refused", "rejected"),
            rights={"verdict": "hidden"},
        ),
        end("done", "approved"),
    ),
    forms=(
        Form(
            name="price.v1",
            fields=(
                FormField(name="offer", type="text", required=False),
                FormField(name="verdict", type="choice", choices=("good", "poor"), required=False),
                FormField(name="remark", type="text", required=False),
            ),
        ),
    ),
)


@dataclass
class Desk:
    """A case that waits for the judge, from whom the offer and the invoice are hidden."""

    doors: Doors
    case: str
    pages: TestClient

    def item(self, user: str) -> dict[str, Any]:
        found: dict[str, Any] = self.doors.get("/api/work-items", key=f"user:{user}").json()["items"][0]
        return found

    def act(self, user: str, verb: str, query: str = "", **body: Any) -> Any:
        item = self.item(user)
        headers = {"Authorization": f"Bearer user:{user}", "Idempotency-Key": derived_id("key", verb, repr(body))}
        path = f"/api/work-items/{item['id']}/{verb}{query}"
        answer = self.doors.http.post(path, json=body, headers=headers)
        self.doors.kit.drain()
        return answer

    def page(self, user: str, path: str) -> str:
        self.doors.keys.sessions[f"session-of-{user}"] = user
        return self.pages.get(path, headers={"Cookie": f"liaison=session-of-{user}"}).text

    def stored(self) -> dict[str, Any]:
        return dict(self.doors.kit.case(self.case).head.fields)

    def said_to(self, user: str) -> str:
        """Everything that the API and the pages say to somebody about the case."""
        item = self.item(user)["id"]
        asked = ("", "/history", "/explain", "/preview", "/diagram.svg")
        api = [f"/api/cases/{self.case}{one}" for one in asked]
        api += ["/api/cases", "/api/work-items", f"/api/work-items/{item}", "/api/export/cases.csv", "/api/plans"]
        seen = [f"/cases/{self.case}", f"/cases/{self.case}?view=json", f"/items/{item}", "/inbox", "/cases"]
        told = [self.doors.get(path, key=f"user:{user}").text for path in api]
        return "\n".join([*told, *(self.page(user, path) for path in seen)])


@contextlib.contextmanager
def opened() -> Iterator[Desk]:
    roster = testkit.staff(chen="clerk", jin="judge", wei=("member", "judge_of_another_county"), lin="reader")
    kit = testkit.Office(workflows=[RATED], roster=roster)
    doors = behind_doors(kit)
    plain: dict[str, Any] = {"town": "T1", "amount": 5, "topics": ["site"], "urgent": True, "invoice": INVOICE}
    kit.send(kit.event("trial.requested.v1", key="t1", person="person:t1", personal={"name": NAME}, **plain))
    [row] = kit.cases()
    desk = Desk(doors, row.case.id, TestClient(create_app(doors.office, pages.router)))
    desk.act("chen", "complete", form={"offer": OFFER})
    yield desk
    doors.office.committer.stop()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened() as found:
        yield found


def test_the_declarations_of_the_example_are_free_of_findings() -> None:
    assert check(RATED, EVENTS) == ()


def test_what_a_step_hides_is_in_no_answer_and_on_no_page(desk: Desk) -> None:
    told = desk.said_to("jin")

    assert not [one for one in SECRETS if one in told]
    assert desk.stored()["offer"] == OFFER


def test_who_was_asked_by_a_step_that_shows_a_field_goes_on_seeing_it(desk: Desk) -> None:
    shown = desk.doors.get(f"/api/cases/{desk.case}", key="user:chen").json()

    assert (shown["fields"]["offer"], shown["fields"]["invoice"]) == (OFFER, INVOICE)


def test_the_reader_of_a_copy_sees_nothing_that_some_step_hides(desk: Desk) -> None:
    desk.doors.http.post(
        f"/api/cases/{desk.case}/copy",
        json={"users": ["lin"]},
        headers={"Authorization": "Bearer user:chen", "Idempotency-Key": "copied"},
    )

    case = desk.doors.get(f"/api/cases/{desk.case}", key="user:lin")
    history = desk.doors.get(f"/api/cases/{desk.case}/history", key="user:lin")

    assert case.json()["fields"].keys().isdisjoint({"offer", "invoice", "verdict"})
    assert case.json()["fields"]["amount"] == 5
    assert OFFER not in history.text
    assert history.json()["history"][0]["delta"]["hidden"] == ["invoice"]


def test_an_item_shows_its_form_without_what_is_hidden_each_field_with_its_right(desk: Desk) -> None:
    fields = {one["name"]: one["right"] for one in desk.item("jin")["form"]["fields"]}

    assert fields == {"verdict": "required", "remark": "write"}


def test_a_page_asks_only_for_what_the_step_lets_people_write(desk: Desk) -> None:
    text = desk.page("jin", f"/items/{desk.item('jin')['id']}")

    assert 'name="form.verdict"' in text
    assert 'name="form.offer"' not in text


def test_personal_values_that_a_step_hides_are_not_shown_to_its_holder(desk: Desk) -> None:
    item = desk.item("jin")["id"]
    desk.doors.keys.sessions["session-of-jin"] = "jin"
    csrf = desk.doors.office.identity.csrf("session-of-jin")

    page = desk.pages.post(
        f"/items/{item}/personal",
        data={"csrf": csrf},
        headers={"Cookie": "liaison=session-of-jin", "Origin": "http://testserver"},
    )

    assert page.status_code == 200
    assert NAME not in page.text


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"verdict": "good", "offer": "99"}, "closed-field", "/form/offer"),
        ({"verdict": "good", "invoice": "i9"}, "closed-field", "/form/invoice"),
        ({"verdict": "good", "amount": 7}, "closed-field", "/form/amount"),
        ({"verdict": "good", "town": "T2"}, "unknown-field", "/form/town"),
        ({"verdict": 4}, "bad-value", "/form/verdict"),
        ({"remark": "没有结论"}, "bad-value", "/form/verdict"),
    ],
)
def test_a_field_that_may_not_be_written_is_refused_by_name_and_nothing_changes(
    desk: Desk, form: dict[str, Any], code: str, field: str
) -> None:
    before = desk.doors.kit.case(desk.case)

    answer = desk.act("jin", "agree", form=form)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(code)
    assert [one["pointer"] for one in answer.json()["errors"]] == [field]
    assert desk.doors.kit.case(desk.case) == before


def test_a_form_that_goes_with_a_verb_that_has_none_is_refused(desk: Desk) -> None:
    answer = desk.act("jin", "transfer", to="wei", form={"offer": "99"})

    assert answer.status_code == 422
    assert desk.stored()["offer"] == OFFER


def test_a_refused_write_is_logged_with_field_case_and_actor(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        desk.act("jin", "agree", form={"offer": "99", "verdict": "good"})

    [line] = [one.getMessage() for one in caplog.records if one.name == "workflows.moves.acting"]
    assert all(part in line for part in ("form/offer", desk.case, "'jin'"))
    assert "99" not in line


def test_a_preview_tells_what_the_actor_wrote_and_nothing_hidden(desk: Desk) -> None:
    answer = desk.act("jin", "agree", "?preview=true", form={"verdict": "good"})

    assert answer.json()["fields"] == {"verdict": "good"}


def test_every_query_either_keeps_to_the_rights_or_answers_no_field() -> None:
    queries = {name for name in vars(Reads) if not name.startswith("_")}
    kept = {name for name in vars(_Showing) if not name.startswith("_")}

    assert queries - kept == WITHOUT_FIELDS


NAMES = st.sampled_from(("offer", "invoice", "name", "amount", "town", "verdict", "remark", "fingerprint", "initiator"))
VALUES = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.sampled_from(("good", OFFER, INVOICE))
)
ANYTHING = VALUES | st.lists(VALUES, max_size=2) | st.dictionaries(st.text(max_size=3), VALUES, max_size=2)
FORMS = st.dictionaries(NAMES | st.text(min_size=1, max_size=12), ANYTHING, min_size=1, max_size=5)


@pytest.fixture(scope="module")
def asked() -> Iterator[Desk]:
    with opened() as found:
        yield found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=FORMS,
    wrong=st.sampled_from(("offer", "invoice", "amount", "town", "nobody_knows")),
    verb=st.sampled_from(("agree", "reject")),
)
def test_whatever_is_sent_no_closed_field_changes_and_nothing_hidden_comes_back(
    asked: Desk, form: dict[str, Any], wrong: str, verb: str
) -> None:
    before = asked.doors.kit.case(asked.case)

    answer = asked.act("jin", verb, opinion="样例", form=form | {wrong: form.get(wrong, "x")})

    assert answer.status_code == 422
    assert asked.doors.kit.case(asked.case) == before
    assert not [one for one in SECRETS if one in answer.text]


# -- drafts ------------------------------------------------------------------------------------------------


def test_a_draft_saved_through_the_door_is_shown_to_its_holder_alone(desk: Desk) -> None:
    item = desk.item("jin")["id"]

    saved = desk.act("jin", "save", opinion="样例意见", form={"remark": "初稿"})

    mine = desk.doors.get(f"/api/work-items/{item}", key="user:jin").json()["draft"]
    assert saved.status_code == 200
    assert (mine["opinion"], mine["form"]) == ("样例意见", {"remark": "初稿"})
    assert desk.doors.get(f"/api/work-items/{item}", key="user:chen").json()["draft"] is None


def test_a_draft_with_a_closed_field_is_refused_by_name(desk: Desk) -> None:
    answer = desk.act("jin", "save", form={"offer": "99"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/form/offer")


def test_a_draft_is_saved_from_the_page_and_stands_there_again(desk: Desk) -> None:
    item = desk.item("jin")["id"]
    desk.doors.keys.sessions["session-of-jin"] = "jin"
    data = {"csrf": desk.doors.office.identity.csrf("session-of-jin"), "form.remark": "初稿一二三", "opinion": "样例"}
    headers = {"Cookie": "liaison=session-of-jin", "Origin": "http://testserver"}

    saved = desk.pages.post(f"/items/{item}/save", data=data, headers=headers, follow_redirects=False)
    page = desk.page("jin", saved.headers["location"])

    assert "已暂存，只有您看得到。" in page
    assert 'value="初稿一二三"' in page
