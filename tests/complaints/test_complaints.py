"""What users of other systems ask for, or complain of: for each a test of what they would have liked to see.

A docstring names where it was said and what was said; docs/complaints.md is written from it by
`python -m tests.complaints`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from adapters.titles import Names, titles_of
from adapters.web.delegating import delegations
from domain.approval import Mode
from domain.calendar import Calendar, add_minutes
from domain.organisation import Appointment, Handover, Proxy
from tests.complaints.table import PAGE, cited, page
from tests.races.arena import arena
from tests.races.rows import RACES
from tests.races.stores import store_of
from tests.unit.machine.desk import Desk, flow
from workflows.language.words import (
    Step,
    Workflow,
    always,
    approve,
    either,
    end,
    named_in,
    nobody,
    parallel,
    post,
    remind,
    returns,
    role,
    sequence,
    wait,
    workflow,
)
from workflows.machine.case import SYSTEM
from workflows.machine.decision import Refused
from workflows.testkit import Office, staff

NO = end("refused", "rejected")
YES = end("done", "approved")
BACK = returns()
PEOPLE = staff(
    a="panel", b="panel", c="second_panel", d="second_panel", clerk="clerk", helper="helper", head="office_head"
)


def asked(name: str, who: str, **more: Any) -> Step:
    return approve(name, by=role(who), on_reject=NO, **more)


def desk(*steps: Step, **heading: Any) -> Desk:
    return Desk(flow(sequence(*steps, YES), **heading), roster=PEOPLE)


def office(*steps: Step, **heading: Any) -> Office:
    return Office([trial(*steps, **heading)], PEOPLE)


def trial(*steps: Step, **heading: Any) -> Workflow:
    return workflow(
        "trial", starts_on="trial.began.v1", about="trial", person=True, steps=sequence(*steps, YES), **heading
    )


def began(here: Office, key: str = "k1", **plain: Any) -> str:
    [case] = here.send(here.event("trial.began.v1", key=key, person="p1", **plain)).cases
    return case


def returned(one: Desk, who: str, path: str, to: str) -> Any:
    return one.act(who, "return", path, opinion="样例", fields={"to": to})


def refusal(outcome: Any) -> tuple[int, str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.status, outcome.code


def forked() -> Desk:
    left = sequence(asked("l1", "clerk"), asked("l2", "helper", returns=BACK), name="left")
    right = sequence(asked("r1", "head_of_right"), name="right")
    people = replace(PEOPLE, version="forked", **_with("right", "head_of_right"))
    fork = parallel("fork", always(left), always(right))
    return Desk(
        sequence(asked("before", "clerk"), fork, asked("after", "office_head", returns=BACK), YES), roster=people
    )


def _with(user: str, held: Any) -> Any:
    more = staff(**{user: held})
    return {name: getattr(PEOPLE, name) + getattr(more, name) for name in ("posts", "appointments")}


LEFT, RIGHT = "steps/fork/0", "steps/fork/1"


def test_a_return_to_a_countersigning_step_asks_all_of_it_again_and_goes_on() -> None:
    """YunaiV/ruoyi-vue-pro#668: return to a 会签 node loses the task"""
    one = desk(asked("both", "panel", mode=Mode.ALL), asked("last", "clerk", returns=BACK))
    for who in "ab":
        one.act(who, "agree", "steps/both")

    returned(one, "clerk", "steps/last", "steps/both")
    again = one.open()
    for who in "ab":
        one.act(who, "agree", "steps/both")

    assert again == [("steps/both", 2)] * 2
    assert one.open() == [("steps/last", 2)]


def test_a_branch_returns_inside_itself_or_to_before_the_fork() -> None:
    """YunaiV/ruoyi-vue-pro#867: no return from a parallel branch"""
    inside, before = forked(), forked()
    for one in (inside, before):
        one.act("clerk", "agree", "steps/before")
        one.act("clerk", "agree", f"{LEFT}/l1")

    returned(inside, "helper", f"{LEFT}/l2", f"{LEFT}/l1")
    returned(before, "helper", f"{LEFT}/l2", "steps/before")

    assert inside.open() == [(f"{LEFT}/l1", 2), (f"{RIGHT}/r1", 1)]
    assert before.open() == [("steps/before", 2)]


def test_whoever_is_asked_again_is_reminded_again() -> None:
    """YunaiV/ruoyi-vue-pro#1018: timeout reminder is gone after a return"""
    one = desk(
        asked("first", "clerk", within=5, overdue=(remind(-2), remind(0))), asked("last", "helper", returns=BACK)
    )
    timers = one.timers()
    one.act("clerk", "agree", "steps/first")

    returned(one, "helper", "steps/last", "steps/first")

    assert timers
    assert one.timers() == timers
    assert {timer.round for timer in one.live.timers.values()} == {2}


def test_a_step_returns_to_the_one_before_and_what_is_handed_in_again_comes_back() -> None:
    """YunaiV/ruoyi-vue-pro#167: wants return to the previous node and resubmit after rejection"""
    one = desk(
        asked("first", "clerk"), asked("second", "helper"), asked("last", "office_head", returns=returns("previous"))
    )
    one.act("clerk", "agree", "steps/first")
    one.act("helper", "agree", "steps/second")

    one.act("head", "return", "steps/last", opinion="样例")
    one.act("helper", "agree", "steps/second")

    assert one.open() == [("steps/last", 2)]


def test_a_return_into_one_of_two_parallel_branches_lets_the_fork_join_again() -> None:
    """jeecgboot/JeecgBoot#5813: after a return into one of two parallel approvals the flow hangs"""
    one = forked()
    for who, path in (("clerk", "steps/before"), ("clerk", f"{LEFT}/l1"), ("helper", f"{LEFT}/l2")):
        one.act(who, "agree", path)
    one.act("right", "agree", f"{RIGHT}/r1")

    returned(one, "head", "steps/after", f"{LEFT}/l2")
    one.act("helper", "agree", f"{LEFT}/l2")

    assert one.open() == [("steps/after", 2)]


def test_a_jump_from_one_step_of_many_to_another_asks_all_of_the_other() -> None:
    """flowable/flowable-engine#3944: moving one multi-instance task to another leaves no active task"""
    one = desk(asked("both", "panel", mode=Mode.ALL), asked("next", "second_panel", mode=Mode.ALL))
    one.act("a", "agree", "steps/both")

    one.act("head", "jump", opinion="样例", fields={"to": "steps/next"})

    assert one.open() == [("steps/next", 2)] * 2


def test_a_jump_out_of_a_fork_leaves_nothing_of_it_and_opens_what_follows_once() -> None:
    """flowable/flowable-engine#4046: moving out of a fork with multi-instance makes duplicate tasks"""
    many = asked("both", "panel", mode=Mode.ALL)
    fork = parallel("fork", always(many), always(asked("r1", "helper")))
    one = desk(fork, asked("after", "clerk"))

    one.act("head", "jump", opinion="样例", fields={"to": "steps/after"})

    assert one.open() == [("steps/after", 2)]


def test_a_hundred_seats_that_agree_at_once_are_all_carried_out() -> None:
    """flowable/flowable-engine#1487: parallel completion ends in optimistic-lock errors without retry"""
    countersign = next(one for one in RACES if one.name == "countersign")

    with store_of("sqlite") as make_store, arena(make_store) as here:
        result = here.run(countersign, 1)

    assert (result.done["agree"], sum(result.refused.values())) == (100, 0)


def test_only_what_was_passed_in_this_round_may_be_returned_to() -> None:
    """blackholll/loonflow#98: return only to states passed in the current round; why free return is unsafe"""
    one = desk(asked("first", "clerk"), asked("second", "helper", returns=BACK), asked("last", "office_head"))
    one.act("clerk", "agree", "steps/first")

    assert refusal(returned(one, "helper", "steps/second", "steps/last")) == (409, "not_passed")


def test_what_is_handed_in_again_goes_straight_to_whoever_returned_it() -> None:
    """blackholll/loonflow#483: resubmission should go straight to the one who returned it"""
    one = desk(
        asked("first", "clerk"), asked("second", "helper"), asked("last", "office_head", returns=returns(way="jump"))
    )
    one.act("clerk", "agree", "steps/first")
    one.act("helper", "agree", "steps/second")

    returned(one, "head", "steps/last", "steps/first")
    one.act("clerk", "agree", "steps/first")

    assert one.open() == [("steps/last", 2)]


def test_a_running_case_keeps_the_definition_it_began_with() -> None:
    """blackholll/loonflow#67: running cases must keep the definition they started with"""
    here = office(asked("first", "clerk"))
    old = began(here)
    here.library.adopt(trial(asked("first", "clerk"), asked("more", "helper")))

    new = began(here, "k2")
    for _ in range(2):
        here.act("clerk", here.inbox("clerk")[0], "agree")

    assert [here.case(one).head.state.value for one in (old, new)] == ["approved", "running"]


def test_after_a_refusal_a_countersigning_step_is_over_and_its_peers_are_told() -> None:
    """blackholll/loonflow#426: after a reject in 会签 the ticket hangs, peers can no longer act"""
    one = desk(asked("both", "panel", mode=Mode.ALL))

    one.act("a", "reject", "steps/both", opinion="样例")

    assert (one.state, one.open()) == (("rejected", "refused"), [])
    assert {state for state, _by in one.closed().values()} == {"rejected", "cancelled"}


def test_what_was_withdrawn_stands_in_nobodys_list() -> None:
    """blackholll/loonflow#177: after withdrawal the to-do list still shows the old holder"""
    here = office(asked("first", "clerk"))
    case = began(here)
    before = len(here.inbox("clerk"))

    here.act("person:p1", case, "withdraw")

    assert (before, here.inbox("clerk")) == (1, ())


def test_each_step_says_which_verbs_it_allows() -> None:
    """blackholll/loonflow#229: rights to add signers or transfer should be set per node"""
    one = desk(asked("first", "clerk", allows=("add-signers",)))

    assert refusal(one.act("clerk", "transfer", "steps/first", fields={"to": "helper"})) == (409, "verb_not_offered")
    one.act("clerk", "add-signers", "steps/first", fields={"users": ["helper"], "where": "before"})
    assert len(one.open()) == 2


def test_everything_a_leaver_held_goes_to_the_successor_at_once() -> None:
    """steedos/workflow#1073: bulk hand-over of a leaver's items instead of one by one (again in steedos-platform#7151)"""
    here = office(approve("first", by=named_in("officer", "user"), on_reject=NO))
    for number in range(3):
        began(here, f"k{number}", officer="clerk")
    last, today = date(2026, 3, 2), date(2026, 3, 3)
    gone = [replace(one, until=last) if one.user == "clerk" else one for one in PEOPLE.appointments]

    over = (Handover("clerk", "helper", today),)
    here.library.set_roster(replace(PEOPLE, version="later", appointments=tuple(gone), handovers=over))
    here.turn(days=2)

    assert (len(here.inbox("clerk")), len(here.inbox("helper"))) == (0, 3)


def test_a_term_passes_over_the_days_of_the_holiday_table() -> None:
    """steedos/steedos-platform#601: timeouts must respect the holiday table"""
    holiday = {date(2026, 3, 3): False, date(2026, 3, 4): False}
    steps = sequence(asked("first", "clerk", within=1), YES)
    plain, feast = (Desk(steps, roster=PEOPLE, calendar=Calendar("c", days=days)) for days in ({}, holiday))

    due = [one.item_of("clerk", "steps/first").due_at for one in (plain, feast)]

    assert [one.date() for one in due if one is not None] == [date(2026, 3, 3), date(2026, 3, 5)]


def test_what_passes_by_itself_is_skipped_by_a_rule_and_approved_by_nobody() -> None:
    """steedos/steedos-platform#463: an automatic skip must not be shown as "approved" """
    one = desk(approve("first", by=post("vacant"), on_reject=NO, nobody=nobody("pass")), asked("last", "clerk"))

    assert [(state, by) for state, by in one.closed().values()] == [("skipped", "rule:nobody.pass")]
    assert (one.last.entry.actor, one.last.entry.principal) == (SYSTEM, None)


def test_copying_what_is_done_keeps_every_opinion() -> None:
    """steedos/workflow#1635: circulating from the done list lost written opinions"""
    here = office(asked("first", "clerk"))
    case = began(here)
    here.act("clerk", here.inbox("clerk")[0], "agree", opinion="样例：同意")
    opinions = [one.body["delta"].get("personal") for one in here.history(case)]

    here.act("head", case, "copy", fields={"users": ["helper"]})

    assert [one.body["delta"].get("personal") for one in here.history(case)][: len(opinions)] == opinions
    assert here.store.reads.verify().where is None


def test_a_return_out_of_a_countersigning_step_cancels_who_has_not_answered() -> None:
    """steedos/workflow#1466: return out of 会签 must cancel the signers who have not acted"""
    one = desk(asked("first", "clerk"), asked("both", "panel", mode=Mode.ALL, returns=BACK))
    one.act("clerk", "agree", "steps/first")

    returned(one, "a", "steps/both", "steps/first")

    assert sorted(state for (path, _, _), (state, _by) in one.closed().items() if path == "steps/both") == [
        "cancelled",
        "returned",
    ]
    assert one.open() == [("steps/first", 2)]


def test_the_inbox_says_that_somebody_stands_in_today() -> None:
    """steedos/workflow#2008: show the principal that his items are delegated now"""
    away = replace(PEOPLE, proxies=(Proxy("clerk", "helper", date(2026, 3, 2)),))
    names = Names(away, titles_of("trial", away), date(2026, 3, 2), "zh")

    [said] = delegations(names, "clerk")
    [for_other] = delegations(names, "helper")

    assert "代办" in said
    assert "您今天代" in for_other


def test_a_substitute_acts_and_the_record_names_both() -> None:
    """viewflow/viewflow#373: substitute feature; maintainer keeps the policy out of core"""
    away = replace(PEOPLE, proxies=(Proxy("clerk", "helper", date(2026, 3, 2)),))
    one = Desk(
        sequence(approve("first", by=named_in("officer", "user"), on_reject=NO), YES),
        roster=away,
        fields={"officer": "clerk"},
    )

    one.act("helper", "agree", "steps/first")

    entry = one.last.entry
    assert (entry.actor, entry.principal, entry.authority) == ("helper", "clerk", "proxy")


def test_as_many_are_asked_as_there_are_that_day_and_each_says_something() -> None:
    """viewflow/viewflow#232: number of approvers decided at run time, and comments per step"""
    few, many = staff(a="panel", b="panel"), staff(a="panel", b="panel", c="panel")
    steps = sequence(asked("all", "panel", mode=Mode.ALL), YES)
    two, three = Desk(steps, roster=few), Desk(steps, roster=many)

    two.act("a", "agree", "steps/all", opinion="样例：甲")

    assert (len(three.open()), len(two.open())) == (3, 1)
    assert two.last.entry.personal == {"opinion": "样例：甲"}


def test_who_is_asked_stands_in_a_field_beside_a_role_and_may_delegate() -> None:
    """frappe/frappe#7822, frappe/erpnext#13732: dynamic approvers, delegation, several approvers for a state"""
    both = approve("both", by=either(named_in("officer", "user"), role("panel")), mode=Mode.ALL, on_reject=NO)
    one = Desk(sequence(both, YES), roster=PEOPLE, fields={"officer": "clerk"})
    seats = len(one.open())

    one.act("clerk", "delegate", "steps/both", fields={"to": "helper"})
    one.act("helper", "answer", "steps/both", opinion="样例")
    for who in ("clerk", "a", "b"):
        one.act(who, "agree", "steps/both")

    assert (seats, one.state) == (3, ("approved", "done"))


def test_what_was_handed_on_stays_in_the_new_holders_list_whatever_happens_beside() -> None:
    """sartography/spiff-arena#678: a re-assigned task later disappears from the new holder's list"""
    fork = parallel("fork", always(asked("first", "clerk")), always(wait("more", event="trial.more.v1")))
    here = office(fork, asked("last", "office_head"))
    began(here)
    here.act("clerk", here.inbox("clerk")[0], "transfer", fields={"to": "helper"})

    here.send(here.event("trial.more.v1", key="k1"))
    later = replace(
        PEOPLE, version="later", appointments=(*PEOPLE.appointments, Appointment("new", "post_clerk", date(2026, 3, 3)))
    )
    here.library.set_roster(later)
    here.turn(days=2)

    assert [len(here.inbox(who)) for who in ("helper", "clerk")] == [1, 0]


def test_a_clock_counts_working_hours_and_stands_still_at_lunch_and_on_days_off() -> None:
    """osTicket/osTicket#1168, frappe/helpdesk#2212: clock must honour working hours, days off and the lunch break"""
    friday_at_eleven = datetime(2026, 3, 6, 3, 0, tzinfo=UTC)
    calendar = Calendar("c", days={date(2026, 3, 9): False})

    due = add_minutes(calendar, friday_at_eleven, 8 * 60)

    assert due.at == datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def test_each_complaint_is_cited_once() -> None:
    assert len(cited()) == len(set(cited())) == 25


def test_the_page_of_the_complaints_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
