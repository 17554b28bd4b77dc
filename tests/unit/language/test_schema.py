"""The published JSON Schema: fresh, and of one mind with what reads definitions."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from tests.unit.language.json_schema import PUBLISHED, complaints
from tests.unit.language.random_definitions import definitions
from tests.workflows_for_tests import ASKING, GATHERING, INQUIRY, LATE, SYNTHETIC
from workflows.language.files import BadDefinition, canonical_json, from_json
from workflows.language.schema import json_schema, schema_text
from workflows.language.words import Workflow
from workflows.library import CATALOGUE

SCHEMA = json_schema()
WHOLE: dict[str, Any] = {
    "name": "x",
    "language": 1,
    "starts_on": "e.v1",
    "about": "m",
    "steps": {"word": "end", "outcome": "done"},
}


def wrong(data: Any) -> list[str]:
    return list(complaints(data, SCHEMA, SCHEMA))


def test_the_published_schema_is_fresh() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize(
    "definition", [SYNTHETIC, GATHERING, INQUIRY, ASKING, LATE, *CATALOGUE], ids=lambda one: one.name
)
def test_the_schema_accepts_the_known_definitions(definition: Workflow) -> None:
    assert wrong(json.loads(canonical_json(definition))) == []


@given(definitions)
@settings(max_examples=60, deadline=None)
def test_the_schema_accepts_whatever_is_written(definition: Workflow) -> None:
    assert wrong(json.loads(canonical_json(definition))) == []


BAD = [
    {**WHOLE, "colour": "red"},
    {**WHOLE, "language": 2},
    {**WHOLE, "person": 1},
    {**WHOLE, "steps": {"outcome": "done"}},
    {**WHOLE, "steps": {"word": "stop", "outcome": "done"}},
    {**WHOLE, "steps": {"word": "end"}},
    {**WHOLE, "steps": {"word": "end", "outcome": "done", "state": "lost"}},
    {**WHOLE, "steps": {"word": "sequence", "steps": [{"word": "end", "outcome": 1}]}},
    {**WHOLE, "steps": {"word": "public_notice", "name": "n", "lasts": "5"}},
    {**WHOLE, "steps": {"word": "call", "name": "c", "workflow": "w", "gives": [["a"]]}},
    {**WHOLE, "guards": [{"verb": "sing", "while_in": ["a"]}]},
    {name: value for name, value in WHOLE.items() if name != "starts_on"},
    [WHOLE],
]


@pytest.mark.parametrize("data", BAD)
def test_the_schema_refuses_what_is_no_definition(data: Any) -> None:
    assert wrong(data)


@pytest.mark.parametrize("data", [one for one in BAD if one != {**WHOLE, "language": 2}])
def test_the_reader_refuses_it_as_well(data: Any) -> None:
    with pytest.raises(BadDefinition, match="definition"):
        from_json(json.dumps(data))
