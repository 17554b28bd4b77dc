"""内容变更重审: a change asks exactly those again who had agreed to what was changed (approvals.md §6, 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.approval import Mode
from tests.unit.machine.desk import Desk, flow
from workflows.language.words import (
    Form,
    FormField,
    Step,
    always,
    approve,
    beside,
    carry_out,
    end,
    nothing,
    parallel,
    role,
    sequence,
    vote,
)
from workflows.machine.following import consequences, told

SUM = Form(name="sum.v1", fields=(FormField(name="amount", type="integer", required=False, reapprove=True),))
NOTE = Form(name="note.v1", fields=(FormField(name="note", type="text", required=False),))
SECRET = Form(name="who.v1", fields=(FormField(name="whom", type="text", personal=True, reapprove=True),))
NO = end("refused", "rejected")


def asked(name: str, who: str, **more: Any) -> Step:
    return approve(name, by=role(who), on_reject=more.pop("on_reject", NO), **more)


def desk_of(*steps: Step, **more: Any) -> Desk:
    return Desk(flow(sequence(*steps, end("done", "approved")), forms=(SUM, NOTE, SECRET)), **more)


def corrected(amount: int = 6, form: str = "sum.v1", **more: Any) -> Desk:
    """Two have agreed; a third corrects the sum and agrees."""
    desk = desk_of(
        asked("first", "clerk", **more),
        asked("second", "secretary"),
        asked("third", "officer", form=form),
        fields={"amount": 5},
    )
    desk.act("clerk", "agree", "steps/first")
    desk.act("secretary", "agree", "steps/second")
    desk.act("officer", "agree", "steps/third", form={"amount": amount} if form == "sum.v1" else {"note": "样例"})
    return desk


def superseded(desk: Desk) -> list[str]:
    return sorted(one.path for one in desk.ledger.closed.values() if one.superseded is not None)


def test_those_who_agreed_to_the_earlier_sum_are_asked_again_in_the_next_round() -> None:
    desk = corrected()

    assert desk.open() == [("steps/third/again/first", 2), ("steps/third/again/second", 2)]
    assert superseded(desk) == ["steps/first", "steps/second"]


def test_the_difference_stands_in_the_history() -> None:
    desk = corrected()

    assert desk.last.entry.delta["changed"] == {"amount": [5, 6]}
    assert desk.last.entry.delta["again"]["changed"] == {"amount": [5, 6]}


def test_the_case_goes_on_when_all_have_agreed_again() -> None:
    desk = corrected()

    desk.act("secretary", "agree", "steps/third/again/second")
    then = desk.open()
    desk.act("clerk", "agree", "steps/third/again/first")

    assert then == [("steps/third/again/first", 2)]
    assert desk.state == ("approved", "done")


def test_a_rejection_of_the_change_does_what_the_step_says() -> None:
    desk = corrected()

    desk.act("clerk", "reject", "steps/third/again/first", opinion="样例")

    assert desk.state == ("rejected", "refused")


def test_a_rejection_that_goes_on_counts_as_answered() -> None:
    desk = corrected(on_reject=nothing())

    desk.act("clerk", "reject", "steps/third/again/first", opinion="样例")

    assert desk.open() == [("steps/third/again/second", 2)]


def test_the_same_sum_written_again_asks_nobody() -> None:
    assert corrected(amount=5).state == ("approved", "done")


def test_a_field_that_is_not_marked_asks_nobody() -> None:
    assert corrected(form="note.v1").state == ("approved", "done")


def test_what_is_written_for_the_first_time_asks_nobody() -> None:
    desk = desk_of(asked("first", "clerk"), asked("second", "secretary", form="sum.v1"))
    desk.act("clerk", "agree", "steps/first")

    desk.act("secretary", "agree", "steps/second", form={"amount": 5})

    assert desk.state == ("approved", "done")


def test_who_agrees_after_the_change_is_not_asked_again() -> None:
    desk = desk_of(
        asked("first", "clerk"),
        carry_out("correct", by=role("officer"), form="sum.v1"),
        asked("last", "secretary"),
        fields={"amount": 5},
    )
    desk.act("clerk", "agree", "steps/first")

    desk.act("officer", "complete", "steps/correct", form={"amount": 6})
    again = desk.open()
    desk.act("clerk", "agree", "steps/correct/again/first")

    assert (again, desk.open()) == ([("steps/correct/again/first", 2)], [("steps/last", 2)])


def test_a_peer_who_had_agreed_is_asked_again_in_the_same_step() -> None:
    desk = desk_of(asked("both", "officer", passes="2/3", mode=Mode.RATIO, form="sum.v1"), fields={"amount": 5})
    desk.act("officer", "agree", "steps/both")

    desk.act("other", "agree", "steps/both", form={"amount": 6})
    then = desk.open()
    desk.act("officer", "agree", "steps/both")

    assert then == [("steps/both", 1)] * 2
    assert desk.state == ("approved", "done")


def test_a_branch_that_is_through_is_asked_again_and_the_other_stays() -> None:
    fork = parallel(
        "fork",
        always(asked("left", "clerk")),
        always(asked("right", "secretary")),
        always(asked("write", "officer", form="sum.v1")),
    )
    desk = desk_of(fork, fields={"amount": 5})
    desk.act("clerk", "agree", "steps/fork/0")

    desk.act("officer", "agree", "steps/fork/2", form={"amount": 6})

    assert desk.open() == [("steps/fork/1", 1), ("steps/fork/2/again/fork.0", 2)]
    desk.act("clerk", "agree", "steps/fork/2/again/fork.0")
    desk.act("secretary", "agree", "steps/fork/1")
    assert desk.state == ("approved", "done")


def test_a_vote_is_taken_again_as_a_whole() -> None:
    panel = vote("panel", by=role("officer"), quorum="1/2", passes="1/2", fails=NO)
    desk = desk_of(panel, asked("last", "clerk", form="sum.v1"), fields={"amount": 5})
    desk.act("officer", "agree", "steps/panel")
    desk.act("other", "agree", "steps/panel")

    desk.act("clerk", "agree", "steps/last", form={"amount": 6})

    assert desk.open() == [("steps/last/again/panel", 2)] * 3
    assert superseded(desk) == ["steps/panel"] * 2


def test_a_change_by_one_who_is_asked_again_asks_the_others_and_who_asked() -> None:
    desk = desk_of(
        asked("first", "clerk", form="sum.v1"),
        asked("second", "secretary"),
        asked("third", "officer", mode=Mode.ANY, form="sum.v1"),
        fields={"amount": 5},
    )
    desk.act("clerk", "agree", "steps/first", form={"amount": 5})
    desk.act("secretary", "agree", "steps/second")
    desk.act("officer", "agree", "steps/third", form={"amount": 6})
    desk.act("secretary", "agree", "steps/third/again/second")

    desk.act("clerk", "agree", "steps/third/again/first", form={"amount": 7})

    assert desk.open() == [("steps/third/again/second", 3), ("steps/third/again/third", 3)]
    assert desk.last.entry.delta["again"]["changed"] == {"amount": [5, 7]}


def test_of_a_personal_field_the_history_says_only_that_it_changed() -> None:
    desk = desk_of(asked("first", "clerk"), asked("second", "secretary", form="who.v1"), personal={"whom": "样例甲"})
    desk.act("clerk", "agree", "steps/first")

    desk.act("secretary", "agree", "steps/second", form={"whom": "样例乙"})

    assert desk.open() == [("steps/second/again/first", 2)]
    assert desk.last.entry.delta["changed"] == {"whom": None}
    assert "样例" not in str(desk.last.entry.delta)


def test_whoever_never_saw_the_field_is_not_asked_again_and_the_history_keeps_it_hidden() -> None:
    desk = desk_of(
        asked("blind", "clerk", rights={"amount": "hidden"}),
        asked("seeing", "secretary"),
        asked("last", "officer", form="sum.v1"),
        fields={"amount": 5},
    )
    desk.act("clerk", "agree", "steps/blind")
    desk.act("secretary", "agree", "steps/seeing")

    desk.act("officer", "agree", "steps/last", form={"amount": 6})

    assert desk.open() == [("steps/last/again/seeing", 2)]
    assert desk.last.entry.delta["changed"] == {"amount": None}


def test_a_withdrawal_takes_with_it_what_is_asked_again() -> None:
    desk = corrected()

    desk.act("person:p1", "withdraw")

    assert desk.open() == []
    assert desk.state[0] == "withdrawn"


def test_the_preview_of_a_change_shows_who_is_asked_again() -> None:
    desk = desk_of(asked("first", "clerk"), asked("second", "secretary", form="sum.v1"), fields={"amount": 5})
    desk.act("clerk", "agree", "steps/first")
    wanted = desk.wanted("secretary", "agree", desk.item_of("secretary", "steps/second").id, form={"amount": 6})
    before = replace(desk.live, past=desk.ledger.past())

    shown = consequences(desk.definition, before, wanted, desk.facts, desk.now)
    done = desk.take(wanted)

    assert shown == told(before, done)
    assert [one.path for one in shown.opened] == ["steps/second/again/first"]
    assert shown.fields == {"amount": 6}


def test_what_a_handler_changes_beside_asks_those_again_who_had_agreed_on_the_straight_way() -> None:
    steps = sequence(
        asked("first", "clerk"),
        asked("second", "secretary"),
        end("done", "approved"),
        on=(beside("trial.more.v1", carry_out("correct", by=role("officer"), form="sum.v1")),),
    )
    desk = Desk(flow(steps, forms=(SUM,)), fields={"amount": 5})
    desk.act("clerk", "agree", "steps/first")
    desk.event("trial.more.v1")

    desk.act("officer", "complete", "steps/on/0#1", form={"amount": 6})

    assert desk.open() == [("steps/on/0#1/again/first", 2), ("steps/second", 1)]
    assert superseded(desk) == ["steps/first"]
