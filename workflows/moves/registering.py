"""Domain events change the registers, in the transaction that accepts or emits them."""

from __future__ import annotations

from collections.abc import Sequence

from domain.people import Member, Register, dump_member, parse_member, registers_for
from workflows.ports import RegisterRow, StoredEvent, Unit

FOUNDING = frozenset({"member.applied.v1"})
"""Event types that may make a row; any other event of an unknown subject changes no register."""
IDENTIFYING = frozenset({"name", "mobile"})
"""What the blind index of a person is made of."""


def changed_rows(events: Sequence[StoredEvent]) -> list[tuple[str, str]]:
    """The (register, key) pairs that these events change."""
    return sorted({pair for stored in events for pair in _changed(stored)})


def contended_rows(events: Sequence[StoredEvent]) -> list[tuple[str, str]]:
    """The pairs that others may change too, to be serialised before the rows are read; a new row is nobody else's."""
    return changed_rows([stored for stored in events if stored.event.type not in FOUNDING])


def apply_registers(unit: Unit, events: Sequence[StoredEvent]) -> None:
    """Apply events in their order to the register rows of their subjects."""
    wanted = changed_rows(events)
    if not wanted:
        return
    rows = unit.registers(wanted)
    touched: dict[tuple[str, str], RegisterRow] = {}
    for stored in events:
        for register in registers_for(stored.event.type):
            address = (register.name, str(stored.event.plain[register.key_field]))
            changed = _apply(register, touched.get(address) or rows.get(address), stored, unit)
            if changed is not None:
                touched[address] = changed
    unit.put_registers(list(touched.values()))


def _changed(stored: StoredEvent) -> list[tuple[str, str]]:
    registers = registers_for(stored.event.type)
    return [(one.name, str(stored.event.plain[one.key_field])) for one in registers]


def _apply(register: Register, row: RegisterRow | None, stored: StoredEvent, unit: Unit) -> RegisterRow | None:
    event = stored.event
    if row is None and event.type not in FOUNDING:
        return None
    before: Member | None = None if row is None else parse_member(row.values)
    after = register.apply(before, event.type, event.plain, stored.at, _fingerprint(stored), county=unit.county)
    return RegisterRow(register.name, after.id, after.fingerprint, dump_member(after))


def _fingerprint(stored: StoredEvent) -> str | None:
    """The person's blind index; an event that corrects a part of it cannot know the whole, the case says it next."""
    corrects = not IDENTIFYING.isdisjoint(stored.event.personal) and stored.event.type not in FOUNDING
    return None if corrects else stored.event.fingerprint
