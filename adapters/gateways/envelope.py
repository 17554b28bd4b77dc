"""A published event as others read it: a CloudEvent that names what happened, and nothing about a person."""

from __future__ import annotations

import json
from typing import Final

from domain.event import WIRE_PREFIX
from workflows.ports import DueEffect

TOLD: Final = ("case", "key", "state", "outcome")
"""The only data that is published; whatever else an effect carries stays inside."""


def wire_type(due: DueEffect) -> str:
    """The event's type on the wire."""
    return WIRE_PREFIX + str(due.effect.body["type"])


def cloud_event(due: DueEffect) -> bytes:
    """The structured CloudEvent 1.0 of a publish effect; the same bytes each time it is sent again."""
    body = due.effect.body
    event = {
        "specversion": "1.0",
        "id": body["id"],
        "source": f"/liaison/{due.county}",
        "type": wire_type(due),
        "datacontenttype": "application/json",
        "data": {name: body[name] for name in TOLD if name in body},
    }
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
