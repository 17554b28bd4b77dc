"""Which cases were made urgent (加急), by department and month. They are written with `Changes`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Urgencies(Protocol):
    """The urgent cases of a county, in the transaction of a unit."""

    def raised(self, departments: Collection[str], month: str) -> Mapping[str, frozenset[str]]:
        """The cases that each of these departments has raised itself in a month; those without any are left out."""
