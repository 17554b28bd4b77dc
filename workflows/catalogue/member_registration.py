"""Member registration (会员登记): from the application to the register, a refusal, or the applicant's withdrawal.

Source: domain.md §3 W1. Joining the association needs a vote of its council (票决): two thirds take part, more than
half of them agree. A council that says no, or does not come together in time, closes only the association: the
application goes on to the section like any other, so nobody is refused for a reason outside the closed list.
"""

from workflows.language.expressions import equals, given, is_true
from workflows.language.words import (
    Form,
    FormField,
    Mode,
    applicant,
    approve,
    carry_out,
    choice,
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
    remind,
    role,
    sequence,
    set_field,
    to_applicant,
    vote,
    wait,
    when,
    workflow,
)

REASONS = ("outside_county", "not_in_groups", "minor", "duplicate", "no_consent")

RETENTION = follow_up(
    "retention", event="member.retention_ended.v1", months=number("member.closed_retention_months", 12)
)

REFUSE = sequence(
    do("refuse", emit("member.refused.v1")),
    message("refused", to=applicant()),
    RETENTION,
    end("refused", "rejected"),
)

REFUSE_WITHOUT_CONSENT = sequence(
    do("refuse_without_consent", emit("member.refused.v1", reason="no_consent")),
    message("refused", to=applicant()),
    RETENTION,
    end("refused_without_consent", "rejected"),
)

REFUSE_DUPLICATE = sequence(
    do("refuse_duplicate", emit("member.refused.v1", reason="duplicate")),
    message("refused_duplicate", to=applicant()),
    RETENTION,
    end("refused_duplicate", "rejected"),
)

CLOSE_INCOMPLETE = sequence(message("closed_incomplete", to=applicant()), RETENTION, end("incomplete"))

CONSENT = choice(
    "consent",
    when(is_true("consented"), nothing()),
    otherwise=sequence(
        message("consent_asked", to=applicant(through=role("centre_clerk"))),
        wait(
            "consent_given",
            event="consent.given.v1",
            takes=("consent_version",),
            within=number("member.consent_days", 5),
            overdue=(remind(-1),),
            silence=REFUSE_WITHOUT_CONSENT,
        ),
        do("note_consent", set_field("consented", value=True)),
    ),
)

COMPLETENESS = approve(
    "completeness",
    by=role("centre_clerk"),
    within=number("member.completeness_days", 2),
    overdue=(remind(0), escalate(+2, to=role("office_head"))),
    on_return=to_applicant(
        once=True,
        within=number("member.supplement_days", 5),
        silence=CLOSE_INCOMPLETE,
        through=role("centre_clerk"),
        answered_by="member.supplemented.v1",
        takes=(
            "town",
            "name",
            "mobile",
            "groups",
            "main_group",
            "organisation",
            "credit_code",
            "job_title",
            "adult",
        ),
    ),
    on_reject=REFUSE,
    reasons=("outside_county", "minor"),
)

DUPLICATES = sequence(
    do("look_for_duplicates", lookup("members", by="fingerprint", into="twin")),
    choice(
        "duplicate",
        when(
            given("twin"),
            sequence(
                carry_out(
                    "compare",
                    by=role("centre_clerk"),
                    within=number("member.completeness_days", 2),
                    overdue=(remind(0), escalate(+2, to=role("office_head"))),
                    form="duplicate_check.v1",
                ),
                choice("merge", when(equals("same_person", "same"), REFUSE_DUPLICATE), otherwise=nothing()),
            ),
        ),
        otherwise=nothing(),
    ),
    name="duplicates",
)

CATEGORY = approve(
    "category",
    by=either(role("category_verifier", of="main_group"), role("town_clerk", of="town")),
    mode=Mode.ANY,
    within=number("member.category_days", 5),
    overdue=(remind(0), escalate(+3, to=role("office_head"))),
    on_reject=REFUSE,
    reasons=("outside_county", "not_in_groups", "minor"),
)

NOT_ADMITTED = sequence(
    do("note_not_admitted", set_field("council_decision", value="not_admitted")),
    message("not_admitted", to=applicant()),
)

COUNCIL = choice(
    "association",
    when(
        is_true("joins_association"),
        sequence(
            vote(
                "council",
                by=role("council_member"),
                quorum="2/3",
                passes="1/2",
                within=number("member.council_days", 20),
                overdue=(remind(-5), remind(-1)),
                fails=NOT_ADMITTED,
            ),
            choice(
                "council_result",
                when(equals("council_decision", "not_admitted"), nothing()),
                otherwise=sequence(
                    do("note_admitted", set_field("council_decision", value="admitted")),
                    message("admitted", to=applicant()),
                ),
            ),
        ),
    ),
    otherwise=nothing(),
)

APPROVAL = choice(
    "decision",
    when(equals("council_decision", "admitted"), nothing()),
    otherwise=approve(
        "approval",
        by=role("section_officer"),
        within=number("member.approval_days", 3),
        overdue=(remind(0), escalate(+2, to=role("office_head"))),
        on_reject=REFUSE,
        reasons=REASONS,
    ),
)

DEFINITION = workflow(
    "member_registration",
    starts_on="member.applied.v1",
    about="member",
    person=True,
    withdrawn_by="member.withdrawn.v1",
    forms=(
        Form(
            name="duplicate_check.v1",
            fields=(FormField(name="same_person", type="choice", choices=("same", "different")),),
        ),
    ),
    on=(
        interrupts("consent.withdrawn.v1", end("consent_withdrawn", "withdrawn")),
        interrupts("member.withdrawn.v1", sequence(RETENTION, end("withdrawn", "withdrawn"))),
    ),
    steps=sequence(
        message("received", to=applicant()),
        CONSENT,
        COMPLETENESS,
        DUPLICATES,
        CATEGORY,
        do("verify", emit("member.verified.v1")),
        COUNCIL,
        APPROVAL,
        do("register", emit("member.registered.v1")),
        message("registered", to=applicant()),
        follow_up("yearly_confirmation", event="member.confirmation_due.v1", months=number("member.year_months", 12)),
        end("registered", "approved"),
    ),
)
