import json
from datetime import UTC, datetime

import pytest

from domain.events import EVENT_TYPES
from domain.register import Change
from domain.registers import REGISTERS, registers_for

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CHANGED = [(register.name, event) for register in REGISTERS.values() for event in sorted(register.events)]


@pytest.mark.parametrize(("name", "event"), CHANGED)
def test_an_event_that_changes_a_register_names_the_row_in_a_plain_field(name: str, event: str) -> None:
    register = REGISTERS[name]

    assert register in registers_for(event)
    assert register.key_field in EVENT_TYPES[event].PLAIN_FIELDS
    assert EVENT_TYPES[event].model_fields[register.key_field].is_required()


@pytest.mark.parametrize(("name", "event"), CHANGED)
def test_the_example_of_every_event_changes_a_row_that_survives_writing(name: str, event: str) -> None:
    register = REGISTERS[name]
    founded = None
    for founding in sorted(register.founding):
        founded = register.changed(founded, Change(founding, EVENT_TYPES[founding].EXAMPLE, NOW, "f1"))

    values = register.changed(founded, Change(event, EVENT_TYPES[event].EXAMPLE, NOW))

    assert values.keys() == register.columns
    assert register.dump(register.parse(json.loads(json.dumps(values)))) == values


def test_an_event_of_no_register_changes_none() -> None:
    assert registers_for("moon.risen.v1") == ()
