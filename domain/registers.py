"""Which registers there are, and which of them an event changes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from domain.base_calls import BASE_CALLS
from domain.bases import BASES
from domain.contacts import CONTACTS
from domain.people import MEMBERS
from domain.register import Register
from domain.visits import VISITS

REGISTERS: Final[Mapping[str, Register[Any]]] = MappingProxyType(
    {register.name: register for register in (MEMBERS, BASES, BASE_CALLS, CONTACTS, VISITS)}
)
"""By name."""

_CHANGED: Final = MappingProxyType(
    {
        event: tuple(register for register in REGISTERS.values() if event in register.events)
        for event in sorted(frozenset[str]().union(*(register.events for register in REGISTERS.values())))
    }
)


def registers_for(event_type: str) -> tuple[Register[Any], ...]:
    """Give the registers that an event changes; many events change none."""
    return _CHANGED.get(event_type, ())
