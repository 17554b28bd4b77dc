"""The register of calls for bases: which call is open for applications, rebuilt from its two events."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from domain.events.bases import EVENTS, AboutCall
from domain.register import Change, Register, RegisterError

FOUNDING: Final = frozenset({"base.called.v1"})


class CallStatus(StrEnum):
    """What a call stands at."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class BaseCall:
    """A row of the register.

    Args:
        id: the call.
        towns: nine-digit area codes of those that were called on.
        opened, closed: days of the county's calendar.
    """

    county: str
    id: str
    status: CallStatus
    year: int
    towns: tuple[str, ...]
    opened: date
    closed: date | None
    last_event: str


def dump_call(call: BaseCall) -> dict[str, Any]:
    """Write a row as a JSON-ready object; `parse_call` reads it back without loss."""
    days = {"opened": call.opened.isoformat(), "closed": call.closed.isoformat() if call.closed else None}
    return asdict(call) | {"status": call.status.value, "towns": list(call.towns)} | days


def parse_call(data: Mapping[str, Any]) -> BaseCall:
    """Read a row from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing, unknown or wrong field.
    """
    closed = date.fromisoformat(data["closed"]) if data["closed"] else None
    days = {"opened": date.fromisoformat(data["opened"]), "closed": closed}
    return BaseCall(**{**data, **days, "status": CallStatus(data["status"]), "towns": tuple(data["towns"])})


def apply(call: BaseCall | None, change: Change) -> BaseCall:
    """Give the row as it is after an event; a call that was made is not made again.

    Raises:
        RegisterError: for the end of a call that nobody made.
    """
    if call is None:
        return _called(change)
    if change.event in FOUNDING or call.status is CallStatus.CLOSED:
        return call
    return replace(call, status=CallStatus.CLOSED, closed=change.day, last_event=change.event)


def _called(change: Change) -> BaseCall:
    if change.event not in FOUNDING:
        message = (
            f"register 'base_calls': {change.event} for call '{change.plain.get('call')}' came before base.called.v1: "
            "apply the call first"
        )
        raise RegisterError(message)
    plain = change.plain
    return BaseCall(
        county=change.county,
        id=plain["call"],
        status=CallStatus.OPEN,
        year=plain["year"],
        towns=tuple(plain["towns"]),
        opened=change.day,
        closed=None,
        last_event=change.event,
    )


BASE_CALLS: Final = Register(
    name="base_calls",
    key_field="call",
    events=frozenset(event.TYPE for event in EVENTS if issubclass(event, AboutCall)),
    founding=FOUNDING,
    apply=apply,
    dump=dump_call,
    parse=parse_call,
    columns=frozenset(one.name for one in fields(BaseCall)),
)
