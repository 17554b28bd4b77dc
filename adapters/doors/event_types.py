"""The published language for its senders: each type with departments, JSON Schema, headers and an example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from adapters.texts import in_english
from domain.event import WIRE_PREFIX, DomainEvent
from domain.events import EVENT_TYPES


@cache
def event_types() -> tuple[Mapping[str, Any], ...]:
    """The types that departments may send, by name."""
    return tuple(_described(event) for _, event in sorted(EVENT_TYPES.items()) if event.DEPARTMENTS)


def _described(event: type[DomainEvent]) -> Mapping[str, Any]:
    schema = event.model_json_schema()
    titles = {name: str(found.get("title", name)) for name, found in schema["properties"].items()}
    return {
        "type": WIRE_PREFIX + event.TYPE,
        "title": {"zh": event.TITLE, "en": in_english(event.TITLE)},
        "departments": sorted(event.DEPARTMENTS),
        "schema": schema,
        "headers": {
            "zh": titles,
            "en": {name: in_english(title) for name, title in titles.items()},
        },
        "example": {
            "specversion": "1.0",
            "id": f"example-{event.TYPE}",
            "source": "urn:liaison:example",
            "type": WIRE_PREFIX + event.TYPE,
            "datacontenttype": "application/json",
            "data": dict(event.EXAMPLE),
        },
    }
