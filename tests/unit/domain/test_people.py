import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import MEMBERS, REFUSAL_REASONS, Member, Status, apply, dump_member, parse_member
from domain.register import Change, RegisterError

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PLAIN = {"application": "a-1", "town": "330226105"}


def after(*types: str) -> Member:
    return register_of((f"{name}.v1", NOW) for name in ("member.applied", *types))


def register_of(events: Iterable[tuple[str, datetime]]) -> Member:
    row: Member | None = None
    for event_type, at in events:
        row = apply(row, Change(event_type, PLAIN, at, "f1" if row is None else None))
    assert row is not None
    return row


def test_an_application_makes_a_row_without_a_name() -> None:
    member = after()

    assert member == Member(
        county="330226",
        id="a-1",
        status=Status.APPLIED,
        town="330226105",
        fingerprint="f1",
        person="a-1",
        since=None,
        until=None,
        last_event="member.applied.v1",
    )
    assert {field.name for field in fields(Member)} & {"name", "mobile", "groups"} == set()


@pytest.mark.parametrize(
    ("events", "status"),
    [
        (["member.verified"], Status.APPLIED),
        (["member.registered"], Status.REGISTERED),
        (["member.refused"], Status.REFUSED),
        (["member.withdrawn"], Status.WITHDRAWN),
        (["consent.withdrawn"], Status.WITHDRAWN),
        (["member.registered", "member.dormant"], Status.DORMANT),
        (["member.registered", "member.dormant", "member.confirmed"], Status.REGISTERED),
        (["member.registered", "member.withdrawn"], Status.WITHDRAWN),
        (["member.registered", "member.dormant", "member.erased"], Status.ERASED),
        (["member.refused", "member.registered"], Status.REFUSED),
        (["member.withdrawn", "member.confirmed"], Status.WITHDRAWN),
        (["member.refused", "member.erased", "member.registered"], Status.ERASED),
    ],
)
def test_events_move_the_status(events: list[str], status: Status) -> None:
    assert after(*events).status is status


def test_registration_begins_and_ends_on_days_of_the_county() -> None:
    evening = datetime(2026, 3, 2, 17, tzinfo=UTC)

    member = register_of(
        [
            ("member.applied.v1", NOW),
            ("member.registered.v1", evening),
            ("member.withdrawn.v1", evening + timedelta(days=10)),
        ]
    )

    assert (member.since, member.until) == (date(2026, 3, 3), date(2026, 3, 13))


def test_erasure_leaves_nothing_that_leads_back_to_the_person() -> None:
    member = after("member.registered", "member.erased")
    later = apply(member, Change("member.supplemented.v1", PLAIN, NOW, "f9"))

    assert (member.town, member.fingerprint) == (None, None)
    assert (later.town, later.fingerprint) == (None, None)


def test_a_supplement_may_change_town_and_fingerprint() -> None:
    moved = Change("member.supplemented.v1", PLAIN | {"town": "330226106"}, NOW, "f2")

    member = apply(after(), moved)

    assert (member.town, member.fingerprint, member.status) == ("330226106", "f2", Status.APPLIED)


def test_an_event_before_its_application_is_refused_by_name() -> None:
    with pytest.raises(RegisterError, match=r"member\.registered\.v1 for application 'a-1'"):
        apply(None, Change("member.registered.v1", PLAIN, NOW))


@pytest.mark.parametrize("event_type", sorted(MEMBERS.events))
def test_every_event_about_a_member_reaches_the_row(event_type: str) -> None:
    row = apply(after(), Change(event_type, PLAIN, NOW))

    assert row.last_event == event_type


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(MEMBERS.events)), st.integers(0, 400)), max_size=10))
def test_replaying_the_events_rebuilds_the_register_and_each_row_survives_writing(later: list[tuple[str, int]]) -> None:
    events = [("member.applied.v1", NOW), *((name, NOW + timedelta(days=day)) for name, day in later)]
    live = [register_of(events[: end + 1]) for end in range(len(events))]

    assert register_of(events) == live[-1]
    assert all(parse_member(json.loads(json.dumps(dump_member(row)))) == row for row in live)
    assert all(row.until is None or row.status is not Status.REGISTERED for row in live)


def test_the_reasons_for_refusing_are_five_and_closed() -> None:
    assert set(REFUSAL_REASONS) == {"outside_county", "not_in_groups", "minor", "duplicate", "no_consent"}
