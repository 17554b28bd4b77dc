"""Whatever is drawn, a ladder takes no rung before its moment and none twice, and silence is never somebody's answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.approval import Mode
from domain.calendar import shift_days
from tests.unit.machine.desk import MONDAY, Desk
from workflows.language.words import (
    Deem,
    HandOver,
    Jump,
    Rung,
    approve,
    carry_out,
    deem,
    end,
    escalate,
    hand_over,
    jump,
    remind,
    returns,
    role,
    sequence,
)
from workflows.machine.case import DECIDED, DEEMED, SYSTEM
from workflows.machine.decision import Decision
from workflows.machine.stimuli import Sign, Signal, SignalStimulus
from workflows.testkit import staff

PEOPLE: Final = staff(a="panel", b="panel", c="panel", helper="helper", head="office_head")
AT: Final = "steps/decide"

ladders = st.tuples(
    st.lists(st.sampled_from((remind(-1), hand_over(-1, role("helper")))), max_size=1),
    st.lists(
        st.sampled_from((remind(0), hand_over(0, role("office_head")), escalate(0, role("office_head")))), max_size=1
    ),
    st.sampled_from((deem(1, "agree"), deem(1, "reject"), deem(2, "agree"), jump(1, "later"), hand_over(3))),
).map(lambda parts: (*parts[0], *parts[1], parts[2]))
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("time"), st.sampled_from((8, 30, 60, 100))),
        st.tuples(st.just("time"), st.sampled_from((8, 30, 60, 100))),
        st.tuples(st.just("answer"), st.sampled_from(("a agree", "b agree", "c reject", "head agree", "helper agree"))),
        st.tuples(st.just("return"), st.sampled_from(("a", "b", "helper"))),
        st.tuples(st.just("urgency"), st.sampled_from(("urgent", "most_urgent", "normal"))),
        st.tuples(st.just("suspended"), st.integers(1, 60)),
        st.tuples(st.just("stale"), st.integers(0, 3)),
    ),
    max_size=14,
)


class Watched:
    """A case whose every rung is looked at when it is taken."""

    def __init__(self, ladder: tuple[Rung, ...], mode: Mode) -> None:
        first = approve(
            "first", by=role("helper"), within=2, overdue=(remind(0),), on_reject=end("refused", "rejected")
        )
        step = approve(
            "decide",
            by=role("panel"),
            mode=mode,
            within=4,
            overdue=ladder,
            on_reject=end("refused", "rejected"),
            returns=returns("first"),
        )
        later = carry_out("later", by=role("helper"), within=3, overdue=(remind(0),))
        self.ladder = ladder
        self.desk = Desk(sequence(first, step, later, end("done", "approved")), roster=PEOPLE)
        self.desk.act("helper", "agree", "steps/first")
        self.taken: set[tuple[int, int, int]] = set()
        self.old = list(self.desk.live.timers.values())

    def until(self, moment: datetime) -> None:
        """Let time pass; whatever falls due fires at its moment."""
        while due := [one for one in self.desk.live.timers.values() if one.due_at <= moment]:
            self.fire(min(due, key=lambda one: (one.due_at, one.path, one.rung)))
        self.desk.at(max(self.desk.now, moment))

    def fire(self, timer: Any) -> None:
        before = self.desk.live
        outcome = self.desk.fire(timer)
        if isinstance(outcome, Decision) and timer.path == AT and "put_off" not in outcome.entry.delta:
            self._look(before, outcome, timer.rung)
        self.old += self.desk.live.timers.values()

    def _look(self, before: Any, outcome: Decision, rung: int) -> None:
        word, calendar = self.ladder[rung], self.desk.facts.calendar
        asked = sorted((one for one in before.items.values() if one.path == AT), key=lambda one: one.seat)
        seat = self._root(next(one for one in asked if one.state.value == "open"))
        if isinstance(word, HandOver | Deem | Jump):
            due = max(one.due_at for one in asked if one.due_at is not None)
            assert shift_days(calendar, due, word.at) <= outcome.entry.at, f"{word} came before its moment"
            assert (outcome.entry.round or 0, rung, seat) not in self.taken, f"{word} was taken twice"
            assert outcome.entry.actor == SYSTEM
        self.taken.add((outcome.entry.round or 0, rung, seat))

    def _root(self, item: Any) -> int:
        """The seat of the step that an item was opened for, whoever has it by now."""
        while item.parent in self.desk.ledger.opened:
            item = self.desk.ledger.opened[item.parent]
        seat: int = item.seat
        return seat


@given(ladder=ladders, mode=st.sampled_from((Mode.ONE, Mode.ALL, Mode.ANY, Mode.SEQUENCE)), drawn=happenings)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_rung_comes_before_its_moment_or_twice_and_silence_is_nobodys_answer(
    ladder: tuple[Rung, ...], mode: Mode, drawn: list[tuple[str, Any]]
) -> None:
    here = Watched(ladder, mode)
    desk = here.desk

    for what, how in drawn:
        _happen(here, what, how)
    here.until(desk.now + timedelta(days=40))

    for item in desk.ledger.closed.values():
        assert (item.state in DEEMED) <= (item.closed_by or "").startswith("rule:ladder:")
        assert (item.state in DECIDED) <= (not (item.closed_by or "").startswith("rule:ladder:"))


def _happen(here: Watched, what: str, how: Any) -> None:
    desk = here.desk
    running = desk.live.head.state.value == "running"
    match what:
        case "time":
            here.until(desk.now + timedelta(hours=how))
        case "answer" if any(one.path == AT for one in desk.live.items.values()):
            who, _, verb = how.partition(" ")
            desk.act(who, verb, AT, opinion="样例")
        case "return" if any(one.path == AT for one in desk.live.items.values()):
            desk.act(how, "return", AT, opinion="样例", fields={"to": "steps/first"})
            if any(one.path == "steps/first" for one in desk.live.items.values()):
                desk.act("helper", "agree", "steps/first")
        case "urgency" if running:
            desk.act("head", "set-urgency", fields={"urgency": how}, opinion="样例")
        case "suspended" if running:
            since = max(desk.now, MONDAY)
            desk.at(since + timedelta(hours=how))
            values = {"since": since.isoformat(), "until": desk.now.isoformat()}
            desk.take(SignalStimulus(900, Signal(Sign.RESUMED, "", values)))
        case "stale" if here.old:
            timer = here.old[how % len(here.old)]
            if timer.id not in desk.live.timers and timer.due_at <= desk.now:
                here.fire(timer)
        case _:
            return
