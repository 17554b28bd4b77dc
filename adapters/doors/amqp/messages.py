"""An AMQP message as a CloudEvent: structured or binary, with any of the three prefixes that senders use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.doors.envelopes import Envelope, is_json, read_parts, read_structured
from adapters.doors.problems import Problem
from adapters.texts import _

STRUCTURED: Final = "application/cloudevents+json"
PREFIXES: Final = ("cloudEvents:", "cloudEvents_", "ce-", "ce_")
"""The AMQP binding's own, its spelling for JMS, and that of HTTP, which AMQP 0-9-1 libraries took over."""


def read_message(content_type: str, headers: Mapping[str, Any], body: bytes) -> Envelope | Problem:
    """The event of a message, or why it is none."""
    if content_type.partition(";")[0].strip().lower() == STRUCTURED:
        return read_structured(body)
    attributes = {name: value for header, value in headers.items() if (name := _attribute(header)) is not None}
    if not attributes or not is_json(content_type):
        detail = _("消息既不是 %(structured)s，也没有 cloudEvents: 开头的属性和 JSON 数据", structured=STRUCTURED)
        return Problem(415, "unsupported-content", detail)
    return read_parts(attributes, body)


def _attribute(header: str) -> str | None:
    prefix = next((one for one in PREFIXES if header.startswith(one)), None)
    return None if prefix is None else header.removeprefix(prefix)
