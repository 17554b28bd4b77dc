"""内容变更重审 on each store: what is asked again is kept, answered and superseded like any other item."""

from __future__ import annotations

from tests.contract.test_board import MakeStore
from workflows.language.words import Form, FormField, approve, end, role, sequence, workflow
from workflows.testkit import Office, staff

SUM = Form(name="sum.v1", fields=(FormField(name="amount", type="integer", reapprove=True),))
ASKING = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    forms=(SUM,),
    steps=sequence(
        approve("first", by=role("clerk"), form="sum.v1", on_reject=end("refused", "rejected")),
        approve("second", by=role("officer"), form="sum.v1", on_reject=end("refused", "rejected")),
        end("done", "approved"),
    ),
)


def test_a_change_is_agreed_to_again_and_the_case_goes_on(make_store: MakeStore) -> None:
    office = Office([ASKING], staff(li="clerk", wang="officer"), store=make_store)
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    office.act("li", office.inbox("li")[0], "agree", form={"amount": 5})
    office.act("wang", office.inbox("wang")[0], "agree", form={"amount": 6})

    [again] = office.inbox("li")
    answer = office.act("li", again, "agree", form={"amount": 6})

    assert (again.item.path, again.item.round) == ("steps/second/again/first", 2)
    assert answer.body["state"] == "approved"
    assert sorted((one.path, one.superseded) for one in office.case(case).items) == [
        ("steps/first", 2),
        ("steps/second", None),
        ("steps/second/again/first", None),
    ]


def test_an_answer_to_what_was_asked_again_counts_once_and_not_after_the_end(make_store: MakeStore) -> None:
    office = Office([ASKING], staff(li="clerk", wang="officer", zhao="officer"), store=make_store)
    office.send(office.event("trial.began.v1", key="t1"))
    office.act("li", office.inbox("li")[0], "agree", form={"amount": 5})
    office.act("wang", office.inbox("wang")[0], "agree", form={"amount": 6})
    [again] = office.inbox("li")

    stranger = office.act("zhao", again, "agree", form={"amount": 6})
    done = office.act("li", again, "agree", form={"amount": 6}, key="k1")
    twice = office.act("li", again, "agree", form={"amount": 6}, key="k2")

    assert (stranger.status, done.status, twice.status) == (403, 200, 409)
    assert twice.body["by"] == "li"
