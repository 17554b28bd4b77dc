"""Three hundred and sixty-five days of named contacts, morning by morning, held against a plain account (`year.py`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest

from domain.contacts import Contact, parse_contact
from domain.events.contacts import ContactListDrafted, ContactOfficerLeft, ContactProposed
from domain.events.visits import VisitExcused
from domain.organisation import Appointment, Proxy
from domain.roster import Roster
from domain.visits import Visits, by_officer, parse_visits
from tests.acceptance.conftest import Opener
from tests.acceptance.year import (
    DAYS,
    FIRST,
    LEAVE,
    LEAVER,
    LEFT_ON,
    PAIRS,
    RENEWED_ON,
    SUCCESSOR,
    SUMMED_UP_ON,
    TAKEN_ON,
    VACANT,
    Deed,
    deeds,
    officer_of,
    quarters,
    said_by,
    standing,
    with_office,
)
from workflows.reads import ItemView
from workflows.testkit import Office, staff

LAST: Final = FIRST + timedelta(days=DAYS - 1)
LIST: Final = "contacts-2026"
SWEPT: Final = time(0, tzinfo=UTC)
VISIT: Final = "steps/until_counted/do#1/visit"
WAYS: Final = {"face_to_face", "online", "phone"}
MORNING: Final = time(1, tzinfo=UTC)
"""Nine in the morning in China."""
FOLLOWER: Final = Appointment("secretary_5", "post_secretary_3", VACANT[1])

pytestmark = pytest.mark.parametrize(
    "opens", ["memory", pytest.param("sqlite", marks=pytest.mark.campaign)], indirect=True
)
"""In memory with every change, on SQLite by `make chaos`: where each step waits for a worker a year takes minutes."""


def people() -> Roster:
    """Four officers with a secretary each; one secretary goes on leave, one leaves and is followed after a while."""
    here = staff(
        clerk="office_clerk",
        head="office_head",
        minister="minister",
        deputy="town_clerk",
        secretary_1="contact_secretary:contact_officer_1",
        secretary_2="contact_secretary:contact_officer_2",
        secretary_3="contact_secretary:contact_officer_3",
        secretary_4="contact_secretary:contact_officer_4",
    )
    leaves = VACANT[0] - timedelta(days=1)
    terms = [replace(one, until=leaves) if one.user == "secretary_3" else one for one in here.appointments]
    return replace(here, appointments=(*terms, FOLLOWER), proxies=(Proxy("secretary_2", "deputy", *LEAVE),))


def items(office: Office, user: str, step: str, member: str | None = None) -> list[ItemView]:
    found = [one for one in office.inbox(user) if one.item.path.rpartition("/")[2] == step]
    return [one for one in found if member in {None, one.case.key}]


def act(office: Office, user: str, step: str, member: str | None = None, verb: str = "complete", **form: Any) -> None:
    (item, *_) = items(office, user, step, member)
    answer = office.act(user, item, verb, form=form)
    assert answer.status == 200, answer.body


def begin(office: Office) -> None:
    """The list with all pairs is drafted, agreed to, approved and filed on the first day."""
    drafted = {"contact_list": LIST, "year": 2026, "members": list(PAIRS), "until": "2026-12-31"}
    office.send(ContactListDrafted.model_validate(drafted))
    for member, officer in PAIRS.items():
        office.send(ContactProposed(member=member, contact_list=LIST, officer=officer))
        act(office, secretary(officer, FIRST), "confirmation", member, "agree")
        act(office, f"person:{member}", "answer", answer="agreed")
    act(office, "minister", "approval", verb="agree")
    act(office, "clerk", "filing", document_number="样例统〔2026〕1号")


def secretary(officer: str, day: date) -> str:
    """Who visits for an officer on a day: the deputy while the second one is on leave, a follower for the third."""
    if officer == "contact_officer_2" and LEAVE[0] <= day <= LEAVE[1]:
        return "deputy"
    if officer == "contact_officer_3" and day >= VACANT[1]:
        return FOLLOWER.user
    return officer.replace("officer", "secretary").removeprefix("contact_")


def do(office: Office, deed: Deed) -> None:
    """One deed, by whoever does it on its day, and its record."""
    if deed.how == "excused":
        office.send(VisitExcused(member=deed.member, contact_list=LIST, reason="officer_absent"))
        return
    officer = officer_of(deed.member, deed.day)
    who = "head" if deed.how == "by_office" else secretary(officer, deed.day)
    mode = "face_to_face" if deed.how == "by_office" else deed.how
    act(office, who, "visit", deed.member, held_on=deed.day.isoformat(), mode=mode)
    act(office, secretary(officer, deed.day), "log", deed.member, topics=["business"])


def reassign(office: Office, day: date) -> None:
    """The first officer leaves: the office chooses another one at once, whose secretary takes over two days later."""
    contacts = [member for member, officer in PAIRS.items() if officer == LEAVER]
    if day == LEFT_ON:
        office.send(ContactOfficerLeft(officer=LEAVER))
        for member in contacts:
            act(office, "clerk", "choose", member, officer=SUCCESSOR)
    if day == TAKEN_ON:
        for member in contacts:
            act(office, secretary(SUCCESSOR, day), "take_over", member, "agree")


def keep_list(office: Office, day: date) -> None:
    """The office sums up the year, and names the next list."""
    if day == SUMMED_UP_ON:
        act(office, "clerk", "summary")
    if day == RENEWED_ON:
        act(office, "clerk", "renewal", next_list="contacts-2027")


def rows(office: Office) -> tuple[Visits, ...]:
    keys = [("visits", member) for member in PAIRS]
    found = office.store.units.read(lambda unit: unit.registers(keys))
    return tuple(parse_visits(found[key].values) for key in keys)


def counted(office: Office) -> Counter[tuple[str, str]]:
    return Counter((visit.officer, visit.state.value) for row in rows(office) for visit in row.visits)


def by_quarter(office: Office) -> Counter[tuple[str, int, int, str]]:
    counts = Counter[tuple[str, int, int, str]]()
    for (officer, quarter), said in by_officer(rows(office)).items():
        for what in ("planned", "held", "late", "overdue"):
            counts[officer, quarter.year, quarter.number, what] += getattr(said, what)
    return +counts


def held_by_head(office: Office) -> list[str]:
    return sorted(one.case.key for one in items(office, "head", "visit"))


def play(office: Office, until: date, since: date = FIRST) -> None:
    """Let the days pass, the first and the last one with them, and hold each of them against the paper."""
    waiting = [deed for deed in deeds() if deed.day >= since]
    for day in (since + timedelta(days=n) for n in range((until - since).days + 1)):
        # A sweeper looks all the time; this one looks when the clock is turned.
        office.turn_to(max(office.clock(), datetime.combine(day, SWEPT)))
        office.turn_to(datetime.combine(day, MORNING))
        reassign(office, day)
        keep_list(office, day)
        while waiting and waiting[0].day == day:
            do(office, waiting.pop(0))
        assert (day, counted(office)) == (day, standing(day))
        assert (day, by_quarter(office)) == (day, quarters(day))
        assert (day, held_by_head(office)) == (day, with_office(day))


def said(office: Office) -> Counter[str]:
    """What was said of visits to the outside, and how often the head of the office was told that one is his as well."""
    published = [effect.body["type"] for effect in office.effects() if effect.gateway == "publish"]
    told = [one.body["template"] for one in office.notices("head")]
    kinds = {"visit.planned.v1", "visit.due.v1", "visit.overdue.v1", "visit.held.v1", "escalate"}
    return Counter(one for one in published + told if one in kinds)


def visit_of(office: Office, member: str) -> str:
    """The case of the visit that is to come for a member."""
    (case,) = [
        row.case.id
        for row in office.cases()
        if (row.case.workflow, row.case.key, row.case.state) == ("visit", member, "running")
    ]
    return case


def contact(office: Office, member: str) -> Contact:
    found = office.store.units.read(lambda unit: unit.registers([("contacts", member)]))
    return parse_contact(found["contacts", member].values)


def last_entry(office: Office, case: str) -> Mapping[str, Any]:
    return office.history(case)[-1].body


def happened(office: Office, case: str) -> list[str]:
    return [entry.body["what"] for entry in office.history(case)]


def done_by(office: Office, user: str) -> list[str]:
    """The members whose visits somebody put in, in the order of the days."""
    entries = [(entry.body, row.case.key) for row in office.cases() for entry in office.history(row.case.id)]
    mine = [(body["at"], member) for body, member in entries if (body["actor"], body.get("path")) == (user, VISIT)]
    return [member for _at, member in sorted(mine)]


def is_during_leave(deed: Deed) -> bool:
    return LEAVE[0] <= deed.day <= LEAVE[1] and PAIRS[deed.member] == "contact_officer_2" and deed.how in WAYS


def holders(office: Office, case: str) -> list[str]:
    view = office.case(case)
    return sorted(one.who for item in view.items if item.closed_at is None for one in view.holders[item.id])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_on_each_day_of_a_year_every_visit_stands_where_the_paper_says_and_each_rung_was_said_once(
    opens: Opener,
) -> None:
    office = opens(people())
    begin(office)

    play(office, LAST)

    assert said(office) == said_by(LAST)
    assert {state for _officer, state in counted(office)} == {"held", "excused", "upcoming", "due", "overdue"}
    assert office.store.reads.verify().where is None


def test_who_succeeds_an_officer_has_the_visits_from_the_day_of_taking_over_and_the_history_says_why(
    opens: Opener,
) -> None:
    office = opens(people())
    begin(office)

    play(office, TAKEN_ON)
    cases = [visit_of(office, member) for member, officer in PAIRS.items() if officer == LEAVER]

    assert {tuple(holders(office, case)) for case in cases} == {(f"role:contact_secretary:{SUCCESSOR}",)}
    assert {contact(office, member).officer for member in PAIRS} == {*PAIRS.values(), SUCCESSOR} - {LEAVER}
    assert all("event:contact.reassigned.v1" in happened(office, case) for case in cases)
    assert [one.body["template"] for one in office.notices("secretary_4")].count("contact_to_keep") == len(cases)


def test_while_a_secretary_is_away_the_deputy_visits_in_her_place_and_afterwards_no_more(opens: Opener) -> None:
    office = opens(people())
    begin(office)

    play(office, LEAVE[1])
    meanwhile = sorted(one.case.key for one in items(office, "deputy", "visit"))
    away = done_by(office, "deputy")
    back = LEAVE[1] + timedelta(days=1)
    play(office, back, since=back)

    assert meanwhile == [member for member, officer in PAIRS.items() if officer == "contact_officer_2"]
    assert away == [one.member for one in deeds() if is_during_leave(one)]
    assert items(office, "deputy", "visit") == []


def test_a_post_that_nobody_holds_leaves_its_visits_to_the_office_by_a_rule_until_somebody_follows(
    opens: Opener,
) -> None:
    office = opens(people())
    begin(office)

    play(office, VACANT[0])
    case = visit_of(office, "example-0007")
    vacant = last_entry(office, case)
    play(office, VACANT[1], since=VACANT[0] + timedelta(days=1))
    followed = last_entry(office, case)

    post, head = "role:contact_secretary:contact_officer_3", "role:office_head:"
    assert vacant["delta"]["reseated"] == [[VISIT, 1, 0, [post], [head], "nobody.office"]]
    assert followed["delta"]["reseated"] == [[VISIT, 1, 0, [head], [post]]]
    assert (vacant["actor"], followed["actor"]) == ("SYSTEM", "SYSTEM")
