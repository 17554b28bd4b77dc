"""Choosing whom a later step asks (审批人自选), in a real browser: with scripts and without, searched, wrong, and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.acceptance.bases import call, up_to_office_check
from tests.browser.chromium import Browser, Tab
from tests.browser.house import House, enter, served
from tests.browser.test_accessibility import findings
from workflows.language.words import (
    Form,
    FormField,
    approve,
    carry_out,
    chosen,
    end,
    named_in,
    returns,
    role,
    sequence,
    workflow,
)

CLERK = "sample.office_clerk"
VISITORS = "input[name='form.visitors']"
FIND = "form.complete fieldset.people input[type=search]"
ANYBODY = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    forms=(
        Form(
            name="choice.v1",
            fields=(
                FormField(name="reviewers", type="people", at_least=1, at_most=2),
                FormField(name="contact", type="person", among=role("panel_member")),
            ),
        ),
    ),
    steps=sequence(
        carry_out("choosing", by=role("office_clerk"), form="choice.v1"),
        approve(
            "review",
            by=chosen("reviewers", at_most=2),
            returns=returns("choosing"),
            on_reject=end("refused", "rejected"),
        ),
        carry_out("calling", by=named_in("contact", "user")),
        end("done"),
    ),
)


@contextmanager
def at_the_item(chromium: Browser, house: House, user: str = CLERK, *, scripts: bool = True) -> Iterator[Tab]:
    """A tab of somebody at the first item that waits for them."""
    with served(house.application()) as address:
        tab = chromium.tab(scripts=scripts)
        enter(tab, address, house, user)
        tab.press("table.lines [data-row]")
        yield tab


def base_at_the_office(house: House) -> str:
    call(house.office)
    return up_to_office_check(house.office)


def office_of_anybody() -> House:
    house = House(workflows=[ANYBODY])
    house.office.send(house.office.event("trial.began.v1", key="t1", department="united_front"))
    return house


def tick(tab: Tab, *users: str) -> None:
    for user in users:
        tab.value(f"document.querySelector('fieldset.people input[value=\"{user}\"]').click()")


def seats(house: House, case: str) -> list[str]:
    view = house.office.case(case)
    live = [one for one in view.items if one.closed_at is None]
    return sorted(holder.who for one in live for holder in view.holders[one.id])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_office_names_who_visits_a_place_and_they_are_asked(
    chromium: Browser, house: House, *, scripts: bool
) -> None:
    case = base_at_the_office(house)
    with at_the_item(chromium, house, scripts=scripts) as tab:
        assert "从评审组成员中选择2至4人，办理“实地考察" in tab.text("form.agree fieldset.people")
        tick(tab, "sample.panel_member_2", "sample.panel_member_5")
        tab.press("form.agree button")

        assert "已办理：同意。" in tab.text(".done")
        assert tab.problems == []
    assert seats(house, case) == ["user:sample.panel_member_2", "user:sample.panel_member_5"]


def test_whoever_was_chosen_reads_who_chose_them(chromium: Browser, house: House) -> None:
    base_at_the_office(house)
    with at_the_item(chromium, house) as tab:
        tick(tab, "sample.panel_member_2", "sample.panel_member_5")
        tab.press("form.agree button")
    with at_the_item(chromium, house, "sample.panel_member_5") as tab:
        assert "选定人 联席会议办公室干事" in " ".join(tab.text(".facts").split())
        assert "评审员 sample.panel_member_2、评审员 sample.panel_member_5" in tab.text("main")


def test_too_few_are_refused_beside_the_field_and_the_ticks_stay(chromium: Browser, house: House) -> None:
    case = base_at_the_office(house)
    with at_the_item(chromium, house) as tab:
        tick(tab, "sample.panel_member_3")
        tab.press("form.agree button")

        assert "选择的人数不足" in tab.text(".wrong")
        assert tab.value(f'[...document.querySelectorAll("{VISITORS}:checked")].map((one) => one.value)') == [
            "sample.panel_member_3"
        ]
    assert seats(house, case) == ["role:office_clerk:"]


def test_a_choice_that_need_not_be_made_may_be_left_open(chromium: Browser, house: House) -> None:
    case = base_at_the_office(house)
    with at_the_item(chromium, house) as tab:
        tab.press("form.agree button")

        assert "已办理：同意。" in tab.text(".done")
    assert len(seats(house, case)) >= len(["two", "panel members"])


def test_a_long_list_is_searched_and_whoever_is_ticked_stays_in_sight(chromium: Browser) -> None:
    house = office_of_anybody()
    with at_the_item(chromium, house) as tab:
        tick(tab, "sample.office_head")
        tab.type(FIND, "panel_member_2")
        tab.value(f"document.querySelector('{FIND}').dispatchEvent(new Event('input'))")

        shown = (
            "[...document.querySelectorAll('form.complete fieldset.people .tick')].filter((one) => one.offsetParent)"
        )
        tab.wait_for(f"{shown}.length < 4")
        assert tab.value(f"{shown}.map((one) => one.querySelector('input').value).sort()") == [
            "sample.office_head",
            "sample.panel_member_2",
        ]


def test_one_person_is_chosen_from_a_list_by_department(chromium: Browser) -> None:
    house = office_of_anybody()
    with at_the_item(chromium, house, scripts=False) as tab:
        assert tab.value("document.querySelectorAll('form.complete select optgroup').length") == 5
        tick(tab, "sample.office_head")
        tab.value("document.querySelector('form.complete select').value = 'sample.panel_member_1'")
        tab.press("form.complete button")

        assert "已办理" in tab.text(".done")
    [row] = house.office.cases()
    assert row.case.fields["contact"] == "sample.panel_member_1"
    assert seats(house, row.case.id) == ["user:sample.office_head"]


def test_after_a_return_those_who_were_chosen_are_ticked_and_may_be_changed(chromium: Browser) -> None:
    house = office_of_anybody()
    [row] = house.office.cases()
    chosen_first = {"reviewers": ["sample.office_head"], "contact": "sample.panel_member_3"}
    house.office.act(CLERK, house.office.inbox(CLERK)[0], "complete", form=chosen_first)
    [item] = house.office.inbox("sample.office_head")
    house.office.act("sample.office_head", item, "return", opinion="样例", fields={"to": "steps/choosing"})

    with at_the_item(chromium, house) as tab:
        ticked = "[...document.querySelectorAll('form.complete fieldset.people :checked')].map((one) => one.value)"
        assert tab.value(ticked) == ["sample.office_head"]
        assert tab.value("document.querySelector('form.complete select').value") == "sample.panel_member_3"
        tick(tab, "sample.office_head", "sample.panel_member_1")
        tab.press("form.complete button")

    assert seats(house, row.case.id) == ["user:sample.panel_member_1"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_form_that_chooses_people_has_no_barrier_and_fits(
    chromium: Browser, axe: str, width: int, *, dark: bool
) -> None:
    house = office_of_anybody()
    with served(house.application()) as address:
        tab = chromium.tab(width, 900, dark=dark)
        enter(tab, address, house, CLERK)
        tab.press("table.lines [data-row]")

        assert findings(tab, axe) == []
        assert tab.value("document.documentElement.scrollWidth") <= width
        tab.value("document.querySelectorAll('form').forEach((one) => one.noValidate = true)")
        tab.press("form.complete button")
        assert tab.value("document.querySelector('[aria-invalid]') !== null")
        assert findings(tab, axe) == []
