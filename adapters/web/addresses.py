"""The address of a page that lists something: its filters stand in it, so that a view can be kept and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

_NO_FILTERS: Final = frozenset({"tab", "cursor"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of `page` asks for; a template reads one filter as `asked.name`."""

    page: str
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """One of the filters, empty where the address does not say it."""
        return self.values[name]

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return any(value for name, value in self.values.items() if name not in _NO_FILTERS)

    def address(self, **changed: str) -> str:
        """The address with something changed and from its first page on; what is empty is left out."""
        given = {name: value for name, value in {**self.values, "cursor": "", **changed}.items() if value}
        return self.page + (f"?{urlencode(given)}" if given else "")

    def cleared(self) -> str:
        """The address without any filter, in the same tab."""
        return self.address(**dict.fromkeys(set(self.values) - _NO_FILTERS, ""))

    def live(self) -> str:
        """The address of the part that a script fetches: this very page of the list."""
        return self.address(part="live", cursor=self.values["cursor"])
