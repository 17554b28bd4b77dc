"""From a CloudEvent to an event of the published language: who may send it, is it right, what makes it equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from adapters.doors.envelopes import Envelope
from adapters.doors.problems import Fault, Problem
from adapters.texts import _
from domain.event import DomainEvent
from domain.events import EVENT_TYPES, UPCASTERS, WIRE_PREFIX, parse_event
from domain.texts import zh
from workflows.machine.case import JSON, Lane
from workflows.policy import Viewer, may_submit
from workflows.ports import NewEvent, Vault

TRACE: Final = frozenset({"traceparent", "tracestate"})
"""Extensions that say how an event travelled: a repetition may carry others and is still the same event."""

_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": zh("缺少必填字段"),
        "string_type": zh("应当是文字"),
        "bool_type": zh("应当是 true 或 false"),
        "int_type": zh("应当是整数"),
        "string_too_short": zh("不能为空"),
        "string_too_long": zh("文字过长"),
        "string_pattern_mismatch": zh("格式不正确"),
        "literal_error": zh("不在允许的取值之内"),
        "tuple_type": zh("应当是列表"),
        "too_short": zh("至少要有一项"),
        "too_long": zh("项数过多"),
        "dict_type": zh("应当是 JSON 对象"),
        "model_type": zh("应当是 JSON 对象"),
        "model_attributes_type": zh("应当是 JSON 对象"),
        "forbidden_field": zh("这类内容不得收集，请删除后重新提交"),
    }
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where events are taken in: the county, its vault, and whether everything here is a sample (样例).

    `obstacle` says why a case must not begin with an event, or nothing.
    """

    county: str
    vault: Vault
    sample: bool
    obstacle: Callable[[NewEvent], Problem | None]

    def admit(self, envelope: Envelope, viewer: Viewer, lane: Lane) -> NewEvent | Problem:
        """The event that `viewer` sends, or why not."""
        name = envelope.type.removeprefix(WIRE_PREFIX)
        if name == envelope.type or not (name in EVENT_TYPES or name in UPCASTERS):
            detail = _("没有“%(type)s”这种事件类型：用 liaison event-types 查看可以提交的类型", type=envelope.type)
            return Problem(422, "unknown-event-type", detail, (Fault("/type", detail),))
        if not may_submit(viewer, name):
            detail = _("本密钥不能提交“%(type)s”事件", type=envelope.type)
            return Problem(403, "not-permitted", detail, (Fault("/type", detail),))
        try:
            event = parse_event(name, envelope.data)
        except ValidationError as error:
            return _bad_data(error)
        taken = self._taken(event, envelope, viewer, lane)
        return self.obstacle(taken) or taken

    def _taken(self, event: DomainEvent, envelope: Envelope, viewer: Viewer, lane: Lane) -> NewEvent:
        personal = event.personal()
        return NewEvent(
            county=self.county,
            source=envelope.source,
            id=envelope.id,
            type=event.TYPE,
            key=event.key(),
            person=event.person(),
            plain=event.plain(),
            personal=personal,
            body_hash=body_hash(envelope),
            department=viewer.department or viewer.user,
            fingerprint=self._fingerprint(personal),
            sample=self.sample,
            lane=lane,
            attributes=envelope.attributes,
            initiator=viewer.user if f"user:{viewer.user}" in viewer.principals else None,
        )

    def _fingerprint(self, personal: Mapping[str, JSON]) -> str | None:
        """The blind index of a person: name and phone, as the office compares two applications (W1)."""
        name = personal.get("name")
        return None if name is None else self.vault.fingerprint(name, personal.get("mobile", ""))


def body_hash(envelope: Envelope) -> str:
    """What makes two events equal: the attributes but for the trace, and the data as canonical JSON (SHA-256)."""
    # The data is JSON in every binding, whatever each calls it.
    left_out = TRACE | {"datacontenttype"}
    attributes = {name: value for name, value in envelope.attributes.items() if name not in left_out}
    canonical = json.dumps(
        [attributes, _canonical(envelope.data)], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """JSON in which 1 and 1.0 are the same number, as in RFC 8785."""
    match value:
        case dict():
            return {name: _canonical(inner) for name, inner in value.items()}
        case list():
            return [_canonical(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _bad_data(error: ValidationError) -> Problem:
    faults = tuple(_fault(one) for one in error.errors(include_url=False, include_input=False))
    return Problem(422, "bad-data", faults[0].detail, faults)


def _fault(error: ErrorDetails) -> Fault:
    pointer = "/data" + "".join(f"/{_escaped(str(part))}" for part in error["loc"])
    return Fault(pointer, said(error))


def said(error: ErrorDetails) -> str:
    """What is wrong with a field, in the current language."""
    known = _SAID.get(error["type"])
    return _(known) if known else _("不符合要求（%(why)s）", why=error["msg"])


def _escaped(part: str) -> str:
    """A reference token of RFC 6901."""
    return part.replace("~", "~0").replace("/", "~1")
