"""The published language: one class per domain event, in the past tense, the events of each noun in a file of its own.

A type is its name and version; a new optional field may be added, anything else is a new
version. `domain/schemas/` holds the frozen JSON Schema of each, and a test compares.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from domain.event import PERSONAL, WIRE_PREFIX, DomainEvent
from domain.events import bases, contacts, members, visits

__all__ = [
    "EVENT_TYPES",
    "PERSONAL",
    "UPCASTERS",
    "WIRE_PREFIX",
    "DomainEvent",
    "UnknownEventType",
    "parse_event",
    "upcast",
]

EVENT_TYPES: Mapping[str, type[DomainEvent]] = MappingProxyType(
    {event.TYPE: event for event in (*members.EVENTS, *bases.EVENTS, *contacts.EVENTS, *visits.EVENTS)}
)

Upcaster = Callable[[Mapping[str, Any]], tuple[str, Mapping[str, Any]]]
"""Turns the data of an old version into (next type, its data); pure."""

UPCASTERS: Mapping[str, Upcaster] = MappingProxyType({})
"""By old type. Every type is still at its first version."""


class UnknownEventType(LookupError):  # noqa: N818 - a name of the published language, read by senders
    """No event of that type is part of the published language."""

    def __init__(self, type: str) -> None:  # noqa: A002 - the CloudEvents word
        self.type = type
        super().__init__(f"event type '{type}' is unknown: `liaison event-types` lists those that are accepted")


def upcast(
    type: str,  # noqa: A002 - the CloudEvents word
    data: Mapping[str, Any],
    upcasters: Mapping[str, Upcaster] = UPCASTERS,
) -> tuple[str, Mapping[str, Any]]:
    """Read data of an old version as the newest version of its type, step by step."""
    while (step := upcasters.get(type)) is not None:
        type, data = step(data)  # noqa: A001 - the CloudEvents word
    return type, data


def parse_event(type: str, data: Mapping[str, Any]) -> DomainEvent:  # noqa: A002 - the CloudEvents word
    """Read an event's data as the class of its type.

    Args:
        type: with or without the wire's prefix "liaison.".
        data: as it came, JSON values.

    Raises:
        UnknownEventType: when no such type exists.
        pydantic.ValidationError: when a field is wrong, missing, or must not exist.
    """
    name, newest = upcast(type.removeprefix(WIRE_PREFIX), data)
    event = EVENT_TYPES.get(name)
    if event is None:
        raise UnknownEventType(type)
    return event.model_validate(newest)
