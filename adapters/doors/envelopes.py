"""Reads CloudEvents 1.0: structured, batch and binary. Whatever the binding, the same event gives the same envelope.

The batch mode is read by hand (the library has none); the rules for attributes are the library's.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent
from pydantic_core import from_json

from adapters.doors.problems import Fault, Problem
from adapters.texts import _

CE_PREFIX: Final = "ce-"
_LONGEST: Final = 1024
_REQUIRED: Final = ("specversion", "id", "source", "type")
_JSON_TYPE: Final = re.compile(r"^(application|text)/([a-z0-9.-]+\+)?json\s*(;.*)?$", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A CloudEvent: its context attributes in their canonical spelling, and its JSON data."""

    attributes: Mapping[str, str]
    data: Any

    @property
    def id(self) -> str:
        return self.attributes["id"]

    @property
    def source(self) -> str:
        return self.attributes["source"]

    @property
    def type(self) -> str:
        return self.attributes["type"]


def read_structured(body: bytes) -> Envelope | Problem:
    """One event in the JSON format (application/cloudevents+json)."""
    raw = _json(body)
    return raw if isinstance(raw, Problem) else read_event(raw)


def read_batch(body: bytes) -> list[Envelope | Problem] | Problem:
    """Several events in the JSON batch format (application/cloudevents-batch+json), each by itself."""
    raw = _json(body)
    if isinstance(raw, Problem):
        return raw
    if not isinstance(raw, list):
        return _malformed("", _("批量内容应当是事件的 JSON 数组"))
    return [read_event(one) for one in raw]


def read_binary(headers: Iterable[tuple[str, str]], body: bytes) -> Envelope | Problem:
    """One event in the binary mode: attributes in ce- headers, percent-encoded UTF-8; data in the body."""
    attributes: dict[str, Any] = {}
    for header, value in headers:
        name = header.lower().removeprefix(CE_PREFIX)
        if name == header.lower():
            continue
        decoded = _header_value(value)
        if decoded is None:
            return _malformed(f"/{name}", _("请求头不是百分号编码的 UTF-8"))
        if name in attributes:
            return _malformed(f"/{name}", _("同一属性出现了两次"))
        attributes[name] = decoded
    return read_parts(attributes, body)


def read_parts(attributes: Mapping[str, Any], body: bytes) -> Envelope | Problem:
    """One event whose attributes came beside its data, already decoded."""
    data = _json(body) if body else None
    return data if isinstance(data, Problem) else _checked(attributes, data)


def read_event(raw: Any) -> Envelope | Problem:
    """One event that is already parsed from the JSON format."""
    if not isinstance(raw, dict):
        return _malformed("", _("事件应当是 JSON 对象"))
    attributes = {name: value for name, value in raw.items() if name not in {"data", "data_base64"}}
    if "data_base64" not in raw:
        return _checked(attributes, raw.get("data"))
    if "data" in raw:
        return _malformed("/data_base64", _("data 和 data_base64 只能有一个"))
    data = _decoded(raw["data_base64"])
    return data if isinstance(data, Problem) else _checked(attributes, data)


def _decoded(encoded: Any) -> Any:
    try:
        return _json(base64.b64decode(encoded, validate=True))
    except (binascii.Error, TypeError, ValueError):
        return _malformed("/data_base64", _("不是有效的 Base64"))


def is_json(content_type: str) -> bool:
    """Whether a media type is JSON, with or without parameters."""
    return _JSON_TYPE.match(content_type) is not None


def _json(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        return _malformed("", _("不是有效的 JSON（%(error)s）", error=str(error)))


def _header_value(value: str) -> str | None:
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote_to_bytes(value.encode("ascii")).decode()
    except UnicodeError:
        return None


def _checked(attributes: Mapping[str, Any], data: Any) -> Envelope | Problem:
    faults = [fault for name, value in attributes.items() if (fault := _value_fault(name, value))]
    faults += [
        Fault(f"/{name}", _("缺少必填属性，或不是文字")) for name in _REQUIRED if not _is_text(attributes.get(name))
    ]
    if faults:
        return _refused(faults)
    given = {name: value for name, value in attributes.items() if value is not None}
    try:
        given |= _instant(given)
        # The library writes a time of its own into an event without one, which would make every repetition a
        # different event: it checks a copy.
        CloudEvent(dict(given), None)
    except CloudEventValidationError as error:
        return _refused([Fault(f"/{name}", "; ".join(map(str, found))) for name, found in sorted(error.errors.items())])
    except ValueError:
        return _malformed("/time", _("时间应当是 RFC 3339 格式并带时区，例如 2026-01-01T09:00:00+08:00"))
    if not is_json(given.get("datacontenttype", "application/json")):
        return _malformed("/datacontenttype", _("数据应当是 JSON"))
    return Envelope({name: _canonical(value) for name, value in given.items()}, data)


def _instant(attributes: Mapping[str, Any]) -> dict[str, datetime]:
    if "time" not in attributes:
        return {}
    at = datetime.fromisoformat(str(attributes["time"]))
    if at.tzinfo is None:
        raise ValueError("a time without its zone is not an instant")
    return {"time": at.astimezone(UTC)}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _value_fault(name: str, value: Any) -> Fault | None:
    if isinstance(value, str) and (len(value) > _LONGEST or _CONTROL.search(value)):
        return Fault(f"/{name}", _("属性最长 %(n)s 个字符，不能含控制字符", n=_LONGEST))
    if isinstance(value, float | list | dict):
        return Fault(f"/{name}", _("属性只能是文字、整数或真假值"))
    return None


def _canonical(value: object) -> str:
    """The canonical string of the CloudEvents type system: the binary binding knows no other."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


def _malformed(pointer: str, detail: str) -> Problem:
    return Problem(400, "malformed", detail, (Fault(pointer, detail),))


def _refused(faults: list[Fault]) -> Problem:
    return Problem(400, "malformed", faults[0].detail, tuple(faults))
