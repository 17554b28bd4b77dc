"""The inbox and the board in a real browser: tabs, filters, several at once, keys, figures that open their list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from adapters.sample.county import sample_roster
from domain.events.bases import BaseApplied, BaseCalled
from domain.organisation import Proxy
from tests.browser.chromium import Browser, Tab
from tests.browser.house import CLERK, HEAD, House, enter, served

ROWS = "document.querySelectorAll('table.lines tbody tr').length"


def signed_in(chromium: Browser, house: House, address: str, user: str = CLERK) -> Tab:
    tab = chromium.tab()
    enter(tab, address, house, user)
    return tab


def key(tab: Tab, name: str) -> None:
    """Press one key."""
    tab.ask("Input.dispatchKeyEvent", type="keyDown", key=name, text=name if len(name) == 1 else "\r")
    tab.ask("Input.dispatchKeyEvent", type="keyUp", key=name)


def test_everybody_begins_with_what_waits_for_them_and_how_long_still(
    chromium: Browser, house: House, address: str
) -> None:
    house.hand_in_samples(3)

    tab = signed_in(chromium, house, address)

    assert tab.value("location.pathname") == "/inbox"
    assert "待我处理 3" in tab.text(".tabs")
    assert tab.value(ROWS) == 3
    assert "剩2个工作日" in tab.text("table.lines").replace(" ", "")
    assert tab.problems == []


def test_what_is_late_stands_first_and_is_one_press_away(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(2)
    house.turn(days=5)
    tab = signed_in(chromium, house, address)

    tab.press(".pressing a.red")

    assert tab.value("location.search") == "?light=red"
    assert tab.value(ROWS) == 2
    assert "逾期1个工作日" in tab.text("table.lines").replace(" ", "")


def test_who_is_away_and_who_stands_in_are_told_so(chromium: Browser) -> None:
    away = Proxy(user=CLERK, proxy="sample.centre_head", since=date(2026, 11, 1), workflow="member_registration")
    house = House(roster=replace(sample_roster(), proxies=(away,)))
    with served(house.application()) as address:
        clerk = signed_in(chromium, house, address)
        head = signed_in(chromium, house, address, "sample.centre_head")

        assert "您的待办今天由服务中心主任代办（会员登记），您自己也可以办理。" in clerk.text("main")
        assert "您今天代服务中心经办员办理（会员登记）。" in head.text("main")


def test_a_proxy_and_whoever_has_one_are_told_that_drafts_stay_private(chromium: Browser) -> None:
    away = Proxy(user=CLERK, proxy="sample.centre_head", since=date(2026, 11, 1), workflow="member_registration")
    house = House(roster=replace(sample_roster(), proxies=(away,)))
    house.hand_in_samples(1)
    with served(house.application()) as address:
        clerk, head = (signed_in(chromium, house, address, user) for user in (CLERK, "sample.centre_head"))
        clerk.press("table.lines [data-row]")
        head.press("table.lines [data-row]")

        assert "这项待办也可由代办人办理：您暂存的内容代办人看不到。" in clerk.text(".deciding")
        assert "您以代办身份办理：本人暂存的内容只有本人看得到，您暂存的也只有您看得到。" in head.text(".deciding")


def test_a_filter_that_fits_nothing_says_so_and_is_cleared_at_once(
    chromium: Browser, house: House, address: str
) -> None:
    house.hand_in_samples(1)
    tab = signed_in(chromium, house, address)

    tab.open(f"{address}/inbox?text=nothing")
    assert "没有符合筛选条件的待办" in tab.text(".empty")
    tab.press(".empty a")

    assert tab.value(ROWS) == 1


def test_several_are_agreed_to_at_once_and_each_has_its_own_outcome(
    chromium: Browser, house: House, address: str
) -> None:
    house.hand_in_samples(3)
    tab = signed_in(chromium, house, address)
    tab.value("document.querySelectorAll('[name=pick]').forEach(one => one.click())")
    house.office.act(CLERK, house.office.inbox(CLERK)[0], "agree")

    tab.press("form.batch button")

    assert "共3项，已同意2项。" in tab.text("main")
    assert "待办已由他人办结或已取消" in tab.text(".outcomes")
    assert house.office.inbox(CLERK) == ()


def test_what_is_done_is_listed_with_what_became_of_it(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(1)
    house.office.act(CLERK, house.office.inbox(CLERK)[0], "agree")
    tab = signed_in(chromium, house, address)

    tab.open(f"{address}/inbox?tab=done")

    assert "已同意" in tab.text("table.lines")


def test_a_row_is_reached_and_opened_with_keys(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(2)
    tab = signed_in(chromium, house, address)

    for one in ("j", "j", "k", "j", "Enter"):
        key(tab, one)

    tab.wait_for("location.pathname.startsWith('/items/')")


def test_the_search_field_and_the_list_of_keys_are_one_key_away(chromium: Browser, house: House, address: str) -> None:
    tab = signed_in(chromium, house, address)

    key(tab, "/")
    searching = tab.value("document.activeElement.type")
    tab.value("document.activeElement.blur()")
    key(tab, "?")

    assert searching == "search"
    tab.wait_for("location.pathname == '/keys'")


def test_keys_that_were_turned_off_do_nothing(chromium: Browser, house: House, address: str) -> None:
    tab = signed_in(chromium, house, address)
    tab.open(f"{address}/keys")
    tab.value("document.getElementById('keys-on').click()")

    key(tab, "/")
    key(tab, "g")
    key(tab, "c")

    assert tab.value("location.pathname") == "/keys"


def test_somebody_who_chooses_lines_is_told_of_new_ones_and_loses_no_choice(
    chromium: Browser, house: House, address: str
) -> None:
    house.hand_in_samples(2)
    tab = signed_in(chromium, house, address)
    tab.wait_for("performance.getEntriesByType('resource').some(one => one.name.includes('part=live'))")
    tab.value("document.querySelector('[name=pick]').click()")

    house.hand_in_samples(3)

    tab.wait_for("document.querySelector('.fresher').innerText.includes('待办有更新')")
    assert tab.value("document.querySelectorAll('[name=pick]:checked').length") == 1


def test_each_number_of_the_board_opens_its_list(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(8)
    house.turn(days=5)
    tab = signed_in(chromium, house, address, HEAD)
    tab.open(f"{address}/board")
    late = int(tab.text(".board tbody td.red"))

    tab.press(".board tbody td.red a")

    assert tab.value("location.search") == "?workflow=member_registration&state=running&light=red"
    assert tab.value(ROWS) == late


def test_a_share_is_said_only_of_five_cases_and_more(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(12)
    house.turn(days=5)
    tab = signed_in(chromium, house, address, HEAD)

    tab.open(f"{address}/board")

    shares = tab.value("""[...document.querySelectorAll('section:last-of-type .board tbody tr')]
        .map(row => [Number(row.querySelector('td').innerText), row.querySelector('td:last-child').innerText])""")
    assert {share for n, share in shares if n < 5} == {"—"}
    assert all(share.endswith("%") for n, share in shares if n >= 5)


def test_the_board_is_for_those_who_supervise(chromium: Browser, house: House, address: str) -> None:
    tab = signed_in(chromium, house, address)

    tab.open(f"{address}/board")

    assert "没有权限" in tab.text("h1")
    assert "看板" not in tab.text("header nav")


def test_what_was_given_to_a_colleague_says_to_whom(chromium: Browser, house: House, address: str) -> None:
    house.say(BaseCalled, department="united_front")
    house.say(BaseApplied, department="330226105")
    for user in ("sample.chalu_clerk", "sample.office_clerk"):
        house.office.act(user, house.office.inbox(user)[0], "agree")

    tab = signed_in(chromium, house, address, "sample.panel_member_1")

    assert tab.text("table.lines").count("指定给") == 1
