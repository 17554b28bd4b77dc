"""加急: who may raise a case, what becomes shorter by it, and what does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.unit.machine.desk import Desk, flow
from workflows.language.words import Remind, approve, end, role, sequence
from workflows.machine.decision import Refused

NO = end("refused", "rejected")


def desk_of(**more: Any) -> Desk:
    steps = sequence(
        approve("first", by=role("clerk"), within=8, overdue=(Remind(at=0),), on_reject=NO),
        approve("second", by=role("secretary"), within=8, on_reject=NO),
        end("done", "approved"),
    )
    return Desk(flow(steps), **more)


def due(desk: Desk) -> datetime:
    (item,) = desk.live.items.values()
    assert item.due_at is not None
    return item.due_at


def raised(desk: Desk, urgency: str = "urgent", who: str = "head", **more: Any) -> Any:
    return desk.act(who, "set-urgency", **{"opinion": "样例", "fields": {"urgency": urgency}, **more})


def test_a_case_that_is_raised_is_due_earlier_with_its_ladder() -> None:
    desk = desk_of()
    before = due(desk)

    raised(desk)

    assert due(desk) == datetime.fromisoformat("2026-03-06T09:00:00+00:00")
    assert before == datetime.fromisoformat("2026-03-12T09:00:00+00:00")
    assert [one.due_at for one in desk.live.timers.values()] == [due(desk)]
    assert desk.last.entry.delta["urgency"] == ["normal", "urgent"]


def test_what_is_asked_later_has_the_shorter_term_too() -> None:
    desk = desk_of(numbers={"urgency.most_urgent_percent": 25})
    raised(desk, "most_urgent")

    desk.act("clerk", "agree", "steps/first")

    assert due(desk) == datetime.fromisoformat("2026-03-04T09:00:00+00:00")


def test_lowering_keeps_the_date_and_is_told_in_the_history() -> None:
    desk = desk_of()
    raised(desk)
    kept = due(desk)

    raised(desk, "normal")

    assert due(desk) == kept
    assert desk.live.head.urgency.value == "normal"


def test_a_case_is_as_urgent_as_its_start_says() -> None:
    desk = desk_of(fields={"urgency": "urgent"})

    assert desk.live.head.urgency.value == "urgent"
    assert due(desk) == datetime.fromisoformat("2026-03-06T09:00:00+00:00")


REFUSED = {
    "without right": ({"who": "person:p9"}, (403, "not_yours")),
    "twice": ({"urgency": "normal"}, (409, "same_urgency")),
    "without a reason": ({"opinion": ""}, (422, "opinion_required")),
    "another word": ({"urgency": "soon"}, (422, "bad_value")),
}


@pytest.mark.parametrize(("more", "refused"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused(more: dict[str, Any], refused: tuple[int, str]) -> None:
    desk = desk_of()

    outcome = raised(desk, **more)

    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.code) == refused


def test_after_the_end_it_is_refused() -> None:
    desk = desk_of()
    desk.act("clerk", "reject", "steps/first", opinion="样例")

    outcome = raised(desk)

    assert (outcome.status, outcome.code) == (409, "case_ended")
