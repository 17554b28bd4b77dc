"""What the boxes of a picture say: a step's title, who does it and by when, and what a branch depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.numbers import Numbers, value
from workflows.language.expressions import AllOf, AnyOf, Compare, Condition, Constant, FieldValue, Given, Negation
from workflows.language.people import HeldBy
from workflows.language.words import (
    Applicant,
    Approve,
    Call,
    CarryOut,
    Choice,
    Chosen,
    Deem,
    DepartmentLiaison,
    Depending,
    Either,
    End,
    Exclusive,
    FollowUp,
    ForEach,
    Guard,
    Handler,
    HandOver,
    Join,
    Jump,
    Loop,
    MemberDepartments,
    Message,
    NamedIn,
    Number,
    OnDay,
    Panel,
    Parallel,
    PostHolders,
    PublicNotice,
    RoleHolders,
    Rung,
    Seats,
    Step,
    Superiors,
    Term,
    ToApplicant,
    Vote,
    Wait,
    Who,
)
from workflows.machine.nodes import Node
from workflows.pictures.boxes import BETWEEN
from workflows.presentation import Presentation

NO_NUMBERS = Numbers(version="", values={})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one picture: titles, the language (zh or en), the office's numbers, the milestones.

    Every box keeps `status_lines` lines free for where a case stands.
    """

    presentation: Presentation
    language: str
    numbers: Numbers = NO_NUMBERS
    guards: tuple[Guard, ...] = ()
    status_lines: int = 0

    def word(self, name: str, **values: object) -> str:
        """One of the few words that pictures need."""
        return self.presentation.word(name, self.language, **values)

    def title(self, node: Node) -> str:
        """What the step is called."""
        if isinstance(node.step, End):
            return self.presentation.outcome(node.step.outcome, self.language)
        return self.presentation.step(node.path, node.step.name or "", self.language)

    def event(self, type: str) -> str:  # noqa: A002  # CloudEvents' own name
        """What happened."""
        return self.presentation.event(type, self.language)

    def who(self, who: Who) -> str:
        """Who is asked."""
        match who:
            case RoleHolders():
                return self.presentation.role(who.name, self.language)
            case DepartmentLiaison():
                return self._held(self.presentation.department(who.code, self.language), who.held_by)
            case MemberDepartments():
                return self.word("member departments")
            case PostHolders():
                return self.presentation.post(who.code, self.language)
            case Applicant():
                return self.word("applicant")
            case Seats():
                return self.word("seats", n=who.n, role=self.who(who.role))
            case Either():
                return self.word("or").join(self.who(part) for part in who.of)
            case Panel():
                return self.word("panel", panel=self._field(who.name))
            case _:
                return self._who_by_case(who)

    def _who_by_case(self, who: Superiors | NamedIn | Chosen | Depending) -> str:
        """Who is asked, where the case itself says so."""
        match who:
            case Superiors():
                return self._superiors(who)
            case NamedIn():
                return self.word("named in", field=self._field(who.field))
            case Chosen():
                return self.word("chosen", field=self._field(who.field), least=who.at_least, most=who.at_most)
            case Depending():
                ways = (
                    self.word("asked if", who=self.who(one.ask), condition=self.condition(one.when))
                    for one in who.cases
                )
                return self.word("or").join((*ways, self.who(who.otherwise)))

    def _superiors(self, who: Superiors) -> str:
        of = self.word("initiator") if who.of is None else self._field(who.of)
        if who.up_to is not None:
            return self.word("superiors up to", of=of, post=self.presentation.post(who.up_to, self.language))
        return self.word("superiors all", of=of) if who.levels is None else self.word("superiors", of=of, n=who.levels)

    def _held(self, department: str, held_by: HeldBy) -> str:
        return department if held_by == "liaison" else self.word(f"held by {held_by}", department=department)

    def days(self, within: Term | None) -> str:
        """The time that is allowed, empty where none is set."""
        if within is None:
            return ""
        if isinstance(within, OnDay):
            return self.word("on day", field=self._field(within.field))
        count = value(self.numbers, within.name, within.default) if isinstance(within, Number) else within
        return self.word("one working day" if count == 1 else "working days", n=count)

    def note(self, step: Step) -> str:
        """What stands under a title: who, by when, how, and what may be done only here."""
        return self._together(*self._note(step), *self._milestones(step))

    def _note(self, step: Step) -> tuple[str, ...]:
        match step:
            case Approve() | CarryOut():
                return self.who(step.by), self.days(step.within), *self._by_itself(step)
            case Vote():
                rule = self.word("vote rule", quorum=step.quorum, passes=step.passes)
                own = "" if step.proxies else self.word("votes in person")
                return self.who(step.by), self.days(step.within), rule, own
            case Wait():
                return self.word("waits for", event=self.event(step.event)), self.days(step.within)
            case PublicNotice():
                return (self.word("stands", days=self.days(step.lasts)),)
            case Message():
                return self.word("told"), self.who(step.to)
            case FollowUp():
                what = self.word("starts", workflow=step.starts) if step.event is None else self.event(step.event)
                return what, self._when(step)
            case _:
                return self._note_of_block(step)

    def _by_itself(self, step: Approve | CarryOut) -> tuple[str, ...]:
        """What the ladder of a step does if nobody answers; reminders, and who may decide as well, are left out."""
        return tuple(said for rung in step.overdue if (said := self._rung(rung)))

    def _rung(self, rung: Rung) -> str:
        match rung:
            case HandOver(at=at, to=None):
                return self.word("hand over", when=self._late(at))
            case HandOver(at=at, to=RoleHolders() as to):
                return self.word("hand over to", when=self._late(at), who=self.who(to))
            case Deem(at=at, answer=answer):
                return self.word(f"deem {answer}", when=self._late(at))
            case Jump(at=at, to=to):
                return self.word("jump", when=self._late(at), step=self.presentation.step(to, to, self.language))
        return ""

    def _late(self, at: int) -> str:
        """How many working days before or after the due date."""
        if at == 0:
            return self.word("when due")
        days = self.word("one working day" if abs(at) == 1 else "working days", n=abs(at))
        return self.word("late by" if at > 0 else "before due", days=days)

    def _note_of_block(self, step: Step) -> tuple[str, ...]:
        match step:
            case Call():
                return self._call(step)
            case ForEach():
                return self._each(step.over), self.join(step.join), self._growth(step)
            case Loop():
                return self._turns(step)
            case Exclusive():
                return (self._resource(step),)
            case _:
                return ()

    def _milestones(self, step: Step) -> tuple[str, ...]:
        name = getattr(step, "name", None)
        only = [self.word(f"verb {guard.verb}") for guard in self.guards if name in guard.while_in]
        return (self.word("only here", verbs=self.word("or").join(only)),) if only else ()

    def _call(self, step: Call) -> tuple[str, ...]:
        called = self.word("calls", workflow=self.presentation.workflow(step.workflow, self.language))
        many = "" if step.over is None else self._each(step.over)
        return called, many, self.join(step.join) if step.waits else self.word("not awaited")

    def _each(self, over: str | int) -> str:
        return self.word("times", n=over) if isinstance(over, int) else self.word("each", field=self._field(over))

    def _growth(self, step: ForEach) -> str:
        return "" if step.grows_on is None else self.word("grows", event=self.event(step.grows_on))

    def _turns(self, step: Loop) -> tuple[str, ...]:
        until = "" if step.until is None else self.word("until", condition=self.condition(step.until))
        return until, "" if step.at_most is None else self.word("at most", n=step.at_most)

    def _resource(self, step: Exclusive) -> str:
        resource = self._field(step.resource)
        if step.of is None:
            return self.word("one at a time", resource=resource)
        return self.word("one at a time for", resource=resource, field=self._field(step.of))

    def join(self, join: Join) -> str:
        """When a block goes on before all have come, and what becomes of the rest; empty where it waits for all."""
        when = "" if join.of is None else self.word("enough", n=join.of)
        if join.once is not None:
            once = self.word("enough once", condition=self.condition(join.once))
            when = self.word("or").join(part for part in (when, once) if part)
        return self._together(when, self.word(f"rest {join.rest}")) if when else ""

    def handler(self, handler: Handler) -> str:
        """What an event does to the block that it meets."""
        return self._together(self.word(handler.mode), self.word("pauses") if handler.pauses else "")

    def supplement(self, asked: ToApplicant) -> str:
        """What a return asks of the applicant."""
        return self._together(self.word("supplement"), self.word("applicant"), self.days(asked.within))

    def branch(self, node: Node, parent: Choice | Parallel) -> str:
        """What the way to a branch is called: its own title, else its condition."""
        last = node.path.rpartition("/")[2]
        own = self.presentation.branches.get(f"{parent.name}.{last}")
        if own is not None:
            return own.said(self.language)
        if last == "otherwise":
            return self.word("otherwise")
        condition = parent.branches[int(last)].when
        return "" if condition is None else self.condition(condition)

    def condition(self, condition: Condition) -> str:
        """A condition in words."""
        match condition:
            case Given():
                return self.word("given", field=self._field(condition.name))
            case Negation():
                return self.word("not", part=self.condition(condition.part))
            case AllOf():
                return self.word("and").join(self.condition(part) for part in condition.parts)
            case AnyOf():
                return self.word("or").join(self.condition(part) for part in condition.parts)
            case Compare():
                return self._compare(condition)

    def _compare(self, compared: Compare) -> str:
        if isinstance(compared.right, Constant) and isinstance(compared.right.value, bool):
            name = "yes" if compared.right.value is (compared.op == "eq") else "no"
            return self.word(name, field=self._operand(compared.left, ""))
        of = compared.left.name if isinstance(compared.left, FieldValue) else ""
        left, right = self._operand(compared.left, ""), self._operand(compared.right, of)
        return self.word(compared.op, left=left, right=right)

    def _operand(self, operand: FieldValue | Constant, of: str) -> str:
        if isinstance(operand, FieldValue):
            return self._field(operand.name)
        say: Callable[[object], str] = lambda one: self.presentation.choice(of, str(one), self.language)  # noqa: E731  # used twice, right here
        if isinstance(operand.value, tuple):
            return self.word("or").join(say(one) for one in operand.value)
        return say(operand.value)

    def _field(self, name: str) -> str:
        block, _, counted = name.rpartition(".")
        if block and counted in {"arrived", "of"}:
            return self.word(f"count {counted}", block=self.presentation.step(block, block, self.language))
        return self.presentation.label(name, self.language)

    def _when(self, step: FollowUp) -> str:
        if step.every is None:
            return self._months(1 if step.months is None else step.months)
        count = step.every.n
        n = value(self.numbers, count.name, count.default) if isinstance(count, Number) else count
        on = f" {step.every.on}" if step.every.on else ""
        return self.word("every working days" if step.every.unit == "working_days" else "every months", n=n) + on

    def _months(self, months: Number | int) -> str:
        count = value(self.numbers, months.name, months.default) if isinstance(months, Number) else months
        return self.word("months", n=count)

    def _together(self, *parts: str) -> str:
        return BETWEEN.join(part for part in parts if part)
