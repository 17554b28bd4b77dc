"""审批人自选 through the API: who may be chosen is told by post and department, and who may not be is refused by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, behind_doors
from workflows import testkit
from workflows.language.words import (
    Form,
    FormField,
    Mode,
    approve,
    carry_out,
    chosen,
    end,
    for_each,
    named_in,
    returns,
    role,
    sequence,
    workflow,
)

REVIEWERS = FormField(name="reviewers", type="people", among=role("reviewer"), at_least=1, at_most=2)
CONTACT = FormField(name="contact", type="person", required=False)
CHOOSING = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    forms=(Form(name="choice.v1", fields=(REVIEWERS, CONTACT)),),
    steps=sequence(
        carry_out("choosing", by=role("clerk"), form="choice.v1"),
        carry_out("between", by=role("clerk")),
        approve(
            "review",
            by=chosen("reviewers", among=role("reviewer"), at_least=1, at_most=2),
            mode=Mode.ALL,
            returns=returns("choosing"),
            on_reject=end("refused", "rejected"),
        ),
        carry_out("calling", by=named_in("contact", "user")),
        end("done", "approved"),
    ),
)
PEOPLE = testkit.staff(
    chen="clerk", li="reviewer", wang="reviewer", zhao="reviewer", sun=(), head=("office_head", "clerk")
)


@pytest.fixture
def doors() -> Iterator[Doors]:
    kit = testkit.Office([CHOOSING], PEOPLE)
    kit.send(kit.event("trial.began.v1", key="t1"))
    opened = behind_doors(kit)
    yield opened
    opened.office.committer.stop()


def item(doors: Doors, user: str = "chen") -> dict[str, Any]:
    [first] = doors.get("/api/work-items", key=f"user:{user}").json()["items"]
    found: dict[str, Any] = doors.get(f"/api/work-items/{first['id']}", key=f"user:{user}").json()
    return found


def act(doors: Doors, user: str, verb: str, query: str = "", **body: Any) -> Any:
    found = item(doors, user)
    headers = {"Authorization": f"Bearer user:{user}", "Idempotency-Key": f"{user}/{found['path']}/{found['round']}"}
    answer = doors.http.post(f"/api/work-items/{found['id']}/{verb}{query}", json=body, headers=headers)
    doors.kit.drain()
    return answer


def field(doors: Doors, name: str, user: str = "chen") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in item(doors, user)["form"]["fields"] if one["name"] == name)
    return found


def test_the_form_says_who_may_be_chosen_by_post_and_department_and_no_more(doors: Doors) -> None:
    reviewers = field(doors, "reviewers")

    assert [one["user"] for one in reviewers["candidates"]] == ["li", "wang", "zhao"]
    assert set(reviewers["candidates"][0]) == {"user", "post", "department", "department_title"}
    assert (reviewers["at_least"], reviewers["at_most"], reviewers["chosen"]) == (1, 2, [])
    assert reviewers["titles"]["choice"] == "从reviewer中选择1至2人，办理“review”"


def test_without_a_range_every_officer_is_a_candidate(doors: Doors) -> None:
    contact = field(doors, "contact")

    assert {one["user"] for one in contact["candidates"]} == {"chen", "li", "wang", "zhao", "sun", "head"}
    assert contact["titles"]["choice"] == "从在任人员中选择1人，办理“calling”"


def test_who_may_be_chosen_is_said_in_english_too(doors: Doors) -> None:
    found = item(doors)
    english = doors.http.get(
        f"/api/work-items/{found['id']}", headers={"Authorization": "Bearer user:chen", "Accept-Language": "en"}
    ).json()

    titles = [one["titles"]["choice"] for one in english["form"]["fields"]]
    assert titles == [
        "Choose 1 to 2 of: reviewer; they will be asked at “review”",
        "Choose 1 of: all officers; they will be asked at “calling”",
    ]


def test_the_list_of_items_says_whom_to_choose_among_but_lists_nobody(doors: Doors) -> None:
    [listed] = doors.get("/api/work-items", key="user:chen").json()["items"]

    titles = [one["titles"]["choice"] for one in listed["form"]["fields"]]
    assert titles == ["从reviewer中选择1至2人，办理“review”", "从在任人员中选择1人，办理“calling”"]
    assert all("candidates" not in one for one in listed["form"]["fields"])


def test_an_explanation_says_whose_people_are_chosen_here(doors: Doors) -> None:
    told = doors.get(f"/api/cases/{item(doors)['case']}/explain", key="user:chen").json()

    assert told["reasons"][0]["chooses"] == ["steps/review", "steps/calling"]
    assert "办理时选择“review、calling”的办理人。" in told["sentence"]


def test_candidates_are_told_only_to_whoever_may_see_the_item(doors: Doors) -> None:
    found = item(doors)["id"]

    assert doors.get(f"/api/work-items/{found}", key="user:nobody").status_code in {401, 403, 404}
    assert doors.get(f"/api/work-items/{found}").status_code in {401, 403, 404}


@pytest.mark.parametrize(
    "reviewers",
    [[], ["li", "wang", "zhao"], ["li", "li"], ["sun"], ["nobody"], ["li "], ["user:li"], "li", 1, None, [1], [None]],
)
def test_a_choice_that_may_not_be_is_422_and_names_the_field(doors: Doors, reviewers: Any) -> None:
    before = item(doors)

    answer = act(doors, "chen", "complete", form={"reviewers": reviewers})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/form/reviewers"]
    assert item(doors) == before


@pytest.mark.parametrize("name", ["reviewers_chosen_by", "review"])
def test_who_chose_is_nothing_that_anybody_may_send(doors: Doors, name: str) -> None:
    answer = act(doors, "chen", "complete", form={"reviewers": ["li"], name: "wang"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/form/{name}")


def test_who_was_not_asked_chooses_nobody(doors: Doors) -> None:
    found = item(doors)["id"]
    headers = {"Authorization": "Bearer user:li", "Idempotency-Key": "k"}

    answer = doors.http.post(f"/api/work-items/{found}/complete", json={"form": {"reviewers": ["li"]}}, headers=headers)

    assert answer.status_code in {403, 404}


def test_the_chosen_read_who_chose_them(doors: Doors) -> None:
    act(doors, "chen", "complete", form={"reviewers": ["li"], "contact": "sun"})
    act(doors, "chen", "complete")

    found = item(doors, "li")

    assert found["chosen_by"] == "chen"
    told = doors.get(f"/api/cases/{found['case']}/explain", key="user:li").json()
    assert told["reasons"][0]["chosen_by"] == "chen"
    assert "li（由chen选定）" in told["sentence"]


def test_a_preview_tells_who_is_asked_because_somebody_chose_them(doors: Doors) -> None:
    act(doors, "chen", "complete", form={"reviewers": ["wang"]})

    told = act(doors, "chen", "complete", "?preview=true").json()

    [opened] = told["opened"]
    assert (opened["who"], opened["chosen_by"], opened["titles"]["who"]) == (
        ["user:wang"],
        "chen",
        "wang（由chen选定）",
    )


def test_the_way_ahead_tells_where_somebody_will_be_chosen_and_then_whom(doors: Doors) -> None:
    case = item(doors)["case"]
    before = _step(doors, case, "steps/review")
    act(doors, "chen", "complete", form={"reviewers": ["wang"]})
    after = _step(doors, case, "steps/review")

    assert (before["who_unknown"], before["chosen_at"]) == (True, ["steps/choosing"])
    assert before["titles"]["who"] == "由“choosing”的办理人选定"
    assert (after["who"], after["chosen_by"], after["titles"]["who"]) == (["user:wang"], "chen", "wang（由chen选定）")


def test_after_a_return_the_form_comes_with_those_who_were_chosen_before(doors: Doors) -> None:
    act(doors, "chen", "complete", form={"reviewers": ["wang", "li"]})
    act(doors, "chen", "complete")
    act(doors, "li", "return", opinion="others", to="steps/choosing")

    assert field(doors, "reviewers")["chosen"] == ["wang", "li"]


def _step(doors: Doors, case: str, path: str) -> dict[str, Any]:
    steps = doors.get(f"/api/cases/{case}/preview", key="user:chen").json()["steps"]
    found: dict[str, Any] = next(one for one in steps if one["path"] == path)
    return found


def test_inside_a_for_each_the_candidates_are_those_of_the_element() -> None:
    clerks = role("town_clerk", of="town")
    helper = FormField(name="helper", type="person", among=clerks)
    of_town = sequence(
        carry_out("choosing", by=role("clerk"), form="choice.v1"), carry_out("help", by=chosen("helper", among=clerks))
    )
    definition = workflow(
        "trial",
        starts_on="trial.began.v1",
        about="trial",
        forms=(Form(name="choice.v1", fields=(helper,)),),
        steps=sequence(for_each("towns", over="towns", each="town", do=of_town), end("done")),
    )
    kit = testkit.Office([definition], testkit.staff(chen="clerk", li="town_clerk:t1", wang="town_clerk:t2"))
    kit.send(kit.event("trial.began.v1", key="t1", towns=["t2", "t1"]))
    doors = behind_doors(kit)
    items = sorted((one.item for one in kit.inbox("chen")), key=lambda one: one.path)

    told = [doors.get(f"/api/work-items/{one.id}", key="user:chen").json()["form"]["fields"][0] for one in items]

    doors.office.committer.stop()
    assert [[one["user"] for one in field["candidates"]] for field in told] == [["wang"], ["li"]]
