"""How answers are printed: JSON as it came, or tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from adapters.texts import full_moment

out: Final = Console(highlight=False, soft_wrap=False)
_LIGHT_STYLES: Final = {"red": "red", "yellow": "yellow", "green": "green", "grey": "bright_black", "blue": "blue"}


def print_json(body: Any) -> None:
    """JSON, indented for people where a person reads it."""
    indent = 2 if out.is_terminal else None
    print(json.dumps(body, ensure_ascii=False, indent=indent))


def print_text(text: str) -> None:
    """Text as it is."""
    print(text, end="" if text.endswith("\n") else "\n")


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """A table; on a terminal as wide as it is, in a file as wide as its cells."""
    table = table_of(headers, rows, title)
    wide = out if out.is_terminal else Console(file=out.file, width=200, highlight=False)
    wide.print(table)


def table_of(headers: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> Table:
    """The table itself."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def at(moment: str | None) -> str:
    """A moment of the API, as the office writes it."""
    return "" if moment is None else full_moment(datetime.fromisoformat(moment).astimezone(UTC))


def light_style(colour: str | None) -> str:
    """The style of a light."""
    return _LIGHT_STYLES.get(colour or "", "")
