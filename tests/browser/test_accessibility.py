"""Every page as WCAG 2.2 AA wants it, looked at by axe-core, in both themes and both languages; and on paper."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.chromium import Browser, Tab
from tests.browser.house import CLERK, HEAD, PAGES, House, enter

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""https://www.w3.org/TR/WCAG22/; target sizes of 2.2 are only looked at where they are asked for by name."""

LOOK = """axe.run(document, {runOnly: RULES, resultTypes: ['violations']}).then(found =>
    found.violations.flatMap(one => one.nodes.map(node => one.id + ': ' + node.html.slice(0, 160))))"""


def findings(tab: Tab, axe: str) -> list[Any]:
    """What axe-core finds wrong with the page that is open."""
    tab.value(f"{axe};0")
    found: list[Any] = tab.value(LOOK.replace("RULES", str(RULES)))
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("path", "user"), [*PAGES, ("/nowhere", CLERK)])
def test_a_page_has_no_barrier(  # what a page is looked at with
    chromium: Browser, house: House, address: str, axe: str, path: str, user: str, *, dark: bool
) -> None:
    case = house.hand_in_samples(8)[0]
    house.turn(days=1)
    tab = chromium.tab(dark=dark)
    enter(tab, address, house, user)

    tab.open(address + house.filled_in(path, case))

    assert findings(tab, axe) == []


def test_a_form_that_was_filled_in_wrongly_has_no_barrier(
    chromium: Browser, house: House, address: str, axe: str
) -> None:
    [case] = house.hand_in_samples(1)
    tab = chromium.tab(360, 740)
    enter(tab, address, house, CLERK)
    tab.open(address + house.filled_in("/items/{item}", case))
    tab.value("document.querySelectorAll('form').forEach(one => one.noValidate = true)")
    tab.value("document.querySelector('form.operation.reject').closest('details').open = true")

    tab.press("form.operation.reject button")

    assert tab.value("document.querySelector('[aria-invalid]') !== null")
    assert findings(tab, axe) == []


def test_a_page_in_english_has_no_barrier(chromium: Browser, house: House, address: str, axe: str) -> None:
    house.hand_in_samples(3)
    tab = chromium.tab()
    enter(tab, address, house, CLERK)

    tab.press("button[name=language]")

    assert tab.value("document.documentElement.lang") == "en"
    assert findings(tab, axe) == []


def test_a_case_is_printed_on_a4_black_on_white_and_without_what_can_only_be_pressed(
    chromium: Browser, house: House, address: str
) -> None:
    [case] = house.hand_in_samples(1)
    tab = chromium.tab(dark=True)
    enter(tab, address, house, HEAD)
    tab.open(f"{address}/cases/{case}")

    tab.ask("Emulation.setEmulatedMedia", media="print")
    printed = tab.ask("Page.printToPDF", preferCSSPageSize=True)["data"]

    style = "getComputedStyle(document.body)"
    assert tab.value(f"[{style}.backgroundColor, {style}.color]") == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert (
        tab.value("""['header nav', '.self', '.actions', '.views', 'footer'].filter(one =>
        document.querySelector(one)?.checkVisibility())""")
        == []
    )
    assert "材料核对" in tab.text("main")
    assert len(printed) > 10_000
