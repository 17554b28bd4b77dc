"""Whole matters in a real browser, by the posts concerned: nothing is done but what people press and type."""

from __future__ import annotations

from adapters.sample.county import sample_events
from domain.events.bases import BaseApplied, BaseCalled, BaseResolved
from tests.browser.chromium import Browser, Tab
from tests.browser.house import CLERK, HEAD, House, enter


def at_work(chromium: Browser, house: House, address: str, user: str) -> Tab:
    """A tab of somebody who has signed in and opened the most urgent item."""
    tab = chromium.tab()
    enter(tab, address, house, user)
    tab.press("table.lines [data-row]")
    return tab


def do(tab: Tab, verb: str, **fields: str) -> None:
    """Open an operation, fill it in and press its button."""
    tab.value(f"document.querySelector('.operation.{verb}').closest('details').open = true")
    for name, words in fields.items():
        tab.type(f".operation.{verb} [name='{name.replace('__', '.')}']", words)
    tab.press(f".operation.{verb} button:not([type])")
    assert "已办理" in tab.text(".done")


def test_a_member_is_registered_after_a_supplement(chromium: Browser, house: House, address: str) -> None:
    [case] = house.hand_in_samples(1)

    do(at_work(chromium, house, address, CLERK), "return", opinion="缺少单位名称")
    do(at_work(chromium, house, address, CLERK), "complete", form__organisation="样例单位")
    do(at_work(chromium, house, address, CLERK), "agree", opinion="材料齐全")
    do(at_work(chromium, house, address, "sample.qiantong_clerk"), "agree", opinion="情况属实")
    do(at_work(chromium, house, address, "sample.section_officer"), "agree")

    head = chromium.tab()
    enter(head, address, house, HEAD)
    head.open(f"{address}/cases/{case}")
    assert "已通过" in head.text(".facts")
    assert "办结：已登记" in head.text(".timeline")
    assert "第2轮" in head.text("main")
    head.press("header nav a[href='/board']")
    assert "已通过" in head.text(".board")
    assert head.problems == []


def test_the_council_votes_seat_by_seat_until_nothing_can_change_the_result(
    chromium: Browser, house: House, address: str
) -> None:
    joins = [one for one in sample_events() if one["data"].get("joins_association")]
    [case] = house.hand_in(joins[:1])
    do(at_work(chromium, house, address, CLERK), "agree")
    do(at_work(chromium, house, address, "sample.chalu_clerk"), "agree")

    do(at_work(chromium, house, address, "sample.council_member_1"), "agree")
    second = at_work(chromium, house, address, "sample.council_member_2")
    seen = second.text("main")
    do(second, "abstain")
    for number in (3, 4):
        do(at_work(chromium, house, address, f"sample.council_member_{number}"), "agree")

    assert "表决进度 1/5" in seen
    assert "还要等其他办理人，办件暂不前进。" in seen
    assert house.office.inbox("sample.council_member_5") == ()
    assert house.office.case(case).head.fields["council_decision"] == "admitted"


def test_an_application_is_refused_for_a_fixed_reason_and_nobody_asks_again(
    chromium: Browser, house: House, address: str
) -> None:
    [case] = house.hand_in_samples(1)

    do(at_work(chromium, house, address, CLERK), "reject", reason="outside_county")

    tab = chromium.tab()
    enter(tab, address, house, CLERK)
    assert "目前没有等您办理的事项" in tab.text(".empty")
    tab.open(f"{address}/inbox?tab=done")
    assert "未同意" in tab.text("table.lines")
    tab.open(f"{address}/cases/{case}")
    assert "已于11月3日办结：不予登记。" in tab.text(".why")
    assert "原因：工作和居住均不在本县" in tab.text(".timeline")


def test_a_base_is_applied_for_approved_and_granted_its_plaque(chromium: Browser, house: House, address: str) -> None:
    house.say(BaseCalled, department="united_front")
    do(at_work(chromium, house, address, "sample.chalu_clerk"), "complete", form__applies="applies")
    [case] = house.say(BaseApplied, department="330226105")

    do(at_work(chromium, house, address, "sample.chalu_clerk"), "agree", opinion="符合条件")
    do(at_work(chromium, house, address, "sample.office_clerk"), "agree")
    for user in visitors(house, case):
        tab = at_work(chromium, house, address, user)
        tab.value("document.querySelectorAll('.operation.complete select').forEach(one => one.value = 'yes')")
        do(tab, "complete")
    for number in (1, 2, 3, 4):
        do(at_work(chromium, house, address, f"sample.panel_member_{number}"), "agree")
    house.office.turn(days=8)
    do(at_work(chromium, house, address, "sample.publicity_liaison"), "agree")
    house.say(BaseResolved, department="united_front")
    do(at_work(chromium, house, address, "sample.office_clerk"), "complete")

    tab = chromium.tab()
    enter(tab, address, house, HEAD)
    tab.open(f"{address}/cases/{case}")
    assert "已通过" in tab.text(".facts")
    assert "发出事件“基地授牌”" in tab.text(".timeline")
    assert tab.problems == []


def visitors(house: House, case: str) -> list[str]:
    """Who is to visit the place, once the office has named somebody for each seat."""
    house.office.drain()
    view = house.office.case(case)
    seats = [one for one in view.items if one.path.endswith("site_visit") and one.closed_at is None]
    owners = [one.who for item in seats for one in view.holders[item.id] if one.capacity == "owner"]
    return [who.removeprefix("user:") for who in owners]


def test_a_visit_falls_due_is_missed_goes_up_to_the_office_and_is_held_late(
    chromium: Browser, house: House, address: str
) -> None:
    planned = [one for one in sample_events() if one["data"].get("due_on") == "2026-12-08"]
    [case] = house.hand_in(planned)
    secretary, head = chromium.tab(), chromium.tab()
    enter(secretary, address, house, "sample.contact_secretary_3")
    enter(head, address, house, HEAD)
    early = secretary.text("table.lines .lamp")

    house.office.turn(days=22)  # Wednesday, 25 November: the tenth working day before is over
    seen_near = shown(secretary, f"{address}/inbox?tab=copies", ".notices")
    house.office.turn(days=14)  # Wednesday, 9 December: the day is over
    seen_late = shown(secretary, f"{address}/inbox", ".pressing")
    not_yet = shown(head, f"{address}/inbox", "main")
    house.office.turn(days=14)  # Wednesday, 23 December: ten working days late
    seen_up = shown(head, f"{address}/inbox", "main")
    told = shown(head, f"{address}/inbox?tab=copies", ".notices")
    do(
        at_work(chromium, house, address, "sample.contact_secretary_3"),
        "complete",
        form__held_on="2026-12-23",
        form__mode="face_to_face",
    )

    assert "逾期" not in early
    assert "即将到期" in seen_near
    assert "已逾期1件" in seen_late
    assert "进行联系" not in not_yet
    assert "进行联系" in seen_up
    assert "逾期未办，现在您也可以办理" in told
    head.open(f"{address}/cases/{case}")
    assert "已办结" in head.text(".facts")
    assert "已联系" in head.text(".facts")
    for told_of in ("提醒办理“进行联系”", "“进行联系”逾期，升级至联席会议办公室主任", "发出事件“列入联系计划”"):
        assert told_of in head.text(".timeline")
    assert secretary.problems == head.problems == []


def shown(tab: Tab, address: str, part: str) -> str:
    """What a part of a page says when it is opened."""
    tab.open(address)
    return tab.text(part)
