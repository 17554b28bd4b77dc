"""What a door refuses, as values: RFC 9457 problems with a stable type and pointers to the fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from adapters.texts import _
from domain.texts import zh

TYPE_PREFIX: Final = "urn:liaison:problem:"
"""Senders match on the whole type; a code is never renamed."""

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "malformed": zh("内容不是有效的请求"),
        "unknown-event-type": zh("没有这种事件类型"),
        "bad-data": zh("字段不符合要求"),
        "nobody-found": zh("有环节没有可以办理的人"),
        "bad-choice": zh("选择的办理人不符合规定"),
        "not-permitted": zh("没有办理这件事的权限"),
        "conflict": zh("与已有的内容冲突"),
        "not-signed-in": zh("需要先登录或提供密钥"),
        "not-found": zh("没有找到"),
        "too-large": zh("内容过大"),
        "unsupported-content": zh("不支持这种内容格式"),
        "too-many": zh("提交过快"),
        "unavailable": zh("服务暂时不可用"),
        "no-idempotency-key": zh("缺少幂等键"),
        "forged": zh("请求不是从本系统页面发出的"),
        "failed": zh("处理时出错"),
    }
)


_OF_STATUS: Final = {
    403: TITLES["not-permitted"],
    404: TITLES["not-found"],
    409: zh("已经不能这样办理"),
    422: TITLES["bad-data"],
}
"""The title of a code of the machine's, which says the rest in its detail."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the JSON pointer of the place, and what to do about it."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal. `status` is that of HTTP; `more` are further members of the problem document."""

    status: int
    code: str
    detail: str
    faults: tuple[Fault, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def document(problem: Problem) -> dict[str, Any]:
    """The problem as an RFC 9457 document in the current language."""
    title = TITLES.get(problem.code) or _OF_STATUS.get(problem.status, TITLES["malformed"])
    found: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": _(title),
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.faults:
        found["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in problem.faults]
    return found | dict(problem.more)
