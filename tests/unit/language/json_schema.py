"""As much of JSON Schema as the published schema of the language uses, and writing that file.

`python -m tests.unit.language.json_schema` writes docs/workflow.schema.json.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflows.language.schema import schema_text

PUBLISHED = Path(__file__).parents[3] / "docs" / "workflow.schema.json"
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    *("$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "description", "discriminator"),
    *("enum", "items", "maximum", "maxItems", "minimum", "minItems", "oneOf", "prefixItems", "properties", "required"),
    *("title", "type"),
}


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any], place: str = "") -> Iterator[str]:
    """What is wrong with a value, by its place."""
    assert schema.keys() <= KNOWN, f"the schema uses {schema.keys() - KNOWN}, which this validator does not know"
    if "$ref" in schema:
        yield from complaints(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, place)
    for some in ("oneOf", "anyOf"):
        fitting = [one for one in schema.get(some, ()) if not any(complaints(value, one, root, place))]
        if some in schema and (len(fitting) != 1 if some == "oneOf" else not fitting):
            yield f"{place}: {len(fitting)} of {some} fit"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: not one of {schema['enum']}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{place}: not {schema['type']}"
        return
    yield from _inside(value, schema, root, place)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind != "integer" or not isinstance(value, bool))


def _inside(value: Any, schema: dict[str, Any], root: dict[str, Any], place: str) -> Iterator[str]:
    match value:
        case dict():
            properties = schema.get("properties", {})
            yield from (f"{place}: {name} is missing" for name in schema.get("required", ()) if name not in value)
            unknown = value.keys() - properties.keys() if schema.get("additionalProperties") is False else ()
            yield from (f"{place}: {name} is unknown" for name in unknown)
            for name in value.keys() & properties.keys():
                yield from complaints(value[name], properties[name], root, f"{place}.{name}")
        case list():
            first = schema.get("prefixItems", [])
            rest = [schema["items"]] * (len(value) - len(first)) if "items" in schema else []
            for number, (part, one) in enumerate(zip(value, [*first, *rest], strict=False)):
                yield from complaints(part, one, root, f"{place}.{number}")
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                yield f"{place}: {len(value)} items"
        case int():
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                yield f"{place}: {value} is out of range"


if __name__ == "__main__":
    PUBLISHED.write_text(schema_text(), encoding="utf-8")
