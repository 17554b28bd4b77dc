"""One sentence says why a case waits, for whom, since when, and what would move it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.explaining import explained
from adapters.sample.county import sample_calendar, sample_numbers, sample_roster
from adapters.texts import speaking
from domain.calendar import Light
from domain.events import EVENT_TYPES
from tests.unit.pictures.sheets import every_word
from workflows.machine.explain import Explanation, Why, explain
from workflows.reads import CaseView
from workflows.testkit import MONDAY, Office, staff

CLERK, HEAD = "sample.centre_clerk_1", "sample.office_head"
VERIFIER = "sample.industry_commerce_verifier"


@pytest.fixture
def office() -> Office:
    return Office(roster=sample_roster(), calendar=sample_calendar(), numbers=sample_numbers())


def applied(office: Office, **changed: object) -> str:
    event = EVENT_TYPES["member.applied.v1"]
    made = event.model_validate({**event.EXAMPLE, "groups": ["1"], **changed})
    return office.send(office.said(made, department="330226105")).cases[0]


def sentence(office: Office, case: str, language: str = "zh") -> str:
    with speaking(language):
        return explained(office.library, office.case(case), office.clock())[1]


def why(office: Office, view: CaseView) -> Explanation:
    definition = office.library.by_hash(view.head.workflow_hash)
    return explain(definition, view, office.library.calendar(), office.clock())


def test_a_work_item_names_who_since_when_until_when_and_what_moves_it(office: Office) -> None:
    case = applied(office)

    assert sentence(office, case) == (
        "自3月2日起等待服务中心窗口办理“材料核对”，3月4日17:00前办结，剩余2个工作日；"
        "同意、不同意或退回补正即可推进。3月6日17:00起联席会议办公室主任也可办理。"
    )
    assert sentence(office, case, "en") == (
        "Since 2 Mar it waits for Service centre counter to handle “Completeness check”, "
        "due 4 Mar, 17:00, 2 working days left; Agree, Refuse or Return for a supplement moves it on. "
        "From 6 Mar, 17:00 on, Head of the joint meeting office may act as well."
    )


def test_an_overdue_item_says_by_how_much_and_who_may_act_now(office: Office) -> None:
    case = applied(office)

    office.turn(days=7)

    assert sentence(office, case) == (
        "自3月2日起等待服务中心窗口、联席会议办公室主任办理“材料核对”，"
        "已于3月4日17:00到期，超期2个工作日；同意、不同意或退回补正即可推进。"
    )
    assert why(office, office.case(case)).first.light is Light.RED


def test_seats_side_by_side_are_counted(office: Office) -> None:
    case = applied(office)

    office.act(CLERK, office.inbox(CLERK)[0], "agree")

    assert sentence(office, case).endswith("另有1项同时等待。")
    assert "类别核实员（民营企业和外商投资企业管理技术人员）" in sentence(office, case)


def test_a_supplement_waits_for_the_applicant_or_for_the_event(office: Office) -> None:
    case = applied(office)

    office.act(CLERK, office.inbox(CLERK)[0], "return", opinion="缺少单位证明")

    assert "等待申请人本人、服务中心窗口办理“补正材料”" in sentence(office, case)
    assert "完成，或收到“补正申请材料”，即可推进。" in sentence(office, case)


def test_a_wait_names_the_event_and_when_it_counts_as_not_answered(office: Office) -> None:
    case = applied(office, consented=False)

    assert sentence(office, case) == ("自3月2日起等待“本人同意处理个人信息”，收到即可推进；3月9日17:00后按未答复处理。")
    assert why(office, office.case(case)).first.why is Why.EVENT


def test_an_ended_case_says_how_and_when(office: Office) -> None:
    case = applied(office)

    office.act(CLERK, office.inbox(CLERK)[0], "reject", reason="outside_county")

    assert sentence(office, case) == "已于3月2日办结：不予登记。"


def test_a_quarantined_and_a_suspended_case_say_so(office: Office) -> None:
    view = office.case(applied(office))

    quarantined = replace(view, head=replace(view.head, quarantine="definition gone"))
    suspended = replace(view, head=replace(view.head, gate="suspended"))

    assert why(office, quarantined).first.detail == "definition gone"
    assert why(office, quarantined).first.why is Why.QUARANTINED
    assert why(office, suspended).first.why is Why.GATE
    assert explained(office.library, suspended, office.clock())[1] == "自3月2日起暂停办理，恢复后继续。"


def test_a_case_that_nobody_holds_up_is_under_way(office: Office) -> None:
    view = office.case(applied(office))

    bare = replace(view, items=(), holders={}, activations=())

    assert why(office, bare).first.why is Why.UNDER_WAY


def test_the_most_pressing_reason_comes_first_and_every_running_case_has_one() -> None:
    roster = staff(chen="centre_clerk", wang=("category_verifier", "town_clerk"), li="panel_member", he="office_head")
    office = Office(workflows=[every_word()], roster=roster)
    event = office.event(
        "member.applied.v1", key="a", person="a", application="a", town="1", groups=[], joins_association=False
    )
    case = office.send(event).cases[0]

    office.act("chen", office.inbox("chen")[0], "agree")
    found = why(office, office.case(case)).reasons

    assert [one.path for one in found] == [
        "steps/opinions/1",
        "steps/opinions/1",
        "steps/opinions/0",
        "steps/opinions/0",
    ]
    assert found[0].due_at is not None
    assert found[-1].due_at is None
    assert found[0].since == MONDAY
    assert found[0].remaining == 10 * 7 * 60 + timedelta(hours=6, minutes=30) // timedelta(minutes=1)
