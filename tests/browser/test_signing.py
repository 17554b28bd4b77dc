"""手写签名 in a real browser: drawn with a mouse or from a file, kept through an error, told on the case; also on a phone."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browser, Tab
from tests.browser.house import House, enter
from tests.browser.test_accessibility import findings
from workflows.language.words import approve, end, role, sequence, workflow

CLERK, OFFICER = "sample.centre_clerk_1", "sample.section_officer"
SIGNED = workflow(
    "signed",
    starts_on="trial.signed.v1",
    about="base",
    steps=sequence(
        approve("decision", by=role("section_officer"), on_reject=end("refused", "rejected"), signature=True),
        end("granted", "approved"),
    ),
)
FORM = "form.operation.agree"


@pytest.fixture
def house() -> House:
    made = House(workflows=[SIGNED])
    made.office.send(made.office.event("trial.signed.v1", key="k1"))
    return made


def case_of(house: House) -> str:
    [row] = house.office.cases()
    return row.case.id


def at_the_item(chromium: Browser, house: House, address: str, *, scripts: bool = True, width: int = 1280) -> Tab:
    tab = chromium.tab(width, scripts=scripts)
    enter(tab, address, house, OFFICER)
    tab.press("table.lines [data-row]")
    return tab


def draw(tab: Tab) -> None:
    """A stroke across the field, as the mouse draws it."""
    tab.value(f"document.querySelector('{FORM} canvas').scrollIntoView({{block: 'center'}})")
    box = f"document.querySelector('{FORM} canvas').getBoundingClientRect()"
    left, top = (float(tab.value(f"{box}.{side}")) for side in ("left", "top"))
    for kind, x, y in (
        ("mousePressed", 20, 20),
        ("mouseMoved", 60, 60),
        ("mouseMoved", 120, 30),
        ("mouseReleased", 120, 30),
    ):
        tab.ask("Input.dispatchMouseEvent", type=kind, x=left + x, y=top + y, button="left", buttons=1, clickCount=1)


def test_a_drawn_signature_goes_with_the_answer_and_the_case_tells_it(
    chromium: Browser, house: House, address: str
) -> None:
    tab = at_the_item(chromium, house, address)
    draw(tab)
    tab.type(f"{FORM} input[name='asked.signature']", OFFICER)
    tab.press(f"{FORM} button.first")
    done = tab.text(".done")
    tab.open(f"{address}/cases/{case_of(house)}")

    assert "已办理：同意。" in done
    assert f"签名：{OFFICER}，" in tab.text(".timeline")
    assert "签名后内容未改" in tab.text(".timeline")
    assert "signature.png" in tab.text(".attachments")
    assert tab.problems == []


def test_what_was_drawn_is_cleared_and_then_nothing_is_sent(chromium: Browser, house: House, address: str) -> None:
    tab = at_the_item(chromium, house, address)
    draw(tab)
    drawn = tab.value(f"document.querySelector('{FORM} .drawing + input').files.length")
    tab.value(f"document.querySelector('{FORM} .drawing button').click()")

    assert (drawn, tab.value(f"document.querySelector('{FORM} .drawing + input').files.length")) == (1, 0)


def test_without_a_script_a_wrong_name_is_told_beside_the_field_and_a_right_one_taken(
    chromium: Browser, house: House, address: str
) -> None:
    tab = at_the_item(chromium, house, address, scripts=False)
    tab.type(f"{FORM} input[name='asked.signature']", "somebody")
    tab.press(f"{FORM} button.first")
    told = tab.text(f"{FORM} .bad")
    tab.type(f"{FORM} input[name='asked.signature']", OFFICER)
    tab.press(f"{FORM} button.first")

    assert "签名须是您本人在名册上的账号" in told
    assert "已办理：同意。" in tab.text(".done")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_field_has_no_barrier_and_fits(chromium: Browser, house: House, address: str, axe: str, width: int) -> None:
    tab = at_the_item(chromium, house, address, width=width)

    assert findings(tab, axe) == []
    assert tab.value("document.documentElement.scrollWidth <= innerWidth")
