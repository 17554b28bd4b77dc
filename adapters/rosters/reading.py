"""From a workbook to a roster: every row that is wrong is named with its place, and nothing is taken of a wrong file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from adapters.rosters.cells import Fault, Line, lines_of, open_workbook
from adapters.rosters.sheets import APPOINTMENTS, DEPARTMENTS, HANDOVER, NO, POSTS, PROXIES, PROXY, SHEETS, YES, Sheet
from adapters.texts import _, in_english
from domain.organisation import Appointment, Department, Grant, Handover, Post, Proxy
from domain.proxies import circle_of
from domain.roster import Roster, above_itself

T = TypeVar("T")

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_USER: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
"""An account is named after a post: no Chinese name and no phone number can be one."""
_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}(:[a-z0-9][a-z0-9_.-]{0,63})?")
_DAY: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


class _WrongRowError(Exception):
    """A row of the sheet that cannot be taken."""

    def __init__(self, code: str, detail: str, column: str) -> None:
        super().__init__(code)
        self.code, self.detail, self.column = code, detail, column


@dataclass(slots=True)
class _Books:
    """What was read so far: the rows of each sheet with their numbers, and what is wrong."""

    rows: dict[str, list[Line]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, sheet: Sheet, row: int | None, code: str, detail: str, column: str | None = None) -> None:
        self.faults.append(Fault(code, detail, sheet.name, row, column))


def read_roster(content: bytes, county: str) -> Roster | tuple[Fault, ...]:
    """The roster of a workbook, without a version yet, or everything that is wrong with it."""
    workbook = open_workbook(content)
    if isinstance(workbook, Fault):
        return (workbook,)
    books = _Books()
    for sheet in SHEETS:
        books.rows[sheet.name], faults = lines_of(workbook, sheet)
        if sheet is not PROXIES or books.rows[sheet.name]:
            books.faults += faults
    return tuple(books.faults) if books.faults else _roster(books, county)


def _roster(books: _Books, county: str) -> Roster | tuple[Fault, ...]:
    departments = _made(books, DEPARTMENTS, _department)
    posts = _made(books, POSTS, _post)
    appointments = _made(books, APPOINTMENTS, _appointment)
    stand_ins = _made(books, PROXIES, _stand_in)
    _refuse_twins(books, DEPARTMENTS, [one.code for _, one in departments])
    _refuse_twins(books, POSTS, [one.code for _, one in posts])
    _refuse_unknown(books, departments, posts, appointments, stand_ins)
    if not books.faults:
        _refuse_circles(books, [one for _, one in posts], [one for _, one in stand_ins])
    if books.faults:
        return tuple(sorted(books.faults, key=lambda one: (_PLACES[one.sheet or ""], one.row or 0)))
    return Roster(
        version="",
        county=county,
        departments=tuple(one for _, one in departments),
        posts=tuple(one for _, one in posts),
        appointments=tuple(one for _, one in appointments),
        proxies=tuple(one for _, one in stand_ins if isinstance(one, Proxy)),
        handovers=tuple(one for _, one in stand_ins if isinstance(one, Handover)),
    )


_PLACES: Final = {"": 0, **{sheet.name: number for number, sheet in enumerate(SHEETS)}}


# -- rows --------------------------------------------------------------------------------------------------


def _made(books: _Books, sheet: Sheet, make: Callable[[Mapping[str, str]], T]) -> list[tuple[int, T]]:
    """The rows of a sheet that can be taken, each with its number."""
    made: list[tuple[int, T]] = []
    for line in books.rows[sheet.name]:
        missing = [one for one in sheet.columns if one.needed and one.name not in line.values]
        for column in missing:
            books.wrong(
                sheet, line.number, "missing_value", _("请填写“%(column)s”", column=_(column.title)), column.name
            )
        if missing:
            continue
        try:
            made.append((line.number, make(line.values)))
        except _WrongRowError as wrong:
            books.wrong(sheet, line.number, wrong.code, wrong.detail, wrong.column)
    return made


def _department(row: Mapping[str, str]) -> Department:
    since, until = _days(row)
    return Department(
        code=_matching(row, "code", _CODE),
        name_zh=row["name_zh"],
        name_en=row.get("name_en", row["name_zh"]),
        since=since,
        until=until,
        member=_choice(row, "member", {YES: True, NO: False}),
    )


def _post(row: Mapping[str, str]) -> Post:
    since, until = _days(row)
    return Post(
        code=_matching(row, "code", _CODE),
        department=row["department"],
        title_zh=row["title_zh"],
        title_en=row.get("title_en", row["title_zh"]),
        roles=tuple(_grants(row.get("roles", ""))),
        since=since,
        until=until,
        superior=row.get("superior"),
    )


def _appointment(row: Mapping[str, str]) -> Appointment:
    since, until = _days(row)
    return Appointment(_matching(row, "user", _USER), row["post"], since, until)


def _stand_in(row: Mapping[str, str]) -> Proxy | Handover:
    since, until = _days(row)
    user, other = _matching(row, "user", _USER), _matching(row, "proxy", _USER)
    leaves = _choice(row, "kind", {PROXY: False, HANDOVER: True})
    kind: type[Proxy | Handover] = Handover if leaves else Proxy
    return kind(user, other, since, until, row.get("workflow"))


def _grants(text: str) -> Iterable[Grant]:
    for one in re.split(r"[\s,，、;；]+", text):
        if not one:
            continue
        if _ROLE.fullmatch(one) is None:
            raise _WrongRowError("bad_role", _("“%(role)s”不是角色：写成 名称 或 名称:范围", role=one), "roles")
        name, _colon, scope = one.partition(":")
        yield Grant(name, scope or None)


# -- cells -------------------------------------------------------------------------------------------------


def _matching(row: Mapping[str, str], column: str, pattern: re.Pattern[str]) -> str:
    value = row[column]
    if pattern.fullmatch(value) is None:
        detail = _("“%(value)s”只能由小写字母、数字和 . _ - 组成（账号以字母开头，不用姓名和电话）", value=value)
        raise _WrongRowError("bad_code", detail, column)
    return value


def _choice(row: Mapping[str, str], column: str, choices: Mapping[str, T]) -> T:
    said = row[column].casefold()
    for word, value in choices.items():
        if said in {word, in_english(word).casefold()}:
            return value
    allowed = _("、").join(_(word) for word in choices)
    raise _WrongRowError("bad_choice", _("“%(value)s”应当是：%(allowed)s", value=row[column], allowed=allowed), column)


def _days(row: Mapping[str, str]) -> tuple[date, date | None]:
    """The first and the last day; without a first it has always been so."""
    since, until = _day(row, "since") or date.min, _day(row, "until")
    if until is not None and until < since:
        raise _WrongRowError("ends_before", _("终止日期早于起始日期"), "until")
    return since, until


def _day(row: Mapping[str, str], column: str) -> date | None:
    if column not in row:
        return None
    found = _DAY.fullmatch(row[column])
    try:
        return date(*map(int, found.groups())) if found is not None else date.fromisoformat(row[column])
    except ValueError:
        detail = _("“%(value)s”不是日期：写成 2026-03-01", value=row[column])
        raise _WrongRowError("bad_date", detail, column) from None


# -- rows together -----------------------------------------------------------------------------------------


def _refuse_twins(books: _Books, sheet: Sheet, codes: Sequence[str]) -> None:
    seen: set[str] = set()
    for line in books.rows[sheet.name]:
        code = line.values.get("code", "")
        if code in seen and code in codes:
            books.wrong(sheet, line.number, "twice", _("代码“%(code)s”出现了两次", code=code), "code")
        seen.add(code)


def _refuse_unknown(
    books: _Books,
    departments: Sequence[tuple[int, Department]],
    posts: Sequence[tuple[int, Post]],
    appointments: Sequence[tuple[int, Appointment]],
    stand_ins: Sequence[tuple[int, Proxy | Handover]],
) -> None:
    """Every code that a row names stands in the sheet that it belongs to, in a row that may itself be wrong."""
    units, codes = _named(books, DEPARTMENTS, "code"), _named(books, POSTS, "code")
    users = _named(books, APPOINTMENTS, "user")
    for row, post in posts:
        _refuse_name(books, POSTS, row, ("department", post.department), units)
        if post.superior is not None:
            _refuse_name(books, POSTS, row, ("superior", post.superior), codes)
    for row, appointment in appointments:
        _refuse_name(books, APPOINTMENTS, row, ("post", appointment.post), codes)
    for row, one in stand_ins:
        _refuse_name(books, PROXIES, row, ("user", one.user), users)
        _refuse_name(books, PROXIES, row, ("proxy", one.successor if isinstance(one, Handover) else one.proxy), users)


def _named(books: _Books, sheet: Sheet, column: str) -> frozenset[str]:
    return frozenset(line.values.get(column, "") for line in books.rows[sheet.name])


def _refuse_name(books: _Books, sheet: Sheet, row: int, named: tuple[str, str], known: frozenset[str]) -> None:
    column, value = named
    if value not in known:
        detail = _("工作簿中没有“%(value)s”：请先加上它，或改正", value=value)
        books.wrong(sheet, row, "unknown_name", detail, column)


def _refuse_circles(books: _Books, posts: Sequence[Post], stand_ins: Sequence[Proxy | Handover]) -> None:
    code = above_itself(posts)
    if code is not None:
        books.wrong(POSTS, None, "circle", _("岗位“%(code)s”成了自己的上级：请改正这一路的直接上级", code=code))
    circle = circle_of(stand_ins)
    if circle:
        books.wrong(PROXIES, None, "circle", _("互相代理：%(circle)s", circle=" → ".join(circle)))
