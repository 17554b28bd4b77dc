"""One seed: an office whose workers, clients and clock are moved by one scheduler, interleaved at the edges of units."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final

from tests.simulation.definitions import VANISHED, called_by, of_the_office, pool, vanished
from tests.simulation.faults import Crashed, Fate, FaultyUnits, Plant, Sink, swarm
from tests.simulation.load import act_on, aimed_at, ballots_beside, gate_act, script, secret_votes, signed_steps
from tests.simulation.people import COUNTY, calendar, numbers, roster
from tests.simulation.plots import STEPS, Plot
from workflows.language.words import Workflow
from workflows.machine.case import Case, Lane, State
from workflows.machine.comment import COMMENT, CORRECT, RETRACT, SAYS
from workflows.machine.stimuli import Act
from workflows.memory import Isolation, MemoryLibrary, MemoryReads, MemoryUnits
from workflows.memory.blobs import MemoryBlobs
from workflows.moves.accepting import Accepted, Submission, accept
from workflows.moves.acting import Answer, act_together
from workflows.moves.deliver import LEASE_SECONDS
from workflows.moves.running import LANES, MOVES, drain
from workflows.moves.sweeping import MOST_ATTEMPTS, sweep
from workflows.policy import operator_viewer
from workflows.ports import CommitUnknown, Conflict, Engine, Files, NewEvent, StoreUnavailable, Units
from workflows.reads import CaseFilter, CaseView, Reads
from workflows.testkit import MONDAY, Clock, KnownSecret

EVERYTHING: Final = operator_viewer(COUNTY)
DEEPEST: Final = 3
"""So many workers at most are inside a unit at the same time."""

ROUNDS: Final = 60
"""After the faults stop, everything is quiet within so many sweeps, two minutes apart."""


@dataclass(frozen=True)
class Opened:
    """The store of a seed; `nested` tells whether it can have several units open in one thread."""

    units: Units
    reads: Reads
    nested: bool = True
    close: Callable[[], None] = lambda: None


Open = Callable[[Clock, Random], Opened]


def memory(clock: Clock, random: Random) -> Opened:
    """A store in memory; its isolation is chance's."""
    isolation = random.choice(tuple(Isolation))
    units = MemoryUnits(COUNTY, clock, KnownSecret(), isolation=isolation, batch=random.choice((1, 3, 100)))
    return Opened(units, MemoryReads(units))


class _Library(MemoryLibrary):
    """A library that has lost one definition since its cases began."""

    def by_hash(self, workflow_hash: str) -> Workflow:
        found = super().by_hash(workflow_hash)
        if found.name == VANISHED:
            raise KeyError(workflow_hash)
        return found


@dataclass
class Client:
    """What the outside knows: what it sent, and what it was answered."""

    unsent: list[NewEvent]
    sent: list[NewEvent] = field(default_factory=list)
    unanswered: list[NewEvent] = field(default_factory=list)
    sent_at: dict[tuple[str, str], int] = field(default_factory=dict)
    answered_at: dict[tuple[str, str], int] = field(default_factory=dict)
    accepted: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    open_acts: list[Act] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)


def _nothing(_: World) -> list[str]:
    return []


class World:
    """One seed's office.

    Args:
        plot: decides everything.
        store: opens its store.
        plant: a planted bug.
        watch: what must hold whenever no unit is open; tells what does not.
    """

    def __init__(
        self,
        plot: Plot,
        store: Open = memory,
        plant: Plant | None = None,
        watch: Callable[[World], list[str]] = _nothing,
    ) -> None:
        self.plot = plot
        self.random = Random(plot.seed)
        self.fate = Fate(self.random, (swarm(self.random) | plot.with_faults) - plot.without_faults)
        self.clock = Clock(MONDAY)
        self.problems: list[str] = []
        self._watch = watch
        self.hints: list[Lane] = []
        self._now = 0
        self._depth = 0
        self._acts = 0
        self._aimed = 0
        drawn = self._draw_workflows()
        self.workflows = drawn if plot.workflows is None else list(plot.workflows)
        self._secret_votes = {one.name: secret_votes(one) for one in self.workflows}
        self._signed_steps = {one.name: signed_steps(one) for one in self.workflows}
        self.library = _Library(self.workflows, roster(), calendar(), numbers(2))
        events = enumerate(script(Random(f"{plot.seed}/script"), self.workflows))
        self.client = Client(unsent=[event for number, event in events if number not in plot.without_events])
        opened = store(self.clock, self.random)
        self.units, self.reads, self.close = opened.units, opened.reads, opened.close
        faulty = FaultyUnits(self.units, self.fate, self._meanwhile, plant, nested=opened.nested)
        self.sink = Sink(faulty, self.fate, self._hang)
        gateways = {"notice": self.sink, "publish": self.sink}
        self.engine = Engine(faulty, self.library, KnownSecret(), gateways, self._wake, Files(MemoryBlobs()))

    @property
    def seen(self) -> Counter[str]:
        """How often what happened."""
        return self.fate.seen

    def _draw_workflows(self) -> list[Workflow]:
        drawn = self.random.sample(pool(), 2)
        if self.random.random() < 0.25:
            drawn.extend(of_the_office())
        if self.random.random() < 0.2:
            drawn.append(vanished())
        return [*drawn, *called_by(drawn)]

    # -- the scheduler -------------------------------------------------------------------------------------

    def run(self) -> None:
        """Live through the seed: first with faults, then without until everything is quiet."""
        self.live()
        if not self.problems:
            self.fate.active = False
            self.seen["steps"] += STEPS
            self._come_to_rest()

    def live(self) -> None:
        """All steps, one after another."""
        for number in self.plot.steps():
            self.step(number)
            self.problems.extend(self._watch(self))
            if self.problems:
                return

    def step(self, number: int) -> None:
        """Somebody does something, on the chance of this step."""
        self._now = number
        self.random.seed(f"{self.plot.seed}/{self._now}")
        self._something()

    def _something(self) -> None:
        doings = self._doings()
        doing = self.random.choices([one for one, _ in doings], [weight for _, weight in doings])[0]
        self._try(doing)

    def _doings(self) -> list[tuple[Callable[[], None], float]]:
        """What somebody may do now, and how likely each is."""
        return [
            (self._send, 4),
            (self._act, 5),
            (self._gate, 0.4),
            (self._work, 8 if self.hints else 2),
            (self._sweep, 1.5),
            (self._let_time_pass, 2 if self._depth == 0 else 0.5),
            (self._publish_facts, 0.4),
        ]

    def _meanwhile(self) -> None:
        if self._depth < DEEPEST and self.fate.strikes("interleave"):
            self._something()

    def _try(self, doing: Callable[[], None]) -> None:
        """Let a process do something; it may die of it, and only a known fault may be why."""
        self._depth += 1
        try:
            doing()
        except (Conflict, StoreUnavailable, CommitUnknown, Crashed) as fault:
            self.seen[f"stopped by {type(fault).__name__}"] += 1
        except Exception as error:  # whatever else escapes a process is the finding
            logging.getLogger(__name__).debug("seed %s", self.plot.seed, exc_info=True)
            name = getattr(doing, "__name__", "answering a client")
            self.problems.append(f"{name} broke: {type(error).__name__}: {error}")
        finally:
            self._depth -= 1

    def _wake(self, lane: Lane) -> None:
        if self.fate.strikes("lost_hint"):
            return
        self.hints.extend([lane] * (1 + self.fate.strikes("doubled_hint")))

    # -- who does what -------------------------------------------------------------------------------------

    def _send(self) -> None:
        """A department sends what it has not had an answer for, or something new, or something again."""
        client = self.client
        if client.sent and self.fate.strikes("duplicate_event"):
            self._submit(self.random.choice(client.sent))
        elif client.unanswered and (not client.unsent or self.random.random() < 0.5):
            self._submit(self.random.choice(client.unanswered))
        elif (event := self._aimed_event()) is not None:
            self._submit(event)
        elif client.unsent:
            self._submit(client.unsent.pop(0))

    def _aimed_event(self) -> NewEvent | None:
        """Inside somebody else's unit: an event just where that unit routes or waits."""
        if self._depth <= 1 or self.random.random() < 0.5:
            return None
        self._aimed += 1
        return aimed_at(self.random, f"aimed{self._aimed}", self.fate.pairs)

    def _submit(self, *events: NewEvent) -> None:
        client = self.client
        for event in events:
            if event not in client.sent:
                client.sent.append(event)
                client.unanswered.append(event)
                client.sent_at.setdefault((event.source, event.id), self._now)
        answers = accept(self.engine, [Submission((event,), whole=True) for event in events])
        for event, [answer] in zip(events, answers, strict=True):
            self._be_answered(event, answer)

    def _be_answered(self, event: NewEvent, answer: Accepted) -> None:
        client, key = self.client, (event.source, event.id)
        self.seen[f"event {answer.status}"] += 1
        client.unanswered[:] = [one for one in client.unanswered if one != event]
        if answer.status != "conflict":
            client.answered_at.setdefault(key, self._now)
            client.accepted.setdefault(key, answer)

    def _act(self) -> None:
        """Somebody acts on what they see, or presses again what was not answered."""
        client = self.client
        if client.open_acts and self.random.random() < 0.5:
            self._press(self.random.choice(client.open_acts))
            return
        cases = [head.id for head in self._heads()]
        aimed = list(self.fate.cases) if self._depth > 1 and self.random.random() < 0.7 else []
        if not (aimed or cases):
            return
        view = self.reads.case(EVERYTHING, self.random.choice(aimed or cases))
        wanted = None if view is None else self.act_on(view)
        if wanted is None or view is None:
            return
        if wanted.verb == "cast":
            self._everybody_else_votes(wanted, view)
        self._press_first(wanted)

    def act_on(self, view: CaseView) -> Act | None:
        """Something that somebody wants done to this case."""
        self._acts += 1
        name = view.head.workflow
        wanted = act_on(self.random, self._acts, view, self._secret_votes[name], self._signed_steps[name])
        return wanted if wanted is None or wanted.verb not in SAYS.values() else self._about_what_was_said(wanted)

    def _about_what_was_said(self, wanted: Act) -> Act:
        """What is said next of a case: a comment, or in turn something about the last one that the client has an answer to."""
        client = self.client
        said = [
            answer.body["seq"]
            for key, answer in client.answers.items()
            if (one := client.acts[key]).verb == COMMENT and one.case == wanted.case and answer.status < 400
        ]
        verb = (COMMENT, CORRECT, RETRACT)[self._acts % 3] if said else COMMENT
        return replace(wanted, verb=verb, fields={} if verb == COMMENT else {"comment": said[-1]})

    def _everybody_else_votes(self, first: Act, view: CaseView) -> None:
        """A secret vote that is not voted by all within its time is rarely opened: the others vote right away."""
        for wanted in ballots_beside(first, view):
            self._try(partial(self._press_first, wanted))

    def _gate(self) -> None:
        """The head of the office lets a tree stand still, or go on; now and then somebody who may not."""
        running = [head for head in self._heads() if head.state is State.RUNNING]
        standing = [head for head in running if head.gate is not None]
        if running:
            self._acts += 1
            strange = ("user:nobody",) if self.random.random() < 0.1 else ()
            self._press_first(gate_act(self._acts, self.random.choice(standing or running), *strange))

    def _resume(self, head: Case) -> None:
        self._acts += 1
        self._press_first(gate_act(self._acts, head))

    def _heads(self) -> list[Case]:
        return [row.case for row in self.reads.cases(EVERYTHING, CaseFilter(), 50).rows]

    def _press_first(self, wanted: Act) -> None:
        self.press_together([wanted])

    def press_together(self, wanted: Sequence[Act]) -> None:
        """Press; several acts as one list."""
        self.client.open_acts.extend(one for one in wanted if one.key not in self.client.acts)
        self.client.acts.update({one.key: one for one in wanted})
        self._press(*wanted)

    def _press(self, *wanted: Act) -> None:
        before = dict(self.client.answers)
        for one, answer in zip(wanted, act_together(self.engine, wanted), strict=True):
            self.seen[f"act {answer.status}"] += 1
            self._be_told(one, before.get(one.key), answer)

    def _be_told(self, wanted: Act, before: Answer | None, answer: Answer) -> None:
        """Of two answers to what was pressed twice at once, the one that it was done is the one that counts.

        "Busy" is no answer but a request to press again: the same act, pressed twice, may have lost to itself.
        """
        answers = self.client.answers
        if answer.body.get("code") == "busy":
            return
        if before is not None and before.status < 400 and before != answer:
            self.problems.append(f"act {wanted.key} was answered {before} first and then {answer}")
        if wanted.key not in answers or answer.status < 400:
            answers[wanted.key] = answer
        self.client.open_acts[:] = [one for one in self.client.open_acts if one.key != wanted.key]

    def _work(self) -> None:
        """A worker takes a hint and makes the moves of its lane."""
        lane = self.hints.pop(self.random.randrange(len(self.hints))) if self.hints else self.random.choice(LANES)
        for move in MOVES:
            move(self.engine, lane)

    def _sweep(self) -> None:
        sweep(self.engine)

    def _let_time_pass(self) -> None:
        if self.fate.strikes("clock_jumps"):
            self.clock.turn_to(self.clock() + timedelta(days=self.random.randint(1, 40)))
        else:
            self.clock.turn_to(self.clock() + timedelta(seconds=self.random.choice((1, 5, 40, 7200, 90000))))

    def _hang(self) -> None:
        """A gateway that answers after its lease is over, while others go on."""
        self.clock.turn_to(self.clock() + timedelta(seconds=LEASE_SECONDS + 1))
        if self._depth < DEEPEST + 1:
            self._try(self._sweep)

    def _publish_facts(self) -> None:
        """The office brings out a new roster, or other numbers."""
        self.library.set_roster(roster(self.random.choice(("r1", "r2"))))
        self.library.set_numbers(numbers(self.random.randint(1, 3)))

    # -- the end -------------------------------------------------------------------------------------------

    def _come_to_rest(self) -> None:
        """Without faults: everybody gets their answers, and then nothing is left to do within a bound."""
        self._now = STEPS + 1
        self.random.seed(f"{self.plot.seed}/rest")
        for event in [*self.client.unanswered, *self.client.unsent]:
            self._try(partial(self._submit, event))
        for wanted in list(self.client.open_acts):
            self._try(partial(self._press, wanted))
        for head in [one for one in self._heads() if one.gate is not None]:
            self._try(partial(self._resume, head))
        for round_ in range(ROUNDS):
            self._try(self._drain_and_sweep)
            if self._is_quiet(round_):
                return
            self.clock.turn_to(self.clock() + timedelta(minutes=2))
        self.problems.append(f"not quiet after {ROUNDS} sweeps: {dict(self.reads.pending())}")

    def _drain_and_sweep(self) -> None:
        drain(self.engine)
        sweep(self.engine)

    def _is_quiet(self, round_: int) -> bool:
        """Whether nothing is due; after all attempts are used up, what waits in quarantine may be left."""
        pending = self.reads.pending()
        left = {name: count for name, count in pending.items() if name not in {"quarantined", "unmatched"}}
        if pending["quarantined"] and round_ > 8 * MOST_ATTEMPTS:
            left.pop("inbox")
        return not any(left.values())
