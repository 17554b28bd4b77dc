"""A workbook handed in from a page, without a script: looked at, the copy with what is wrong, and what is right of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, Tab
from tests.browser.house import CLERK, House, enter
from tests.browser.test_accessibility import findings
from tests.sheets import workbook

TYPE = ("类型", "liaison.consent.withdrawn.v1")
SHEET = [TYPE, ("application", "channel", "身份证号"), ("a-1", "self", ""), ("a-2", "wrong", ""), ("a-3", "self", "")]


@pytest.fixture
def taking(house: House) -> Iterator[House]:
    """A house that commits what is handed in."""
    house.committer.start()
    yield house
    house.committer.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "样例.xlsx"
    path.write_bytes(workbook(SHEET))
    return path


def choose(tab: Tab, selector: str, file: Path) -> None:
    """Choose a file as a person does in the window that a browser opens."""
    root = tab.ask("DOM.getDocument")["root"]["nodeId"]
    node = tab.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
    tab.ask("DOM.setFileInputFiles", files=[str(file)], nodeId=node)


def looked_at(tab: Tab, house: House, address: str, file: Path) -> Tab:
    """A tab that shows what was found in a file."""
    enter(tab, address, house, CLERK)
    tab.open(f"{address}/cases")
    tab.press("main a[href='/upload']")
    choose(tab, "#file", file)
    tab.press("button[value='check']")
    return tab


def test_a_workbook_is_looked_at_and_then_handed_in_without_a_script(
    chromium: Browser, taking: House, address: str, file: Path
) -> None:
    tab = looked_at(chromium.tab(scripts=False), taking, address, file)
    looked = tab.text("main")

    tab.press("button[value='submit']")

    assert "还没有提交：可接收2行，有误1行" in looked
    assert "不得收集，已略去：身份证号" in looked
    assert "已接收2行，重复0行，未接收1行" in tab.text(".done")
    assert tab.problems == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_was_found_in_a_file_has_no_barrier_and_scrolls_only_downwards(
    chromium: Browser, taking: House, address: str, axe: str, file: Path, *, dark: bool
) -> None:
    tab = looked_at(chromium.tab(360, 740, dark=dark), taking, address, file)

    assert tab.value("document.documentElement.scrollWidth") <= 360
    assert findings(tab, axe) == []
