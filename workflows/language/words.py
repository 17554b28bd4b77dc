"""The words of a workflow, as its author writes them: a sequence of steps to approve, to carry out, to wait for.

Each makes one frozen piece of the tree (`tree.py`); the classes can be had from here as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from domain.approval import Mode
from workflows.language.asked import (
    applicant,
    chosen,
    department,
    departments,
    depending,
    either,
    named_in,
    nobody,
    panel,
    post,
    role,
    seats,
    superiors,
)
from workflows.language.expressions import Condition
from workflows.language.people import OFFICE
from workflows.language.tree import (
    HANDINGS,
    LANGUAGE,
    MOST_CHOSEN,
    Action,
    Applicant,
    Approve,
    Branch,
    Call,
    CarryOut,
    Choice,
    Chosen,
    Days,
    Deem,
    DepartmentLiaison,
    Depending,
    Depends,
    Do,
    Either,
    Emit,
    End,
    EndPlan,
    Erase,
    Escalate,
    Every,
    Exclusive,
    FollowUp,
    ForEach,
    Forget,
    Form,
    FormField,
    Guard,
    Handing,
    Handler,
    HandOver,
    Join,
    Jump,
    JumpPair,
    Lookup,
    Loop,
    MemberDepartments,
    Message,
    MovePlan,
    NamedIn,
    Nobody,
    Number,
    OnDay,
    OwnCase,
    Panel,
    Parallel,
    PostHolders,
    PublicNotice,
    Race,
    Read,
    Related,
    Remind,
    Returns,
    Revocation,
    Right,
    RoleHolders,
    Rung,
    Seats,
    Sequence,
    Serial,
    SetDay,
    SetField,
    Step,
    Superiors,
    Term,
    ToApplicant,
    Verb,
    Vote,
    Wait,
    Way,
    Who,
    Word,
    Workflow,
)

__all__ = [
    "HANDINGS",
    "LANGUAGE",
    "MOST_CHOSEN",
    "Action",
    "Applicant",
    "Approve",
    "Branch",
    "Call",
    "CarryOut",
    "Choice",
    "Chosen",
    "Days",
    "Deem",
    "DepartmentLiaison",
    "Depending",
    "Depends",
    "Do",
    "Either",
    "Emit",
    "End",
    "EndPlan",
    "Erase",
    "Escalate",
    "Every",
    "Exclusive",
    "FollowUp",
    "ForEach",
    "Forget",
    "Form",
    "FormField",
    "Guard",
    "HandOver",
    "Handing",
    "Handler",
    "Join",
    "Jump",
    "JumpPair",
    "Lookup",
    "Loop",
    "MemberDepartments",
    "Message",
    "Mode",
    "MovePlan",
    "NamedIn",
    "Nobody",
    "Number",
    "OnDay",
    "OwnCase",
    "Panel",
    "Parallel",
    "PostHolders",
    "PublicNotice",
    "Race",
    "Read",
    "Related",
    "Remind",
    "Returns",
    "Revocation",
    "Right",
    "RoleHolders",
    "Rung",
    "Seats",
    "Sequence",
    "Serial",
    "SetDay",
    "SetField",
    "Step",
    "Superiors",
    "Term",
    "ToApplicant",
    "Verb",
    "Vote",
    "Wait",
    "Way",
    "Who",
    "Word",
    "Workflow",
    "always",
    "applicant",
    "approve",
    "beside",
    "call",
    "carry_out",
    "choice",
    "chosen",
    "deem",
    "department",
    "departments",
    "depending",
    "do",
    "either",
    "emit",
    "end",
    "end_plan",
    "erase",
    "escalate",
    "exclusive",
    "follow_up",
    "for_each",
    "forget",
    "guard",
    "hand_over",
    "interrupts",
    "join",
    "jump",
    "lookup",
    "loop",
    "message",
    "months",
    "move_plan",
    "named_in",
    "nobody",
    "nothing",
    "number",
    "on_day",
    "panel",
    "parallel",
    "post",
    "public_notice",
    "quarters",
    "race",
    "read",
    "remind",
    "returns",
    "revocation",
    "role",
    "seats",
    "sequence",
    "serial",
    "set_day",
    "set_field",
    "superiors",
    "to_applicant",
    "vote",
    "wait",
    "way",
    "when",
    "workflow",
    "working_days",
    "years",
]


def number(name: str, default: int) -> Number:
    """The office's number `name`, `default` where the office has not set it."""
    return Number(name=name, default=default)


def on_day(field: str) -> OnDay:
    """The day that the case field `field` holds."""
    return OnDay(field=field)


def remind(at: int, *, says: str | None = None) -> Remind:
    """A reminder `at` working days after the due date, and an event that says so to others."""
    return Remind(at=at, says=says)


def escalate(at: int, to: RoleHolders) -> Escalate:
    """`to` may decide too from `at` working days after the due date on."""
    return Escalate(at=at, to=to)


def hand_over(at: int, to: RoleHolders | None = None) -> HandOver:
    """The item goes to `to`, or to the holder's superior, `at` working days after the due date (negative: before)."""
    return HandOver(at=at, to=to)


def deem(at: int, answer: Literal["agree", "reject"]) -> Deem:
    """Whoever has not answered `at` working days after the due date is deemed to agree, or to reject."""
    return Deem(at=at, answer=answer)


def jump(at: int, to: str) -> Jump:
    """The case goes on at the step `to`, `at` working days after the due date."""
    return Jump(at=at, to=to)


def interrupts(event: str, do: Step, takes: tuple[str, ...] = (), *, key: str | None = None) -> Handler:
    """When `event` comes, the block is cancelled and `do` runs instead."""
    return Handler(event=event, key=key, mode="interrupts", do=do, takes=takes)


def beside(
    event: str, do: Step, takes: tuple[str, ...] = (), *, key: str | None = None, pauses: bool = False
) -> Handler:
    """When `event` comes, `do` runs beside the block, whose clock it may stop."""
    return Handler(event=event, key=key, mode="beside", do=do, takes=takes, pauses=pauses)


def join(of: int | None = None, *, once: Condition | None = None, rest: Literal["cancel", "ignore"] = "cancel") -> Join:
    """Go on when so many have arrived, or once a condition holds; the rest is cancelled or ignored."""
    return Join(of=of, once=once, rest=rest)


def guard(verb: Verb, *, while_in: tuple[str, ...]) -> Guard:
    """A milestone: `verb` only while one of these steps is live."""
    return Guard(verb=verb, while_in=while_in)


def sequence(*steps: Step, name: str | None = None, on: tuple[Handler, ...] = ()) -> Sequence:
    """Steps one after the other."""
    return Sequence(name=name, steps=steps, on=on)


def nothing() -> Sequence:
    """Goes on at once."""
    return Sequence(steps=())


def when(condition: Condition, do: Step) -> Branch:
    """A conditional branch."""
    return Branch(when=condition, do=do)


def always(do: Step) -> Branch:
    """An unconditional branch."""
    return Branch(do=do)


def choice(name: str, *branches: Branch, otherwise: Step) -> Choice:
    """The first branch that holds, else `otherwise`."""
    return Choice(name=name, branches=branches, otherwise=otherwise)


def parallel(name: str, *branches: Branch, join: Join | None = None, on: tuple[Handler, ...] = ()) -> Parallel:
    """Branches side by side."""
    return Parallel(name=name, branches=branches, join=join or Join(), on=on)


def for_each(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    over: str | int,
    each: str,
    do: Step,
    grows_on: str | None = None,
    takes: str | None = None,
    join: Join | None = None,
    on: tuple[Handler, ...] = (),
) -> ForEach:
    """The same step for every element, side by side; `grows_on` adds elements while it runs."""
    return ForEach(name=name, over=over, each=each, do=do, grows_on=grows_on, takes=takes, join=join or Join(), on=on)


def loop(
    name: str,
    *,
    do: Step,
    until: Condition | None = None,
    test: Literal["before", "after"] = "after",
    at_most: int | None = None,
) -> Loop:
    """The step again and again until a condition holds."""
    return Loop(name=name, do=do, until=until, test=test, at_most=at_most)


def way(first: Step, do: Step | None = None) -> Way:
    """One way of a race: what must come first, and what is done then."""
    return Way(first=first, do=do or nothing())


def race(name: str, *ways: Way) -> Race:
    """The first of the ways that comes is taken."""
    return Race(name=name, ways=ways)


def exclusive(name: str, *, resource: str, do: Step, of: str | None = None) -> Exclusive:
    """Never two of these at once for the same resource."""
    return Exclusive(name=name, resource=resource, of=of, do=do)


def vote(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    by: Who,
    quorum: str,
    passes: str,
    fails: Step,
    within: Term | None = None,
    overdue: tuple[Rung, ...] = (),
    tie: Step | None = None,
    no_quorum: Step | None = None,
    nobody: Nobody = OFFICE,
    own_case: OwnCase = "forbid",
    recused: tuple[Related, ...] = (),
    of_all: bool = False,
    weights: Mapping[str, int] | None = None,
    chair: RoleHolders | None = None,
    changes: bool = False,
    rights: Mapping[str, Right] | None = None,
    secret: bool = False,
    proxies: bool = True,
) -> Vote:
    """A vote with quorum and pass share."""
    return Vote(
        name=name,
        by=by,
        quorum=quorum,
        passes=passes,
        fails=fails,
        within=within,
        overdue=overdue,
        tie=tie,
        no_quorum=no_quorum,
        nobody=nobody,
        own_case=own_case,
        recused=recused,
        of_all=of_all,
        weights=tuple(sorted((weights or {}).items())),
        chair=chair,
        changes=changes,
        rights=tuple(sorted((rights or {}).items())),
        secret=secret,
        proxies=proxies,
    )


def public_notice(name: str, *, lasts: Days, on: tuple[Handler, ...] = ()) -> PublicNotice:
    """A public notice of so many working days."""
    return PublicNotice(name=name, lasts=lasts, on=on)


def call(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    workflow: str,
    over: str | None = None,
    gives: Mapping[str, str] | None = None,
    takes: Mapping[str, str] | None = None,
    outcome: str | None = None,
    waits: bool = True,
    join: Join | None = None,
) -> Call:
    """A case of another workflow inside this one."""
    return Call(
        name=name,
        workflow=workflow,
        over=over,
        gives=tuple(sorted((gives or {}).items())),
        takes=tuple(sorted((takes or {}).items())),
        outcome=outcome,
        waits=waits,
        join=join or Join(),
    )


def approve(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    by: Who,
    on_reject: Step,
    mode: Mode = Mode.ONE,
    within: Term | None = None,
    overdue: tuple[Rung, ...] = (),
    on_return: ToApplicant | None = None,
    reasons: tuple[str, ...] = (),
    form: str | None = None,
    signature: bool = False,
    nobody: Nobody = OFFICE,
    own_case: OwnCase = "forbid",
    recused: tuple[Related, ...] = (),
    returns: Returns | None = None,
    compulsory: bool = False,
    singly: bool = False,
    passes: str | None = None,
    weights: Mapping[str, int] | None = None,
    collects: bool = False,
    first: Literal["decides", "agrees"] = "decides",
    abstains: Literal["no", "counts", "excluded"] = "no",
    dedup: Literal["off", "consecutive", "round"] = "off",
    allows: tuple[Handing, ...] = HANDINGS,
    rights: Mapping[str, Right] | None = None,
) -> Approve:
    """Ask people for a decision."""
    return Approve(
        name=name,
        by=by,
        mode=mode,
        within=within,
        overdue=overdue,
        on_return=on_return,
        on_reject=on_reject,
        reasons=reasons,
        form=form,
        signature=signature,
        nobody=nobody,
        own_case=own_case,
        recused=recused,
        returns=returns,
        compulsory=compulsory,
        singly=singly,
        passes=passes,
        weights=tuple(sorted((weights or {}).items())),
        collects=collects,
        first=first,
        abstains=abstains,
        dedup=dedup,
        allows=allows,
        rights=tuple(sorted((rights or {}).items())),
    )


def to_applicant(  # the words of one rule sheet line, all by keyword
    *,
    within: Days,
    silence: Step,
    once: bool = True,
    through: RoleHolders | None = None,
    answered_by: str | None = None,
    takes: tuple[str, ...] = (),
    way: Literal["jump", "step"] = "jump",
) -> ToApplicant:
    """Return to the applicant for a supplement."""
    return ToApplicant(
        once=once, within=within, silence=silence, through=through, answered_by=answered_by, takes=takes, way=way
    )


def returns(
    *to: str, way: Literal["step", "jump", "chosen"] = "step", reopens: Literal["all", "dissenters"] = "all"
) -> Returns:
    """Return to a step that was passed: to any, or to those named ("previous": the one answered last)."""
    return Returns(to=to or ("any",), way=way, reopens=reopens)


def revocation(workflow: str, *, within: Days) -> Revocation:
    """An approval may be revoked within so many working days, if that workflow agrees."""
    return Revocation(workflow=workflow, within=within)


def carry_out(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    by: Who,
    within: Term | None = None,
    overdue: tuple[Rung, ...] = (),
    form: str | None = None,
    nobody: Nobody = OFFICE,
    own_case: OwnCase = "decide",
    recused: tuple[Related, ...] = (),
    allows: tuple[Handing, ...] = HANDINGS,
    rights: Mapping[str, Right] | None = None,
) -> CarryOut:
    """Ask people to do something and report it."""
    return CarryOut(
        name=name,
        by=by,
        within=within,
        overdue=overdue,
        form=form,
        nobody=nobody,
        own_case=own_case,
        recused=recused,
        allows=allows,
        rights=tuple(sorted((rights or {}).items())),
    )


def wait(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    event: str,
    key: str | None = None,
    takes: tuple[str, ...] = (),
    within: Term | None = None,
    overdue: tuple[Remind, ...] = (),
    silence: Step | None = None,
) -> Wait:
    """Wait for an event."""
    return Wait(name=name, event=event, key=key, takes=takes, within=within, overdue=overdue, silence=silence)


def set_field(name: str, *, value: bool | int | str | None) -> SetField:
    """Write a constant into a field."""
    return SetField(field=name, value=value)


def set_day(name: str, *, after: str | None = None, months: Number | int = 0, working_days: Number | int = 0) -> SetDay:
    """Write the day so long after the day in the field `after`, or after today."""
    return SetDay(field=name, after=after, months=months, working_days=working_days)


def emit(event: str, **values: bool | int | str | Number) -> Emit:
    """Emit a domain event with the case's fields and these values."""
    return Emit(event=event, values=tuple(sorted(values.items())))


def lookup(register: str, *, by: str, into: str) -> Lookup:
    """Find another row of a register with the same value."""
    return Lookup(register_name=register, by=by, into=into)


def read(register: str, *, key: str, takes: Mapping[str, str]) -> Read:
    """Read fields of the row that the field `key` names."""
    return Read(register_name=register, key=key, takes=tuple(sorted(takes.items())))


def serial(series: str, *, into: str, digits: Number | int = 3) -> Serial:
    """The next number of a series in this year, gap-free."""
    return Serial(series=series, into=into, digits=digits)


def forget() -> Forget:
    """Destroy what this case keeps about the person."""
    return Forget()


def erase() -> Erase:
    """Destroy the key of the person the case is about."""
    return Erase()


def do(name: str, *actions: Action) -> Do:
    """What the system does by itself."""
    return Do(name=name, actions=actions)


def message(name: str, *, to: Who) -> Message:
    """A notice to somebody."""
    return Message(name=name, to=to)


def follow_up(  # the words of one rule sheet line, all by keyword
    name: str,
    *,
    event: str | None = None,
    starts: str | None = None,
    months: Number | int | None = None,
    repeats: bool = False,
    every: Every | None = None,
    first: OnDay | None = None,
    times: Number | int | None = None,
    until: OnDay | None = None,
    ends_on: str | None = None,
    moves_on: str | None = None,
    moves_to: str | None = None,
) -> FollowUp:
    """A plan that outlives the case."""
    return FollowUp(
        name=name,
        event=event,
        starts=starts,
        months=months,
        repeats=repeats,
        every=every,
        first=first,
        times=times,
        until=until,
        ends_on=ends_on,
        moves_on=moves_on,
        moves_to=moves_to,
    )


def years(n: int = 1, *, on: str | None = None) -> Every:
    """Every so many years, on a day of the year ("11-01")."""
    return Every(n=12 * n, on=on)


def quarters(n: int = 1, *, on: str | None = None) -> Every:
    """Every so many quarters; "01-15" keeps to the 15th of January, April, July and October."""
    return Every(n=3 * n, on=on)


def months(n: Number | int = 1, *, on: str | None = None) -> Every:
    """Every so many months, on a day of the month ("15", the last day where the month is shorter)."""
    return Every(n=n, on=on)


def working_days(n: Number | int) -> Every:
    """Every so many working days."""
    return Every(n=n, unit="working_days")


def end_plan(plan: str) -> EndPlan:
    """End what a follow-up of the case has planned."""
    return EndPlan(plan=plan)


def move_plan(plan: str, *, to: OnDay) -> MovePlan:
    """Move the next occurrence of a follow-up of the case."""
    return MovePlan(plan=plan, to=to)


def end(outcome: str, state: Literal["approved", "rejected", "withdrawn", "completed"] = "completed") -> End:
    """Ends the case."""
    return End(outcome=outcome, state=state)


def workflow(  # the heading of a rule sheet, all by keyword
    name: str,
    *,
    starts_on: str,
    about: str,
    steps: Step,
    person: bool = False,
    withdrawn_by: str | None = None,
    withdraws: Literal["never", "before_decision", "before_end"] = "before_end",
    takes_back: Literal["never", "until_opened", "until_decided"] = "until_opened",
    revocation: Revocation | None = None,
    jumps: tuple[JumpPair, ...] = (),
    forms: tuple[Form, ...] = (),
    guards: tuple[Guard, ...] = (),
    on: tuple[Handler, ...] = (),
) -> Workflow:
    """A whole definition."""
    return Workflow(
        name=name,
        starts_on=starts_on,
        about=about,
        person=person,
        withdrawn_by=withdrawn_by,
        withdraws=withdraws,
        takes_back=takes_back,
        revocation=revocation,
        jumps=jumps,
        forms=forms,
        guards=guards,
        on=on,
        steps=steps,
    )
