"""One item in a real browser: deciding, being too late, what is asked for, and what an act would do."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browser, Tab
from tests.browser.house import CLERK, House, enter, served
from workflows.language.words import Mode, approve, end, role, sequence, workflow
from workflows.reads import HistoryView

OTHER_CLERK = "sample.centre_clerk_2"
AGREE = "form.operation.agree button"
REJECT = "form.operation.reject button"


def at_the_item(chromium: Browser, house: House, address: str, user: str = CLERK, *, scripts: bool = True) -> Tab:
    """A tab of somebody who was handed one case and has opened its item."""
    house.hand_in_samples(1)
    tab = chromium.tab(scripts=scripts)
    enter(tab, address, house, user)
    tab.press("table.lines [data-row]")
    return tab


def only_case(house: House) -> str:
    [row] = house.office.cases()
    return row.case.id


def history(house: House) -> tuple[HistoryView, ...]:
    return house.office.history(only_case(house))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_clerk_signs_in_once_decides_and_sees_it_in_the_history(
    chromium: Browser, house: House, address: str, *, scripts: bool
) -> None:
    tab = at_the_item(chromium, house, address, scripts=scripts)
    assert "由您办理" in tab.text(".deciding")

    tab.press(AGREE)

    assert "已办理：同意。" in tab.text(".done")
    tab.open(f"{address}/cases/{only_case(house)}")
    assert "“材料核对”：同意" in tab.text(".timeline")
    assert "服务中心经办员" in tab.text(".timeline")
    assert "approved" in {one.state.value for one in house.office.case(only_case(house)).items}
    assert tab.problems == []


def test_what_an_act_would_do_is_said_before_it_is_done(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address)

    agreement = tab.text(".operation.agree")
    tab.value("document.querySelector('.operation.reject').closest('details').open = true")
    refusal = tab.text(".operation.reject")

    assert "将转入“类别核实”" in agreement
    assert "办件将办结：不予登记。将告知申请人本人。 办理后不能撤销。" in refusal


def test_an_item_says_why_it_is_due_on_its_day(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address)

    tab.value("document.querySelector('.because').open = true")

    assert "因此时限为11月5日17:00。" in tab.text(".because")


def test_the_next_task_is_one_press_away(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(2)
    tab = chromium.tab()
    enter(tab, address, house, CLERK)
    tab.press("table.lines [data-row]")
    first = tab.value("location.pathname")

    tab.press(AGREE)
    assert tab.value("document.activeElement.matches('.done a')")
    tab.press(".done a.button")

    assert tab.value("location.pathname") not in {first, "/inbox"}
    assert "由您办理" in tab.text(".deciding")


def test_who_comes_too_late_learns_who_decided_and_when(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address, OTHER_CLERK)

    house.office.act(CLERK, house.office.inbox(CLERK)[0], "agree")
    tab.press(AGREE)

    assert tab.text("h1") == "已不能办理"
    assert "服务中心经办员已于11月3日09:30办理。" in tab.text(".answer")
    assert "没有写入任何内容。" in tab.text(".answer")


def test_whoever_looks_at_an_item_while_a_colleague_decides_it_is_told(
    chromium: Browser, house: House, address: str
) -> None:
    tab = at_the_item(chromium, house, address, OTHER_CLERK)
    tab.wait_for("performance.getEntriesByType('resource').some(one => one.name.includes('part=live'))")

    house.office.act(CLERK, house.office.inbox(CLERK)[0], "agree")

    tab.wait_for("document.querySelector('#stale').checkVisibility()")
    assert "这项待办刚刚有更新" in tab.text("#stale")


def test_pressing_twice_is_one_act(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address)

    twice = tab.value("""(async () => {
        const form = document.querySelector('form.operation.agree');
        const send = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))});
        return (await Promise.all([send(), send()])).map(one => one.url);
    })()""")

    assert [one.endswith("?done=agree") for one in twice] == [True, True]
    assert sum(one.body["what"] == "act:agree" for one in history(house)) == 1


def test_a_refusal_needs_one_of_the_closed_reasons(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address)
    tab.value("document.querySelector('form.operation.reject').noValidate = true")
    tab.value("document.querySelector('form.operation.reject').closest('details').open = true")

    tab.press(REJECT)
    assert "请填写“原因”" in tab.text(".wrong")
    assert tab.value("document.querySelector('.operation.reject select').getAttribute('aria-invalid')") == "true"
    tab.type("form.operation.reject select[name=reason]", "outside_county")
    tab.press(REJECT)

    assert "不予登记" in tab.text(".why")
    assert "原因：工作和居住均不在本县" in tab.text("main")


def test_what_the_applicant_wrote_is_shown_only_when_asked_for_and_the_reading_is_recorded(
    chromium: Browser, house: House, address: str
) -> None:
    tab = at_the_item(chromium, house, address)
    assert "样例·" not in tab.text("main")

    tab.press(".personal button")

    assert "样例·" in tab.text(".personal")
    assert "本次查看已记录" in tab.text(".personal")


def test_what_a_colleague_said_about_the_person_is_read_with_the_personal_data(
    chromium: Browser, house: House, address: str
) -> None:
    house.hand_in_samples(1)
    house.office.act(CLERK, house.office.inbox(CLERK)[0], "agree", opinion="样例：材料齐全")
    tab = chromium.tab(scripts=False)
    enter(tab, address, house, "sample.qiantong_clerk")
    tab.press("table.lines [data-row]")
    assert "样例：材料齐全" not in tab.text("main")

    tab.press(".personal button")

    assert "“材料核对”：同意 服务中心经办员：样例：材料齐全" in tab.text(".personal")


def test_who_does_not_hold_an_item_sees_with_whom_it_is(chromium: Browser, house: House, address: str) -> None:
    [case] = house.hand_in_samples(1)
    tab = chromium.tab()
    enter(tab, address, house, "sample.auditor")

    tab.open(f"{address}/items/{house.office.case(case).items[0].id}")

    assert "这项待办由服务中心窗口办理。" in tab.text(".deciding")
    assert tab.value("document.querySelectorAll('form.operation').length") == 0


def test_what_a_colleague_proposes_is_confirmed_by_a_second_person(
    chromium: Browser, house: House, address: str
) -> None:
    [case] = house.hand_in_samples(1)
    for user in (CLERK, "sample.qiantong_clerk", "sample.section_officer"):
        house.office.act(user, house.office.inbox(user)[0], "agree")
    first, second = chromium.tab(), chromium.tab()
    enter(first, address, house, "sample.office_head")
    first.open(f"{address}/cases/{case}/operations")
    first.value("document.querySelector('.operation.void').closest('details').open = true")
    first.type(".operation.void textarea", "样例：录入错误")
    first.press(".operation.void button")

    enter(second, address, house, "sample.convenor")
    second.press("table.lines [data-row]")
    asked = second.text("main")
    second.press(AGREE)

    assert "联席会议办公室主任提出“作废”，须由另一人确认。" in asked
    assert house.office.case(case).head.state.value == "void"


TWO_CLERKS = workflow(
    "member_registration",
    starts_on="member.applied.v1",
    about="member",
    person=True,
    steps=sequence(
        approve("completeness", by=role("centre_clerk"), mode=Mode.ALL, within=2, on_reject=end("refused")),
        end("registered"),
    ),
)


def test_who_else_signs_is_shown_and_an_answer_is_taken_back_while_the_others_are_asked(chromium: Browser) -> None:
    house = House(workflows=[TWO_CLERKS])
    with served(house.application()) as address:
        tab = at_the_item(chromium, house, address)
        tab.press(AGREE)
        signed = tab.text("#signers")

        tab.value("document.querySelector('.operation.take-back').closest('details').open = true")
        tab.press("form.operation.take-back button")

        assert signed == "会签进度 1/3"
        assert "已办理：取回。" in tab.text(".done")
        assert len(house.office.inbox(CLERK)) == 1


def test_an_item_is_claimed_handed_on_and_answered_by_whoever_has_it_now(
    chromium: Browser, house: House, address: str
) -> None:
    first = at_the_item(chromium, house, address)
    other = chromium.tab()
    enter(other, address, house, OTHER_CLERK)
    other.press("table.lines [data-row]")

    open_and_press(first, "claim")
    other.press(AGREE)
    refused = other.text("h1")
    first.open(f"{address}/items/{house.office.inbox(CLERK)[0].item.id}")
    first.type(".operation.transfer select", "sample.centre_head")
    open_and_press(first, "transfer")

    assert refused == "已不能办理"
    assert house.office.inbox(OTHER_CLERK) == ()
    assert len(house.office.inbox("sample.centre_head")) == 1


def open_and_press(tab: Tab, verb: str) -> None:
    tab.value(f"document.querySelector('.operation.{verb}').closest('details').open = true")
    tab.press(f"form.operation.{verb} button")


def test_looking_at_an_item_notes_that_it_was_opened(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address)

    tab.wait_for("!document.getElementById('opening')")

    [item] = house.office.case(only_case(house)).items
    assert item.read_at is not None
    assert item.version == 1
