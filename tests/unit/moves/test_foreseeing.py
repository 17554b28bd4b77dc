"""What stands in the way of a case before it begins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.roster import Roster
from workflows.language.expressions import at_least, is_true
from workflows.language.words import (
    Form,
    FormField,
    Mode,
    Step,
    Workflow,
    approve,
    call,
    carry_out,
    choice,
    chosen,
    depending,
    either,
    end,
    nobody,
    nothing,
    role,
    sequence,
    when,
    workflow,
)
from workflows.machine.choosing import Wrong
from workflows.machine.explain import explain
from workflows.moves.foreseeing import obstacle
from workflows.testkit import Office, staff

PEOPLE = staff(chen="clerk", li="panel_member", wang="panel_member", zhao="panel_member")


def asking(*steps: Step) -> Workflow:
    return workflow("trial", starts_on="trial.began.v1", about="trial", steps=sequence(*steps, end("done")))


def blocks(name: str = "checked", who: str = "nobody_has_it") -> Step:
    return approve(name, by=role(who), nobody=nobody("block"), on_reject=end("refused", "rejected"))


SIGNERS = approve(
    "signers",
    by=chosen("signers", among=role("panel_member"), at_least=2, at_most=3),
    mode=Mode.ALL,
    on_reject=end("refused", "rejected"),
)


def found(definition: Workflow, roster: Roster = PEOPLE, **fields: Any) -> Any:
    office = Office([definition], roster)
    return obstacle(office.engine, office.event("trial.began.v1", key="t1", **fields), office.clock)


def test_a_step_that_blocks_and_finds_nobody_stands_in_the_way_by_name() -> None:
    in_the_way = found(asking(carry_out("first", by=role("clerk")), blocks()))

    assert (in_the_way.workflow, in_the_way.path, in_the_way.choice) == ("trial", "steps/checked", None)


def test_a_step_that_blocks_and_finds_somebody_does_not() -> None:
    assert found(asking(blocks(who="clerk"))) is None


def test_a_step_that_only_may_be_entered_does_not_stand_in_the_way() -> None:
    may_be = choice("large", when(at_least("amount", 10), blocks()), otherwise=nothing())

    assert found(asking(may_be)) is None
    assert found(asking(may_be), amount=9) is None
    assert found(asking(may_be), amount=10).path == "steps/large/0"


def test_a_step_with_another_rule_does_not_stand_in_the_way() -> None:
    assert found(asking(approve("checked", by=role("nobody_has_it"), on_reject=end("refused", "rejected")))) is None


def test_the_time_is_asked_for_only_where_somebody_looks_ahead() -> None:
    def never() -> Any:
        raise AssertionError

    office = Office([asking(carry_out("first", by=role("clerk")))], PEOPLE)

    assert obstacle(office.engine, office.event("trial.began.v1", key="t1"), never) is None


@pytest.mark.parametrize(
    ("signers", "wrong"),
    [
        (["li", "wang"], None),
        (["li", "wang", "zhao"], None),
        (["li"], Wrong.FEW),
        (["li", "wang", "zhao", "chen"], Wrong.MANY),
        (["li", "wang", "li"], Wrong.TWICE),
        (["li", "chen"], Wrong.OUTSIDE),
        (["li", "stranger"], Wrong.GONE),
        ([], Wrong.MISSING),
        (None, Wrong.MISSING),
    ],
)
def test_whom_the_initiator_chose_must_be_right(signers: Any, wrong: Wrong | None) -> None:
    in_the_way = found(asking(SIGNERS), signers=signers)

    assert (None if in_the_way is None else in_the_way.choice) is wrong


def test_a_choice_that_is_not_surely_needed_may_be_missing_but_not_wrong() -> None:
    may_be = asking(choice("large", when(is_true("large"), SIGNERS), otherwise=nothing()))

    assert found(may_be) is None
    assert found(may_be, large=False, signers=["chen", "li"]) is None
    assert found(may_be, signers=["chen", "li"]).choice is Wrong.OUTSIDE


def test_a_choice_among_several_resolvers_is_looked_at_too() -> None:
    both = approve(
        "both",
        by=either(role("clerk"), chosen("signers")),
        mode=Mode.ALL,
        on_reject=end("refused", "rejected"),
    )
    one_of = approve(
        "one_of",
        by=depending((at_least("amount", 10), chosen("signers")), otherwise=role("clerk")),
        on_reject=end("refused", "rejected"),
    )

    assert found(asking(both)).choice is Wrong.MISSING
    assert found(asking(one_of), amount=3) is None
    assert found(asking(one_of), amount=3, signers=["nobody"]).choice is Wrong.GONE


def test_whom_a_later_form_asks_for_need_not_be_chosen_at_the_start_but_must_be_right() -> None:
    field = FormField(name="signers", type="people", among=role("panel_member"), at_least=2, at_most=3)
    later = asking(carry_out("first", by=role("clerk"), form="choice.v1"), SIGNERS)
    definition = later.model_copy(update={"forms": (Form(name="choice.v1", fields=(field,)),)})

    assert found(definition) is None
    assert found(definition, signers=["li", "wang"]) is None
    assert found(definition, signers=["li", "chen"]).choice is Wrong.OUTSIDE


def test_the_initiator_may_not_choose_themselves_where_the_step_forbids_it() -> None:
    office = Office([asking(SIGNERS)], PEOPLE)
    event = replace(office.event("trial.began.v1", key="t1", signers=["li", "wang"]), initiator="li")

    in_the_way = obstacle(office.engine, event, office.clock)

    assert (in_the_way is not None, in_the_way and in_the_way.choice) == (True, Wrong.RECUSED)


def test_whom_the_initiator_chose_is_told_who_chose_them() -> None:
    office = Office([asking(SIGNERS)], PEOPLE)
    event = office.event("trial.began.v1", key="t1", signers=["li", "wang"])

    [case] = office.send(replace(event, initiator="chen")).cases

    told = explain(
        office.library.by_hash(office.case(case).head.workflow_hash),
        office.case(case),
        office.library.calendar(),
        office.clock(),
    )
    assert [(one.holders, one.chosen_by) for one in told.reasons] == [(("user:li",), "chen"), (("user:wang",), "chen")]


def test_the_officer_who_submits_is_the_initiator_of_the_case_and_of_what_it_calls() -> None:
    inner = workflow(
        "inner",
        starts_on="inner.began.v1",
        about="trial",
        steps=sequence(approve("asked", by=role("clerk"), on_reject=end("no", "rejected")), end("yes")),
    )
    office = Office([asking(call("deeper", workflow="inner")), inner], PEOPLE)
    event = office.event("trial.began.v1", key="t1")

    office.send(replace(event, initiator="chen"))

    fields = {one.case.workflow: one.case.fields for one in office.cases()}
    assert fields == {"trial": {"initiator": "chen"}, "inner": {"initiator": "chen"}}
    assert office.inbox("chen") == ()
