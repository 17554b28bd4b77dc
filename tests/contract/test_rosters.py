"""The roster changes while cases run: who is asked, what follows, and what is written down, on every store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from adapters.sql.library import SqlLibrary
from adapters.sql.reads import SqlReads
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.organisation import Appointment, Department, Grant, Handover, Post, Proxy
from domain.roster import Roster, versioned
from tests.contract.conftest import COUNTY, START
from tests.contract.samples import an_event
from workflows.language.words import (
    Mode,
    Step,
    Workflow,
    applicant,
    approve,
    departments,
    end,
    nobody,
    post,
    role,
    sequence,
    superiors,
    to_applicant,
    workflow,
)
from workflows.machine.case import ItemState
from workflows.memory import MemoryLibrary
from workflows.memory.blobs import MemoryBlobs
from workflows.moves.accepting import Submission, accept
from workflows.moves.running import drain
from workflows.policy import operator_viewer
from workflows.ports import Engine, Files
from workflows.testkit import Office, Store

MakeStore = Callable[..., Store]

DAY = date(2026, 3, 2)
SINCE = date(2020, 1, 1)

POSTS = (
    Post("clerk", "town", "干事", "Clerk", (Grant("clerk"), Grant("liaison")), SINCE, superior="mayor"),
    Post("mayor", "town", "镇长", "Mayor", (), SINCE, superior="secretary"),
    Post("secretary", "county", "书记", "Secretary", (Grant("liaison"),), SINCE),
    Post("head", "meeting", "主任", "Head", (Grant("office_head"),), SINCE),
    Post("admin", "meeting", "管理员", "Administrator", (Grant("process_admin"),), SINCE),
)


def roster(**held: str) -> Roster:
    """A user in each post, named after it unless `held` names another one; nobody where that is empty."""
    users = {one.code: one.code for one in POSTS} | held
    return versioned(
        Roster(
            version="",
            county=COUNTY,
            departments=(
                Department("town", "样例镇", "Town", SINCE),
                Department("county", "样例县", "County", SINCE),
                Department("meeting", "联席会议", "Meeting", SINCE, member=False),
            ),
            posts=POSTS,
            appointments=tuple(Appointment(user, code, SINCE) for code, user in users.items() if user),
        )
    )


def asking(*steps: Step) -> Workflow:
    return workflow("trial", starts_on="trial.began.v1", about="trial", steps=sequence(*steps, end("done", "approved")))


def asked(name: str = "decision", **words: Any) -> Step:
    return approve(name, **{"on_reject": end("refused", "rejected"), **words})


@pytest.fixture
def office_with(make_store: MakeStore) -> Callable[[Workflow, Roster], Office]:
    return lambda definition, people: Office([definition], people, store=make_store, start=START)


OfficeWith = Callable[[Workflow, Roster], Office]


def begun(office: Office, **fields: Any) -> str:
    [case] = office.send(office.event("trial.began.v1", key="t1", **fields)).cases
    return case


def holders(office: Office, case: str) -> dict[str, list[str]]:
    """Who holds the open items of a case, by path."""
    view = office.case(case)
    found: dict[str, list[str]] = {}
    for item in view.items:
        if item.state is ItemState.OPEN:
            own = sorted(one.who for one in view.holders[item.id])
            found.setdefault(item.path.removeprefix("steps/"), []).extend(own)
    return {path: sorted(own) for path, own in found.items()}


def test_a_pool_follows_the_roster_while_it_is_open(office_with: OfficeWith) -> None:
    office = office_with(asking(asked(by=role("clerk"))), roster())
    case = begun(office)

    office.library.adopt_roster(roster(clerk="successor"))

    assert [one.item.path for one in office.inbox("successor")] == ["steps/decision"]
    assert office.inbox("clerk") == ()
    assert office.act("successor", office.inbox("successor")[0], "agree").status == 200
    assert office.case(case).head.state == "approved"


def test_a_named_item_stays_with_its_holder_and_the_next_round_asks_whoever_is_in_the_post(
    office_with: OfficeWith,
) -> None:
    step = asked(by=post("mayor"), on_return=to_applicant(within=5, silence=end("late")))
    office = office_with(asking(step), roster())
    case = begun(office)
    first = office.library.roster().version
    office.library.adopt_roster(roster(mayor="new_mayor"))

    still = holders(office, case)
    office.act("mayor", office.inbox("mayor")[0], "return", opinion="样例意见")
    [supplement] = [one for one in office.case(case).items if one.state is ItemState.OPEN]
    office.act("head", office.inbox("head")[0], "complete")

    assert still == {"decision": ["user:mayor"]}
    assert supplement.kind == "supplement"
    assert holders(office, case) == {"decision": ["user:new_mayor"]}
    versions = [one.body["facts"]["roster"] for one in office.history(case)]
    assert versions[0] == first != versions[-1] == office.library.roster().version


def test_the_levels_of_superiors_are_those_of_the_moment_the_step_was_entered(office_with: OfficeWith) -> None:
    step = asked(by=superiors(2, of="lead"), mode=Mode.ALL)
    office = office_with(asking(step), roster())
    case = begun(office, lead="clerk")

    office.library.adopt_roster(roster(secretary=""))
    office.act("mayor", office.inbox("mayor")[0], "agree")

    assert holders(office, case) == {"decision": ["user:secretary"]}
    begin = office.history(case)[0].body
    assert begin["delta"]["rules"] == [
        ["steps/decision", 1, 0, "superiors.level:mayor"],
        ["steps/decision", 1, 1, "superiors.level:secretary"],
    ]


def test_a_vacant_level_is_a_row_that_says_skipped_by_rule(office_with: OfficeWith) -> None:
    office = office_with(asking(asked(by=superiors(2, of="lead"), mode=Mode.ALL)), roster(mayor=""))
    case = begun(office, lead="clerk")

    office.act("secretary", office.inbox("secretary")[0], "agree")

    rows = office.history(case)[0].body["delta"]["items"]
    assert [(one["state"], one.get("closed_by")) for one in rows] == [
        ("skipped", "rule:superiors.vacant:mayor"),
        ("open", None),
    ]
    assert office.case(case).head.state == "approved"


def test_a_department_that_ended_is_asked_no_more_when_the_step_is_entered(office_with: OfficeWith) -> None:
    office = office_with(
        asking(asked("first", by=role("office_head")), asked("members", by=departments(), mode=Mode.ALL)), roster()
    )
    case = begun(office)
    now = office.library.roster()
    ended = tuple(replace(one, until=DAY - timedelta(days=1)) if one.code == "town" else one for one in now.departments)
    office.library.adopt_roster(replace(now, departments=ended))

    office.act("head", office.inbox("head")[0], "agree")

    assert holders(office, case) == {"members": ["user:secretary"]}


def test_a_department_whose_officer_ended_is_answered_for_by_the_rule_of_the_step(office_with: OfficeWith) -> None:
    members = asked("members", by=departments(), mode=Mode.ALL, nobody=nobody("climb"))
    office = office_with(asking(asked("first", by=role("office_head")), members), roster())
    case = begun(office)
    office.library.adopt_roster(roster(clerk=""))

    office.act("head", office.inbox("head")[0], "agree")

    assert holders(office, case) == {"members": ["user:mayor", "user:secretary"]}


def test_where_nobody_is_left_the_item_waits_for_whoever_becomes_administrator(office_with: OfficeWith) -> None:
    office = office_with(asking(asked(by=role("clerk"))), roster(clerk="", head="", admin=""))
    case = begun(office)

    waiting = holders(office, case)
    office.library.adopt_roster(roster(clerk="", head=""))

    assert waiting == {"decision": ["role:process_admin:"]}
    assert [one.item.path for one in office.inbox("admin")] == ["steps/decision"]
    assert [one.body["template"] for one in office.notices("admin")] == ["nobody_found"]


def test_a_proxy_and_a_successor_hold_from_the_moment_the_item_is_opened(office_with: OfficeWith) -> None:
    people = replace(roster(), proxies=(Proxy("mayor", "secretary", DAY),), handovers=(Handover("clerk", "head", DAY),))
    office = office_with(asking(asked("first", by=post("clerk")), asked("second", by=post("mayor"))), people)
    case = begun(office)

    first = holders(office, case)
    office.act("head", office.inbox("head")[0], "agree")
    office_second = holders(office, case)
    office.act("secretary", office.inbox("secretary")[0], "agree")

    assert (first, office_second) == (
        {"first": ["user:head"]},
        {"second": ["user:mayor", "user:secretary"]},
    )
    last = office.history(case)[-1].body
    assert (last["actor"], last["principal"], last["authority"]) == ("secretary", "mayor", "proxy")


def test_the_initiator_decides_nothing_of_their_own(office_with: OfficeWith) -> None:
    office = office_with(asking(asked(by=role("clerk"))), roster())

    case = begun(office, initiator="clerk")

    assert holders(office, case) == {"decision": ["role:office_head:"]}


def test_an_applicant_is_asked_whoever_the_roster_holds(office_with: OfficeWith) -> None:
    office = office_with(asking(asked(by=applicant())), roster())
    [case] = office.send(office.event("trial.began.v1", key="t1", department="town")).cases

    office.library.adopt_roster(roster(clerk="successor"))

    assert holders(office, case) == {"decision": ["department:town"]}
    assert [one.item.path for one in office.inbox("successor")] == ["steps/decision"]


# -- several processes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_decision_stands_on_the_roster_that_another_process_has_just_adopted(
    units: SqlUnits, vault: OfficeVault
) -> None:
    ours, theirs = SqlLibrary(units), SqlLibrary(units)
    theirs.install([asking(asked(by=post("mayor")))], roster(), Calendar("plain"), Numbers("defaults", {}))
    engine = Engine(units, ours, vault, {}, wake=lambda _: None, files=Files(MemoryBlobs()))
    event = an_event(type="trial.began.v1", key="t1", plain={})
    [[accepted]] = accept(engine, [Submission((event,), whole=True)])
    before = ours.roster().version

    adopted = theirs.adopt_roster(roster(mayor="new_mayor"))
    drain(engine)

    view = SqlReads(units).case(operator_viewer(COUNTY), accepted.cases[0])
    assert view is not None
    [item] = view.items
    assert [one.who for one in view.holders[item.id]] == ["user:new_mayor"]
    assert item.roster == adopted.version != before


def test_a_library_in_memory_names_a_version_by_its_content(store: str) -> None:
    library = MemoryLibrary([], roster(), Calendar("plain"), Numbers("defaults", {}))

    made = library.adopt_roster(replace(roster(), version="whatever"))

    assert made == library.roster() == roster()
