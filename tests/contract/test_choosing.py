"""审批人自选 on each store: who was chosen, and by whom, is kept with the case; the chosen hold the next step."""

from __future__ import annotations

from tests.contract.test_board import MakeStore
from workflows.language.words import (
    Form,
    FormField,
    Mode,
    approve,
    carry_out,
    chosen,
    end,
    returns,
    role,
    sequence,
    workflow,
)
from workflows.testkit import Office, staff

REVIEWERS = FormField(name="reviewers", type="people", among=role("reviewer"), at_least=1, at_most=2)
CHOOSING = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    forms=(Form(name="choice.v1", fields=(REVIEWERS,)),),
    steps=sequence(
        carry_out("choosing", by=role("clerk"), form="choice.v1"),
        approve(
            "review",
            by=chosen("reviewers", among=role("reviewer"), at_least=1, at_most=2),
            mode=Mode.ALL,
            returns=returns("choosing"),
            on_reject=end("refused", "rejected"),
        ),
        end("done", "approved"),
    ),
)
PEOPLE = staff(chen="clerk", li="reviewer", wang="reviewer", zhao="reviewer")


def test_the_chosen_hold_the_next_step_and_the_case_keeps_who_chose_them(make_store: MakeStore) -> None:
    office = Office([CHOOSING], PEOPLE, store=make_store)
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases

    office.act("chen", office.inbox("chen")[0], "complete", form={"reviewers": ["wang", "li"]})

    assert [len(office.inbox(user)) for user in ("li", "wang", "zhao", "chen")] == [1, 1, 0, 0]
    assert office.case(case).head.fields == {"reviewers": ["wang", "li"], "reviewers_chosen_by": "chen"}


def test_a_choice_that_may_not_be_changes_nothing(make_store: MakeStore) -> None:
    office = Office([CHOOSING], PEOPLE, store=make_store)
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    before = office.case(case)

    for reviewers in ([], ["chen"], ["li", "li"], ["li", "wang", "zhao"], ["nobody"]):
        answer = office.act("chen", office.inbox("chen")[0], "complete", form={"reviewers": reviewers})

        assert (answer.status, answer.body["field"]) == (422, "form/reviewers")
    assert office.case(case) == before


def test_after_a_return_others_are_chosen_and_asked(make_store: MakeStore) -> None:
    office = Office([CHOOSING], PEOPLE, store=make_store)
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    office.act("chen", office.inbox("chen")[0], "complete", form={"reviewers": ["wang", "li"]})
    office.act("li", office.inbox("li")[0], "return", opinion="others", fields={"to": "steps/choosing"})

    office.act("chen", office.inbox("chen")[0], "complete", form={"reviewers": ["zhao"]})
    office.act("zhao", office.inbox("zhao")[0], "agree")

    assert office.case(case).head.outcome == "done"
    assert office.inbox("wang") == office.inbox("li") == ()
