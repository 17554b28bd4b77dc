"""Domain events change the registers, in the transaction that accepts or emits them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.register import Change, Register
from domain.registers import registers_for
from workflows.ports import RegisterRow, StoredEvent, Unit


def contended_rows(events: Sequence[StoredEvent]) -> list[tuple[str, str]]:
    """The (register, key) pairs that others may change too, to be serialised before the rows are read.

    A row that an event makes is nobody else's yet.
    """
    return sorted(
        {
            _address(register, stored)
            for stored in events
            for register in registers_for(stored.event.type)
            if stored.event.type not in register.founding
        }
    )


def apply_registers(unit: Unit, events: Sequence[StoredEvent]) -> None:
    """Apply events in their order to the register rows of their subjects."""
    wanted = sorted({_address(register, stored) for stored in events for register in registers_for(stored.event.type)})
    if not wanted:
        return
    rows = unit.registers(wanted)
    touched: dict[tuple[str, str], RegisterRow] = {}
    for stored in events:
        for register in registers_for(stored.event.type):
            address = _address(register, stored)
            changed = _apply(register, touched.get(address) or rows.get(address), stored, unit.county)
            if changed is not None:
                touched[address] = changed
    unit.put_registers(list(touched.values()))


def _address(register: Register[Any], stored: StoredEvent) -> tuple[str, str]:
    return register.name, str(stored.event.plain[register.key_field])


def _apply(register: Register[Any], row: RegisterRow | None, stored: StoredEvent, county: str) -> RegisterRow | None:
    event = stored.event
    if row is None and event.type not in register.founding:
        return None
    change = Change(event.type, event.plain, stored.at, _fingerprint(register, stored), county)
    values = register.changed(None if row is None else row.values, change)
    name, key = _address(register, stored)
    return RegisterRow(name, key, values.get("fingerprint"), values)


def _fingerprint(register: Register[Any], stored: StoredEvent) -> str | None:
    """The row's blind index; an event that corrects a part of it cannot know the whole, the case says it next."""
    corrects = stored.event.type not in register.founding and not register.identifying.isdisjoint(stored.event.personal)
    return None if corrects else stored.event.fingerprint
