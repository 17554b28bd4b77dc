"""The count behind a due date in words, in both languages, and as a <details>."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.calendars import statutory_calendar
from adapters.counted import because_html, because_lines, because_of
from adapters.explaining import Saying, saying
from adapters.sample.county import sample_roster
from adapters.texts import speaking
from domain.clocks import Clock, Pause, PauseReason, as_text
from domain.counting import Because
from tests.unit.moves.offices import CHECKED
from workflows.testkit import Office

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 28, 9, tzinfo=CHINA)


@pytest.fixture
def office() -> Office:
    return Office([CHECKED], sample_roster(), calendar=statutory_calendar("s1"))


def said(office: Office) -> Saying:
    return saying(CHECKED, office.library.roster(), "Asia/Shanghai", NOW)


def counted(office: Office, clock: Clock) -> Because:
    found = because_of(as_text(clock), office.library)
    assert found is not None
    return found


def lines(office: Office, clock: Clock, language: str = "zh") -> tuple[str, ...]:
    with speaking(language):
        return because_lines(counted(office, clock), said(office))


PAUSED = Clock(
    3,
    datetime(2026, 9, 29, 10, tzinfo=CHINA),
    department="civil_affairs",
    pauses=(
        Pause(
            datetime(2026, 9, 30, 10, tzinfo=CHINA),
            PauseReason.SUPPLEMENT,
            "sample.office_head",
            until=datetime(2026, 10, 9, 11, 30, tzinfo=CHINA),
        ),
    ),
)


def test_days_pauses_and_result_are_told_in_the_order_of_counting(office: Office) -> None:
    assert lines(office, PAUSED) == (
        "9月29日10:00收到，从下一个工作日起计算，时限3个工作日。",
        "按宁海县民政局的工作日历（s1）计算。",
        "2026-10-01至2026-10-07国庆节放假，不计。",
        "2026-10-10国庆节调休上班，计入。",
        "2026-10-11周末，不计。",
        "第3个工作日下班：10月9日17:00。",
        "9月30日10:00至10月9日11:30因补正停止计时（联席会议办公室主任），其间工作时间2个工作日1个工作小时30分钟不计，时限顺延至10月13日10:00。",
        "因此时限为10月13日10:00。",
    )


def test_the_same_is_told_in_english(office: Office) -> None:
    told = lines(office, PAUSED, "en")

    assert told[0] == "Received 29 Sept, 10:00; counted from the next working day, 3 working days allowed."
    assert told[2] == "2026-10-01 to 2026-10-07: National Day holiday, not counted."
    assert told[-1] == "So it is due 13 Oct, 10:00."


def test_a_clock_that_stands_says_since_when_and_until_when_it_is_expected_to(office: Office) -> None:
    pause = Pause(
        datetime(2026, 9, 29, 9, tzinfo=CHINA), PauseReason.HEARING, expected=datetime(2026, 10, 8, 9, tzinfo=CHINA)
    )

    told = lines(office, Clock(3, NOW, pauses=(pause,)))

    assert told[-1] == "自9月29日09:00起因听证停止计时（系统按规则），预计10月8日09:00恢复。"


def test_what_is_provisional_says_so(office: Office) -> None:
    told = lines(office, Clock(3, datetime(2026, 12, 30, 9, tzinfo=CHINA)))

    assert "2027-01-02至2027-01-03周末，不计（暂定）。" in told
    assert told[-2] == "其中有放假安排尚未公布的日期，按周一至周五暂定；公布后自动重新计算。"


def test_nothing_is_told_of_a_date_that_no_rule_counted(office: Office) -> None:
    assert because_of("as somebody set it", office.library) is None


def test_a_page_gets_it_as_details_with_everything_escaped(office: Office) -> None:
    found = because_html(counted(office, Clock(1, NOW, name="<b>")), said(office))

    assert found.startswith('<details class="because"><summary>时限怎样算出</summary><ol><li>')
    assert found.endswith("</li></ol></details>")
    assert "<b>" not in found
