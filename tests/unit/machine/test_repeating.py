"""去重: who has agreed already is skipped by a rule, and only where nothing could make it another decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.approval import Mode
from domain.organisation import Proxy
from tests.unit.machine.desk import Desk, flow, people
from workflows.language.words import Form, FormField, Step, approve, either, end, nothing, returns, role, sequence

NO = end("refused", "rejected")
NOTE = Form(name="note.v1", fields=(FormField(name="note", type="text", required=False),))


def asked(name: str, who: str = "clerk", **more: Any) -> Step:
    return approve(name, **{"by": role(who), "on_reject": NO, **more})


def desk_of(*steps: Step, **more: Any) -> Desk:
    return Desk(flow(sequence(*steps, end("done", "approved")), forms=(NOTE,)), **more)


def twice(**more: Any) -> Desk:
    """The clerk agrees to one step, and would be asked at the next one."""
    desk = desk_of(asked("first"), asked("second", **more))
    desk.act("clerk", "agree", "steps/first")
    return desk


def test_whoever_has_just_agreed_is_skipped_by_the_rule_that_names_the_decision() -> None:
    desk = twice(dedup="consecutive")
    first = next(one for one in desk.ledger.closed.values() if one.path == "steps/first")

    assert desk.state == ("approved", "done")
    assert desk.closed()["steps/second", 1, 0] == ("skipped", f"rule:dedup.consecutive:{first.id}")


def test_three_in_a_row_are_asked_once() -> None:
    desk = desk_of(asked("first"), asked("second", dedup="consecutive"), asked("third", dedup="consecutive"))

    desk.act("clerk", "agree", "steps/first")

    assert desk.state == ("approved", "done")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"dedup": "consecutive", "compulsory": True},
        {"dedup": "consecutive", "signature": True},
        {"dedup": "consecutive", "by": either(role("clerk"), role("officer")), "mode": Mode.ONE},
    ],
    ids=["off", "compulsory", "signed", "several may take it"],
)
def test_whoever_agreed_is_asked_again(more: dict[str, Any]) -> None:
    assert desk_state(twice(**more)) == [("steps/second", 1)]


def desk_state(desk: Desk) -> list[tuple[str, int]]:
    return sorted(set(desk.open()))


def with_another_between(policy: str) -> Desk:
    desk = desk_of(asked("first"), asked("between", "secretary"), asked("last", dedup=policy))
    desk.act("clerk", "agree", "steps/first")
    desk.act("secretary", "agree", "steps/between")
    return desk


def test_with_another_between_only_the_policy_of_the_round_skips() -> None:
    assert with_another_between("consecutive").open() == [("steps/last", 1)]
    assert with_another_between("round").state == ("approved", "done")


def test_what_was_written_since_is_asked() -> None:
    desk = desk_of(asked("first"), asked("between", "secretary", form="note.v1"), asked("last", dedup="round"))
    desk.act("clerk", "agree", "steps/first")

    desk.act("secretary", "agree", "steps/between", form={"note": "样例"})

    assert desk.open() == [("steps/last", 1)]


def test_after_a_return_nobody_is_skipped() -> None:
    desk = desk_of(asked("first"), asked("check", "secretary", returns=returns()), asked("last", dedup="round"))
    desk.act("clerk", "agree", "steps/first")
    desk.act("secretary", "return", "steps/check", opinion="样例", fields={"to": "steps/first"})
    desk.act("clerk", "agree", "steps/first")

    desk.act("secretary", "agree", "steps/check")

    assert desk.open() == [("steps/last", 2)]


def test_whoever_stands_in_for_another_is_asked() -> None:
    roster = replace(people(), proxies=(Proxy("head", "clerk", date(2026, 1, 1)),))
    desk = desk_of(asked("first"), asked("second", dedup="consecutive"), roster=roster)

    desk.act("clerk", "agree", "steps/first")

    assert desk.open() == [("steps/second", 1)]


def test_whoever_has_posts_in_two_departments_is_asked() -> None:
    staff = people()
    second = replace(staff.posts[0], code="post_second", department="town")
    appointed = replace(staff.appointments[0], user="clerk", post="post_second")
    town = replace(staff.departments[0], code="town")
    roster = replace(
        staff,
        departments=(*staff.departments, town),
        posts=(*staff.posts, second),
        appointments=(*staff.appointments, appointed),
    )
    desk = desk_of(asked("first"), asked("second", dedup="consecutive"), roster=roster)

    desk.act("clerk", "agree", "steps/first")

    assert desk.open() == [("steps/second", 1)]


def test_a_refusal_stands_for_nothing() -> None:
    desk = desk_of(asked("first", on_reject=nothing()), asked("second", dedup="round"))

    desk.act("clerk", "reject", "steps/first", opinion="样例")

    assert desk.open() == [("steps/second", 1)]


def test_in_a_countersigning_that_states_it_the_others_are_asked() -> None:
    both = asked("both", by=either(role("clerk"), role("secretary")), mode=Mode.ALL, dedup="consecutive")
    desk = desk_of(asked("first"), both)

    desk.act("clerk", "agree", "steps/first")

    assert len(desk.open()) == 1
    assert desk.closed()["steps/both", 1, 0][0] == "skipped"
