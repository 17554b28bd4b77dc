"""What a ladder does by itself, in a real browser: said on the item before, and told on the case and the item afterwards."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browser
from tests.browser.house import House, enter
from tests.browser.test_accessibility import findings
from workflows.language.words import (
    Mode,
    always,
    approve,
    deem,
    either,
    end,
    parallel,
    remind,
    role,
    sequence,
    workflow,
)

OFFICER, HEAD = "sample.section_officer", "sample.office_head"
NO = end("refused", "rejected")
SIGNERS = either(role("section_officer"), role("office_head"))
LATE = workflow(
    "late",
    starts_on="trial.late.v1",
    about="base",
    steps=sequence(
        parallel(
            "both",
            always(approve("sooner", by=role("office_head"), within=1, overdue=(remind(0),), on_reject=NO)),
            always(
                approve("countersign", by=SIGNERS, mode=Mode.ALL, within=3, overdue=(deem(0, "agree"),), on_reject=NO)
            ),
        ),
        end("granted", "approved"),
    ),
)


@pytest.fixture
def house() -> House:
    made = House(workflows=[LATE])
    made.office.send(made.office.event("trial.late.v1", key="k1"))
    return made


@pytest.mark.parametrize("scripts", [True, False])
def test_the_item_says_what_will_happen_by_itself_and_the_case_that_it_has(
    chromium: Browser, house: House, address: str, scripts: bool
) -> None:
    [row] = house.office.cases()
    items = [one for one in house.office.case(row.case.id).items if one.path.endswith("both/1")]
    tab = chromium.tab(360, scripts=scripts)
    enter(tab, address, house, HEAD)

    tab.open(f"{address}/items/{items[-1].id}")
    before = tab.text(".part")
    house.turn(days=8)
    tab.open(f"{address}/cases/{row.case.id}")
    told, seats = tab.text(".timeline"), tab.text("table")
    tab.open(f"{address}/items/{items[-1].id}")
    after = tab.text(".part")

    assert "逾期处理 11月6日17:00仍未答复，将自动视为同意。" in before
    assert "“countersign”逾期未答复，3席按规则视为同意 系统按逾期规则第1级" in told
    assert "逾期未答复，视为同意" in seats
    assert "会签进度 0/3" in after
    assert "逾期处理" not in after
    assert tab.problems == []


def test_an_item_that_says_so_has_no_faults_of_access(chromium: Browser, house: House, address: str, axe: str) -> None:
    [row] = house.office.cases()
    [item, *_] = [one for one in house.office.case(row.case.id).items if one.path.endswith("both/1")]
    tab = chromium.tab(360)
    enter(tab, address, house, HEAD)

    tab.open(f"{address}/items/{item.id}")

    assert findings(tab, axe) == []
