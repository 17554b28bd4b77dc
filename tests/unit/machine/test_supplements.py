"""Return to the applicant: rounds, who and what may answer, what is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.machine.desk import APPLICANT, Desk, flow
from workflows.language.words import (
    Mode,
    Step,
    approve,
    carry_out,
    end,
    role,
    sequence,
    to_applicant,
)
from workflows.machine.decision import Decision, Ignored, Refused

PERSONAL = {"name": "样例甲", "mobile": "13900000000", "fingerprint": "old"}


def check(**asked: Any) -> Step:
    given = {
        "within": 5,
        "silence": end("incomplete"),
        "through": role("clerk"),
        "answered_by": "member.supplemented.v1",
        "takes": ("town", "name", "mobile", "organisation"),
    }
    step = approve(
        "check", by=role("officer"), on_return=to_applicant(**{**given, **asked}), on_reject=end("refused", "rejected")
    )
    return sequence(step, end("checked"))


def returned(**asked: Any) -> Desk:
    desk = Desk(check(**asked), fields={"town": "330226105"}, personal=PERSONAL)
    desk.act("officer", "return", "steps/check", opinion="请补正")
    return desk


def test_a_return_asks_the_applicant_and_nobody_else() -> None:
    desk = returned()

    assert desk.open() == [("steps/check/supplement", 1)]
    assert desk.holders("steps/check/supplement") == [(APPLICANT, "owner"), ("role:clerk:", "proxy")]
    assert desk.closed()["steps/check", 1, 0] == ("returned", "officer")


def test_the_answer_opens_the_next_round_of_the_step() -> None:
    desk = returned()

    desk.act(APPLICANT, "complete", "steps/check/supplement")

    assert desk.open() == [("steps/check", 2)]
    assert desk.closed()["steps/check/supplement", 1, 0] == ("completed", APPLICANT)


def test_a_supplement_is_asked_once_where_it_is_asked_once() -> None:
    desk = returned()
    desk.act(APPLICANT, "complete", "steps/check/supplement")

    again = desk.act("officer", "return", "steps/check", opinion="样例")

    assert isinstance(again, Refused)
    assert (again.status, again.code) == (409, "asked_once")


def test_where_it_may_be_asked_again_rounds_count_up() -> None:
    desk = returned(once=False)
    desk.act(APPLICANT, "complete", "steps/check/supplement")

    desk.act("officer", "return", "steps/check", opinion="样例")
    assert desk.open() == [("steps/check/supplement", 2)]
    desk.act(APPLICANT, "complete", "steps/check/supplement")
    desk.act("officer", "agree", "steps/check")

    assert desk.state == ("completed", "checked")


def test_a_return_cancels_the_peers_and_the_next_round_asks_all_of_them_again() -> None:
    step = approve(
        "check",
        by=role("officer"),
        mode=Mode.ALL,
        on_return=to_applicant(within=5, silence=end("incomplete")),
        on_reject=end("refused", "rejected"),
    )
    desk = Desk(step)
    desk.act("other", "agree", "steps")

    desk.act("officer", "return", "steps", opinion="样例")
    desk.act(APPLICANT, "complete", "steps/supplement")

    assert desk.closed()["steps", 1, 2] == ("cancelled", "officer")
    assert desk.open() == [("steps", 2)] * 3
    assert desk.live.activations["steps", 2].agree == 0


def test_the_event_answers_as_well_and_writes_what_is_asked_for() -> None:
    desk = returned()

    desk.event("member.supplemented.v1", town="330226106", channel="self", personal={"name": "样例乙", "adult": True})

    assert desk.open() == [("steps/check", 2)]
    assert desk.live.head.fields == {"town": "330226106"}
    assert desk.live.head.personal["name"] == "样例乙"
    assert "adult" not in desk.live.head.personal
    assert desk.closed()["steps/check/supplement", 1, 0] == ("completed", "event")


def test_the_event_means_nothing_before_it_was_asked_for_and_after_it_was_given() -> None:
    desk = Desk(check(once=False))
    assert isinstance(desk.event("member.supplemented.v1"), Ignored)
    desk.act("officer", "return", "steps/check", opinion="样例")
    desk.event("member.supplemented.v1")

    assert isinstance(desk.event("member.supplemented.v1"), Ignored)


def test_what_the_applicant_gives_by_hand_is_checked_and_parted_as_in_the_event() -> None:
    desk = returned()

    desk.act("clerk", "complete", "steps/check/supplement", form={"town": "330226106", "mobile": "+86 139-1111-1111"})

    assert desk.live.head.fields == {"town": "330226106"}
    assert desk.live.head.personal["mobile"] == "13911111111"
    assert "13911111111" not in str(desk.last.entry.delta)


def test_a_corrected_number_has_its_blind_index_worked_out_anew() -> None:
    desk = returned()

    desk.act("clerk", "complete", "steps/check/supplement", form={"mobile": "13911111111"})

    assert desk.live.head.personal["fingerprint"] == "样例甲/13911111111"
    assert desk.last.entry.personal["fingerprint"] == "样例甲/13911111111"


def test_a_supplement_that_corrects_nothing_of_it_keeps_the_blind_index() -> None:
    desk = returned()

    desk.act("clerk", "complete", "steps/check/supplement", form={"organisation": "样例单位"})

    assert desk.live.head.personal["fingerprint"] == "old"


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"town": "nowhere"}, "bad_value", "form/town"),
        ({"mobile": 5}, "bad_value", "form/mobile"),
        ({"name": 0.5}, "bad_value", "form/name"),
        ({"adult": True}, "unknown_field", "form/adult"),
    ],
)
def test_a_wrong_field_of_a_supplement_is_named_and_nothing_changes(
    form: dict[str, Any], code: str, field: str
) -> None:
    desk = returned()

    refused = desk.act("clerk", "complete", "steps/check/supplement", form=form)

    assert isinstance(refused, Refused)
    assert (refused.status, refused.code, refused.field) == (422, code, field)
    assert desk.open() == [("steps/check/supplement", 1)]


def test_an_id_number_in_a_supplement_is_covered() -> None:
    desk = returned()

    desk.act("clerk", "complete", "steps/check/supplement", form={"organisation": "样例 11010519491231002X"})

    assert desk.live.head.personal["organisation"] == "样例 ******************"


def test_without_a_schema_new_fields_count_as_personal_and_known_plain_ones_as_plain() -> None:
    desk = returned(answered_by="trial.answered.v1", takes=("town", "extra"))

    desk.act("clerk", "complete", "steps/check/supplement", form={"town": "T2", "extra": "样例 11010519491231002X"})

    assert desk.live.head.fields == {"town": "T2"}
    assert desk.live.head.personal["extra"] == "样例 ******************"


def test_without_a_schema_only_simple_values_are_taken() -> None:
    desk = returned(answered_by=None, takes=("extra",))

    assert isinstance(desk.act("clerk", "complete", "steps/check/supplement", form={"extra": {"a": 1}}), Refused)
    assert isinstance(desk.act("clerk", "complete", "steps/check/supplement", form={"extra": ["a", 1]}), Refused)
    assert isinstance(desk.act("clerk", "complete", "steps/check/supplement", form={"extra": ["a", "b"]}), Decision)


def test_a_step_may_be_called_supplement() -> None:
    desk = Desk(flow(sequence(carry_out("supplement", by=role("clerk")), end("after")), person=False), person=None)

    desk.act("clerk", "complete", "steps/supplement")

    assert desk.state == ("completed", "after")
