"""One case on a desk: a workflow run through `decide` alone, every decision held to what must always be true."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster
from tests.unit.machine.invariants import Ledger
from workflows.language.words import Step, Workflow, workflow
from workflows.machine.case import Access, Case, Lane, Slice, State, Timer, WorkItem
from workflows.machine.comment import Comment, comments_in
from workflows.machine.deadlines import local_day
from workflows.machine.decide import decide
from workflows.machine.decision import Decision, WantsBallots, WantsPast
from workflows.machine.facts import Facts
from workflows.machine.stimuli import Act, EventStimulus, SignalStimulus, TimerStimulus
from workflows.moves.recording import body_of
from workflows.policy import officer_viewer
from workflows.testkit import staff

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning in China."""
APPLICANT = "person:p1"


def people() -> Roster:
    """Everybody whom the tests ask."""
    return staff(
        clerk="clerk",
        town="clerk:T1",
        officer="officer",
        other="officer",
        head="office_head",
        secretary=("secretary", "officer"),
        contact="liaison",
    )


def flow(steps: Step, **heading: Any) -> Workflow:
    """A workflow about a person, of these steps."""
    return workflow(
        "trial", **{"starts_on": "trial.began.v1", "about": "trial", "person": True, **heading}, steps=steps
    )


class Desk:
    """A case of one workflow, with its clock, its facts and everything that was decided about it.

    Args:
        definition: the workflow, or its steps.
        begun: whether the case has been started.
        fields, personal: what the start event said.
    """

    def __init__(  # what a case stands on, all by keyword
        self,
        definition: Workflow | Step,
        *,
        begun: bool = True,
        roster: Roster | None = None,
        calendar: Calendar | None = None,
        numbers: Mapping[str, int] | None = None,
        twins: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
        rows: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
        now: datetime = MONDAY,
        person: str | None = "p1",
        fields: Mapping[str, Any] | None = None,
        personal: Mapping[str, Any] | None = None,
    ) -> None:
        self.definition = definition if isinstance(definition, Workflow) else flow(definition)
        self.facts = Facts(
            roster or people(),
            calendar or Calendar(version="plain"),
            Numbers("n1", numbers or {}),
            twins or {},
            fingerprint=lambda *values: "/".join(values),
            rows=rows or {},
        )
        self.now = now
        self.live = Slice(_head(now, person, fields or {}, personal or {}))
        self.ledger = Ledger()
        self._numbers = 0
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._box: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        if begun:
            self.begin()

    # -- what happens --------------------------------------------------------------------------------------

    def begin(self) -> Any:
        """The event that starts the case."""
        return self._event(self.definition.starts_on, "k1", {}, {}, starts=True)

    def event(self, type_: str, key: str = "k1", personal: Mapping[str, Any] | None = None, **plain: Any) -> Any:
        """Another event for the case."""
        return self._event(type_, key, plain, personal or {}, starts=False)

    def _event(self, type_: str, key: str, plain: Any, personal: Any, *, starts: bool) -> Any:
        number = self._number()
        return self.take(EventStimulus(number, "urn:test", f"e{number}", type_, key, plain, personal, starts))

    def fire(self, timer: Timer) -> Any:
        """A timer falls due, at its moment or now if that is later."""
        self.now = max(self.now, timer.due_at)
        stimulus = TimerStimulus(
            self._number(), timer.id, timer.path, timer.round, timer.kind, timer.rung, timer.due_at
        )
        return self.take(stimulus)

    def fire_next(self) -> Any:
        """The timer that falls due first."""
        return self.fire(min(self.live.timers.values(), key=lambda one: (one.due_at, one.path, one.kind, one.rung)))

    def act(self, who: str, verb: str, path: str | None = None, **given: Any) -> Any:
        """Somebody (a user, or a principal) acts on their item at `path`; on the case where no path is given."""
        item = None if path is None else self.item_of(who, path)
        return self.take(self.wanted(who, verb, None if item is None else item.id, **given))

    def wanted(self, who: str, verb: str, item: str | None, **given: Any) -> Act:
        """What somebody wants done, whether it is theirs or not."""
        principals = self.principals(who)
        values = {"seen": None, "comments": self.comments(), "audience": self.audience(), **given}
        return Act(
            key=f"a{self._number()}", case="c1", item=item, verb=verb, actor=who, principals=principals, **values
        )

    def comments(self) -> dict[int, Comment]:
        """What was said about the case so far."""
        return comments_in(body_of(one.entry, "h", None) for one in self.ledger.decisions)

    def audience(self) -> frozenset[str]:
        """Whom the case is shared with."""
        shared: set[Access] = set()
        for one in self.ledger.decisions:
            shared = (shared - set(one.access_ended)) | set(one.access)
        return frozenset(one.who for one in shared)

    def take(self, stimulus: EventStimulus | TimerStimulus | SignalStimulus | Act) -> Any:
        """Decide, and hold the answer to what must always be true."""
        before, kept = self.live, deepcopy(self.live)
        outcome = decide(self.definition, before, stimulus, self.facts, self.now)
        while isinstance(outcome, WantsPast | WantsBallots):
            ballots = before.ballots
            if isinstance(outcome, WantsBallots):
                ballots = {(outcome.path, outcome.round): self._box[outcome.path, outcome.round], **ballots}
            before = replace(before, past=self.ledger.past(), ballots=ballots)
            kept = deepcopy(before)
            outcome = decide(self.definition, before, stimulus, self.facts, self.now)
        assert before == kept, "decide changed what it was given"
        if isinstance(outcome, Decision):
            self.ledger.hold(before, outcome, stimulus)
            self.live = outcome.after
            for one in outcome.ballots:
                self._box[one.path, one.round][one.choice] += 1
        if isinstance(stimulus, Act):
            (self.accepted if isinstance(outcome, Decision) else self.refused)[stimulus.verb] += 1
        return outcome

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    # -- what can be seen ----------------------------------------------------------------------------------

    @property
    def state(self) -> tuple[str, str | None]:
        """The state of the case and the workflow's name for it."""
        return self.live.head.state.value, self.live.head.outcome

    @property
    def last(self) -> Decision:
        """The newest decision."""
        return self.ledger.decisions[-1]

    def principals(self, who: str) -> frozenset[str]:
        """What somebody holds today."""
        if ":" in who:
            return frozenset({who})
        return officer_viewer(self.facts.roster, who, local_day(self.facts.calendar, self.now)).principals

    def open(self) -> list[tuple[str, int]]:
        """Where somebody is asked: (path, round) of the open items."""
        return sorted((one.path, one.round) for one in self.live.items.values())

    def item_of(self, who: str, path: str) -> WorkItem:
        """The first open item at `path` that `who` holds; at all if nobody does."""
        here = sorted((one for one in self.live.items.values() if one.path == path), key=lambda one: one.seat)
        mine = [one for one in here if any(held.who in self.principals(who) for held in self.live.holders[one.id])]
        return (mine or here)[0]

    def holders(self, path: str) -> list[tuple[str, str]]:
        """(principal, capacity) of the items at `path`, by seat."""
        here = sorted((one for one in self.live.items.values() if one.path == path), key=lambda one: one.seat)
        return [(held.who, held.capacity.value) for one in here for held in self.live.holders[one.id]]

    def timers(self) -> list[tuple[str, str, int]]:
        """(path, kind, rung) of the timers, by moment."""
        ordered = sorted(self.live.timers.values(), key=lambda one: (one.due_at, one.path, one.kind))
        return [(one.path, one.kind, one.rung) for one in ordered]

    def told(self) -> list[tuple[str, tuple[str, ...]]]:
        """(template, recipients) of every notice so far."""
        sent = [one for decision in self.ledger.decisions for one in decision.effects if one.gateway == "notice"]
        return [(one.body["template"], tuple(one.body["to"])) for one in sent]

    def emitted(self) -> list[str]:
        """The types of the events that the case has emitted."""
        return [one.type for decision in self.ledger.decisions for one in decision.emitted]

    def closed(self) -> dict[tuple[str, int, int], tuple[str, str | None]]:
        """What became of the closed items: (path, round, seat) -> (state, by)."""
        return {
            (one.path, one.round, one.seat): (one.state.value, one.closed_by) for one in self.ledger.closed.values()
        }

    def at(self, now: datetime) -> None:
        """Turn the clock."""
        self.now = now


def _head(now: datetime, person: str | None, fields: Mapping[str, Any], personal: Mapping[str, Any]) -> Case:
    return Case(
        county="330226",
        id="c1",
        workflow="trial",
        workflow_hash="h",
        language=1,
        version=0,
        seq=0,
        prev_hash="",
        root="c1",
        key="k1",
        person=person,
        state=State.RUNNING,
        outcome=None,
        fields=fields,
        personal=personal,
        field_versions={},
        numbers="n1",
        lane=Lane.INTERACTIVE,
        department="office",
        sample=True,
        opened_at=now,
        last_at=now,
    )
