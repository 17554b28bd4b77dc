"""Random workflows over every word of the language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Literal

from tests.workflows_for_tests import SYNTHETIC
from workflows.language.expressions import is_true
from workflows.language.words import (
    Branch,
    Form,
    FormField,
    Guard,
    Handler,
    Join,
    Mode,
    Rung,
    Step,
    Who,
    Workflow,
    always,
    applicant,
    approve,
    beside,
    call,
    carry_out,
    choice,
    deem,
    department,
    departments,
    do,
    either,
    emit,
    end,
    escalate,
    exclusive,
    follow_up,
    for_each,
    guard,
    hand_over,
    interrupts,
    join,
    jump,
    lookup,
    loop,
    message,
    nothing,
    number,
    parallel,
    public_notice,
    race,
    remind,
    returns,
    role,
    seats,
    sequence,
    set_field,
    to_applicant,
    vote,
    wait,
    way,
    when,
    workflow,
)
from workflows.library import CATALOGUE
from workflows.machine.nodes import everything

POOL = 80
"""How many random workflows there are; a seed takes a few of them."""

SUBS = 4
"""How many random workflows are only called by others."""

WAITED = tuple(f"sim.waited_{number}.v1" for number in range(2))
HANDLED = ("sim.beside.v1", "sim.interrupting.v1", "sim.objected.v1")
GROWS = "sim.one_more.v1"
ANSWERS = "sim.answered.v1"
ECHO = "sim.echo.v1"
VANISHED = "vanished"
"""A workflow whose definition is no longer there when its cases run: they must be quarantined, and nobody else."""

FORM = Form(name="report.v1", fields=(FormField(name="fine", type="boolean"),))
HEAD = role("office_head")
PEOPLE: tuple[Who, ...] = (
    role("clerk"),
    role("clerk", of="town"),
    role("verifier"),
    department("d1"),
    departments(),
    seats(2, role("clerk"), pick="least_loaded"),
    seats(1, role("verifier"), pick="least_loaded"),
    either(role("verifier"), department("d2")),
    applicant(through=role("clerk")),
)


@dataclass
class _Writer:
    """Writes one workflow; every human step and every block has a name of its own."""

    random: Random
    may_call: bool = True
    names: int = 0
    asked: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)

    def name(self, word: str) -> str:
        self.names += 1
        return f"{word}{self.names}"

    # -- blocks --------------------------------------------------------------------------------------------

    def step(self, depth: int) -> Step:
        if depth > 0 and self.random.random() < 0.65:
            return self.random.choice(self._blocks())(depth - 1)
        return self.random.choice(self._leaves())()

    def _blocks(self) -> list[Callable[[int], Step]]:
        blocks = [self.sequence, self.choice, self.parallel, self.for_each, self.loop, self.race, self.exclusive]
        return [*blocks, self.exclusive]

    def _leaves(self) -> list[Callable[[], Step]]:
        asking = [self.approve, self.approve, self.carry_out, self.carry_out, self.vote]
        return [*asking, self.wait, self.public_notice, self.do, self.tell, self.plan, *[self.call] * self.may_call]

    def sequence(self, depth: int) -> Step:
        steps = [self.step(depth) for _ in range(self.random.randint(2, 3))]
        return sequence(*steps, name=self.name("sequence"), on=self.handlers())

    def choice(self, depth: int) -> Step:
        branch = when(is_true(self.random.choice(("a", "b", "fine"))), self.step(depth))
        return choice(self.name("choice"), branch, otherwise=self.step(0))

    def parallel(self, depth: int) -> Step:
        branches: list[Branch] = [always(self.step(depth)), always(self.step(0))]
        branches += [when(is_true("b"), self.step(0))]
        return parallel(self.name("parallel"), *branches, join=self.join(), on=self.handlers())

    def for_each(self, depth: int) -> Step:
        grows = self.random.random() < 0.5
        return for_each(
            self.name("for_each"),
            over=self.random.choice(("parts", "parts", 2)),
            each="part",
            do=sequence(self.carry_out(fills=True), self.step(depth), name=self.name("sequence")),
            grows_on=GROWS if grows else None,
            takes="part" if grows else None,
            join=self.join(),
            on=self.handlers(),
        )

    def loop(self, depth: int) -> Step:
        do_ = sequence(self.carry_out(fills=True), self.step(depth), name=self.name("sequence"))
        test: Literal["before", "after"] = self.random.choice(("before", "after"))
        return loop(self.name("loop"), do=do_, until=is_true("fine"), test=test, at_most=self.random.randint(1, 3))

    def race(self, depth: int) -> Step:
        firsts = [self.wait(), self.random.choice((self.approve, self.carry_out, self.wait))()]
        return race(self.name("race"), way(firsts[0], self.step(depth)), way(firsts[1]))

    def exclusive(self, depth: int) -> Step:
        inner = sequence(self.carry_out(), self.step(depth), name=self.name("sequence"))
        of = "town" if self.random.random() < 0.3 else None
        return exclusive(self.name("exclusive"), resource="hall", do=inner, of=of)

    def join(self) -> Join:
        drawn = self.random.random()
        if drawn < 0.5:
            return join()
        if drawn < 0.6:
            return join(once=is_true("fine"))
        return join(1, rest="cancel" if drawn < 0.8 else "ignore")

    def handlers(self) -> tuple[Handler, ...]:
        drawn = self.random.random()
        if drawn < 0.3:
            return (beside(HANDLED[0], do(self.name("note"), set_field("noted", value=True))),)
        if drawn < 0.45:
            return (interrupts(HANDLED[1], message(self.name("broken"), to=HEAD)),)
        return ()

    # -- leaves --------------------------------------------------------------------------------------------

    def approve(self) -> Step:
        supplement = to_applicant(
            once=self.random.random() < 0.5,
            within=2,
            silence=end("silent") if self.random.random() < 0.5 else nothing(),
            through=role("clerk"),
            answered_by=ANSWERS,
            takes=("a", "b"),
        )
        self.asked.append(self.name("approve"))
        return approve(
            self.asked[-1],
            by=self.random.choice(PEOPLE),
            mode=self.random.choice(tuple(Mode)),
            within=self.random.choice((None, 1, number("sim.days", 2))),
            overdue=self.ladder(),
            on_return=supplement if self.random.random() < 0.6 else None,
            on_reject=end("refused", "rejected") if self.random.random() < 0.4 else nothing(),
            returns=self.random.choice((None, returns(), returns("previous", way="jump"))),
            compulsory=self.random.random() < 0.2,
        )

    def ladder(self) -> tuple[Rung, ...]:
        """By the number of the name, not by chance: the chance of every other step stays as it was."""
        ladders: tuple[tuple[Rung, ...], ...] = (
            (remind(-1), escalate(1, to=HEAD)),
            (deem(0, "agree"),),
            (hand_over(0), escalate(1, to=HEAD)),
            (jump(0, to=(self.carried or self.asked)[-1]),),
            (hand_over(-1, HEAD), deem(0, "reject")),
        )
        return ladders[self.names % len(ladders)]

    def vote(self) -> Step:
        # By the number of the name, not by chance: the chance of every other step stays as it was.
        secret = self.names % 3 == 0
        return self.secret_vote() if secret else self.open_vote()

    def secret_vote(self) -> Step:
        fails = nothing() if self.names % 2 == 0 else end("outvoted", "rejected")
        return vote(
            self.name("secret_vote"),
            by=role("voter"),
            quorum="1/2",
            passes="1/2",
            secret=True,
            within=2,
            overdue=(remind(0),),
            fails=fails,
            proxies=self.names % 2 == 0,
        )

    def open_vote(self) -> Step:
        return vote(
            self.name("vote"),
            by=departments() if self.random.random() < 0.7 else seats(3, role("clerk")),
            quorum=self.random.choice(("1/2", "2/3")),
            passes=self.random.choice(("1/2", "2/3")),
            within=self.random.choice((None, 1)),
            overdue=(remind(0),),
            fails=nothing() if self.random.random() < 0.6 else end("outvoted", "rejected"),
            tie=message(self.name("tie"), to=HEAD) if self.random.random() < 0.5 else None,
            no_quorum=message(self.name("few"), to=HEAD) if self.random.random() < 0.5 else None,
        )

    def public_notice(self) -> Step:
        inquiry = self.approve() if self.random.random() < 0.5 else self.carry_out()
        return public_notice(
            self.name("notice"), lasts=self.random.randint(1, 3), on=(beside(HANDLED[2], inquiry, pauses=True),)
        )

    def call(self) -> Step:
        return call(
            self.name("call"),
            workflow=f"sub_{self.random.randrange(SUBS)}",
            over="parts" if self.random.random() < 0.6 else None,
            gives={"a": "a", "town": "town"},
            takes={"b": "b"},
            outcome=self.random.choice((None, "ended")),
            waits=self.random.random() < 0.8,
            join=self.join(),
        )

    def carry_out(self, *, fills: bool = False) -> Step:
        form = FORM.name if fills or self.random.random() < 0.5 else None
        before = self.carried[-1:]
        self.carried.append(self.name("carry_out"))
        late: tuple[Rung, ...] = (remind(0),)
        if self.names % 3 == 1:
            late = (jump(0, to=before[0]),) if before else (hand_over(0),)
        return carry_out(self.carried[-1], by=self.random.choice(PEOPLE), within=1, overdue=late, form=form)

    def wait(self) -> Step:
        silence = message(self.name("silent"), to=HEAD) if self.random.random() < 0.5 else None
        event = self.random.choice((*WAITED, ECHO))
        return wait(self.name("wait"), event=event, takes=("a",), within=2, overdue=(remind(-1),), silence=silence)

    def do(self) -> Step:
        actions = (
            set_field("b", value=True),
            emit(ECHO, said=True),
            lookup("member", by="fingerprint", into="twin"),
        )
        return do(self.name("do"), self.random.choice(actions))

    def tell(self) -> Step:
        return message(self.name("message"), to=self.random.choice(PEOPLE))

    def plan(self) -> Step:
        return follow_up(self.name("follow"), event=self.random.choice(WAITED), months=1)

    # -- the whole -----------------------------------------------------------------------------------------

    def guards(self) -> tuple[Guard, ...]:
        if not self.asked or self.random.random() < 0.5:
            return ()
        return (guard(self.random.choice(("withdraw", "reject")), while_in=(self.asked[0],)),)


@cache
def pool() -> tuple[Workflow, ...]:
    """The random workflows, the same in every run."""
    return tuple(_random_workflow(number) for number in range(POOL))


def _random_workflow(seed: int) -> Workflow:
    writer = _Writer(Random(seed))
    steps = sequence(writer.step(2), writer.step(2), writer.step(1), message("done", to=HEAD), end("done", "approved"))
    return workflow(
        f"random_{seed}",
        starts_on=f"sim.started_{seed % 3}.v1",
        about="matter",
        person=True,
        forms=(FORM,),
        guards=writer.guards(),
        on=writer.handlers(),
        steps=steps,
    )


@cache
def _subs() -> dict[str, Workflow]:
    return {f"sub_{number}": _sub(number) for number in range(SUBS)}


def _sub(number: int) -> Workflow:
    writer = _Writer(Random(f"sub {number}"), may_call=False)
    steps = sequence(writer.carry_out(), writer.step(1), do("done", set_field("b", value=True)), end("done"))
    return workflow(
        f"sub_{number}", starts_on=f"sim.sub_{number}.v1", about="matter", person=True, forms=(FORM,), steps=steps
    )


def called_by(definitions: list[Workflow]) -> list[Workflow]:
    """The workflows that these call, which are not of the office."""
    called = {node.step.workflow for one in definitions for node in everything(one) if node.step.word == "call"}
    return [_subs()[name] for name in sorted(called & _subs().keys())]


def vanished() -> Workflow:
    """The workflow whose definition gets lost."""
    steps = sequence(message("hello", to=HEAD), end("done"))
    return workflow(VANISHED, starts_on="sim.vanishing.v1", about="matter", person=True, steps=steps)


def of_the_office() -> tuple[Workflow, ...]:
    """The office's own workflows, and the one of every word."""
    return (*CATALOGUE, SYNTHETIC)
