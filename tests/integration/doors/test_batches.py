"""批量审批 (approvals.md §1): items of one step, each with its own outcome; what a batch must not hold is refused alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.doors.offices import Doors, behind_doors
from workflows import testkit
from workflows.language.words import Form, FormField, Step, always, approve, end, parallel, remind, role, workflow

MANY = 60
PATHS = ("plain", "other", "weighty", "signed", "filled")
"""The branches of the hall, in their order."""


def step(name: str, **more: Any) -> Step:
    refused = end("refused", "rejected")
    return approve(name, by=role("judge"), within=3, overdue=(remind(0),), on_reject=refused, **more)


HALL = workflow(
    "hall",
    starts_on="trial.reviewed.v1",
    about="base",
    steps=parallel(
        "all",
        always(step("plain")),
        always(step("other")),
        always(step("weighty", singly=True)),
        always(step("signed", signature=True)),
        always(step("filled", form="grade.v1")),
    ),
    forms=(Form(name="grade.v1", fields=(FormField(name="grade", type="text"),)),),
)


@pytest.fixture
def doors() -> Iterator[Doors]:
    kit = testkit.Office(workflows=[HALL], roster=testkit.staff(jin="judge"))
    opened = behind_doors(kit)
    yield opened
    opened.office.committer.stop()


def begin(doors: Doors, *keys: str) -> None:
    for key in keys:
        doors.kit.send(doors.kit.event("trial.reviewed.v1", key=key, place="p"))


def items(doors: Doors, *steps: str) -> list[str]:
    return [
        one.item.id for name in steps for one in doors.kit.inbox("jin") if one.item.path == f"steps/{PATHS.index(name)}"
    ]


def together(doors: Doors, wanted: list[str], key: str = "k", **more: Any) -> Any:
    acts = [{"item": one, "verb": "agree", **more} for one in wanted]
    headers = {"Authorization": "Bearer user:jin", "Idempotency-Key": key}
    answer = doors.http.post("/api/work-items/act", json={"acts": acts}, headers=headers)
    doors.kit.drain()
    return answer


def test_the_items_of_one_step_are_answered_together_and_counted(doors: Doors) -> None:
    begin(doors, *(f"b{number}" for number in range(MANY)))

    answer = together(doors, items(doors, "plain")).json()

    assert (answer["done"], answer["refused"]) == (MANY, 0)
    assert items(doors, "plain") == []
    assert len(items(doors, "other")) == MANY


@pytest.mark.parametrize(
    ("odd", "code"),
    [("other", "other_step"), ("weighty", "singly"), ("signed", "singly")],
)
def test_what_a_batch_must_not_hold_is_refused_alone_and_stops_no_other(doors: Doors, odd: str, code: str) -> None:
    begin(doors, "b1", "b2")
    plain = items(doors, "plain")
    [one, _] = items(doors, odd)

    answer = together(doors, [plain[0], one, plain[1]]).json()

    assert [found["status"] for found in answer["results"]] == [200, 409, 200]
    assert answer["results"][1]["code"] == code
    assert (answer["done"], answer["refused"]) == (2, 1)
    assert one in items(doors, odd)


def test_an_item_that_is_sent_alone_is_signed_as_on_its_own_page(doors: Doors) -> None:
    begin(doors, "b1")

    unsigned = together(doors, items(doors, "signed")).json()["results"]
    signed = together(doors, items(doors, "signed"), key="k2", signature="jin").json()["results"]

    assert [(one["status"], one["field"]) for one in unsigned] == [(422, "signature")]
    assert [one["status"] for one in signed] == [200]


def test_a_required_field_that_was_not_given_refuses_its_item_only(doors: Doors) -> None:
    begin(doors, "b1", "b2")
    first, second = items(doors, "filled")
    acts = [{"item": first, "verb": "agree"}, {"item": second, "verb": "agree", "form": {"grade": "A"}}]
    headers = {"Authorization": "Bearer user:jin", "Idempotency-Key": "k"}

    answer = doors.http.post("/api/work-items/act", json={"acts": acts}, headers=headers).json()

    assert [one["status"] for one in answer["results"]] == [422, 200]
    assert answer["results"][0]["field"] == "form/grade"
    assert items(doors, "filled") == [first]


def test_the_same_batch_again_is_answered_the_same_and_done_once(doors: Doors) -> None:
    begin(doors, "b1", "b2")
    wanted = items(doors, "plain")

    first, second = together(doors, wanted), together(doors, wanted)

    assert first.json() == second.json()
    assert items(doors, "plain") == []


def test_more_than_five_hundred_are_refused_as_a_whole(doors: Doors) -> None:
    answer = together(doors, ["x"] * 501)

    assert answer.status_code == 422
