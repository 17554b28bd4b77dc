"""What a BPMN export collects on its way through a definition: shared declarations, and what BPMN cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.numbers import value
from workflows.language.people import INITIATOR
from workflows.language.words import (
    Applicant,
    Chosen,
    Days,
    DepartmentLiaison,
    Depending,
    Either,
    Form,
    MemberDepartments,
    NamedIn,
    Number,
    OnDay,
    Panel,
    PostHolders,
    RoleHolders,
    Seats,
    Superiors,
    Term,
    Who,
)
from workflows.pictures.bpmn.parts import Xml
from workflows.pictures.wording import Wording


@dataclass(slots=True)
class Book:
    """The books of one export.

    Args:
        wording: the titles and the office's numbers.
        messages: events by their id in the file.
        errors: ends and races that leave their sub-process, by their id.
        lists: fields whose elements a step is repeated for.
        forms: the forms of the definition by name.
        elements: names of elements, each used once.
        extended: what stands in extension elements, as "path: element".
    """

    wording: Wording
    messages: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    forms: Mapping[str, Form] = field(default_factory=dict)
    elements: set[str] = field(default_factory=set)
    extended: list[str] = field(default_factory=list)

    def message(self, type_: str) -> str:
        """Declare an event; returns its id."""
        self.messages[f"message.{type_}"] = type_
        return f"message.{type_}"

    def error(self, code: str) -> str:
        """Declare an error; returns its id."""
        self.errors[f"error.{code}"] = code
        return f"error.{code}"

    def items(self, name: str) -> str:
        """Declare a list field; returns its id, which is its name."""
        self.lists.add(name)
        return name

    def element(self, name: str) -> str:
        """A name for the elements of a list that no other element of the file has."""
        free, count = name, 1
        while free in self.elements or free in self.lists:
            count += 1
            free = f"{name}_{count}"
        self.elements.add(free)
        return free

    def beyond(self, path: str, element: str, parts: Iterable[Xml] = (), **values: object) -> Xml:
        """An extension element for what BPMN cannot say, noted for the reader of the export."""
        self.extended.append(f"{path}: {element}")
        said = tuple((name, _text(one)) for name, one in values.items() if one is not None)
        return Xml(f"liaison:{element}", said, parts=tuple(parts))

    def days(self, days: Days) -> int:
        """What a number of days, months or years stands at."""
        return value(self.wording.numbers, days.name, days.default) if isinstance(days, Number) else days

    def term(self, path: str, days: Term) -> Xml:
        """A term in working days, which BPMN does not count, or to the end of a working day."""
        if isinstance(days, OnDay):
            return self.beyond(path, "term", day=days.field)
        name = days.name if isinstance(days, Number) else None
        return self.beyond(path, "term", workingDays=self.days(days), number=name)


def element_id(path: str) -> str:
    """The id of the step at `path` in the file."""
    return f"at.{path.replace('/', '.')}"


def process_id(workflow: str) -> str:
    """The id of a workflow's process, by which calls name it."""
    return f"workflow.{workflow}"


def who_text(who: Who) -> str:
    """Who is asked, as one line."""
    match who:
        case RoleHolders():
            return f"role:{who.name}" if who.of is None else f"role:{who.name}:{{{who.of}}}"
        case DepartmentLiaison():
            return f"department:{who.code}" if who.held_by == "liaison" else f"department:{who.code}:{who.held_by}"
        case MemberDepartments():
            return "departments"
        case PostHolders():
            return f"post:{who.code}"
        case Applicant():
            return "applicant" if who.through is None else f"applicant, {who_text(who.through)}"
        case Seats():
            return f"{who.n} × {who_text(who.role)}"
        case Either():
            return ", ".join(who_text(part) for part in who.of)
        case Panel():
            return f"panel:{who.name}"
        case _:
            return _text_by_case(who)


def _text_by_case(who: Superiors | NamedIn | Chosen | Depending) -> str:
    match who:
        case Superiors():
            end = "" if who.up_to is None else f", up to post:{who.up_to}"
            count = "" if who.levels is None else f"{who.levels} "
            return f"{count}superiors of {{{who.of or INITIATOR}}}, {who.first} first{end}"
        case NamedIn():
            return f"{who.names}:{{{who.field}}}"
        case Chosen():
            return f"{who.at_least} to {who.at_most} × user:{{{who.field}}}"
        case Depending():
            return "; ".join(
                (
                    *(f"if {number}: {who_text(one.ask)}" for number, one in enumerate(who.cases)),
                    who_text(who.otherwise),
                )
            )


def _text(one: object) -> str:
    if isinstance(one, bool):
        return "true" if one else "false"
    return ", ".join(one) if isinstance(one, tuple) else str(one)
