"""The pages in a real browser: what people see and do, with and without scripts, wide and narrow."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import Browser
from tests.browser.house import CLERK, PAGES, House, enter


def test_the_first_address_shows_the_live_table_of_the_sample_county(
    chromium: Browser, house: House, address: str
) -> None:
    house.hand_in_samples(3)
    tab = chromium.tab()

    tab.open(f"{address}/")

    assert "样例" in tab.text(".sample")
    assert tab.value("document.querySelectorAll('table.lines tbody tr').length") == 3
    assert "sample-001" in tab.text("table.lines")
    assert "服务中心窗口" in tab.text("table.lines")
    assert "3 办理中" in tab.text(".counts")
    assert tab.problems == []


def test_a_new_case_appears_by_itself(chromium: Browser, house: House, address: str) -> None:
    tab = chromium.tab()
    tab.open(f"{address}/")
    assert "还没有您可以查看的办件" in tab.text("main")

    tab.wait_for("performance.getEntriesByType('resource').some(one => one.name.includes('part=live'))")
    house.hand_in_samples(1)

    tab.wait_for("document.querySelector('table.lines')?.innerText.includes('sample-001')")
    assert "内容已更新" in tab.text("[role=status]")


def test_a_guest_of_the_sample_sees_no_buttons_and_no_person(chromium: Browser, house: House, address: str) -> None:
    [case] = house.hand_in_samples(1)
    tab = chromium.tab()

    tab.open(f"{address}/cases/{case}")

    assert tab.value("document.querySelectorAll('form.operation').length") == 0
    assert "登录后即可办理" in tab.text(".hint")
    assert "样例·" not in tab.text("main")


def test_english_is_one_press_away_and_stays(chromium: Browser, house: House, address: str) -> None:
    house.hand_in_samples(2)
    tab = chromium.tab()
    tab.open(f"{address}/")

    tab.press("button[name=language]")
    tab.open(f"{address}/enter")

    assert tab.value("document.documentElement.lang") == "en"
    assert tab.text("h1") == "Sign in"
    tab.open(f"{address}/cases")
    shown = tab.text("main")
    assert not re.search("[㐀-鿿]", shown)


@pytest.mark.parametrize(("path", "user"), PAGES)
def test_a_narrow_screen_scrolls_only_downwards(
    chromium: Browser, house: House, address: str, path: str, user: str
) -> None:
    case = house.hand_in_samples(8)[0]
    tab = chromium.tab(360, 740)
    enter(tab, address, house, user)

    tab.open(address + house.filled_in(path, case))

    assert tab.value("document.documentElement.scrollWidth") <= 360
    small = tab.value("""[...document.querySelectorAll('button, .button, nav a, summary, select')]
        .filter(one => one.offsetParent && one.getBoundingClientRect().height < 24).map(one => one.outerHTML)""")
    assert small == []
    assert tab.problems == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("path", "user"), PAGES)
def test_every_text_has_enough_contrast(
    chromium: Browser, house: House, address: str, path: str, user: str, *, dark: bool
) -> None:
    case = house.hand_in_samples(12)[0]
    house.turn(days=1)
    tab = chromium.tab(dark=dark)
    enter(tab, address, house, user)

    tab.open(address + house.filled_in(path, case))

    assert tab.value(FAINT_TEXTS) == []


FAINT_TEXTS = """(() => {
    const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const colour = text => text.match(/[\\d.]+/g).map(Number);
    const behind = one => {
        for (; one; one = one.parentElement) {
            const found = colour(getComputedStyle(one).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll('main *, header *, .sample, footer p')].filter(one => one.offsetParent
        && !one.closest('svg') && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
    return texts.map(one => {
        const [a, b] = [light(colour(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
        return [(a + 0.05) / (b + 0.05), one.outerHTML.slice(0, 120)];
    }).filter(([ratio]) => ratio < 4.5);
})()"""
"""WCAG 2.2, 1.4.3: 4.5 to 1 for text (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""


def test_every_control_has_a_name_and_every_heading_follows(chromium: Browser, house: House, address: str) -> None:
    [case] = house.hand_in_samples(1)
    tab = chromium.tab()
    enter(tab, address, house, CLERK)

    tab.open(f"{address}/cases/{case}")

    tree = tab.ask("Accessibility.getFullAXTree")["nodes"]
    controls = {"button", "textbox", "combobox", "link", "searchbox", "checkbox"}
    unnamed = [
        node
        for node in tree
        if node.get("role", {}).get("value") in controls
        and not node.get("name", {}).get("value")
        and not node["ignored"]
    ]
    assert unnamed == []
    assert tab.value("document.querySelectorAll('h1').length") == 1
    assert tab.value("document.querySelector('svg.flow').getAttribute('role')") == "img"


def test_the_skip_link_and_the_focus_are_visible(chromium: Browser, house: House, address: str) -> None:
    tab = chromium.tab()
    tab.open(f"{address}/")

    tab.ask("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)

    assert tab.value("document.activeElement.className") == "skip"
    assert tab.value("document.activeElement.getBoundingClientRect().left >= 0")
