"""The tree that a definition is: frozen words, each knowing only its parts.

Everything that the machine runs, `check` proves, the pages draw and the files round-trip is one value of the
class `Workflow`. `words.py` holds the functions that make it pleasant to write. Days are working days unless a
word says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.approval import Mode
from workflows.language.expressions import Condition
from workflows.language.people import (
    OFFICE,
    Among,
    Applicant,
    Chosen,
    DepartmentLiaison,
    Depending,
    Depends,
    Either,
    MemberDepartments,
    NamedIn,
    Nobody,
    OwnCase,
    Panel,
    PostHolders,
    Related,
    RoleHolders,
    Seats,
    Superiors,
    Who,
)
from workflows.language.plans import EndPlan, Every, FollowUp, MovePlan
from workflows.language.word import Days, Number, OnDay, Term, Word

__all__ = [
    "Applicant",
    "Chosen",
    "Days",
    "DepartmentLiaison",
    "Depending",
    "Depends",
    "Either",
    "EndPlan",
    "Every",
    "FollowUp",
    "MemberDepartments",
    "MovePlan",
    "NamedIn",
    "Nobody",
    "Number",
    "OnDay",
    "OwnCase",
    "Panel",
    "PostHolders",
    "Related",
    "RoleHolders",
    "Seats",
    "Superiors",
    "Term",
    "Who",
    "Word",
]

LANGUAGE = 1
MOST_CHOSEN = 50
"""How many people may be chosen in one field, at most."""


# -- ladders, forms, handlers ------------------------------------------------------------------------------


class Remind(Word):
    """A reminder to the holders, `at` working days after the due date (negative: before); the event `says` tells others."""

    rung: Literal["remind"] = "remind"
    at: int
    says: str | None = None


class Escalate(Word):
    """From `at` working days after the due date on, `to` may decide as well, and is told."""

    rung: Literal["escalate"] = "escalate"
    at: int
    to: RoleHolders


class HandOver(Word):
    """`at` working days after the due date (negative: before) the item changes hands; whoever held it holds it no more.

    It goes to `to`, or without it to the first superior of the holder who can take it. The due date stays.
    """

    rung: Literal["hand_over"] = "hand_over"
    at: int
    to: RoleHolders | None = None


class Deem(Word):
    """Silence decides: `at` working days after the due date whoever has not answered is deemed to agree, or to reject.

    The system closes their items under the rule of the ladder; nobody has decided. It is the last rung, never before the
    due date, and never where the step is compulsory or wants a signature.
    """

    rung: Literal["deem"] = "deem"
    at: int
    answer: Literal["agree", "reject"]


class Jump(Word):
    """`at` working days after the due date the case goes on at the step `to`; the last rung, never before the due date.

    `to` stands in the same line: nothing that is compulsory or signed lies between, and no fork is entered.
    """

    rung: Literal["jump"] = "jump"
    at: int
    to: str


Rung = Annotated[Remind | Escalate | HandOver | Deem | Jump, Field(discriminator="rung")]


class FormField(Word):
    """A field that a step may write. `personal` values live under the person's key only.

    `reapprove` asks those again who agreed before the field was changed, and shows them the old value and the new one.
    A date is a day such as 2026-03-02; `several` are some of the choices, each once. `longest` bounds a text.

    A `person` is one user, `people` are `at_least` to `at_most` of them, each once, `among` those (any officer on the
    roster, without it): whoever fills in the form chooses whom a later step asks (审批人自选). Who chose stands in the field
    NAME_chosen_by. Where the step is asked again, so is the choice; with `once` it stays as long as it is right.
    """

    name: str
    type: Literal["text", "boolean", "integer", "date", "choice", "several", "person", "people"]
    choices: tuple[str, ...] = ()
    required: bool = True
    personal: bool = False
    reapprove: bool = False
    longest: int | None = Field(default=None, ge=1, le=2000)
    among: Among = None
    at_least: int = Field(default=1, ge=1, le=MOST_CHOSEN)
    at_most: int = Field(default=MOST_CHOSEN, ge=1, le=MOST_CHOSEN)
    once: bool = False


class Form(Word):
    """What a step asks for, by name and version."""

    name: str
    fields: tuple[FormField, ...]


class ToApplicant(Word):
    """Return to the applicant for a supplement (补正), asked once if `once`; the step's clock pauses meanwhile.

    The answer is the applicant's own act or the event `answered_by`, whose fields `takes` are written. Then the step
    that returned asks again (`way` jump), or the case goes the whole way once more (step).
    """

    once: bool = True
    within: Days
    silence: Step
    through: RoleHolders | None = None
    answered_by: str | None = None
    takes: tuple[str, ...] = ()
    way: Literal["jump", "step"] = "jump"


class Returns(Word):
    """退回 to a step that the case has passed: where to, and how it comes back.

    `to` names steps, or says "previous" (the one answered last) or "any". After the target every step is gone through
    again (`way` step), or the case comes straight back (jump); "chosen" leaves that to whoever returns. `reopens` asks
    everybody at the target again, or only those who had not agreed (dissenters).
    """

    to: tuple[str, ...] = ("any",)
    way: Literal["step", "jump", "chosen"] = "step"
    reopens: Literal["all", "dissenters"] = "all"


class Handler(Word):
    """What a block does when an event comes while it is live: instead of itself, or beside itself.

    The event is one with the case's key, or with the value that the field `key` has when the block is entered.
    `pauses` stops the clock of a public notice while what runs beside it is live.
    """

    event: str
    key: str | None = None
    mode: Literal["interrupts", "beside"]
    do: Step
    takes: tuple[str, ...] = ()
    pauses: bool = False


class Join(Word):
    """When a block whose parts run side by side goes on, and what becomes of the parts that are still out.

    `of` is how many must have arrived (all, if None); `once` is a condition looked at after each arrival, that may
    let it go on before. The rest is cancelled, or ignored: it goes on for itself and nobody waits for it.
    """

    of: int | None = Field(default=None, ge=1)
    once: Condition | None = None
    rest: Literal["cancel", "ignore"] = "cancel"


Verb = Literal["agree", "reject", "return", "complete", "abstain", "withdraw"]


class Guard(Word):
    """A milestone: `verb` may be used only while one of these steps is live."""

    verb: Verb
    while_in: tuple[str, ...]


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
    """All branches whose condition is true or absent, side by side; goes on when its join says so (all are done)."""

    word: Literal["parallel"] = "parallel"
    name: str
    branches: tuple[Branch, ...]
    join: Join = Join()
    on: tuple[Handler, ...] = ()


class ForEach(Word):
    """The same step for every element, side by side.

    `over` is the field that lists the elements, or how many there are; inside, the field `each` is the element and
    fields that are written belong to that element alone. `grows_on` is an event that adds one more while the block
    is live; its field `takes` is the new element.
    """

    word: Literal["for_each"] = "for_each"
    name: str
    over: str | int
    each: str
    do: Step
    grows_on: str | None = None
    takes: str | None = None
    join: Join = Join()
    on: tuple[Handler, ...] = ()


class Loop(Word):
    """The step again and again until the condition holds, looked at before or after each turn, `at_most` so often."""

    word: Literal["loop"] = "loop"
    name: str
    do: Step
    until: Condition | None = None
    test: Literal["before", "after"] = "after"
    at_most: int | None = Field(default=None, ge=1)


class Way(Word):
    """One way of a race: what must come first, and what is done then."""

    first: Step
    do: Step


class Race(Word):
    """The first of the ways that comes is taken; the others are cancelled."""

    word: Literal["race"] = "race"
    name: str
    ways: tuple[Way, ...]


class Exclusive(Word):
    """Never two of these at once for the same resource (`of` names the field that tells which), in any case.

    Who comes later waits in the order of coming.
    """

    word: Literal["exclusive"] = "exclusive"
    name: str
    resource: str
    of: str | None = None
    do: Step


# -- leaves ------------------------------------------------------------------------------------------------


Handing = Literal["transfer", "delegate", "add-signers"]
HANDINGS: tuple[Handing, ...] = ("transfer", "delegate", "add-signers")
"""What the holder of an item may do with it beside answering it, unless the step says otherwise."""

Right = Literal["hidden", "read", "write", "required"]
"""What a step lets whoever it asks do with a field: not see it, see it, fill it in, have to fill it in."""


class Approve(Word):
    """Ask people for a decision. Agree goes on; reject runs `on_reject`; return goes to the applicant or to a step.

    `compulsory` (法定) says that nobody skips the step alone: a jump over it needs a second person. `singly` says that each
    case is looked at by itself: nobody answers it in one go with others (批量).

    `passes` is the share of the seats (mode ratio) or of their weight (weight) that must agree, at least; `weights` are
    (user, department or role, weight), 1 where nothing is said. `collects` hears everybody even when the result is
    certain before. With mode any the `first` answer decides, or the first that agrees. `abstains` offers an abstention
    that counts as a seat, or is excluded from them. `rights` are (field, right): what the step lets people do with a
    field of the case or of its form (hidden, read, write, required), as the form says where nothing is said.

    `dedup` (去重) skips a seat whose one holder has agreed right before (consecutive), or at all in this round, while
    nothing was written since: never after a return, and never where the step is compulsory or wants a signature.

    `signature` (签批) wants whoever agrees, rejects or abstains to sign with their own user name, and takes a picture of
    the stroke with it: one by one, never by a rule, a proxy with the proxy's own name.
    """

    word: Literal["approve"] = "approve"
    name: str
    by: Who
    mode: Mode = Mode.ONE
    within: Term | None = None
    overdue: tuple[Rung, ...] = ()
    on_return: ToApplicant | None = None
    on_reject: Step
    reasons: tuple[str, ...] = ()
    form: str | None = None
    signature: bool = False
    nobody: Nobody = OFFICE
    own_case: OwnCase = "forbid"
    recused: tuple[Related, ...] = ()
    returns: Returns | None = None
    compulsory: bool = False
    singly: bool = False
    passes: str | None = None
    weights: tuple[tuple[str, int], ...] = ()
    collects: bool = False
    first: Literal["decides", "agrees"] = "decides"
    abstains: Literal["no", "counts", "excluded"] = "no"
    dedup: Literal["off", "consecutive", "round"] = "off"
    allows: tuple[Handing, ...] = HANDINGS
    rights: tuple[tuple[str, Right], ...] = ()


class Vote(Word):
    """票决: each seat votes once; closed when the result is certain or the time is over.

    `quorum` is the share of the seats that must vote, `passes` the share of the votes cast that must be exceeded
    ("2/3", "1/2"), or with `of_all` of all votes there are. `tie` and `no_quorum` go the way of `fails` unless they have
    their own; with a `chair` a tie is decided by the chair's casting vote first. `weights` are as in an approval.
    `changes` lets a vote be changed until the vote is closed. `rights` say which fields are hidden from those who vote.

    A `secret` vote (无记名) keeps who has voted, and what was voted, apart: the ballots are opened when everybody has voted
    or the time is over. With fewer than five voters, or ballots, it goes the way of `no_quorum`.

    `proxies` says whether a proxy of the roster (代理) may vote for somebody who is absent. They may, unless it says no: a
    member of a joint meeting is a unit, and whoever stands in for its representative gives its vote; but a council or a
    panel is asked for the votes of its own people. Without proxies an absent vote is just not cast: base and quorum stay as
    they are. A successor (离职转交) has the seat itself and votes in either case; a vote is never handed on or delegated.
    """

    word: Literal["vote"] = "vote"
    name: str
    by: Who
    quorum: str
    passes: str
    within: Term | None = None
    overdue: tuple[Rung, ...] = ()
    fails: Step
    tie: Step | None = None
    no_quorum: Step | None = None
    nobody: Nobody = OFFICE
    own_case: OwnCase = "forbid"
    recused: tuple[Related, ...] = ()
    of_all: bool = False
    weights: tuple[tuple[str, int], ...] = ()
    chair: RoleHolders | None = None
    changes: bool = False
    rights: tuple[tuple[str, Right], ...] = ()
    secret: bool = False
    proxies: bool = True


class PublicNotice(Word):
    """公示: stands for so many working days; a handler that pauses stops its clock while its step is live."""

    word: Literal["public_notice"] = "public_notice"
    name: str
    lasts: Days
    on: tuple[Handler, ...] = ()


class Call(Word):
    """A case of another workflow inside this one: a sub-case, withdrawn with its parent.

    `over` names a field that lists keys, one sub-case for each; without it there is one, with this case's key.
    `gives` are (field there, field here) at its start, `takes` are (field here, field there) at its end; the outcome
    is written into the field `outcome`. With `over` each of these fields is a list with one place for each key, in the
    order of the keys; a place is null until its sub-case answers. It waits by `join`, or not at all.
    """

    word: Literal["call"] = "call"
    name: str
    workflow: str
    over: str | None = None
    gives: tuple[tuple[str, str], ...] = ()
    takes: tuple[tuple[str, str], ...] = ()
    outcome: str | None = None
    waits: bool = True
    join: Join = Join()


class CarryOut(Word):
    """Ask people to do something and report it with a form; goes on when every seat has completed. `rights` as in an approval."""

    word: Literal["carry_out"] = "carry_out"
    name: str
    by: Who
    within: Term | None = None
    overdue: tuple[Rung, ...] = ()
    form: str | None = None
    allows: tuple[Handing, ...] = HANDINGS
    nobody: Nobody = OFFICE
    own_case: OwnCase = "decide"
    recused: tuple[Related, ...] = ()
    rights: tuple[tuple[str, Right], ...] = ()


class Wait(Word):
    """Wait for an event with the case's key (or the value of field `key`); `silence` runs after `within`."""

    word: Literal["wait"] = "wait"
    name: str
    event: str
    key: str | None = None
    takes: tuple[str, ...] = ()
    within: Term | None = None
    overdue: tuple[Remind, ...] = ()
    silence: Step | None = None


class SetField(Word):
    """Write a constant into a field."""

    action: Literal["set"] = "set"
    field: str
    value: bool | int | str | None


class SetDay(Word):
    """Write a day into a field: so many months and working days after the day in the field `after`, or after today."""

    action: Literal["set_day"] = "set_day"
    field: str
    after: str | None = None
    months: Number | int = 0
    working_days: Days = 0


class Emit(Word):
    """Emit a domain event; its fields are those of the case with the same name, and these values or numbers."""

    action: Literal["emit"] = "emit"
    event: str
    values: tuple[tuple[str, bool | int | str | Number], ...] = ()


class Lookup(Word):
    """Write into `into` the key of another row of a register with the same value of `by`, or null."""

    action: Literal["lookup"] = "lookup"
    register_name: str
    by: str
    into: str


class Read(Word):
    """Write fields of the row of a register that the case field `key` names into fields of the case.

    `takes` are (field here, field of the row); null where the register has no such row.
    """

    action: Literal["read"] = "read"
    register_name: str
    key: str
    takes: tuple[tuple[str, str], ...]


class Serial(Word):
    """Write into `into` the next number of a series in this year ("2026-001"): in order, without a gap, never twice.

    The `do` stays open until the number is there. A number stays given whatever becomes of the case.
    """

    action: Literal["serial"] = "serial"
    series: str
    into: str
    digits: Number | int = 3


class Erase(Word):
    """Destroy the key of the person the case is about: nothing personal can be read afterwards."""

    action: Literal["erase"] = "erase"


class Forget(Word):
    """Destroy what this case keeps about the person; what other cases keep under the same key stays."""

    action: Literal["forget"] = "forget"


Action = Annotated[
    SetField | SetDay | Emit | Lookup | Read | Serial | EndPlan | MovePlan | Erase | Forget,
    Field(discriminator="action"),
]


class Do(Word):
    """What the system does by itself, recorded as SYSTEM: in the same transaction, up to a serial and then behind it."""

    word: Literal["do"] = "do"
    name: str
    actions: tuple[Action, ...]


class Message(Word):
    """A notice to somebody; the words are the presentation's template of this name. Never blocks."""

    word: Literal["message"] = "message"
    name: str
    to: Who


class End(Word):
    """Ends the case: `state` of approvals.md §1, and the workflow's own name for how it ended."""

    word: Literal["end"] = "end"
    outcome: str
    state: Literal["approved", "rejected", "withdrawn", "completed"] = "completed"


Step = Annotated[
    Sequence
    | Choice
    | Parallel
    | ForEach
    | Loop
    | Race
    | Exclusive
    | Approve
    | CarryOut
    | Vote
    | PublicNotice
    | Call
    | Wait
    | Do
    | Message
    | FollowUp
    | End,
    Field(discriminator="word"),
]


class Revocation(Word):
    """撤销已通过: the workflow that decides on it, as a sub-case, and for how many working days it may be asked for."""

    workflow: str
    within: Days


class JumpPair(Word):
    """A jump that the definition itself allows to whoever holds an item at the step `at`: to the step `to`."""

    at: str
    to: str


class Workflow(Word):
    """A whole definition. `about` names the register noun, `withdrawn_by` the event that a withdrawal of the case is.

    `withdraws` says until when whoever sent it may take it back, `takes_back` until when somebody may take back an
    answer of his own: until the next one has opened it, or has decided.
    """

    name: str
    language: int = LANGUAGE
    starts_on: str
    about: str
    person: bool = False
    withdrawn_by: str | None = None
    withdraws: Literal["never", "before_decision", "before_end"] = "before_end"
    takes_back: Literal["never", "until_opened", "until_decided"] = "until_opened"
    revocation: Revocation | None = None
    jumps: tuple[JumpPair, ...] = ()
    forms: tuple[Form, ...] = ()
    guards: tuple[Guard, ...] = ()
    on: tuple[Handler, ...] = ()
    steps: Step


for _model in (
    ToApplicant,
    Handler,
    Join,
    Sequence,
    Branch,
    Choice,
    Parallel,
    ForEach,
    Loop,
    Way,
    Race,
    Exclusive,
    Approve,
    CarryOut,
    Vote,
    PublicNotice,
    Call,
    Wait,
    Workflow,
):
    _model.model_rebuild()
