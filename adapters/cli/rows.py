"""Reads what `submit` is given: one CloudEvent, a JSON batch or JSON lines, told apart by the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json, to_json

from adapters.texts import _

CHUNK_ROWS: Final = 500
CHUNK_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it will be sent, and where it stands; or why it cannot be sent."""

    place: str
    raw: bytes
    fault: str | None = None


def rows_of(name: str, content: bytes) -> Iterator[Row]:
    """The rows of a file, in order."""
    text = content.lstrip(b"\xef\xbb\xbf").strip()
    if text.startswith(b"["):
        return _batch(name, text)
    if b"\n" not in text or _is_json(text.split(b"\n", 1)[0]):
        return _lines(name, text)
    # An event spread over several lines; what is neither is reported line by line.
    return iter([Row(name, text)]) if _is_json(text) else _lines(name, text)


def _batch(name: str, text: bytes) -> Iterator[Row]:
    try:
        events = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        yield Row(name, text, _("不是有效的 JSON（%(error)s）", error=str(error)))
        return
    for number, event in enumerate(events, start=1):
        yield Row(f"{name}[{number}]", to_json(event))


def _lines(name: str, text: bytes) -> Iterator[Row]:
    for number, line in enumerate(text.split(b"\n"), start=1):
        if line.strip():
            fault = None if _is_json(line) else _("这一行不是有效的 JSON")
            yield Row(f"{name}:{number}", line.strip(), fault)


def _is_json(text: bytes) -> bool:
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError:
        return False
    return True


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in requests that the door takes: at most 500, at most 8 MiB."""
    chunk: list[Row] = []
    size = 0
    for row in rows:
        if chunk and (len(chunk) >= CHUNK_ROWS or size + len(row.raw) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += len(row.raw)
    if chunk:
        yield chunk
