"""The sheets of a roster's workbook and their columns, under a Chinese or an English header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapters.texts import in_english
from domain.texts import zh


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field's name, its Chinese title (a msgid), and whether every row needs it."""

    name: str
    title: str
    needed: bool = True

    def is_called(self, header: str) -> bool:
        """Whether a header means this column: its title in Chinese or English, or the field's name."""
        return header.casefold() in {self.title, in_english(self.title).casefold(), self.name}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its columns in order."""

    name: str
    title: str
    columns: tuple[Column, ...]

    def is_called(self, name: str) -> bool:
        """Whether a sheet's name means this one."""
        return name.casefold() in {self.title, in_english(self.title).casefold(), self.name}


_SINCE: Final = Column("since", zh("起始日期"), needed=False)
_UNTIL: Final = Column("until", zh("终止日期"), needed=False)

DEPARTMENTS: Final = Sheet(
    "departments",
    zh("部门"),
    (
        Column("code", zh("代码")),
        Column("name_zh", zh("名称")),
        Column("name_en", zh("英文名称"), needed=False),
        Column("member", zh("成员单位")),
        _SINCE,
        _UNTIL,
    ),
)
POSTS: Final = Sheet(
    "posts",
    zh("岗位"),
    (
        Column("code", zh("代码")),
        Column("department", zh("部门代码")),
        Column("title_zh", zh("名称")),
        Column("title_en", zh("英文名称"), needed=False),
        Column("roles", zh("角色"), needed=False),
        Column("superior", zh("直接上级"), needed=False),
        _SINCE,
        _UNTIL,
    ),
)
APPOINTMENTS: Final = Sheet(
    "appointments",
    zh("任职"),
    (Column("user", zh("账号")), Column("post", zh("岗位代码")), _SINCE, _UNTIL),
)
PROXIES: Final = Sheet(
    "proxies",
    zh("代理"),
    (
        Column("kind", zh("类别")),
        Column("user", zh("账号")),
        Column("proxy", zh("代理人账号")),
        _SINCE,
        _UNTIL,
        Column("workflow", zh("流程代码"), needed=False),
    ),
)

SHEETS: Final = (DEPARTMENTS, POSTS, APPOINTMENTS, PROXIES)

YES, NO = zh("是"), zh("否")
PROXY, HANDOVER = zh("代理"), zh("离职转交")
"""The kinds of a row of the sheet of proxies: somebody is absent, or has left."""
