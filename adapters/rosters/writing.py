"""Writes a roster as a workbook, in the current language, that reads back as the same roster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook

from adapters.rosters.sheets import APPOINTMENTS, DEPARTMENTS, HANDOVER, NO, POSTS, PROXIES, PROXY, YES, Sheet
from adapters.texts import _
from domain.roster import Roster

_WIDEST: Final = 40

Row = Iterable[str]


def write_roster(roster: Roster) -> bytes:
    """The workbook of a roster."""
    content = BytesIO()
    # Codes are text: a spreadsheet must not make a number or a formula of them.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as workbook:
        bold = workbook.add_format({"bold": True})
        for sheet, rows in _sheets(roster):
            page = workbook.add_worksheet(_(sheet.title))
            page.freeze_panes(1, 0)
            page.write_row(0, 0, [_(column.title) for column in sheet.columns], bold)
            for number, row in enumerate(rows, 1):
                for place, cell in enumerate(row):
                    page.write_string(number, place, cell)
            page.autofit(_WIDEST * 7)
    return content.getvalue()


def _sheets(roster: Roster) -> Iterator[tuple[Sheet, list[Row]]]:
    yield (
        DEPARTMENTS,
        [
            (one.code, one.name_zh, one.name_en, _(YES if one.member else NO), _day(one.since), _day(one.until))
            for one in roster.departments
        ],
    )
    yield POSTS, list(_posts(roster))
    yield APPOINTMENTS, [(one.user, one.post, _day(one.since), _day(one.until)) for one in roster.appointments]
    yield PROXIES, list(_stand_ins(roster))


def _posts(roster: Roster) -> Iterator[Row]:
    for one in roster.posts:
        roles = " ".join(grant.role if grant.scope is None else f"{grant.role}:{grant.scope}" for grant in one.roles)
        names = (one.code, one.department, one.title_zh, one.title_en)
        yield (*names, roles, one.superior or "", _day(one.since), _day(one.until))


def _stand_ins(roster: Roster) -> Iterator[Row]:
    for proxy in roster.proxies:
        days = (_day(proxy.since), _day(proxy.until))
        yield (_(PROXY), proxy.user, proxy.proxy, *days, proxy.workflow or "")
    for handover in roster.handovers:
        days = (_day(handover.since), _day(handover.until))
        yield (_(HANDOVER), handover.user, handover.successor, *days, handover.workflow or "")


def _day(day: date | None) -> str:
    """A day, or nothing where it has always been so or has no end."""
    return "" if day in (None, date.min) else day.isoformat()
