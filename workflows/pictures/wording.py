"""What the boxes of a picture say: a step's title, who does it and by when, and what a branch depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.numbers import Numbers, value
from workflows.language.expressions import AllOf, AnyOf, Compare, Condition, Constant, FieldValue, Given, Negation
from workflows.language.words import (
    Applicant,
    Approve,
    CarryOut,
    Choice,
    Days,
    DepartmentLiaison,
    Either,
    End,
    FollowUp,
    MemberDepartments,
    Message,
    Number,
    Parallel,
    RoleHolders,
    Seats,
    Step,
    ToApplicant,
    Wait,
    Who,
)
from workflows.machine.nodes import Node
from workflows.presentation import Presentation

NO_NUMBERS = Numbers(version="", values={})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one picture: titles, the language (zh or en) and the office's numbers."""

    presentation: Presentation
    language: str
    numbers: Numbers = NO_NUMBERS

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
                return self.presentation.department(who.code, self.language)
            case MemberDepartments():
                return self.word("member departments")
            case Applicant():
                return self.word("applicant")
            case Seats():
                return self.word("seats", n=who.n, role=self.who(who.role))
            case Either():
                return self.word("or").join(self.who(part) for part in who.of)

    def days(self, within: Days | None) -> str:
        """The time that is allowed, empty where none is set."""
        if within is None:
            return ""
        count = value(self.numbers, within.name, within.default) if isinstance(within, Number) else within
        return self.word("one working day" if count == 1 else "working days", n=count)

    def note(self, step: Step) -> str:
        """The line under a title: who, and by when."""
        match step:
            case Approve() | CarryOut():
                return self._together(self.who(step.by), self.days(step.within))
            case Wait():
                return self._together(self.word("waits for", event=self.event(step.event)), self.days(step.within))
            case Message():
                return self._together(self.word("told"), self.who(step.to))
            case FollowUp():
                return self._together(self.event(step.event), self._months(step.months))
            case _:
                return ""

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
        return self.presentation.label(name, self.language)

    def _months(self, months: Number | int) -> str:
        count = value(self.numbers, months.name, months.default) if isinstance(months, Number) else months
        return self.word("months", n=count)

    def _together(self, *parts: str) -> str:
        return " · ".join(part for part in parts if part)
