"""Which column of a sheet is which field of an event, and what the text of a cell says as a value of that field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from adapters.doors.event_types import event_types
from adapters.texts import _
from domain.event import WIRE_PREFIX
from domain.forbidden import is_forbidden_name

ID_HEADERS: Final = frozenset({"事件编号", "id", "event id"})
SOURCE_HEADERS: Final = frozenset({"事件来源", "source", "event source"})
YES: Final = frozenset({"是", "yes", "y", "true", "1", "√", "✓"})
NO: Final = frozenset({"否", "no", "n", "false", "0", "×"})
_BETWEEN: Final = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet by their places: fields of the event, its own id and source, and what is left out.

    `dropped` are headers of what must never be recorded, `unknown` those that the event does not have.
    """

    event: str
    fields: Mapping[int, str]
    kinds: Mapping[str, Mapping[str, Any]]
    id: int | None
    source: int | None
    dropped: tuple[str, ...]
    unknown: tuple[str, ...]


def event_named(*names: str | None) -> str | None:
    """The type that one of these names says: the type itself, with or without "liaison.", or its title."""
    known = _types_by_name()
    return next((known[one] for name in names if name and (one := _plain(name)) in known), None)


@cache
def _types_by_name() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in event_types():
        name = str(one["type"])
        for spelling in (name, name.removeprefix(WIRE_PREFIX), one["title"]["zh"], one["title"]["en"]):
            found[_plain(spelling)] = name
    return found


def columns_of(event: str, header: Sequence[str]) -> Columns:
    """Find the fields of an event in a header; headers may be in Chinese, in English, or the fields' own names."""
    described = next(one for one in event_types() if one["type"] == event)
    names = _headers(described)
    fields: dict[int, str] = {}
    dropped, unknown = [], []
    own: dict[str, int] = {}
    for place, text in enumerate(header):
        title = _plain(text)
        if not title:
            continue
        if title in ID_HEADERS or title in SOURCE_HEADERS:
            own.setdefault("id" if title in ID_HEADERS else "source", place)
        elif title in names and names[title] not in fields.values():
            fields[place] = names[title]
        elif is_forbidden_name(text):
            dropped.append(text)
        else:
            unknown.append(text)
    kinds = {name: _kind(found, described["schema"]) for name, found in described["schema"]["properties"].items()}
    return Columns(event, fields, kinds, own.get("id"), own.get("source"), tuple(dropped), tuple(unknown))


def _headers(described: Mapping[str, Any]) -> dict[str, str]:
    spellings = (described["headers"]["zh"], described["headers"]["en"])
    found = {_plain(name): name for name in described["schema"]["properties"]}
    for titles in spellings:
        found |= {_plain(title): name for name, title in titles.items()}
        # "所属类别(主要类别在前)" is as good as "所属类别".
        found |= {_plain(re.split(r"[(（]", title)[0]): name for name, title in titles.items()}
    return found


def _plain(text: str) -> str:
    return text.strip().rstrip("*＊").strip().lower()


def _kind(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a value, without "or null" and with references followed."""
    while "$ref" in schema:
        schema = whole["$defs"][str(schema["$ref"]).rpartition("/")[2]]
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _kind(one, whole)
    return schema


class BadCell(ValueError):  # noqa: N818  # an answer to whoever filled the sheet in
    """The text of a cell is no value of its field."""


def value_of(text: str, kind: Mapping[str, Any]) -> Any:
    """What a cell says.

    Raises:
        BadCell: a yes or no, or a number, cannot be read.
    """
    match kind.get("type"):
        case "boolean":
            if text.lower() in YES | NO:
                return text.lower() in YES
            raise BadCell(_("应填写“是”或“否”"))
        case "integer":
            if text.lstrip("-").isdigit():
                return int(text)
            raise BadCell(_("应填写整数"))
        case "array":
            return [value_of(one, kind.get("items", {})) for one in _BETWEEN.split(text) if one]
        case _:
            return text
