"""Where a case stands in its picture."""

import re

import pytest

from tests.unit.pictures.sheets import every_word, titles
from workflows.language.words import (
    Step,
    approve,
    carry_out,
    deem,
    do,
    end,
    jump,
    remind,
    role,
    sequence,
    set_field,
    workflow,
)
from workflows.machine.nodes import index
from workflows.pictures.shapes import Mark
from workflows.pictures.standing import Standing, standing
from workflows.pictures.svg import draw
from workflows.reads import HistoryView
from workflows.testkit import Office, staff

CLERK, HEAD = "chen", "he"


@pytest.fixture
def office() -> Office:
    roster = staff(
        chen="centre_clerk",
        he="office_head",
        wang=("category_verifier", "town_clerk"),
        li="panel_member",
        zhao="panel_member",
    )
    return Office(workflows=[every_word()], roster=roster)


@pytest.fixture
def case(office: Office) -> str:
    event = office.event(
        "member.applied.v1",
        key="a1",
        person="a1",
        application="a1",
        town="330226105",
        groups=["1"],
        joins_association=False,
    )
    return office.send(event).cases[0]


def where(office: Office, case: str) -> Standing:
    return standing(every_word(), office.case(case), history(office, case))


def history(office: Office, case: str) -> tuple[HistoryView, ...]:
    return office.store.reads.history(office.viewer(HEAD), case)


def sign_of(drawing: str, path: str) -> str | None:
    """The outline of the sign at a step, None where it has none."""
    [group] = re.findall(rf'<g class="[^"]*" data-path="{path}">.*?</g>', drawing)
    found = re.search(r'class="sign" d="([^"]*)"', group)
    return found and found.group(1)


def test_the_step_that_waits_for_somebody_is_live(office: Office, case: str) -> None:
    assert where(office, case).marks["steps/completeness"] is Mark.LIVE
    assert "steps/countersign" not in where(office, case).marks


def test_a_decided_step_and_the_way_behind_it_are_done(office: Office, case: str) -> None:
    office.act(CLERK, office.inbox(CLERK)[0], "agree")

    marks = where(office, case).marks

    assert marks["steps/completeness"] is Mark.DONE
    assert marks["steps/opinions"] is Mark.LIVE
    assert marks["steps/opinions/0"] is Mark.LIVE


def test_a_refusal_is_an_answer_and_the_end_that_was_reached_is_marked(office: Office, case: str) -> None:
    office.act(CLERK, office.inbox(CLERK)[0], "reject", opinion="不在本县")

    found = where(office, case)

    assert found.outcome == "refused"
    assert found.marks["steps/completeness"] is Mark.DONE
    assert found.marks["steps/completeness/rejected/refuse"] is Mark.DONE
    assert found.marks["steps/completeness/rejected/1"] is Mark.DONE
    assert "steps/countersign/rejected/1" not in found.marks


def test_live_done_and_cancelled_differ_by_sign_not_only_by_colour(office: Office, case: str) -> None:
    office.act(CLERK, office.inbox(CLERK)[0], "agree")
    drawing = draw(every_word(), titles(), office.case(case), "zh", history(office, case))

    live = sign_of(drawing, "steps/opinions/0") or ""
    done = sign_of(drawing, "steps/completeness") or ""

    assert live.endswith("z")
    assert done
    assert not done.endswith("z")
    assert sign_of(drawing, "steps/countersign") is None
    assert "<title>材料核对 · 服务中心窗口 · 2个工作日 · 已完成</title>" in drawing


def test_every_marked_path_is_a_step_of_the_definition(office: Office, case: str) -> None:
    known = set(index(every_word())) | {f"{path}/supplement" for path in index(every_word())}

    office.act(CLERK, office.inbox(CLERK)[0], "return", opinion="缺少证明")

    marks = where(office, case).marks
    assert marks["steps/completeness/supplement"] is Mark.LIVE
    assert set(marks) <= known


def test_a_picture_without_a_case_marks_nothing() -> None:
    assert standing(every_word(), None).marks == {}


def test_a_step_that_a_ladder_jumped_over_is_not_done_and_the_one_it_left_is_cancelled() -> None:
    steps: list[Step] = [
        carry_out("late", by=role("clerk"), within=1, overdue=(jump(0, "decide"),)),
        carry_out("between", by=role("clerk"), within=1, overdue=(remind(0),)),
        do("noted", set_field("noted", value=True)),
        approve(
            "decide", by=role("clerk"), within=1, overdue=(deem(0, "reject"),), on_reject=end("refused", "rejected")
        ),
    ]
    definition = workflow(
        "late", starts_on="trial.began.v1", about="trial", steps=sequence(*steps, end("done", "approved"))
    )
    office = Office(workflows=[definition], roster=staff(chen="clerk", he="office_head"))
    case = office.send(office.event("trial.began.v1", key="k1")).cases[0]
    office.turn(days=20)

    marks = standing(definition, office.case(case), history(office, case)).marks

    assert office.case(case).head.outcome == "refused"
    assert {path: marks.get(f"steps/{path}") for path in ("late", "between", "noted", "decide")} == {
        "late": Mark.CANCELLED,
        "between": None,
        "noted": Mark.DONE,
        "decide": Mark.DONE,
    }
