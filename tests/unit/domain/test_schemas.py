import copy

import pytest

from domain.events import EVENT_TYPES
from tests.unit.domain.schema_snapshots import FOLDER, breaking_changes, frozen_schema, schema_of


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_a_published_event_changes_only_by_added_optional_fields(type_: str) -> None:
    changes = breaking_changes(frozen_schema(type_), schema_of(EVENT_TYPES[type_]))

    assert changes == []


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_the_snapshot_holds_every_field_of_today(type_: str) -> None:
    fields = frozen_schema(type_)["properties"].keys()

    assert fields == schema_of(EVENT_TYPES[type_])["properties"].keys()


def test_no_published_type_was_taken_away() -> None:
    frozen = {path.stem for path in FOLDER.glob("*.json")}

    assert frozen == set(EVENT_TYPES)


def test_an_added_optional_field_and_a_new_title_break_nothing() -> None:
    frozen = frozen_schema("member.applied.v1")
    grown = copy.deepcopy(frozen)
    grown["properties"]["title"] = {"type": "string", "default": ""}
    grown["properties"]["name"]["title"] = "姓名(新)"

    assert breaking_changes(frozen, grown) == []


def test_a_removed_field_breaks() -> None:
    frozen = frozen_schema("member.applied.v1")
    shrunk = copy.deepcopy(frozen)
    del shrunk["properties"]["job_title"]

    assert breaking_changes(frozen, shrunk) == ["field 'job_title'"]


def test_an_added_required_field_breaks() -> None:
    frozen = frozen_schema("member.applied.v1")
    stricter = copy.deepcopy(frozen)
    stricter["properties"]["gender"] = {"type": "string"}
    stricter["required"].append("gender")

    assert breaking_changes(frozen, stricter) == ["field 'gender'"]


def test_a_personal_field_that_becomes_plain_breaks() -> None:
    frozen = frozen_schema("member.applied.v1")
    leaking = copy.deepcopy(frozen)
    del leaking["properties"]["organisation"]["x-personal"]

    assert breaking_changes(frozen, leaking) == ["field 'organisation'"]
