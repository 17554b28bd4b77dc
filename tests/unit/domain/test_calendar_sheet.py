"""The yearly notice as a sheet: what it says, what is wrong with it, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest

from adapters.calendars import statutory_calendar
from domain.calendar import Calendar, Layer, dump_calendar, is_working_day, of_department, parse_calendar
from domain.calendar_changes import changes
from domain.calendar_sheet import FaultCode, RowFault, Sheet, next_version, read_sheet

STATUTORY = statutory_calendar("s1")
HEADER = ("日期", "安排", "名称", "范围", "时间")
NEW_YEAR = ("2027-01-01", "放假", "元旦")
MAKE_UP = (date(2027, 1, 9), "上班", "元旦")


def read(*rows: Sequence[Any], current: Calendar = STATUTORY) -> Sheet | tuple[RowFault, ...]:
    return read_sheet([HEADER, *rows], current, frozenset({"service_centre"}))


def after(*rows: Sequence[Any], current: Calendar = STATUTORY) -> Calendar:
    sheet = read(*rows, current=current)
    assert isinstance(sheet, Sheet)
    return next_version(current, sheet, "2027-1")


def test_a_notice_gives_the_next_version_with_names_and_what_is_known() -> None:
    made = after(NEW_YEAR, MAKE_UP)

    assert (made.version, made.known_through) == ("2027-1", date(2027, 12, 31))
    assert not is_working_day(made, date(2027, 1, 1))
    assert is_working_day(made, date(2027, 1, 9))
    assert made.names[date(2027, 1, 9)] == "元旦"
    assert is_working_day(made, date(2026, 10, 10))


@pytest.mark.parametrize("cell", ["2027-1-1", "2027/01/01", "2027年1月1日", date(2027, 1, 1), datetime(2027, 1, 1, 8)])  # noqa: DTZ001 - as a workbook gives it
def test_dates_are_read_as_people_and_workbooks_write_them(cell: Any) -> None:
    assert not is_working_day(after((cell, "放假")), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("2027-02-30", "放假")], FaultCode.BAD_DATE),
        ([("", "放假")], FaultCode.BAD_DATE),
        ([(46000.5, "放假")], FaultCode.BAD_DATE),
        ([NEW_YEAR, ("2027年1月1日", "上班")], FaultCode.MAKE_UP_ON_WEEKDAY),
        ([NEW_YEAR, NEW_YEAR], FaultCode.TWICE),
        ([("2027-01-04", "上班")], FaultCode.MAKE_UP_ON_WEEKDAY),
        ([NEW_YEAR, MAKE_UP, ("2028-01-03", "放假")], FaultCode.YEAR_OUTSIDE),
        ([("2029-01-01", "放假")], FaultCode.YEAR_OUTSIDE),
        ([("2027-01-01", "也许")], FaultCode.BAD_KIND),
        ([("2027-01-01", "放假", "", "nowhere")], FaultCode.BAD_SCOPE),
        ([("", "作息", "", "全县", "9-5")], FaultCode.BAD_HOURS),
        ([("", "作息", "", "全县", "14:00-12:00")], FaultCode.BAD_HOURS),
        ([], FaultCode.EMPTY),
    ],
)
def test_each_fault_is_named_with_its_row(rows: list[Sequence[Any]], code: FaultCode) -> None:
    found = read(*rows)

    assert not isinstance(found, Sheet)
    assert [(one.row, one.code) for one in found] == [(max(len(rows) + 1, 2), code)]


def test_a_sheet_without_the_two_columns_is_refused_at_its_first_row() -> None:
    assert read_sheet([("甲", "乙")], STATUTORY, frozenset()) == (RowFault(1, FaultCode.NO_HEADER),)


def test_all_faults_are_told_at_once_in_the_order_of_the_rows() -> None:
    found = read(NEW_YEAR, ("x", "放假"), NEW_YEAR, ("2027-01-04", "上班"))

    assert not isinstance(found, Sheet)
    assert [(one.row, one.code) for one in found] == [
        (3, FaultCode.BAD_DATE),
        (4, FaultCode.TWICE),
        (5, FaultCode.MAKE_UP_ON_WEEKDAY),
    ]


def test_december_of_the_year_before_may_stand_in_a_notice() -> None:
    made = after(NEW_YEAR, ("2027-01-02", "放假"), ("2026-12-26", "上班", "元旦"))

    assert is_working_day(made, date(2026, 12, 26))
    assert made.known_through == date(2027, 12, 31)


def test_a_corrected_notice_replaces_its_year_and_no_other() -> None:
    first = after(NEW_YEAR, MAKE_UP)

    corrected = after(NEW_YEAR, ("2027-01-10", "上班"), current=first)

    assert not is_working_day(corrected, date(2027, 1, 9))
    assert is_working_day(corrected, date(2027, 1, 10))
    assert is_working_day(corrected, date(2026, 10, 10))


def test_the_december_days_that_the_next_year_set_stay_when_a_year_is_corrected() -> None:
    known = after(NEW_YEAR, ("2026-12-26", "上班"))

    corrected = after(("2026-10-01", "放假"), ("2026-10-10", "上班"), current=known)

    assert is_working_day(corrected, date(2026, 12, 26))
    assert is_working_day(corrected, date(2026, 2, 17))


def test_the_county_and_a_department_have_days_and_hours_of_their_own() -> None:
    made = after(
        ("2027-05-06", "放假", "县里活动", "全县"),
        ("", "作息", "", "全县", "08:30-12:00，14:00-17:30"),
        ("2027-05-08", "上班", "开放日", "service_centre"),
        ("", "作息", "", "service_centre", "09:00-18:00"),
    )

    centre = of_department(made, "service_centre")
    assert not is_working_day(made, date(2027, 5, 6))
    assert not is_working_day(centre, date(2027, 5, 6))
    assert (is_working_day(made, date(2027, 5, 8)), is_working_day(centre, date(2027, 5, 8))) == (False, True)
    assert (made.index.per_day, centre.index.per_day) == (7 * 60 * 60_000_000, 9 * 60 * 60_000_000)
    assert made.known_through == STATUTORY.known_through
    assert of_department(made, "civil_affairs") is made


def test_differences_name_what_changes_for_the_county_and_for_a_department_alone() -> None:
    made = after(
        NEW_YEAR, MAKE_UP, ("2027-05-08", "上班", "开放日", "service_centre"), ("", "作息", "", "全县", "09:00-17:00")
    )

    found = changes(STATUTORY, made)

    told = [(one.after.day, one.after.works, one.department) for one in found.days]
    assert told == [
        (date(2027, 1, 1), False, ""),
        (date(2027, 1, 9), True, ""),
        (date(2027, 5, 8), True, "service_centre"),
    ]
    assert found.hours == ("", "service_centre")
    assert found.announced == (date(2027, 1, 1), date(2027, 12, 31))
    assert changes(STATUTORY, STATUTORY).first is None


def test_a_version_with_layers_survives_writing_and_one_without_is_written_as_it_always_was() -> None:
    own = Layer(hours=((time(9), time(16)),), days={date(2026, 5, 6): False}, names={date(2026, 5, 6): "样例"})
    layered = Calendar("1", county=own, departments={"a": own, "b": Layer()}, known_from=date(2004, 1, 1))

    assert parse_calendar(dump_calendar(layered)) == layered
    assert dump_calendar(Calendar("1")).keys() == {"version", "zone", "hours", "days", "known_through"}
