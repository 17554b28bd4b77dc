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
from tests.workflows_for_tests import (
    GATHERING,
    INQUIRY,
    TrialAgreed,
    TrialGathered,
    TrialObjected,
    people,
)
from workflows.language.words import end, panel, sequence, vote, workflow
from workflows.machine.explain import Explanation, Why, explain
from workflows.pictures.svg import draw
from workflows.presentation import presentation_of
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
        "同意、不同意或退回即可推进。3月6日17:00起联席会议办公室主任也可办理。"
    )
    assert sentence(office, case, "en") == (
        "Since 2 Mar it waits for Service centre counter to handle “Completeness check”, "
        "due 4 Mar, 17:00, 2 working days left; Agree, Refuse or Return moves it on. "
        "From 6 Mar, 17:00 on, Head of the joint meeting office may act as well."
    )


def test_an_overdue_item_says_by_how_much_and_who_may_act_now(office: Office) -> None:
    case = applied(office)

    office.turn(days=7)

    assert sentence(office, case) == (
        "自3月2日起等待服务中心窗口、联席会议办公室主任办理“材料核对”，"
        "已于3月4日17:00到期，逾期2个工作日；同意、不同意或退回即可推进。"
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
    assert explained(office.library, suspended, office.clock())[1] == (
        "自3月2日起挂起（suspended），恢复办理后继续；期间收到的内容依次保留。"
    )


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


# -- waits of more than one person -------------------------------------------------------------------------


@pytest.fixture
def gathering() -> Office:
    return Office(workflows=[GATHERING, INQUIRY], roster=people())


def gathered(office: Office, trial: str = "t1") -> str:
    return office.send(TrialGathered(trial=trial, topics=("site", "money", "road"), room="r1")).cases[0]


def complete(office: Office, **form: object) -> None:
    assert office.act("officer", office.inbox("officer")[0], "complete", form=form).status == 200


def to_the_race(office: Office) -> None:
    complete(office, advice="no")
    complete(office, advice="yes")
    complete(office, ready=True)


def to_the_room(office: Office, trial: str = "t1") -> None:
    to_the_race(office)
    office.send(TrialAgreed(trial=trial))


def to_the_notice(office: Office) -> None:
    to_the_room(office)
    complete(office)
    office.act("one", office.inbox("one")[0], "agree")
    office.act("two", office.inbox("two")[0], "agree")


def test_a_for_each_says_how_many_have_arrived(gathering: Office) -> None:
    case = gathered(gathering)

    complete(gathering, advice="no")

    assert "“each_topic”已完成1项、共3项。另有1项同时等待。" in sentence(gathering, case)
    assert "“each_topic”: 1 of 3 done. One more" in sentence(gathering, case, "en")


def test_a_race_says_what_may_come_first(gathering: Office) -> None:
    case = gathered(gathering)

    to_the_race(gathering)

    found = why(gathering, gathering.case(case))
    assert {one.why for one in found.reasons} == {Why.EVENT, Why.NOTICE}
    assert sentence(gathering, case) == (
        "“term”自3月2日起公示，3月9日17:00期满即可推进。“agreement”中“agreed”或“term”，先到者为准。另有1项同时等待。"
    )
    assert "In “agreement” the first of “agreed” or “term” counts." in sentence(gathering, case, "en")


def test_a_case_in_line_says_that_the_resource_is_in_use_and_not_by_whom(gathering: Office) -> None:
    first = gathered(gathering, "t1")
    to_the_room(gathering, "t1")
    second = gathered(gathering, "t2")
    for advice in ("no", "yes"):
        item = next(one for one in gathering.inbox("officer") if one.case.id == second)
        gathering.act("officer", item, "complete", form={"advice": advice})
    item = next(one for one in gathering.inbox("officer") if one.case.id == second)
    gathering.act("officer", item, "complete", form={"ready": True})

    gathering.send(TrialAgreed(trial="t2"))

    said = sentence(gathering, second)
    assert said == "自3月2日起“in_the_room”排队等待：room正在使用，前面有1件，轮到本事项即可推进。"
    assert "t1" not in said
    assert why(gathering, gathering.case(first)).first.why is Why.ITEM
    assert why(gathering, gathering.case(second)).first.ahead == 1
    assert "stands in line: room is in use, 1 ahead of it" in sentence(gathering, second, "en")


def test_a_vote_says_how_many_voted_and_how_many_must(gathering: Office) -> None:
    case = gathered(gathering)
    to_the_room(gathering)
    complete(gathering)

    gathering.act("one", gathering.inbox("one")[0], "abstain")

    [reason] = why(gathering, gathering.case(case)).reasons
    assert (reason.why, reason.done, reason.of, reason.needs) == (Why.VOTE, 1, 3, 2)
    assert sentence(gathering, case).startswith("自3月2日起票决“ballot”，已投1票、共3席，至少2席投票有效；尚待")
    assert sentence(gathering, case).endswith("投票，3月9日17:00前办结，剩余5个工作日；结果确定即可推进。")
    assert "1 of 3 seats have voted, at least 2 must" in sentence(gathering, case, "en")


@pytest.mark.parametrize(("language", "said"), [("zh", "代理人不能代投"), ("en", "a proxy may not vote for them")])
def test_a_vote_in_person_says_so_in_its_sentence_and_in_its_picture(language: str, said: str) -> None:
    steps = vote("board", by=panel("board"), quorum="1/2", passes="1/2", within=3, fails=end("no"), proxies=False)
    definition = workflow("poll", starts_on="trial.poll.v1", about="trial", steps=sequence(steps, end("done")))
    office = Office([definition], staff(one="panel_member:board", two="panel_member:board"))
    (case,) = office.send(office.event("trial.poll.v1", key="p1")).cases

    picture = draw(definition, presentation_of("unheard_of"), None, language)

    assert why(office, office.case(case)).first.in_person
    assert said in sentence(office, case, language)
    assert {"zh": "不得代投", "en": "no votes by proxy"}[language] in picture


def test_a_notice_says_until_when_and_what_stopped_its_clock(gathering: Office) -> None:
    case = gathered(gathering)
    to_the_notice(gathering)
    standing = sentence(gathering, case)

    gathering.turn(days=1)
    gathering.send(TrialObjected(trial="t1", ground="g1"))

    notice = next(one for one in why(gathering, gathering.case(case)).reasons if one.why is Why.NOTICE)
    assert standing == "“notice”自3月2日起公示，3月9日17:00期满即可推进。"
    assert notice.paths == ("steps/notice/on/0#1",)
    assert notice.light is Light.GREY
    assert notice.due_at is None
    assert notice.remaining == 4 * 7 * 60 + timedelta(hours=6, minutes=30) // timedelta(minutes=1)


def test_a_call_says_how_many_of_its_sub_cases_have_ended(gathering: Office) -> None:
    case = gathered(gathering)
    to_the_notice(gathering)

    gathering.send(TrialObjected(trial="t1", ground="g1"))

    call = next(one for one in why(gathering, gathering.case(case)).reasons if one.why is Why.CALL)
    assert (call.done, call.of, call.needs) == (0, 1, 1)
    assert [gathering.case(one).head.workflow for one in call.cases] == ["inquiry"]
    assert sentence(gathering, case).startswith("“notice”自3月2日起公示，因“inquiry”停止计时，尚余")
    assert "its clock is stopped by “inquiry” with 5 working days left" in sentence(gathering, case, "en")


def test_a_suspended_tree_says_why_and_what_becomes_of_what_arrives(gathering: Office) -> None:
    case = gathered(gathering)

    gathering.suspend("head", case, "另案核查")

    assert sentence(gathering, case) == "自3月2日起挂起（另案核查），恢复办理后继续；期间收到的内容依次保留。"
    assert "Suspended since 2 Mar (另案核查)" in sentence(gathering, case, "en")
