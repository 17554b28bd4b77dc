"""The register of named contacts: what each event makes of a row."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.contacts import CONTACTS, Contact, Status, apply, dump_contact, parse_contact
from domain.events import EVENT_TYPES
from domain.register import Change, RegisterError

LATE = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""One in the morning of 3 March in China."""


def change(what: str, **plain: Any) -> Change:
    example = dict(EVENT_TYPES[f"contact.{what}.v1"].EXAMPLE)
    return Change(f"contact.{what}.v1", example | plain, LATE)


def after(*changes: Change) -> Contact:
    row: Contact | None = None
    for one in changes:
        row = apply(row, one)
    assert row is not None
    return row


def test_a_contact_begins_on_the_countys_day_of_its_approval() -> None:
    row = after(change("proposed"), change("confirmed"), change("approved"))

    assert (row.status, row.since, row.until, row.officer) == (
        Status.CURRENT,
        date(2026, 3, 3),
        None,
        "contact_officer_1",
    )


@pytest.mark.parametrize(
    ("last", "status"), [("declined", Status.DECLINED), ("ended", Status.ENDED), ("confirmed", Status.CONFIRMED)]
)
def test_each_event_leads_to_its_status(last: str, status: Status) -> None:
    assert after(change("proposed"), change(last)).status is status


def test_another_officer_changes_nothing_else() -> None:
    before = after(change("proposed"), change("confirmed"), change("approved"))

    row = apply(before, change("reassigned"))

    assert (row.officer, row.status, row.since) == ("contact_officer_2", Status.CURRENT, before.since)


def test_whoever_stays_on_the_next_list_is_contacted_since_the_first() -> None:
    first = after(change("proposed"), change("confirmed"), change("approved"))

    row = after(change("proposed"))
    renewed = apply(first, change("proposed", contact_list="contacts-2028"))

    assert (row.since, renewed.since, renewed.status) == (None, first.since, Status.PROPOSED)


def test_an_event_of_a_former_list_changes_nothing() -> None:
    row = after(change("proposed", contact_list="contacts-2028"))

    assert apply(row, change("ended")) == row


def test_an_event_of_somebody_who_was_never_proposed_is_refused() -> None:
    with pytest.raises(RegisterError, match=r"contact\.approved\.v1"):
        apply(None, change("approved"))


def test_a_row_reads_back_as_it_was_written() -> None:
    row = after(change("proposed"), change("confirmed"), change("approved"), change("ended"))

    assert parse_contact(dump_contact(row)) == row


def test_a_row_holds_nothing_but_references_posts_and_days() -> None:
    fields = set(dump_contact(after(change("proposed"))))

    assert fields == {
        "county", "id", "contact_list", "status", "officer", "document_number", "since", "until", "last_event",
    }  # fmt: skip
    assert CONTACTS.identifying == frozenset()
