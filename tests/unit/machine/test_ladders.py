"""Terms, reminders and escalation on the statutory calendar; silence; timers of rounds that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from adapters.calendars import statutory_calendar
from domain.clocks import Clock, from_text
from tests.unit.machine.desk import APPLICANT, Desk, flow
from workflows.language.words import (
    Rung,
    SetDay,
    Step,
    Workflow,
    approve,
    carry_out,
    do,
    end,
    escalate,
    nothing,
    number,
    on_day,
    remind,
    role,
    sequence,
    set_day,
    to_applicant,
    wait,
)
from workflows.machine.case import Timer
from workflows.machine.decision import Ignored

CHINA = ZoneInfo("Asia/Shanghai")
BEFORE_THE_HOLIDAYS = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
"""Monday; 1 to 7 October do not work, Saturday 10 October does."""
LADDER = (remind(-1), remind(0), escalate(+2, to=role("office_head")))


def desk(steps: Step | Workflow, now: datetime = BEFORE_THE_HOLIDAYS, **given: object) -> Desk:
    return Desk(steps, calendar=statutory_calendar("s1"), now=now, **given)  # type: ignore[arg-type]  # passed through


def task(within: int | None = 4, overdue: tuple[Rung, ...] = LADDER) -> Step:
    return carry_out("task", by=role("clerk"), within=within, overdue=overdue)


def local(moment: datetime) -> tuple[date, time]:
    there = moment.astimezone(CHINA)
    return there.date(), there.time()


def timer(desk: Desk) -> Timer:
    [found] = desk.live.timers.values()
    return found


def test_a_term_counts_working_days_from_the_day_after_receipt() -> None:
    [item] = desk(task(within=3)).live.items.values()

    assert item.due_at is not None
    assert local(item.due_at) == (date(2026, 10, 8), time(17, 0))
    assert from_text(item.due_rule) == Clock(3, BEFORE_THE_HOLIDAYS, department="office", calendar="s1")


def test_a_make_up_saturday_counts() -> None:
    [item] = desk(task(within=5)).live.items.values()

    assert item.due_at is not None
    assert local(item.due_at)[0] == date(2026, 10, 10)


def test_a_named_number_of_the_office_outranks_the_default_and_stands_in_the_rule() -> None:
    days = carry_out("task", by=role("clerk"), within=number("trial.days", 4))

    [item] = desk(days, numbers={"trial.days": 2}).live.items.values()

    clock = from_text(item.due_rule)
    assert clock is not None
    assert (clock.days, clock.name, clock.calendar) == (2, "trial.days", "s1")


def test_the_term_crosses_into_days_not_announced_yet_and_says_so() -> None:
    [item] = desk(task(within=3), now=datetime(2060, 3, 1, 1, 0, tzinfo=UTC)).live.items.values()

    clock = from_text(item.due_rule)
    assert clock is not None
    assert clock.provisional


def test_the_ladder_climbs_one_rung_after_the_other_on_working_days() -> None:
    case = desk(task())
    moments = []

    for _ in LADDER:
        moments.append(local(timer(case).due_at)[0])
        case.fire(timer(case))

    # Due on Friday the 9th; Saturday the 10th works, so two days later is Monday the 12th.
    assert moments == [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 12)]
    assert case.live.timers == {}
    assert case.told() == [
        ("remind", ("role:clerk:",)),
        ("remind", ("role:clerk:",)),
        ("escalate", ("role:clerk:", "role:office_head:")),
    ]


def test_who_is_escalated_to_may_decide_and_history_says_in_which_capacity() -> None:
    case = desk(task())
    for _ in LADDER:
        case.fire(timer(case))

    case.act("head", "complete", "steps")

    assert case.state == ("completed", "completed")
    assert case.last.entry.authority == "escalated"
    assert case.last.entry.actor == "head"


def test_what_the_ladder_did_stands_under_the_systems_name() -> None:
    case = desk(task())

    case.fire(timer(case))

    entry = case.last.entry
    assert (entry.what, entry.actor, entry.principal, entry.path, entry.delta["rung"]) == (
        "timer:ladder",
        "SYSTEM",
        None,
        "steps",
        0,
    )


def test_a_reminder_whose_moment_has_passed_at_the_beginning_is_left_out() -> None:
    case = desk(task(within=2, overdue=(remind(-5), remind(0))))

    assert case.timers() == [("steps", "ladder", 1)]


def test_an_escalation_that_comes_late_is_not_left_out() -> None:
    case = desk(task(overdue=(remind(0), remind(1), escalate(2, to=role("office_head")))))
    case.at(datetime(2026, 11, 30, 1, 0, tzinfo=UTC))

    case.fire(timer(case))
    assert case.timers() == [("steps", "ladder", 2)]
    case.fire(timer(case))

    assert case.told()[-1][0] == "escalate"


def test_without_a_term_there_is_no_ladder_and_no_due_date() -> None:
    case = desk(task(within=None))

    assert case.live.timers == {}
    assert [one.due_at for one in case.live.items.values()] == [None]


def test_an_answer_clears_the_ladder() -> None:
    case = desk(sequence(task(), carry_out("next", by=role("clerk"))))
    pending = timer(case)

    case.act("clerk", "complete", "steps/task")

    assert case.last.timers_cleared == (pending.id,)
    assert isinstance(case.fire(pending), Ignored)


def test_a_timer_that_fell_due_before_the_answer_means_nothing_after_it() -> None:
    case = desk(sequence(task(), carry_out("next", by=role("clerk"))))
    fallen_due = timer(case)
    # As the stores do: a timer that fell due is in the inbox and no row of the slice.
    case.live = replace(case.live, timers={})

    case.act("clerk", "complete", "steps/task")

    assert isinstance(case.fire(fallen_due), Ignored)
    assert case.told() == []


RETURNABLE = approve(
    "check",
    by=role("clerk"),
    within=4,
    overdue=LADDER,
    on_return=to_applicant(within=5, silence=end("incomplete"), once=False),
    on_reject=end("refused", "rejected"),
)


def test_a_timer_that_fell_due_before_a_return_does_not_climb_on_while_the_applicant_is_asked() -> None:
    case = desk(RETURNABLE)
    fallen_due = timer(case)
    case.live = replace(case.live, timers={})

    case.act("clerk", "return", "steps", opinion="样例")

    assert isinstance(case.fire(fallen_due), Ignored)
    assert case.timers() == [("steps/supplement", "silence", 0)]


def test_a_new_round_has_a_ladder_of_its_own_and_the_old_timer_means_nothing() -> None:
    case = desk(RETURNABLE)
    old = timer(case)
    case.act("clerk", "return", "steps", opinion="样例")

    case.act(APPLICANT, "complete", "steps/supplement")

    new = timer(case)
    assert (new.path, new.round, new.rung) == ("steps", 2, 0)
    assert new.id != old.id
    assert isinstance(case.fire(old), Ignored)


def test_a_refusal_that_leads_on_stops_the_clock_of_the_step() -> None:
    step = approve(
        "check",
        by=role("clerk"),
        within=4,
        overdue=LADDER,
        on_reject=wait("more", event="trial.more.v1", within=9, silence=nothing()),
    )
    case = desk(step)
    pending = timer(case)

    case.act("clerk", "reject", "steps", opinion="样例")

    assert case.timers() == [("steps/rejected", "silence", 0)]
    assert isinstance(case.fire(pending), Ignored)


# -- silence -----------------------------------------------------------------------------------------------


def test_a_wait_reminds_the_person_and_then_takes_silence_for_an_answer() -> None:
    case = desk(wait("more", event="trial.more.v1", within=4, overdue=(remind(-2),), silence=end("silent")))
    assert case.timers() == [("steps", "ladder", 0), ("steps", "silence", 0)]

    case.fire_next()
    assert case.told() == [("remind", (APPLICANT,))]
    case.fire_next()

    assert case.state == ("completed", "silent")
    assert case.last.entry.what == "timer:silence"


def test_a_wait_about_nobody_reminds_nobody() -> None:
    steps = wait("more", event="trial.more.v1", within=4, overdue=(remind(-2),), silence=end("silent"))
    case = desk(flow(steps, person=False), person=None)

    case.fire_next()

    assert case.told() == []


def test_after_silence_the_event_comes_too_late() -> None:
    case = desk(
        wait(
            "more",
            event="trial.more.v1",
            within=4,
            overdue=(remind(0),),
            silence=carry_out("chase", by=role("clerk")),
        )
    )
    silence = next(one for one in case.live.timers.values() if one.kind == "silence")
    ladder = next(one for one in case.live.timers.values() if one.kind == "ladder")

    case.fire(silence)

    assert isinstance(case.event("trial.more.v1"), Ignored)
    assert isinstance(case.fire(ladder), Ignored)
    assert case.open() == [("steps/silence", 1)]


@pytest.mark.parametrize("silence", [nothing(), end("silent")])
def test_an_unanswered_supplement_expires(silence: Step) -> None:
    step = approve(
        "check",
        by=role("clerk"),
        on_return=to_applicant(within=5, silence=silence),
        on_reject=end("refused", "rejected"),
    )
    case = desk(sequence(step, end("after")))
    case.act("clerk", "return", "steps/check", opinion="样例")

    case.fire_next()

    assert case.closed()["steps/check/supplement", 1, 0] == ("expired", "silence")
    assert case.state[0] == "completed"


# -- the day that a field holds ----------------------------------------------------------------------------

BY_DAY = carry_out("task", by=role("clerk"), within=on_day("due_on"), overdue=LADDER)


@pytest.mark.parametrize(
    ("day", "ends"),
    [("2026-09-30", date(2026, 9, 30)), ("2026-10-03", date(2026, 10, 8)), ("2026-10-10", date(2026, 10, 10))],
)
def test_a_term_may_be_the_day_that_a_field_holds_or_the_next_that_works(day: str, ends: date) -> None:
    here = desk(BY_DAY, fields={"due_on": day})

    (item,) = here.live.items.values()
    assert item.due_at is not None
    assert local(item.due_at) == (ends, time(17))
    clock = from_text(item.due_rule)
    assert clock is not None
    assert (clock.on, clock.name, clock.calendar) == (date.fromisoformat(day), "due_on", "s1")


def test_a_day_that_is_past_already_is_late_at_once_and_climbs_without_reminders() -> None:
    here = desk(BY_DAY, fields={"due_on": "2026-09-22"})

    (item,) = here.live.items.values()
    assert item.due_at is not None
    assert item.due_at < here.now
    assert timer(here).rung == 2


def test_a_step_has_no_term_where_its_field_holds_no_day() -> None:
    here = desk(BY_DAY)

    assert [item.due_at for item in here.live.items.values()] == [None]
    assert here.live.timers == {}


# -- a reminder that tells others --------------------------------------------------------------------------

TELLING = carry_out(
    "task",
    by=role("clerk"),
    within=on_day("due_on"),
    overdue=(remind(-2), remind(0, says="trial.late.v1"), escalate(+2, to=role("office_head"))),
)


def test_a_reminder_may_say_an_event_once_to_others() -> None:
    here = desk(TELLING, fields={"due_on": "2026-10-09"})

    said = []
    for _ in range(3):
        here.fire(timer(here))
        said.append(here.emitted())

    assert said == [[], ["trial.late.v1"], ["trial.late.v1"]]
    assert [kind for kind, _ in here.told()] == ["remind", "remind", "escalate"]


def test_an_event_that_a_reminder_says_is_not_left_out_when_it_is_late_already() -> None:
    here = desk(TELLING, fields={"due_on": "2026-09-22"})

    here.fire(timer(here))

    assert here.emitted() == ["trial.late.v1"]


# -- days that are counted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "day"),
    [
        (set_day("due_on", after="seen_on", months=3), "2026-11-30"),
        (set_day("due_on", after="seen_on", months=6), "2027-02-28"),
        (set_day("due_on", after="seen_on", working_days=5), "2026-09-07"),
        (set_day("due_on", after="seen_on", months=1, working_days=2), "2026-10-09"),
        (set_day("due_on", months=number("trial.months", 1)), "2026-10-28"),
        (set_day("due_on", after="never_given", months=1), None),
    ],
)
def test_a_day_is_counted_in_months_and_working_days_from_a_field_or_from_today(
    counted: SetDay, day: str | None
) -> None:
    here = desk(do("count", counted), fields={"seen_on": "2026-08-31"})

    assert here.live.head.fields["due_on"] == day
