import json
import re
from collections import Counter
from datetime import date

import pytest

from adapters.sample.county import (
    sample_accounts,
    sample_calendar,
    sample_events,
    sample_numbers,
    sample_roster,
)
from domain.events import parse_event
from domain.identifiers import is_unit, mask_forbidden
from domain.numbers import value
from domain.roster import department_of, dump_roster, liaison_officers, member_departments, users_with_role
from domain.superiors import first_held, line_above

DAY = date(2026, 3, 2)
ROSTER = sample_roster()
EVENTS = sample_events()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event["id"]))
def test_every_sample_event_is_accepted_from_the_department_it_names(event: dict[str, object]) -> None:
    data = event["data"]
    assert isinstance(data, dict)

    parsed = parse_event(str(event["type"]), data)

    assert str(event["source"]).removeprefix("urn:liaison:sample:") in parsed.DEPARTMENTS


def test_each_sample_event_has_an_id_of_its_own_and_no_time() -> None:
    assert len({event["id"] for event in EVENTS}) == len(EVENTS)
    assert not any("time" in event for event in EVENTS)


def test_the_samples_take_every_branch_of_member_registration() -> None:
    applications = [event["data"] for event in EVENTS if event["type"] == "liaison.member.applied.v1"]
    persons = Counter((one["name"], tuple(one["groups"])) for one in applications)

    assert 35 <= len(applications) <= 50
    assert {one["channel"] for one in applications} == {"self", "town", "association"}
    assert {one["groups"][0] for one in applications} == {"1", "2", "3", "4"}
    assert {one["adult"] for one in applications} == {one["consented"] for one in applications} == {True, False}
    assert any(one.get("joins_association") for one in applications)
    assert any(not is_unit(one["town"]) for one in applications)
    assert any("job_title" not in one for one in applications)
    assert max(persons.values()) == 2


def test_the_samples_show_a_list_of_named_contacts_two_for_each_officer_and_visits_that_are_to_come() -> None:
    said = [(event["type"].removeprefix("liaison."), event["data"]) for event in EVENTS]
    (drafted,) = [data for type_, data in said if type_ == "contact_list.drafted.v1"]
    pairs = [data for type_, data in said if type_ == "contact.proposed.v1"]
    planned = [data for type_, data in said if type_ == "visit.planned.v1"]
    (excused,) = [data for type_, data in said if type_ == "visit.excused.v1"]

    officers = Counter(one["officer"] for one in pairs)
    assert [one["member"] for one in pairs] == drafted["members"]
    assert set(officers.values()) == {2}
    assert all(users_with_role(ROSTER, "contact_secretary", one["officer"], DAY) for one in pairs + planned)
    assert excused["member"] in {one["member"] for one in planned}


def test_the_three_towns_of_the_county_s_story_apply_for_a_base_in_answer_to_the_call() -> None:
    said = [(event["type"].removeprefix("liaison."), event["data"]) for event in EVENTS]
    (call,) = [data for type_, data in said if type_ == "base.called.v1"]
    applied = [data for type_, data in said if type_ == "base.applied.v1"]

    assert {one["town"] for one in applied} == {"330226105", "330226106", "330226111"} == set(call["towns"])
    assert {one["call"] for one in applied} == {call["call"]}
    assert any(type_ == "base.committed.v1" for type_, _ in said)


def test_every_person_and_organisation_of_the_samples_is_marked_as_invented() -> None:
    texts = [
        text
        for event in EVENTS
        for field, text in event["data"].items()
        if field in {"name", "organisation", "job_title", "site", "pledge", "ground"}
    ]

    assert all(text.startswith("样例") for text in texts)
    assert all(account.name_zh.startswith("样例") for account in sample_accounts())


def test_the_samples_hold_no_phone_number_and_nothing_forbidden() -> None:
    everything = json.dumps([EVENTS, dump_roster(ROSTER)], ensure_ascii=False)

    assert re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", everything) is None
    assert mask_forbidden(everything) == everything
    assert "mobile" not in everything


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("centre_clerk", None),
        ("section_officer", None),
        ("office_head", None),
        ("convenor", None),
        ("finance_reviewer", None),
        ("minister", None),
        ("panel_member", None),
        ("council_member", None),
        ("panel_chair", None),
        ("office_clerk", None),
        ("process_admin", None),
        ("auditor", None),
        *(("town_clerk", town) for town in ("330226105", "330226106", "330226111")),
        *(("category_verifier", group) for group in "1234"),
        *(("contact_officer", f"contact_officer_{number}") for number in range(1, 5)),
        *(("contact_secretary", f"contact_officer_{number}") for number in range(1, 5)),
        *(("base_head", f"sample_base_{number}") for number in range(1, 3)),
    ],
)
def test_somebody_holds_each_role_that_the_workflows_ask_for(role: str, scope: str | None) -> None:
    assert users_with_role(ROSTER, role, scope, DAY) != ()


def test_a_panel_has_an_odd_number_of_members_each_from_a_department_of_its_own() -> None:
    panel = users_with_role(ROSTER, "panel_member", None, DAY)

    assert len(panel) == len({department_of(ROSTER, user, DAY) for user in panel}) == 5


def test_each_contact_officer_has_a_secretary_of_their_own() -> None:
    secretaries = [users_with_role(ROSTER, "contact_secretary", f"contact_officer_{n}", DAY) for n in range(1, 5)]

    assert [len(own) for own in secretaries] == [1] * 4
    assert len(set(secretaries)) == 4


def test_everybody_but_the_heads_of_units_has_a_superior_who_is_in_post() -> None:
    heads = {"convenor", *(f"contact_officer_{n}" for n in range(1, 5)), "sample_base_1.head", "sample_base_2.head"}
    heads |= {f"{code}.leader" for code in member_departments(ROSTER, DAY)} - {"united_front.leader"}

    alone = {post.code for post in ROSTER.posts if first_held(line_above(ROSTER, post.code, DAY)) is None}

    assert alone == heads | {"media_centre.liaison", "media_centre.verifier"}


def test_every_member_department_has_a_liaison_officer_and_a_leader() -> None:
    members = member_departments(ROSTER, DAY)

    assert len(members) > 25
    assert all(liaison_officers(ROSTER, department, DAY) for department in members)
    assert all(users_with_role(ROSTER, "member_leader", department, DAY) for department in members)


def test_accounts_and_appointments_name_the_same_users() -> None:
    assert {account.user for account in sample_accounts()} == {one.user for one in ROSTER.appointments}


def test_who_reads_the_logs_neither_runs_the_system_nor_grants_rights() -> None:
    holders = [set(users_with_role(ROSTER, role, None, DAY)) for role in ("system_admin", "security_admin", "auditor")]

    assert sum(len(users) for users in holders) == len(set.union(*holders)) == 3


def test_the_sample_calendar_knows_the_announced_years() -> None:
    assert sample_calendar().known_through >= date(2026, 12, 31)


def test_the_sample_numbers_are_those_of_member_registration() -> None:
    assert value(sample_numbers(), "member.completeness_days", 0) == 2
