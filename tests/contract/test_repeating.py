"""去重 on each store: the decision that stands for another one is found in what was stored."""

from __future__ import annotations

from tests.contract.test_board import MakeStore
from workflows.language.words import approve, end, role, sequence, workflow
from workflows.testkit import Office, staff

NO = end("refused", "rejected")
REPEATED = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(
        approve("first", by=role("clerk"), on_reject=NO),
        approve("between", by=role("officer"), on_reject=NO),
        approve("last", by=role("clerk"), on_reject=NO, dedup="round"),
        end("done", "approved"),
    ),
)


def test_the_item_that_is_skipped_names_the_stored_decision_and_nobody_as_its_author(make_store: MakeStore) -> None:
    office = Office([REPEATED], staff(li="clerk", wang="officer"), store=make_store)
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    office.act("li", office.inbox("li")[0], "agree")

    answer = office.act("wang", office.inbox("wang")[0], "agree")

    items = {one.path: one for one in office.case(case).items}
    last = items["steps/last"]
    assert answer.body["state"] == "approved"
    assert (last.state.value, last.closed_by) == ("skipped", f"rule:dedup.round:{items['steps/first'].id}")
