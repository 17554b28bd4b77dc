"""What a ladder will do by itself is said before, and what it did afterwards, with the rule: in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.doors.http.foreseeing import ahead_view
from adapters.explaining import Saying, explained, saying
from adapters.texts import speaking
from adapters.web.timeline import Moment, timeline
from workflows.language.words import (
    Mode,
    Rung,
    Workflow,
    approve,
    carry_out,
    deem,
    end,
    hand_over,
    jump,
    remind,
    role,
    sequence,
    workflow,
)
from workflows.moves.previewing import way_ahead
from workflows.pictures.bpmn.export import export
from workflows.pictures.wording import Wording
from workflows.presentation import presentation_of
from workflows.testkit import Office, staff

NO = end("refused", "rejected")


def late(*ladder: Rung, mode: Mode = Mode.ALL) -> Workflow:
    step = approve("decide", by=role("officer"), mode=mode, within=3, overdue=ladder, on_reject=NO)
    later = carry_out("later", by=role("clerk"), within=3, overdue=(remind(0),))
    return workflow(
        "trial", starts_on="trial.began.v1", about="trial", steps=sequence(step, later, end("done", "approved"))
    )


def begun(definition: Workflow) -> tuple[Office, str]:
    office = Office([definition], staff(li="officer", wang="officer", clerk="clerk", head="office_head"))
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    return office, case


def said(office: Office) -> Saying:
    [(_, definition)] = office.library.current()
    return saying(definition, office.library.roster(), "Asia/Shanghai", office.clock())


def newest(office: Office, case: str) -> Moment:
    return timeline(office.history(case), office.case(case).head, said(office))[0]


TOLD = [
    (deem(0, "agree"), "3月5日17:00仍未答复，将自动视为同意。", "counts as agreed, by itself."),
    (deem(1, "reject"), "3月6日17:00仍未答复，将自动视为不同意。", "counts as refused, by itself."),
    (hand_over(0), "3月5日17:00仍未办理，将自动移交上级办理。", "handed over to the superior by itself."),
    (
        hand_over(-1, role("office_head")),
        "3月4日17:00仍未办理，将自动移交联席会议办公室主任办理。",
        "handed over to Head of the joint meeting office by itself.",
    ),
    (jump(2, "later"), "3月9日17:00仍未办理，将自动转到“later”。", "goes on at “later” by itself."),
]


@pytest.mark.parametrize(("rung", "chinese", "english"), TOLD)
def test_it_is_said_before_what_will_happen_by_itself_and_when(rung: Rung, chinese: str, english: str) -> None:
    office, case = begun(late(rung))

    with speaking("zh"):
        assert chinese in explained(office.library, office.case(case), office.clock())[1]
    with speaking("en"):
        assert english in explained(office.library, office.case(case), office.clock())[1]


@pytest.mark.parametrize(("rung", "chinese", "english"), TOLD)
def test_the_way_ahead_says_it_of_every_step(rung: Rung, chinese: str, english: str) -> None:
    first = carry_out("first", by=role("clerk"), within=1, overdue=(remind(0),))
    behind = late(rung).model_copy(update={"steps": sequence(first, *late(rung).steps.steps)})  # type: ignore[union-attr]  # a sequence
    live, ahead = begun(late(rung)), begun(behind)

    with speaking("zh"):
        [one] = [step for step in _steps(*live) if step["path"] == "steps/decide"]
        [other] = [step for step in _steps(*ahead) if step["path"] == "steps/decide"]

    assert one["titles"]["by_itself"] == other["titles"]["by_itself"] == chinese
    assert english
    assert [found["rung"] for found in one["by_itself"]] == [rung.rung]


def _steps(office: Office, case: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = ahead_view(way_ahead(office.engine, case), said(office))["steps"]
    return steps


@pytest.mark.parametrize(
    ("rung", "what"),
    [
        (deem(0, "agree"), "“decide”逾期未答复，2席按规则视为同意"),
        (deem(0, "reject"), "“decide”逾期未答复，2席按规则视为不同意"),
        (hand_over(0, role("office_head")), "“decide”逾期未办，系统自动移交联席会议办公室主任"),
        (hand_over(0), "“decide”逾期未办，系统自动移交上级"),
        (hand_over(-1, role("clerk")), "“decide”临近到期未办，系统自动移交clerk"),
        (jump(0, "later"), "“decide”逾期未办，系统自动转到“later”"),
    ],
)
def test_the_timeline_says_that_the_system_did_it_and_by_which_rung(rung: Rung, what: str) -> None:
    office, case = begun(late(rung))

    office.turn(days=4)

    with speaking("zh"):
        moment = newest(office, case)
    assert (moment.what, moment.who, moment.kind) == (what, "系统按逾期规则第1级", "timer")


def test_who_comes_too_late_is_told_that_the_rule_closed_the_item() -> None:
    office, _ = begun(late(deem(0, "agree"), mode=Mode.ONE))
    [mine] = office.inbox("li")
    office.turn(days=4)

    answer = office.act("li", mine, "agree")

    assert answer.status == 409
    assert answer.body["by"] == "rule:ladder:steps/decide:0"


def test_pictures_and_bpmn_show_what_happens_by_itself() -> None:
    definition = late(hand_over(0), deem(2, "agree"))
    titles = presentation_of("trial")
    [step, *_] = definition.steps.steps  # type: ignore[union-attr]  # a sequence

    note = Wording(titles, "zh").note(step)
    drawn = export(definition, titles, "zh").xml

    assert "到期移交上级" in note
    assert "逾期2个工作日视为同意" in note
    assert 'liaison:deem workingDaysAfter="2" answer="agree"' in drawn
    assert 'liaison:hand_over workingDaysAfter="0"' in drawn
