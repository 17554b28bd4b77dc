"""The frozen JSON Schemas of event types: comparing them, and freezing what was added.

    python -m tests.unit.domain.schema_snapshots

writes the snapshot of a new type or of an added optional field; it refuses any other change.
"""

import json
from pathlib import Path
from typing import Any

from domain.event import DomainEvent
from domain.events import EVENT_TYPES

FOLDER = Path(__file__).parents[3] / "domain" / "schemas"
PRESENTATION = {"title", "description", "examples"}


def schema_of(event: type[DomainEvent]) -> dict[str, Any]:
    return event.model_json_schema()


def frozen_schema(type_: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((FOLDER / f"{type_}.json").read_text(encoding="utf-8"))
    return schema


def breaking_changes(frozen: dict[str, Any], current: dict[str, Any]) -> list[str]:
    """What changed other than by an added optional field; titles are presentation and may change."""
    old, new = _logic(frozen), _logic(current)
    properties = new.get("properties", {})
    changed = [name for name, rule in old.get("properties", {}).items() if properties.get(name) != rule]
    required = set(old.get("required", [])) ^ set(new.get("required", []))
    rest = [
        key for key in old.keys() | new.keys() if key not in {"properties", "required"} and old.get(key) != new.get(key)
    ]
    return sorted({f"field '{name}'" for name in (*changed, *required)} | {f"'{key}'" for key in rest})


def _logic(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_logic(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # Below "properties" a key is a field's name, not a keyword, so a field may be called "title".
    return {
        key: {name: _logic(rule) for name, rule in value.items()} if key == "properties" else _logic(value)
        for key, value in schema.items()
        if key not in PRESENTATION
    }


def freeze() -> None:
    for type_, event in EVENT_TYPES.items():
        path, schema = FOLDER / f"{type_}.json", schema_of(event)
        changes = breaking_changes(frozen_schema(type_), schema) if path.exists() else []
        if changes:
            message = f"{type_}: {', '.join(changes)} changed: that is a new version, not a change of this one"
            raise SystemExit(message)
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    freeze()
