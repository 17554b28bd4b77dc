"""Synthetic workflows that together use every word of the language, with events that exist only here.

The events are ordinary classes that nobody adds to `domain.events.EVENT_TYPES`: hand them to the test kit's `send`,
and `EVENTS` to `check`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field

from domain.event import PERSONAL, DomainEvent, example
from domain.events import EVENT_TYPES
from domain.fields import Day
from domain.roster import Roster
from workflows.language.expressions import (
    all_of,
    any_of,
    at_least,
    contains,
    equals,
    given,
    is_true,
    negate,
)
from workflows.language.words import (
    Form,
    FormField,
    JumpPair,
    Mode,
    always,
    applicant,
    approve,
    beside,
    call,
    carry_out,
    choice,
    chosen,
    deem,
    department,
    departments,
    depending,
    do,
    either,
    emit,
    end,
    end_plan,
    erase,
    escalate,
    exclusive,
    follow_up,
    for_each,
    forget,
    guard,
    hand_over,
    interrupts,
    join,
    jump,
    lookup,
    loop,
    message,
    move_plan,
    named_in,
    nobody,
    nothing,
    number,
    on_day,
    panel,
    parallel,
    post,
    public_notice,
    race,
    read,
    remind,
    returns,
    revocation,
    role,
    seats,
    sequence,
    serial,
    set_day,
    set_field,
    superiors,
    to_applicant,
    vote,
    wait,
    way,
    when,
    workflow,
    years,
)
from workflows.testkit import staff

SENDERS = frozenset({"office"})


class AboutTrial(DomainEvent):
    KEY: ClassVar[str] = "trial"
    PERSON: ClassVar[str | None] = "trial"

    trial: str


class TrialRequested(AboutTrial):
    TYPE = "trial.requested.v1"
    TITLE = "提出试办申请"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", town="T1", amount=5, topics=["site", "money"], urgent=True, invoice="i1", name="样例")

    town: str
    amount: int
    topics: Annotated[tuple[str, ...], Field(strict=False)]
    urgent: bool = False
    invoice: str
    name: Annotated[str, PERSONAL]


class TrialSupplemented(AboutTrial):
    TYPE = "trial.supplemented.v1"
    TITLE = "补正试办申请"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", name="样例·补")

    name: Annotated[str, PERSONAL]


class TrialPaid(DomainEvent):
    TYPE = "trial.paid.v1"
    KEY = "invoice"
    TITLE = "已付款"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(invoice="i1", receipt="r1")

    invoice: str
    receipt: str


class TrialStopped(AboutTrial):
    TYPE = "trial.stopped.v1"
    TITLE = "停止试办"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1")


class TrialNoted(AboutTrial):
    TYPE = "trial.noted.v1"
    TITLE = "收到试办情况说明"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", note="n1")

    note: str


class TrialHurried(AboutTrial):
    TYPE = "trial.hurried.v1"
    TITLE = "不再实地查看"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1")


class TrialClosed(AboutTrial):
    TYPE = "trial.closed.v1"
    TITLE = "试办结束"
    EXAMPLE = example(trial="t1", result="good", receipt="r1", by="office")

    result: str
    receipt: str
    by: str


class TrialSettled(AboutTrial):
    """Nobody but the engine may say it, and no workflow does."""

    TYPE = "trial.settled.v1"
    TITLE = "试办已了结"
    EXAMPLE = example(trial="t1")


class TrialReviewDue(AboutTrial):
    TYPE = "trial.review_due.v1"
    TITLE = "试办复查到期"
    EXAMPLE = example(trial="t1")


class TrialReviewed(DomainEvent):
    """About a place, not about a person."""

    TYPE = "trial.reviewed.v1"
    KEY = "place"
    TITLE = "完成试办复查"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(place="p1")

    place: str


class TrialGathered(AboutTrial):
    TYPE = "trial.gathered.v1"
    TITLE = "召集试办"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", topics=["site", "money"], room="r1")

    topics: Annotated[tuple[str, ...], Field(strict=False)]
    room: str
    meet_on: Day = date(2026, 3, 31)


class TrialTopicAdded(AboutTrial):
    TYPE = "trial.topic_added.v1"
    TITLE = "增加试办议题"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", added="road")

    added: str


class TrialAgreed(AboutTrial):
    TYPE = "trial.agreed.v1"
    TITLE = "各方同意试办"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1")


class TrialObjected(AboutTrial):
    TYPE = "trial.objected.v1"
    TITLE = "对试办公示提出异议"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", ground="g1")

    ground: str


class TrialInquired(AboutTrial):
    TYPE = "trial.inquired.v1"
    TITLE = "开始核查试办异议"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(trial="t1", ground="g1")

    ground: str


class TrialAsked(DomainEvent):
    """About a matter, not about a person; the sender says who is to be asked."""

    TYPE = "trial.asked.v1"
    KEY = "matter"
    TITLE = "请求试办"
    DEPARTMENTS = SENDERS
    EXAMPLE = example(matter="m1", lead="officer", signers=["one"], amount=5, unit="office")

    matter: str
    lead: str
    signers: Annotated[tuple[str, ...], Field(strict=False)]
    amount: int
    unit: str


EVENTS: Mapping[str, type[DomainEvent]] = {
    **EVENT_TYPES,
    **{
        event.TYPE: event
        for event in (
            TrialRequested,
            TrialSupplemented,
            TrialPaid,
            TrialStopped,
            TrialNoted,
            TrialHurried,
            TrialClosed,
            TrialReviewDue,
            TrialSettled,
            TrialReviewed,
            TrialGathered,
            TrialTopicAdded,
            TrialAgreed,
            TrialObjected,
            TrialInquired,
            TrialAsked,
        )
    },
}

HEAD = role("office_head")
LADDER = (remind(-1), remind(0), escalate(+2, to=role("office_head")))

SITE_VISIT = sequence(
    carry_out(
        "visit",
        by=seats(2, role("panel_member"), pick="least_loaded"),
        within=number("trial.visit_days", 10),
        overdue=LADDER,
        form="visit.v1",
    ),
    name="site",
    on=(interrupts("trial.hurried.v1", message("visit_left_out", to=role("office_head"))),),
)

SYNTHETIC = workflow(
    "synthetic",
    starts_on="trial.requested.v1",
    about="trial",
    person=True,
    withdrawn_by="trial.stopped.v1",
    revocation=revocation("inquiry", within=20),
    jumps=(JumpPair(at="explain", to="decision"),),
    forms=(
        Form(
            name="visit.v1",
            fields=(
                FormField(name="grade", type="choice", choices=("good", "poor")),
                FormField(name="rooms", type="integer"),
                FormField(name="lift", type="boolean", required=False),
                FormField(name="remark", type="text", required=False, personal=True),
            ),
        ),
        Form(name="advice.v1", fields=(FormField(name="advice", type="text", personal=True),)),
    ),
    on=(
        interrupts("trial.stopped.v1", end("stopped", "withdrawn")),
        beside("trial.noted.v1", message("noted", to=role("office_head")), takes=("note",)),
    ),
    steps=sequence(
        message("received", to=applicant()),
        approve(
            "precheck",
            by=role("town_clerk", of="town"),
            within=2,
            overdue=LADDER,
            on_return=to_applicant(
                within=number("trial.supplement_days", 5),
                silence=end("incomplete"),
                through=role("town_clerk", of="town"),
                answered_by="trial.supplemented.v1",
                takes=("name",),
            ),
            on_reject=end("refused", "rejected"),
            reasons=("too_big", "not_here"),
        ),
        do(
            "look",
            set_field("result", value="open"),
            set_day("looked_by", months=1),
            lookup("members", by="fingerprint", into="member"),
            read("members", key="invoice", takes={"member_since": "since"}),
        ),
        parallel(
            "opinions",
            always(
                approve(
                    "members",
                    by=departments(),
                    mode=Mode.ALL,
                    within=number("trial.opinion_days", 5),
                    overdue=LADDER,
                    on_reject=end("objected", "rejected"),
                ),
            ),
            when(
                any_of(contains("topics", "site"), all_of(at_least("amount", 10), negate(is_true("urgent")))),
                SITE_VISIT,
            ),
            when(
                given("invoice"),
                wait(
                    "payment",
                    event="trial.paid.v1",
                    key="invoice",
                    takes=("receipt",),
                    within=number("trial.payment_days", 20),
                    overdue=(remind(-5),),
                    silence=end("unpaid"),
                ),
            ),
        ),
        choice(
            "known",
            when(given("member"), nothing()),
            otherwise=carry_out(
                "explain",
                by=applicant(through=role("town_clerk", of="town")),
                within=5,
                overdue=LADDER,
                form="advice.v1",
            ),
        ),
        approve(
            "decision",
            by=either(role("section_officer"), department("office")),
            mode=Mode.ANY,
            within=3,
            overdue=LADDER,
            on_reject=end("not_granted", "rejected"),
            signature=True,
            returns=returns("precheck", way="jump"),
        ),
        choice(
            "result",
            when(equals("grade", "good"), do("note_good", set_field("result", value="good"))),
            when(equals("grade", "poor"), do("note_poor", set_field("result", value="poor"))),
            otherwise=nothing(),
        ),
        choice(
            "paid",
            when(given("receipt"), nothing()),
            otherwise=do("note_unpaid", set_field("receipt", value="none")),
        ),
        follow_up("review", event="trial.review_due.v1", months=number("trial.review_months", 6), repeats=True),
        do("close", emit("trial.closed.v1", by="office")),
        choice("forget", when(equals("grade", "good"), do("forget_person", forget(), erase())), otherwise=nothing()),
        end("done", "approved"),
    ),
)

INQUIRY = workflow(
    "inquiry",
    starts_on="trial.inquired.v1",
    about="trial",
    person=True,
    forms=(Form(name="inquiry.v1", fields=(FormField(name="founded", type="boolean"),)),),
    steps=sequence(
        carry_out("inquire", by=role("section_officer"), within=2, overdue=LADDER, form="inquiry.v1"),
        choice("found", when(is_true("founded"), end("founded", "rejected")), otherwise=end("unfounded")),
    ),
)

GATHERING = workflow(
    "gathering",
    starts_on="trial.gathered.v1",
    about="trial",
    person=True,
    withdrawn_by="trial.stopped.v1",
    guards=(guard("withdraw", while_in=("each_topic", "draft")),),
    forms=(
        Form(name="advice.v1", fields=(FormField(name="advice", type="choice", choices=("yes", "no")),)),
        Form(name="draft.v1", fields=(FormField(name="ready", type="boolean"),)),
    ),
    on=(interrupts("trial.stopped.v1", end("stopped", "withdrawn")),),
    steps=sequence(
        for_each(
            "each_topic",
            over="topics",
            each="topic",
            do=sequence(
                carry_out("advise", by=role("section_officer"), within=3, overdue=LADDER, form="advice.v1"),
                choice("sided", when(equals("advice", "no"), message("advised_no", to=HEAD)), otherwise=nothing()),
            ),
            grows_on="trial.topic_added.v1",
            takes="added",
            join=join(once=at_least("each_topic.arrived", 2), rest="cancel"),
        ),
        loop(
            "draft",
            do=carry_out("write", by=role("section_officer"), within=3, overdue=LADDER, form="draft.v1"),
            until=is_true("ready"),
            at_most=3,
        ),
        race(
            "agreement",
            way(wait("agreed", event="trial.agreed.v1", within=30, silence=end("forgotten"))),
            way(public_notice("term", lasts=5), message("nobody_agreed", to=HEAD)),
        ),
        exclusive(
            "in_the_room",
            resource="room",
            of="room",
            do=carry_out("meet", by=role("section_officer"), within=on_day("meet_on"), overdue=LADDER),
        ),
        vote(
            "ballot",
            by=seats(3, role("panel_member")),
            quorum="2/3",
            passes="1/2",
            within=5,
            overdue=(remind(-1),),
            fails=end("voted_down", "rejected"),
            tie=approve("casting", by=HEAD, within=2, overdue=(remind(0),), on_reject=end("voted_down", "rejected")),
            no_quorum=end("no_quorum", "rejected"),
        ),
        public_notice(
            "notice",
            lasts=number("trial.notice_days", 5),
            on=(
                beside(
                    "trial.objected.v1",
                    call("inquiry", workflow="inquiry", gives={"ground": "ground"}, outcome="finding"),
                    takes=("ground",),
                    pauses=True,
                ),
            ),
        ),
        choice("upheld", when(equals("finding", "founded"), end("upheld", "rejected")), otherwise=nothing()),
        do("number_it", serial("gathering", into="minutes_no", digits=number("trial.digits", 3))),
        follow_up("look_again", event="trial.review_due.v1", every=years(1, on="11-01"), ends_on="trial.stopped.v1"),
        do("only_once", move_plan("look_again", to=on_day("meet_on")), end_plan("look_again")),
        end("done", "approved"),
    ),
)

ASKING = workflow(
    "asking",
    starts_on="trial.asked.v1",
    about="matter",
    steps=sequence(
        approve(
            "signers",
            by=chosen("signers", among=role("panel_member"), at_least=1, at_most=3),
            mode=Mode.ALL,
            within=3,
            overdue=LADDER,
            nobody=nobody("block"),
            on_reject=end("refused", "rejected"),
        ),
        approve(
            "line",
            by=superiors(3, of="lead", up_to="post_head"),
            mode=Mode.ALL,
            within=3,
            overdue=LADDER,
            nobody=nobody("climb"),
            own_case="superior",
            on_reject=end("refused", "rejected"),
        ),
        approve(
            "unit",
            by=named_in("unit", "department"),
            within=3,
            overdue=LADDER,
            nobody=nobody("ask", post("post_head")),
            recused=("subject",),
            on_reject=end("refused", "rejected"),
        ),
        approve(
            "large",
            by=depending((at_least("amount", 10), post("post_head")), otherwise=role("section_officer")),
            within=3,
            overdue=LADDER,
            nobody=nobody("admin"),
            on_reject=end("refused", "rejected"),
        ),
        vote(
            "board",
            by=panel("board"),
            quorum="2/3",
            passes="1/2",
            within=5,
            overdue=(remind(-1),),
            nobody=nobody("pass"),
            recused=("subject", "department"),
            fails=end("voted_down", "rejected"),
        ),
        end("done", "approved"),
    ),
)
"""Whoever can be asked beside the three workflows above, and what happens where nobody is found."""

PANEL = role("panel_member")
CHOOSING = workflow(
    "choosing",
    starts_on="trial.asked.v1",
    about="matter",
    forms=(
        Form(
            name="reviewers.v1",
            fields=(
                FormField(name="reviewers", type="people", among=PANEL, at_least=1, at_most=2, reapprove=True),
                FormField(name="contact", type="person", required=False),
            ),
        ),
    ),
    steps=sequence(
        approve(
            "choose",
            by=role("section_officer"),
            within=3,
            overdue=LADDER,
            form="reviewers.v1",
            on_reject=end("refused", "rejected"),
        ),
        approve(
            "review",
            by=chosen("reviewers", among=PANEL, at_least=1, at_most=2),
            mode=Mode.ALL,
            within=3,
            overdue=LADDER,
            returns=returns("choose"),
            on_reject=end("refused", "rejected"),
        ),
        choice(
            "with_contact",
            when(given("contact"), carry_out("call", by=named_in("contact", "user"), within=3, overdue=LADDER)),
            otherwise=nothing(),
        ),
        end("done", "approved"),
    ),
)
"""Whoever is asked chooses whom later steps ask."""

LATE = workflow(
    "late",
    starts_on="trial.asked.v1",
    about="matter",
    steps=sequence(
        carry_out("draft", by=role("section_officer"), within=1, overdue=(jump(0, "countersign"),)),
        carry_out(
            "polish",
            by=role("section_officer"),
            within=2,
            overdue=(remind(-1), hand_over(0), hand_over(1, role("office_head"))),
        ),
        approve(
            "countersign",
            by=PANEL,
            mode=Mode.ALL,
            within=3,
            overdue=(remind(-1), deem(0, "agree")),
            on_reject=end("refused", "rejected"),
        ),
        approve(
            "line",
            by=PANEL,
            mode=Mode.SEQUENCE,
            within=1,
            overdue=(deem(0, "agree"),),
            on_reject=end("refused", "rejected"),
        ),
        approve(
            "grant",
            by=role("office_head"),
            within=1,
            overdue=(remind(0), deem(2, "reject")),
            on_reject=end("lapsed", "rejected"),
        ),
        end("done", "approved"),
    ),
)
"""What happens by itself where nobody answers in time."""

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "town": ("town_clerk:T1",),
    "officer": ("section_officer",),
    "head": ("office_head",),
    "one": ("panel_member",),
    "two": ("panel_member",),
    "three": ("panel_member",),
    "liaison": ("liaison",),
}


def people() -> Roster:
    """A roster on which every seat of the synthetic workflow has somebody."""
    return staff(
        town=PEOPLE["town"],
        officer=PEOPLE["officer"],
        head=PEOPLE["head"],
        one=PEOPLE["one"],
        two=PEOPLE["two"],
        three=PEOPLE["three"],
        liaison=PEOPLE["liaison"],
    )


def every_word(*values: object) -> Iterator[BaseModel]:
    """Everything that a definition is made of, from the outside in."""
    for value in values:
        if isinstance(value, BaseModel):
            yield value
            yield from every_word(*(getattr(value, name) for name in type(value).model_fields))
        elif isinstance(value, tuple):
            yield from every_word(*value)
