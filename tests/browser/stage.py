"""A served house with a workflow in which every operation can be met, and people who press without JavaScript."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.browser.chromium import Browser, Tab
from tests.browser.house import House, enter
from workflows.language.words import (
    Form,
    FormField,
    Step,
    always,
    approve,
    carry_out,
    end,
    parallel,
    returns,
    revocation,
    role,
    sequence,
    vote,
    workflow,
)
from workflows.machine.case import WorkItem

CLERK, OTHER, OFFICER = "sample.centre_clerk_1", "sample.centre_clerk_2", "sample.section_officer"
HEAD, CONVENOR, CHIEF = "sample.office_head", "sample.convenor", "sample.centre_head"
FINANCE, AUDITOR = "sample.finance_reviewer", "sample.auditor"
REFUSED = end("refused", "rejected")
NOTE = Form(
    name="note.v1",
    fields=(
        FormField(name="sum", type="integer", reapprove=True),
        FormField(name="remark", type="text", required=False),
    ),
)


def _asked(name: str, by: str, **more: Any) -> Step:
    return approve(name, by=role(by), on_reject=REFUSED, **more)


WORKFLOWS = (
    workflow(
        "story",
        starts_on="trial.story.v1",
        about="base",
        steps=sequence(
            _asked("first", "centre_clerk"),
            _asked("second", "section_officer", returns=returns("any", way="chosen"), compulsory=True),
            _asked("third", "finance_reviewer", returns=returns("any")),
            end("granted", "approved"),
        ),
        revocation=revocation("undoing", within=20),
    ),
    workflow(
        "undoing",
        starts_on="trial.undoing.v1",
        about="base",
        steps=sequence(_asked("undo", "office_head"), end("granted", "approved")),
    ),
    workflow(
        "numbers",
        starts_on="trial.numbers.v1",
        about="base",
        forms=(NOTE,),
        steps=sequence(
            _asked("propose", "centre_clerk", form=NOTE.name),
            _asked("look", "section_officer", form=NOTE.name, rights={"sum": "read", "remark": "hidden"}),
            carry_out("correct", by=role("centre_head"), form=NOTE.name, rights={"remark": "required"}),
            end("granted", "approved"),
        ),
    ),
    workflow(
        "merging",
        starts_on="trial.merging.v1",
        about="base",
        forms=(NOTE,),
        steps=sequence(
            parallel(
                "both",
                always(_asked("one", "centre_clerk", form=NOTE.name)),
                always(carry_out("other", by=role("centre_head"), form=NOTE.name)),
            ),
            end("granted", "approved"),
        ),
    ),
    workflow(
        "ballot",
        starts_on="trial.ballot.v1",
        about="base",
        steps=sequence(
            vote(
                "secretly",
                by=role("council_member"),
                quorum="1/2",
                passes="1/2",
                fails=REFUSED,
                within=3,
                secret=True,
            ),
            end("granted", "approved"),
        ),
    ),
)

_numbers = count(1)


@dataclass
class Stage:
    """A house that is served, with one tab for each user that was asked for; nobody's tab runs scripts."""

    chromium: Browser
    house: House
    address: str
    tabs: dict[str, Tab] = field(default_factory=dict)

    def begin(self, name: str = "story") -> str:
        """A new case, sent by the service centre."""
        key = f"{name}-{next(_numbers)}"
        event = self.house.office.event(f"trial.{name}.v1", key=key, department="service_centre")
        [case] = self.house.office.send(event).cases
        return case

    def done(self, case: str, *acts: tuple[str, str]) -> None:
        """What happened before the story begins: each user presses a verb on what is asked of them."""
        for user, verb in acts:
            answer = self.house.office.act(user, self.mine(user, case), verb, opinion="样例")
            assert answer.status == 200, answer.body  # it was done

    def mine(self, user: str, case: str) -> WorkItem:
        """The open item of a case that a user holds."""
        return next(one.item for one in self.house.office.inbox(user) if one.case.id == case)

    def tab(self, user: str) -> Tab:
        """The tab of somebody who has signed in."""
        if user not in self.tabs:
            self.tabs[user] = self.chromium.tab(scripts=False)
            enter(self.tabs[user], self.address, self.house, user)
        return self.tabs[user]

    def at_item(self, user: str, case: str) -> Tab:
        """Somebody opens what is asked of them in a case."""
        return self.open(user, f"/items/{self.mine(user, case).id}")

    def at_case(self, user: str, case: str, what: str = "") -> Tab:
        """Somebody opens a case, or (`what` "/operations") what may be done to it."""
        return self.open(user, f"/cases/{case}{what}")

    def open(self, user: str, path: str) -> Tab:
        """Somebody opens a page, when the office has worked off what was pressed before."""
        self.house.office.drain()
        tab = self.tab(user)
        tab.open(self.address + path)
        return tab

    def record(self, case: str) -> str:
        """What the page of the case says that happened, to somebody who may see it."""
        return self.at_case(AUDITOR, case).text(".timeline")


def unfold(tab: Tab, verb: str) -> None:
    tab.value(f"document.querySelector('.operation.{verb}').closest('details').open = true")


def fill(tab: Tab, verb: str, **fields: str | list[str]) -> None:
    """Type into the fields of an operation, or tick the values of one that takes several."""
    unfold(tab, verb)
    for name, given in fields.items():
        place = f".operation.{verb} [name='{name.replace('__', '.')}']"
        if isinstance(given, str):
            tab.type(place, given)
            continue
        for one in given:
            tab.value(f"""document.querySelector({json.dumps(f"{place}[value='{one}']")}).checked = true""")


def press(tab: Tab, verb: str, **fields: str | list[str]) -> str:
    """Fill an operation in and press its own button; what the page says then."""
    fill(tab, verb, **fields)
    tab.press(f".operation.{verb} button:not([formaction])")
    return tab.text("main")


def look_first(tab: Tab, verb: str, **fields: str | list[str]) -> str:
    """Fill an operation in and ask what it would do; what is said."""
    fill(tab, verb, **fields)
    tab.press(f".operation.{verb} button[formaction*=preview]")
    return tab.text(f".operation.{verb} .consequence")


def said_of(tab: Tab, verb: str) -> str:
    """What stands beside the button of an operation."""
    unfold(tab, verb)
    return tab.text(f".operation.{verb}")


def offered(tab: Tab) -> set[str]:
    """The operations that a page offers."""
    classes = tab.value("[...document.querySelectorAll('form.operation')].map(one => one.classList[1])")
    return set(classes)
