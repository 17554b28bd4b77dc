"""The tree that a definition is: frozen words, each knowing only its parts.

Everything that the machine runs, `check` proves, the pages draw and the files round-trip is one value of the
class `Workflow`. `words.py` holds the functions that make it pleasant to write. Days are working days unless a
word says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.approval import Mode
from workflows.language.expressions import Condition

LANGUAGE = 1


class Word(BaseModel):
    """Any piece of a definition: frozen, nothing unknown inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(Word):
    """A number of the office, by name, with its default; resolved from the version that the case pinned."""

    name: str
    default: int


Days = int | Number


# -- who ---------------------------------------------------------------------------------------------------


class RoleHolders(Word):
    """Whoever holds a role; `of` names the case field whose value is the role's scope (a town, a group)."""

    who: Literal["role"] = "role"
    name: str
    of: str | None = None


class DepartmentLiaison(Word):
    """The liaison officers of one department (its code)."""

    who: Literal["department"] = "department"
    code: str


class MemberDepartments(Word):
    """One seat for each member department of the joint meeting, held by its liaison officers."""

    who: Literal["departments"] = "departments"


class Applicant(Word):
    """The person the case is about; `through` may act on their behalf at the counter (代办)."""

    who: Literal["applicant"] = "applicant"
    through: RoleHolders | None = None


class Seats(Word):
    """`n` seats for holders of a role; `pick` least_loaded lets assign narrow each to one person."""

    who: Literal["seats"] = "seats"
    n: int = Field(ge=1, le=50)
    role: RoleHolders
    pick: Literal["any", "least_loaded"] = "any"


class Either(Word):
    """The seats of several resolvers together."""

    who: Literal["either"] = "either"
    of: tuple[RoleHolders | DepartmentLiaison, ...]


Who = Annotated[
    RoleHolders | DepartmentLiaison | MemberDepartments | Applicant | Seats | Either, Field(discriminator="who")
]


# -- ladders, forms, handlers ------------------------------------------------------------------------------


class Remind(Word):
    """A reminder to the holders, `at` working days after the due date (negative: before)."""

    rung: Literal["remind"] = "remind"
    at: int


class Escalate(Word):
    """From `at` working days after the due date on, `to` may decide as well, and is told."""

    rung: Literal["escalate"] = "escalate"
    at: int
    to: RoleHolders


Rung = Annotated[Remind | Escalate, Field(discriminator="rung")]


class FormField(Word):
    """A field that a step may write. `personal` values live under the person's key only."""

    name: str
    type: Literal["text", "boolean", "integer", "choice"]
    choices: tuple[str, ...] = ()
    required: bool = True
    personal: bool = False


class Form(Word):
    """What a step asks for, by name and version."""

    name: str
    fields: tuple[FormField, ...]


class ToApplicant(Word):
    """Return to the applicant for a supplement (补正), asked once if `once`; the step's clock pauses meanwhile.

    The answer is the applicant's own act or the event `answered_by`, whose fields `takes` are written.
    """

    once: bool = True
    within: Days
    silence: Step
    through: RoleHolders | None = None
    answered_by: str | None = None
    takes: tuple[str, ...] = ()


class Handler(Word):
    """What a block does when an event comes while it is live: instead of itself, or beside itself."""

    event: str
    mode: Literal["interrupts", "beside"]
    do: Step
    takes: tuple[str, ...] = ()


# -- blocks ------------------------------------------------------------------------------------------------


class Sequence(Word):
    """Steps one after the other; an empty sequence does nothing."""

    word: Literal["sequence"] = "sequence"
    name: str | None = None
    steps: tuple[Step, ...]
    on: tuple[Handler, ...] = ()


class Branch(Word):
    """One way of a choice or a parallel; without `when` it is always taken."""

    when: Condition | None = None
    do: Step


class Choice(Word):
    """The first branch whose condition is true, else `otherwise` (compulsory, also when unknown)."""

    word: Literal["choice"] = "choice"
    name: str
    branches: tuple[Branch, ...]
    otherwise: Step


class Parallel(Word):
    """All branches whose condition is true or absent, side by side; goes on when all of them are done."""

    word: Literal["parallel"] = "parallel"
    name: str
    branches: tuple[Branch, ...]
    on: tuple[Handler, ...] = ()


# -- leaves ------------------------------------------------------------------------------------------------


class Approve(Word):
    """Ask people for a decision. Agree goes on; reject runs `on_reject`; return goes to the applicant."""

    word: Literal["approve"] = "approve"
    name: str
    by: Who
    mode: Mode = Mode.ONE
    within: Days | None = None
    overdue: tuple[Rung, ...] = ()
    on_return: ToApplicant | None = None
    on_reject: Step
    reasons: tuple[str, ...] = ()
    form: str | None = None
    signature: bool = False


class CarryOut(Word):
    """Ask people to do something and report it with a form; goes on when every seat has completed."""

    word: Literal["carry_out"] = "carry_out"
    name: str
    by: Who
    within: Days | None = None
    overdue: tuple[Rung, ...] = ()
    form: str | None = None


class Wait(Word):
    """Wait for an event with the case's key (or the value of field `key`); `silence` runs after `within`."""

    word: Literal["wait"] = "wait"
    name: str
    event: str
    key: str | None = None
    takes: tuple[str, ...] = ()
    within: Days | None = None
    overdue: tuple[Remind, ...] = ()
    silence: Step | None = None


class SetField(Word):
    """Write a constant into a field."""

    action: Literal["set"] = "set"
    field: str
    value: bool | int | str | None


class Emit(Word):
    """Emit a domain event; its fields are those of the case with the same name."""

    action: Literal["emit"] = "emit"
    event: str
    values: tuple[tuple[str, bool | int | str], ...] = ()


class Lookup(Word):
    """Write into `into` the key of another row of a register with the same value of `by`, or null."""

    action: Literal["lookup"] = "lookup"
    register_name: str
    by: str
    into: str


class Erase(Word):
    """Destroy the key of the person the case is about: nothing personal can be read afterwards."""

    action: Literal["erase"] = "erase"


Action = Annotated[SetField | Emit | Lookup | Erase, Field(discriminator="action")]


class Do(Word):
    """What the system does by itself, in the same transaction, recorded as SYSTEM."""

    word: Literal["do"] = "do"
    name: str
    actions: tuple[Action, ...]


class Message(Word):
    """A notice to somebody; the words are the presentation's template of this name. Never blocks."""

    word: Literal["message"] = "message"
    name: str
    to: Who


class FollowUp(Word):
    """A plan that outlives the case: emits `event` after `months` calendar months, again `every` if asked."""

    word: Literal["follow_up"] = "follow_up"
    name: str
    event: str
    months: Number | int
    repeats: bool = False


class End(Word):
    """Ends the case: `state` of approvals.md §1, and the workflow's own name for how it ended."""

    word: Literal["end"] = "end"
    outcome: str
    state: Literal["approved", "rejected", "withdrawn", "completed"] = "completed"


Step = Annotated[
    Sequence | Choice | Parallel | Approve | CarryOut | Wait | Do | Message | FollowUp | End,
    Field(discriminator="word"),
]


class Workflow(Word):
    """A whole definition. `about` names the register noun, `withdrawn_by` the event that a withdrawal of the case is."""

    name: str
    language: int = LANGUAGE
    starts_on: str
    about: str
    person: bool = False
    withdrawn_by: str | None = None
    forms: tuple[Form, ...] = ()
    on: tuple[Handler, ...] = ()
    steps: Step


for _model in (ToApplicant, Handler, Sequence, Branch, Choice, Parallel, Approve, CarryOut, Wait, Workflow):
    _model.model_rebuild()
