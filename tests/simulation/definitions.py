"""Random workflows over every word, and the office that runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster
from tests.workflows_for_tests import SYNTHETIC
from workflows.language.expressions import is_true
from workflows.language.words import (
    Branch,
    Form,
    FormField,
    Handler,
    Mode,
    Step,
    Who,
    Workflow,
    always,
    applicant,
    approve,
    beside,
    carry_out,
    choice,
    department,
    departments,
    do,
    either,
    emit,
    end,
    escalate,
    follow_up,
    interrupts,
    lookup,
    message,
    nothing,
    number,
    parallel,
    remind,
    role,
    seats,
    sequence,
    set_field,
    to_applicant,
    wait,
    when,
    workflow,
)
from workflows.library import CATALOGUE

POOL = 60
"""How many random workflows there are; a seed takes a few of them."""

COUNTY = "330226"
WAITED = tuple(f"sim.waited_{number}.v1" for number in range(2))
HANDLED = ("sim.beside.v1", "sim.interrupting.v1")
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
    names: int = 0
    events: list[str] = field(default_factory=list)

    def name(self, word: str) -> str:
        self.names += 1
        return f"{word}{self.names}"

    def step(self, depth: int) -> Step:
        blocks: list[Callable[[int], Step]] = [self.sequence, self.choice, self.parallel]
        leaves: list[Callable[[], Step]] = [self.approve, self.approve, self.carry_out, self.wait, self.do, self.tell]
        if depth > 0 and self.random.random() < 0.6:
            return self.random.choice(blocks)(depth - 1)
        return self.random.choice([*leaves, self.plan])()

    def sequence(self, depth: int) -> Step:
        steps = [self.step(depth) for _ in range(self.random.randint(2, 3))]
        return sequence(*steps, name=self.name("sequence"), on=self.handlers())

    def choice(self, depth: int) -> Step:
        branch = when(is_true(self.random.choice(("a", "b", "fine"))), self.step(depth))
        return choice(self.name("choice"), branch, otherwise=self.step(0))

    def parallel(self, depth: int) -> Step:
        branches: list[Branch] = [always(self.step(depth)), always(self.step(0))]
        branches += [when(is_true("b"), self.step(0))]
        return parallel(self.name("parallel"), *branches, on=self.handlers())

    def handlers(self) -> tuple[Handler, ...]:
        drawn = self.random.random()
        if drawn < 0.3:
            return (beside(HANDLED[0], do(self.name("note"), set_field("noted", value=True))),)
        if drawn < 0.45:
            return (interrupts(HANDLED[1], message(self.name("broken"), to=HEAD)),)
        return ()

    def approve(self) -> Step:
        returns = to_applicant(
            once=self.random.random() < 0.5,
            within=2,
            silence=end("silent") if self.random.random() < 0.5 else nothing(),
            through=role("clerk"),
            answered_by=ANSWERS,
            takes=("a", "b"),
        )
        return approve(
            self.name("approve"),
            by=self.random.choice(PEOPLE),
            mode=self.random.choice(tuple(Mode)),
            within=self.random.choice((None, 1, number("sim.days", 2))),
            overdue=(remind(-1), escalate(1, to=HEAD)),
            on_return=returns if self.random.random() < 0.6 else None,
            on_reject=end("refused", "rejected") if self.random.random() < 0.4 else nothing(),
        )

    def carry_out(self) -> Step:
        form = FORM.name if self.random.random() < 0.5 else None
        return carry_out(
            self.name("carry_out"), by=self.random.choice(PEOPLE), within=1, overdue=(remind(0),), form=form
        )

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
        on=writer.handlers(),
        steps=steps,
    )


def vanished() -> Workflow:
    """The workflow whose definition gets lost."""
    steps = sequence(message("hello", to=HEAD), end("done"))
    return workflow(VANISHED, starts_on="sim.vanishing.v1", about="matter", person=True, steps=steps)


def of_the_office() -> tuple[Workflow, ...]:
    """The office's own workflows, and the one of every word."""
    return (*CATALOGUE, SYNTHETIC)


@cache
def roster(version: str = "r1") -> Roster:
    """A small office; the second version has one clerk less."""
    since = date(2020, 1, 1)
    posts = {
        "chen": (Grant("clerk"), Grant("centre_clerk")),
        "lin": (Grant("clerk"), Grant("clerk", "T1"), Grant("town_clerk", "T1"), Grant("panel_member")),
        "wu": (Grant("verifier"), Grant("category_verifier", "2"), Grant("section_officer")),
        "zhao": (Grant("office_head"),),
        "liu": (Grant("liaison"),),
        "ma": (Grant("liaison"), Grant("verifier")),
    }
    home = {"liu": "d1", "ma": "d2"}
    gone = {"lin"} if version != "r1" else set()
    return Roster(
        version=version,
        county=COUNTY,
        departments=tuple(
            Department(code=code, name_zh=code, name_en=code, since=since, member=code != "office")
            for code in ("office", "d1", "d2")
        ),
        posts=tuple(
            Post(f"post_{user}", home.get(user, "office"), user, user, roles, since) for user, roles in posts.items()
        ),
        appointments=tuple(Appointment(user, f"post_{user}", since) for user in posts if user not in gone),
    )


def calendar() -> Calendar:
    """Monday to Friday."""
    return Calendar(version="plain")


def numbers(days: int) -> Numbers:
    """The office's numbers, with so many days for the steps that name them."""
    return Numbers(f"days-{days}", {"sim.days": days})
