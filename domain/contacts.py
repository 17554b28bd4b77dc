"""The register of named contacts: one row per person on a list, by whose post they are contacted, and from when to when.

Nothing about the person stands in it. Rows follow from events alone, so replaying the events rebuilds the register.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, get_args

from domain.events.contacts import EndReason
from domain.register import Change, Register, RegisterError
from domain.texts import zh

END_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "member_left": zh("本人退出会员登记"),
        "person_asked": zh("本人要求结束"),
        "expired": zh("名单到期未续"),
        "not_renewed": zh("不再列入名单"),
    }
)
"""The closed list of reasons why a contact ends; none says anything about a person."""

if END_REASONS.keys() != set(get_args(EndReason)):
    raise AssertionError("END_REASONS and the reasons of contact.ended must be the same list")

FOUNDING: Final = frozenset({"contact.proposed.v1"})


class Status(StrEnum):
    """What a contact stands at."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CURRENT = "current"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of the register.

    Args:
        id: the person, by the application of their registration.
        contact_list: the list that they stand on.
        officer: the post of the contact officer.
        document_number: of the list, once it is approved.
        since, until: days of the county's calendar on which the contact began and ended.
        last_event: the type applied last.
    """

    county: str
    id: str
    contact_list: str
    status: Status
    officer: str
    document_number: str | None
    since: date | None
    until: date | None
    last_event: str


def dump_contact(contact: Contact) -> dict[str, Any]:
    """Write a row as a JSON-ready object; `parse_contact` reads it back without loss."""
    days = {"since": contact.since, "until": contact.until}
    written = {name: None if day is None else day.isoformat() for name, day in days.items()}
    return asdict(contact) | {"status": contact.status.value} | written


def parse_contact(data: Mapping[str, Any]) -> Contact:
    """Read a row from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing, unknown or wrong field.
    """
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("since", "until")}
    return Contact(**{**data, **days, "status": Status(data["status"])})


def apply(contact: Contact | None, change: Change) -> Contact:
    """Give the row as it is after an event.

    A new proposal takes the row over (the history keeps the former contact); events of a list that the person does
    not stand on any more leave it as it is.

    Raises:
        RegisterError: for any event but contact.proposed when there is no row.
    """
    if change.event in FOUNDING:
        return _proposed(contact, change)
    if contact is None:
        message = (
            f"register 'contacts': {change.event} for member '{change.plain.get('member')}' came before "
            "contact.proposed.v1: propose the contact first"
        )
        raise RegisterError(message)
    if change.plain["contact_list"] != contact.contact_list:
        return contact
    return _moved(replace(contact, last_event=change.event), change)


def _proposed(contact: Contact | None, change: Change) -> Contact:
    """Somebody who is contacted already stays so until the new list is approved: `since` is kept."""
    since = contact.since if contact is not None and contact.status is Status.CURRENT else None
    return Contact(
        county=change.county,
        id=change.plain["member"],
        contact_list=change.plain["contact_list"],
        status=Status.PROPOSED,
        officer=change.plain["officer"],
        document_number=None,
        since=since,
        until=None,
        last_event=change.event,
    )


def _moved(contact: Contact, change: Change) -> Contact:
    match change.event:
        case "contact.confirmed.v1":
            return replace(contact, status=Status.CONFIRMED, officer=change.plain["officer"])
        case "contact.declined.v1":
            return replace(contact, status=Status.DECLINED)
        case "contact.approved.v1":
            number, officer = change.plain["document_number"], change.plain["officer"]
            since = contact.since or change.day
            return replace(contact, status=Status.CURRENT, officer=officer, document_number=number, since=since)
        case "contact.reassigned.v1":
            return replace(contact, officer=change.plain["officer"])
        case "contact.ended.v1" if contact.status is not Status.ENDED:
            return replace(contact, status=Status.ENDED, until=change.day)
        case _:
            return contact


CONTACTS: Final = Register(
    name="contacts",
    key_field="member",
    events=frozenset(
        f"contact.{what}.v1" for what in ("proposed", "confirmed", "declined", "approved", "reassigned", "ended")
    ),
    founding=FOUNDING,
    apply=apply,
    dump=dump_contact,
    parse=parse_contact,
    columns=frozenset(one.name for one in fields(Contact)),
)
