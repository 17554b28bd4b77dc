import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bases import BASES, REFUSAL_REASONS, Base, Status, apply, dump_base, parse_base
from domain.register import Change, RegisterError

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PLAIN = {
    "application": "a-1",
    "base": "b-1",
    "town": "330226105",
    "name": "样例基地",
    "aliases": ["样例别名"],
    "kind": "fellowship",
    "tags": ["ideas"],
    "plaque_number": "样例牌1号",
    "valid_years": 3,
}
ANOTHER = PLAIN | {"application": "a-2", "name": "样例新基地"}


def after(*types: str, at: datetime = NOW) -> Base:
    return row_of((f"base.{name}.v1", at) for name in ("applied", *types))


def row_of(events: Iterable[tuple[str, datetime]]) -> Base:
    row: Base | None = None
    for event_type, at in events:
        row = apply(row, Change(event_type, PLAIN, at))
    assert row is not None
    return row


def test_an_application_makes_a_row_of_facts_about_the_place() -> None:
    assert after() == Base(
        county="330226",
        id="b-1",
        application="a-1",
        status=Status.APPLIED,
        town="330226105",
        name="样例基地",
        aliases=("样例别名",),
        kind="fellowship",
        tags=("ideas",),
        plaque_number=None,
        valid_from=None,
        valid_until=None,
        last_event="base.applied.v1",
    )
    assert {field.name for field in fields(Base)} & {"person", "mobile", "head", "score"} == set()


@pytest.mark.parametrize(
    ("events", "status"),
    [
        (["prechecked"], Status.APPLIED),
        (["approved"], Status.APPROVED),
        (["refused"], Status.REFUSED),
        (["withdrawn"], Status.WITHDRAWN),
        (["approved", "withdrawn"], Status.WITHDRAWN),
        (["approved", "plaque_granted"], Status.GRANTED),
        (["plaque_granted"], Status.APPLIED),
        (["approved", "plaque_granted", "withdrawn"], Status.GRANTED),
        (["refused", "approved"], Status.REFUSED),
    ],
)
def test_events_move_the_status(events: list[str], status: Status) -> None:
    assert after(*events).status is status


@pytest.mark.parametrize(
    ("granted", "ends"),
    [
        (datetime(2026, 5, 31, 17, tzinfo=UTC), date(2029, 5, 31)),
        (datetime(2028, 2, 29, 1, tzinfo=UTC), date(2031, 2, 28)),
    ],
)
def test_a_plaque_is_valid_for_so_many_years_from_its_day_in_the_county(granted: datetime, ends: date) -> None:
    base = after("approved", "plaque_granted", at=granted)

    assert (base.plaque_number, base.valid_until) == ("样例牌1号", ends)
    assert base.valid_from == (granted + timedelta(hours=8)).date()


def test_what_a_supplement_corrected_is_in_the_register_after_the_first_check() -> None:
    base = apply(after(), Change("base.prechecked.v1", PLAIN | {"name": "样例改名", "aliases": []}, NOW))

    assert (base.name, base.aliases) == ("样例改名", ())


@pytest.mark.parametrize("ended", ["refused", "withdrawn"])
def test_a_place_that_was_refused_or_withdrawn_may_be_applied_for_anew(ended: str) -> None:
    base = apply(after(ended), Change("base.applied.v1", ANOTHER, NOW))

    assert (base.application, base.status, base.name) == ("a-2", Status.APPLIED, "样例新基地")


@pytest.mark.parametrize("earlier", [[], ["approved"], ["approved", "plaque_granted"]])
def test_a_second_application_changes_nothing_while_the_first_stands(earlier: list[str]) -> None:
    base = after(*earlier)

    again = apply(base, Change("base.applied.v1", ANOTHER, NOW))

    assert apply(again, Change("base.refused.v1", ANOTHER, NOW)) == base


def test_an_event_before_its_application_is_refused_by_name() -> None:
    with pytest.raises(RegisterError, match=r"base\.approved\.v1 for base 'b-1'"):
        apply(None, Change("base.approved.v1", PLAIN, NOW))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(BASES.events)), st.integers(0, 400)), max_size=10))
def test_replaying_the_events_rebuilds_the_register_and_each_row_survives_writing(later: list[tuple[str, int]]) -> None:
    events = [("base.applied.v1", NOW), *((name, NOW + timedelta(days=day)) for name, day in later)]
    live = [row_of(events[: end + 1]) for end in range(len(events))]

    assert row_of(events) == live[-1]
    assert all(parse_base(json.loads(json.dumps(dump_base(row)))) == row for row in live)
    assert all((row.plaque_number is None) == (row.status is not Status.GRANTED) for row in live)


def test_the_reasons_for_refusing_are_closed_and_none_is_about_a_person() -> None:
    assert set(REFUSAL_REASONS) == {
        "outside_window", "papers_incomplete", "not_in_county", "conditions_not_met", "papers_untrue",
        "already_a_base", "voted_down", "objection_founded", "resolved_against",
    }  # fmt: skip
