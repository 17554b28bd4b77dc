"""The domain events that a case says."""

from __future__ import annotations

from collections.abc import Mapping

from domain.events import EVENT_TYPES
from domain.identifiers import derived_id
from workflows.machine.case import JSON, Effect, Emitted
from workflows.machine.turn import Turn


def say(turn: Turn, path: str, number: int, event: str, values: Mapping[str, JSON]) -> Emitted:
    """Emit a domain event from the `number`-th place of the step at `path`, and publish that it happened."""
    plain, personal = event_values(turn, path, event, values)
    made = Emitted(
        id=derived_id("event", turn.head.id, path, number, event, *turn.again),
        type=event,
        key=turn.head.key,
        person=turn.head.person,
        plain=plain,
        personal=personal,
        fingerprint=turn.head.personal.get("fingerprint"),
    )
    turn.emitted.append(made)
    body = {"id": made.id, "type": made.type, "case": turn.head.id, "key": made.key, "state": turn.head.state.value}
    turn.effects.append(Effect(key=derived_id("publish", made.id), case=turn.head.id, gateway="publish", body=body))
    return made


def event_values(
    turn: Turn, path: str, event: str, values: Mapping[str, JSON]
) -> tuple[dict[str, JSON], dict[str, JSON]]:
    """The fields of the case that the event's schema asks for, and the given values: plain and personal."""
    schema = EVENT_TYPES.get(event)
    if schema is None:
        return {**turn.head.fields, **values}, {}
    known = {**turn.values(path), schema.KEY: turn.head.key, **values}
    plain = {name: known[name] for name in sorted(schema.PLAIN_FIELDS) if known.get(name) is not None}
    personal = {name: value for name, value in turn.personal(path).items() if name in schema.PERSONAL_FIELDS}
    return plain, personal
