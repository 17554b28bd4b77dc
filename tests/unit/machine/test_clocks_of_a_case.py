"""Clocks of a case: a supplement and an inquiry stop them, a suspension moves them, a new calendar counts them again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.calendars import statutory_calendar
from domain.calendar import Calendar, Layer, minutes_between
from domain.clocks import Clock, PauseReason, from_text
from tests.unit.machine.desk import APPLICANT, Desk
from workflows.language.words import (
    Mode,
    Step,
    approve,
    beside,
    carry_out,
    deem,
    end,
    escalate,
    public_notice,
    remind,
    role,
    sequence,
    to_applicant,
    wait,
)
from workflows.machine.case import WorkItem
from workflows.machine.decision import Decision, Ignored
from workflows.machine.stimuli import Sign, Signal, SignalStimulus

CHINA = ZoneInfo("Asia/Shanghai")
STATUTORY = statutory_calendar("s1")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BEFORE_NEW_YEAR = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)
"""Tuesday: what is counted from here goes beyond the announced days."""
NOTICE_OF_2027 = replace(
    STATUTORY,
    version="s2",
    days={**STATUTORY.days, date(2027, 1, 1): False, date(2027, 1, 4): False, date(2027, 1, 9): True},
    known_through=date(2027, 12, 31),
)
PUBLISHED = SignalStimulus(900, Signal(Sign.CALENDAR, "", {"calendar": "s2"}))


def check(within: int = 5, **given: Any) -> Step:
    asked = to_applicant(within=10, silence=end("incomplete"), once=False)
    step = approve(
        "check", by=role("officer"), within=within, on_return=asked, on_reject=end("refused", "rejected"), **given
    )
    return sequence(step, end("checked"))


def item(desk: Desk) -> WorkItem:
    [found] = desk.live.items.values()
    return found


def clock(of: WorkItem) -> Clock:
    found = from_text(of.due_rule)
    assert found is not None
    return found


def day(moment: datetime | None) -> date:
    assert moment is not None
    return moment.astimezone(CHINA).date()


def publish(desk: Desk, calendar: Calendar = NOTICE_OF_2027) -> Any:
    desk.facts = replace(desk.facts, calendar=calendar)
    return desk.take(PUBLISHED)


# -- supplements -------------------------------------------------------------------------------------------


def test_after_a_supplement_the_clock_goes_on_with_the_working_minutes_that_were_left() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=MONDAY)
    due_at = item(desk).due_at
    assert due_at is not None
    desk.at(MONDAY + timedelta(days=2))
    left = minutes_between(STATUTORY, desk.now, due_at)
    desk.act("officer", "return", "steps/check", opinion="样例")

    desk.at(MONDAY + timedelta(days=8))
    desk.act(APPLICANT, "complete", "steps/check/supplement")

    again = item(desk)
    assert again.due_at is not None
    assert minutes_between(STATUTORY, desk.now, again.due_at) == left
    assert day(again.due_at) == date(2026, 3, 13)
    [pause] = clock(again).pauses
    assert (pause.reason, pause.by) == (PauseReason.SUPPLEMENT, "officer")
    assert pause.expected == datetime(2026, 3, 18, 9, 0, tzinfo=UTC)


def test_a_term_that_was_returned_twice_is_never_longer_than_it_was() -> None:
    desk = Desk(check(within=5), calendar=STATUTORY, now=MONDAY)
    for days in (1, 8, 15):
        desk.at(MONDAY + timedelta(days=days))
        desk.act("officer", "return", "steps/check", opinion="样例")
        desk.at(MONDAY + timedelta(days=days + 6))
        desk.act(APPLICANT, "complete", "steps/check/supplement")

    again = item(desk)

    assert again.due_at is not None
    used = 3 * minutes_between(STATUTORY, MONDAY, MONDAY + timedelta(days=1))
    allowed = minutes_between(STATUTORY, MONDAY, datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
    assert minutes_between(STATUTORY, desk.now, again.due_at) == allowed - used


def test_what_was_late_before_it_was_returned_stays_late() -> None:
    desk = Desk(check(within=1), calendar=STATUTORY, now=MONDAY)
    due_at = item(desk).due_at
    desk.at(MONDAY + timedelta(days=3))
    desk.act("officer", "return", "steps/check", opinion="样例")
    desk.at(MONDAY + timedelta(days=8))

    desk.act(APPLICANT, "complete", "steps/check/supplement")

    assert item(desk).due_at == due_at


def test_the_working_days_of_two_pauses_over_a_new_year_do_not_count_and_the_holidays_need_no_pause() -> None:
    desk = Desk(check(within=10), calendar=STATUTORY, now=datetime(2025, 12, 22, 1, 0, tzinfo=UTC))
    for returned, answered in (("2025-12-25", "2026-01-06"), ("2026-01-08", "2026-01-12")):
        desk.at(datetime.fromisoformat(f"{returned}T01:00:00+00:00"))
        desk.act("officer", "return", "steps/check", opinion="样例")
        desk.at(datetime.fromisoformat(f"{answered}T01:00:00+00:00"))
        desk.act(APPLICANT, "complete", "steps/check/supplement")

    # Without pauses 6 January. The first takes 7 working days (25, 26, 29 to 31 December, Sunday 4 and Monday 5 January),
    # the second 2 (8 and 9 January); 1 to 3 January and the weekend count for nobody.
    assert day(item(desk).due_at) == date(2026, 1, 19)


# -- notices -----------------------------------------------------------------------------------------------


def announced() -> Step:
    inquiry = carry_out("inquiry", by=role("clerk"))
    return sequence(
        public_notice("notice", lasts=5, on=(beside("trial.objected.v1", inquiry, pauses=True),)), end("over")
    )


def test_several_inquiries_stop_the_clock_of_a_notice_and_their_working_times_add_up_to_the_second() -> None:
    desk = Desk(announced(), calendar=STATUTORY, now=MONDAY)
    for seconds in (0, 600, 1200):
        desk.at(MONDAY + timedelta(days=1, seconds=seconds))
        desk.event("trial.objected.v1")
        desk.at(MONDAY + timedelta(days=1, seconds=seconds + 50))
        desk.act("clerk", "complete", item(desk).path)

    [timer] = desk.live.timers.values()

    # Three times fifty seconds, after the end of work of the fifth day: on the next.
    assert timer.due_at == datetime(2026, 3, 10, 0, 32, 30, tzinfo=UTC)


# -- suspensions -------------------------------------------------------------------------------------------


def resumed(desk: Desk, since: datetime, until: datetime) -> Any:
    desk.at(until)
    values = {"since": since.isoformat(), "until": until.isoformat()}
    return desk.take(SignalStimulus(800, Signal(Sign.RESUMED, "", values)))


def test_a_suspension_stands_on_the_clock_and_holders_find_the_item_at_its_new_date() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=MONDAY)

    resumed(desk, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3))

    moved = item(desk)
    assert day(moved.due_at) == date(2026, 3, 11)
    assert [pause.reason for pause in clock(moved).pauses] == [PauseReason.SUSPENSION]
    assert {one.due_at for held in desk.live.holders.values() for one in held} == {moved.due_at}


def test_a_suspension_inside_a_supplement_is_not_counted_twice() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=MONDAY)
    desk.at(MONDAY + timedelta(days=1))
    desk.act("officer", "return", "steps/check", opinion="样例")
    resumed(desk, MONDAY + timedelta(days=2), MONDAY + timedelta(days=3))
    desk.at(MONDAY + timedelta(days=4))

    desk.act(APPLICANT, "complete", "steps/check/supplement")

    assert day(item(desk).due_at) == date(2026, 3, 12)


def test_a_clock_turned_back_takes_nothing_from_anybody() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=MONDAY)
    before = item(desk).due_at

    desk.take(
        SignalStimulus(
            800, Signal(Sign.RESUMED, "", {"since": "2026-03-05T01:00:00+00:00", "until": "2026-03-03T01:00:00+00:00"})
        )
    )
    desk.at(MONDAY - timedelta(days=3))
    desk.act("officer", "return", "steps/check", opinion="样例")
    desk.act(APPLICANT, "complete", "steps/check/supplement")

    assert item(desk).due_at == before


# -- a calendar is published -------------------------------------------------------------------------------


def test_a_provisional_date_moves_with_its_light_its_ladder_and_the_inbox() -> None:
    ladder = (remind(-1), escalate(+1, to=role("office_head")))
    desk = Desk(check(overdue=ladder), calendar=STATUTORY, now=BEFORE_NEW_YEAR)
    before = item(desk)
    assert clock(before).provisional

    publish(desk)

    after = item(desk)
    assert (day(before.due_at), day(after.due_at)) == (date(2027, 1, 5), date(2027, 1, 7))
    assert not clock(after).provisional
    assert after.yellow_at is not None
    assert before.yellow_at is not None
    assert after.yellow_at > before.yellow_at
    assert [day(timer.due_at) for timer in desk.live.timers.values()] == [date(2027, 1, 6)]
    assert {one.due_at for held in desk.live.holders.values() for one in held} == {after.due_at}


def test_what_the_ladder_has_climbed_stays_so_and_the_rung_that_decides_moves_with_the_date() -> None:
    ladder = (remind(-1), deem(0, "agree"))
    desk = Desk(check(overdue=ladder), calendar=STATUTORY, now=BEFORE_NEW_YEAR)
    desk.fire_next()
    [before] = desk.live.timers.values()

    publish(desk)

    [after] = desk.live.timers.values()
    assert (before.rung, after.rung) == (1, 1)
    assert (day(before.due_at), day(after.due_at)) == (date(2027, 1, 5), date(2027, 1, 7))
    assert isinstance(desk.fire(before), Ignored)


def test_the_history_has_one_line_of_the_system_with_both_dates_and_the_version() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=BEFORE_NEW_YEAR)
    before = item(desk).due_at

    publish(desk)

    entry = desk.last.entry
    after = item(desk).due_at
    assert before is not None
    assert after is not None
    assert (entry.actor, entry.authority, entry.what) == ("SYSTEM", "rule:trial", "signal:calendar")
    assert entry.facts["calendar"] == "s2"
    assert entry.delta["recounted"] == [["steps/check", 1, 0, before.isoformat(), after.isoformat(), False]]


def test_a_calendar_that_is_told_twice_is_counted_once() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=BEFORE_NEW_YEAR)

    first, second = publish(desk), publish(desk)

    assert isinstance(first, Decision)
    assert isinstance(second, Ignored)


def test_a_date_that_nothing_of_it_concerns_stays_with_the_version_it_was_counted_on() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=MONDAY)

    assert isinstance(publish(desk), Ignored)
    assert clock(item(desk)).calendar == "s1"


def test_a_date_that_does_not_move_becomes_firm() -> None:
    desk = Desk(check(within=2), calendar=STATUTORY, now=datetime(2027, 2, 1, 1, 0, tzinfo=UTC))
    before = item(desk).due_at

    publish(desk)

    assert item(desk).due_at == before
    assert not clock(item(desk)).provisional


def test_waits_notices_and_supplements_move_too() -> None:
    steps = sequence(
        public_notice("notice", lasts=5),
        check(),
        wait("answer", event="trial.answered.v1", within=5, overdue=(remind(-1),), silence=end("silent")),
    )
    desk = Desk(steps, calendar=STATUTORY, now=BEFORE_NEW_YEAR)

    publish(desk)

    [timer] = desk.live.timers.values()
    assert (timer.kind, day(timer.due_at)) == ("lasts", date(2027, 1, 7))


def test_the_silence_and_the_ladder_of_a_wait_move_with_it() -> None:
    waiting = wait("answer", event="trial.answered.v1", within=5, overdue=(remind(-1),), silence=end("silent"))
    desk = Desk(sequence(waiting, end("answered")), calendar=STATUTORY, now=BEFORE_NEW_YEAR)

    publish(desk)

    dates = {timer.kind: day(timer.due_at) for timer in desk.live.timers.values()}
    assert dates == {"silence": date(2027, 1, 7), "ladder": date(2027, 1, 6)}


def test_the_term_of_a_supplement_moves_and_the_clock_that_stands_is_counted_when_it_goes_on() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=BEFORE_NEW_YEAR)
    desk.act("officer", "return", "steps/check", opinion="样例")

    publish(desk)

    assert day(item(desk).due_at) == date(2027, 1, 13)
    desk.at(BEFORE_NEW_YEAR + timedelta(days=1))
    desk.act(APPLICANT, "complete", "steps/check/supplement")
    assert day(item(desk).due_at) == date(2027, 1, 8)
    assert not clock(item(desk)).provisional


def test_a_reminder_whose_moment_has_passed_on_the_new_calendar_is_left_out() -> None:
    earlier = replace(STATUTORY, version="s2", days={**STATUTORY.days, date(2026, 3, 7): True, date(2026, 3, 8): True})
    desk = Desk(check(overdue=(remind(-2), remind(0))), calendar=STATUTORY, now=MONDAY)
    desk.at(datetime(2026, 3, 5, 10, 0, tzinfo=UTC))

    publish(desk, earlier)

    assert day(item(desk).due_at) == date(2026, 3, 7)
    assert [(timer.rung, day(timer.due_at)) for timer in desk.live.timers.values()] == [(1, date(2026, 3, 7))]


# -- departments -------------------------------------------------------------------------------------------


def test_a_seat_is_counted_on_the_calendar_of_its_department_and_the_ladder_waits_for_the_last() -> None:
    own = replace(STATUTORY, departments={"office": Layer(days={date(2026, 3, 4): False})})
    desk = Desk(
        approve(
            "check", by=role("officer"), mode=Mode.ALL, within=2, overdue=(remind(0),), on_reject=end("no", "rejected")
        ),
        calendar=own,
        now=MONDAY,
    )

    due = {day(one.due_at) for one in desk.live.items.values()}

    assert due == {date(2026, 3, 5)}
    assert {clock(one).department for one in desk.live.items.values()} == {"office"}
    assert [day(timer.due_at) for timer in desk.live.timers.values()] == [date(2026, 3, 5)]


def test_a_department_that_gets_a_calendar_of_its_own_has_its_open_dates_counted_again() -> None:
    desk = Desk(check(), calendar=STATUTORY, now=MONDAY)
    own = replace(STATUTORY, version="s2", departments={"office": Layer(days={date(2026, 3, 4): False})})

    publish(desk, own)

    assert day(item(desk).due_at) == date(2026, 3, 10)
