"""Creation of a base (实践创新基地创建): from a town's or body's application to the plaque, a refusal or a withdrawal.

Source: domain.md §3 W4 and the checklist of §2.5. Everything is about the place. A refusal is told with its reason and
with what to improve, and the place may be applied for again at the next call. Members countersign unless the joint
meeting resolves first; where neither has come 20 working days after the notice, the convenor decides. The place is
visited by two or more of the panel: those whom the office names with its check, else the two who have least to do.
"""

from workflows.language.expressions import equals, given
from workflows.language.words import (
    Form,
    FormField,
    Mode,
    applicant,
    approve,
    beside,
    call,
    carry_out,
    choice,
    chosen,
    departments,
    depending,
    do,
    emit,
    end,
    escalate,
    interrupts,
    loop,
    message,
    nothing,
    number,
    panel,
    public_notice,
    race,
    read,
    remind,
    role,
    seats,
    sequence,
    serial,
    set_field,
    to_applicant,
    vote,
    wait,
    way,
    when,
    workflow,
)

TOWN = role("town_clerk", of="town")
CLERK = role("office_clerk")
HEAD = role("office_head")
CHAIR = role("panel_chair")
PANEL_MEMBER = role("panel_member")
APPLICANT = applicant(through=TOWN)
LADDER = (remind(-1), remind(0), escalate(+2, to=HEAD))
REMINDERS = (remind(-1), remind(0), remind(+5))
REASONS = ("not_in_county", "conditions_not_met", "papers_untrue", "already_a_base")

VISITORS = FormField(name="visitors", type="people", among=PANEL_MEMBER, at_least=2, at_most=4, required=False)
CHECKLIST = (
    FormField(name="met_organisation", type="boolean"),
    FormField(name="met_venue", type="boolean"),
    FormField(name="met_sign", type="boolean"),
    FormField(name="met_rules", type="boolean"),
    FormField(name="met_funds", type="boolean"),
    FormField(name="met_activities", type="boolean"),
    FormField(name="met_ledger", type="boolean"),
    FormField(name="met_results", type="boolean"),
)

REFUSE = sequence(
    carry_out(
        "improvements",
        by=CLERK,
        within=number("base.improvement_days", 5),
        overdue=LADDER,
        form="base_improvements.v1",
    ),
    do("refuse", emit("base.refused.v1")),
    message("refused", to=APPLICANT),
    end("refused", "rejected"),
)

CLOSE_INCOMPLETE = sequence(
    do("refuse_incomplete", emit("base.refused.v1", reason="papers_incomplete")),
    message("closed_incomplete", to=APPLICANT),
    end("incomplete", "rejected"),
)

WINDOW = sequence(
    do("look_at_call", read("base_calls", key="call", takes={"call_status": "status"})),
    choice(
        "in_window",
        when(equals("call_status", "open"), nothing()),
        otherwise=sequence(
            do("refuse_late", emit("base.refused.v1", reason="outside_window")),
            message("too_late", to=APPLICANT),
            end("too_late", "rejected"),
        ),
    ),
    name="window",
)

TOWN_CHECK = approve(
    "town_check",
    by=TOWN,
    within=number("base.precheck_days", 5),
    overdue=LADDER,
    on_return=to_applicant(
        once=True,
        within=number("base.supplement_days", 5),
        silence=CLOSE_INCOMPLETE,
        through=TOWN,
        answered_by="base.supplemented.v1",
        takes=("name", "aliases", "kind", "tags", "organisation", "credit_code", "site"),
    ),
    on_reject=REFUSE,
    reasons=REASONS,
)

OFFICE_CHECK = approve(
    "office_check",
    by=CLERK,
    within=number("base.precheck_days", 5),
    overdue=LADDER,
    form="base_visitors.v1",
    on_reject=REFUSE,
    reasons=REASONS,
)

VISIT = sequence(
    carry_out(
        "site_visit",
        by=depending(
            (given("visitors"), chosen("visitors", among=PANEL_MEMBER, at_least=2, at_most=4)),
            otherwise=seats(2, PANEL_MEMBER, pick="least_loaded"),
        ),
        within=number("base.visit_days", 10),
        overdue=(remind(-1), remind(0), escalate(+2, to=CHAIR)),
        form="base_visit.v1",
        recused=("department",),
    ),
    do("note_visit", emit("base.visited.v1")),
    name="visit",
)

PANEL = sequence(
    do("open_ballot", set_field("deferred", value="no")),
    vote(
        "panel",
        by=panel("base_review"),
        quorum="2/3",
        passes="1/2",
        within=number("base.panel_days", 5),
        overdue=(remind(-2), remind(-1)),
        fails=sequence(
            do("note_failure", set_field("reason", value="voted_down"), emit("base.scored.v1", result="failed")),
            REFUSE,
        ),
        tie=sequence(
            do("note_tie", set_field("deferred", value="tied"), emit("base.scored.v1", result="tied")),
            carry_out("defer", by=CHAIR, within=number("base.defer_days", 2), overdue=LADDER),
        ),
        recused=("department",),
        no_quorum=sequence(
            do("note_no_quorum", set_field("deferred", value="no_quorum"), emit("base.scored.v1", result="no_quorum")),
            message("no_quorum", to=CHAIR),
        ),
    ),
    name="ballot",
)

REVIEW = loop(
    "review",
    do=sequence(
        choice("visit_needed", when(equals("deferred", "no_quorum"), nothing()), otherwise=VISIT),
        PANEL,
    ),
    until=equals("deferred", "no"),
)

OBJECTION = sequence(
    call("inquiry", workflow="base_inquiry", gives={"ground": "ground"}, takes={"finding": "finding"}),
    choice(
        "objection",
        when(
            equals("finding", "founded"),
            sequence(do("note_objection", set_field("reason", value="objection_founded")), REFUSE),
        ),
        otherwise=nothing(),
    ),
)

CONVENOR = sequence(
    message("no_decision", to=HEAD),
    approve(
        "convenor_decision",
        by=role("convenor"),
        within=number("base.convenor_days", 5),
        overdue=REMINDERS,
        on_reject=REFUSE,
        reasons=REASONS,
    ),
)

DECISION = race(
    "decision",
    way(
        approve(
            "countersign",
            by=departments(),
            mode=Mode.ALL,
            within=number("base.countersign_days", 7),
            overdue=REMINDERS,
            on_reject=nothing(),
            reasons=REASONS,
        ),
        choice("countersigned", when(given("reason"), REFUSE), otherwise=nothing()),
    ),
    way(
        wait(
            "resolution",
            event="base.resolved.v1",
            takes=("resolution", "document_number"),
            within=number("base.decision_days", 20),
            silence=nothing(),
        ),
        choice(
            "resolved",
            when(equals("resolution", "approved"), nothing()),
            when(
                equals("resolution", "refused"),
                sequence(do("note_resolution", set_field("reason", value="resolved_against")), REFUSE),
            ),
            otherwise=CONVENOR,
        ),
    ),
)

PLAQUE = sequence(
    do("approve", emit("base.approved.v1")),
    do("number_plaque", serial("base_plaque", into="plaque_number")),
    carry_out("plaque", by=CLERK, within=number("base.plaque_days", 10), overdue=LADDER),
    do("grant", emit("base.plaque_granted.v1", valid_years=number("base.valid_years", 3))),
    message("granted", to=APPLICANT),
    name="plaque_granting",
)

DEFINITION = workflow(
    "base_creation",
    starts_on="base.applied.v1",
    about="base",
    withdrawn_by="base.withdrawn.v1",
    forms=(
        Form(name="base_visitors.v1", fields=(VISITORS,)),
        Form(name="base_visit.v1", fields=CHECKLIST),
        Form(name="base_improvements.v1", fields=(FormField(name="improvements", type="text"),)),
    ),
    on=(interrupts("base.withdrawn.v1", end("withdrawn", "withdrawn")),),
    steps=sequence(
        message("received", to=APPLICANT),
        WINDOW,
        TOWN_CHECK,
        OFFICE_CHECK,
        do("note_precheck", emit("base.prechecked.v1")),
        REVIEW,
        do("note_pass", emit("base.scored.v1", result="passed")),
        do("start_notice", emit("base.notice_started.v1")),
        public_notice(
            "notice",
            lasts=number("base.notice_days", 5),
            on=(beside("base.notice_objected.v1", OBJECTION, takes=("ground",), pauses=True),),
        ),
        DECISION,
        PLAQUE,
        end("granted", "approved"),
    ),
)
