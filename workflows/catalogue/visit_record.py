"""The record of a visit (联系记录): written within five working days, the person's to read and to correct, kept three years.

Source: domain.md §3 W2 and §4.1. Topics are codes of a closed list; the note of 300 characters at most is kept under the
person's key. Each issue that was raised is said as an event of its own, from which a request begins. When the time is
over, or the person asks, the note is destroyed.
"""

from workflows.language.expressions import given, is_true
from workflows.language.words import (
    Form,
    FormField,
    applicant,
    carry_out,
    choice,
    do,
    emit,
    end,
    escalate,
    for_each,
    forget,
    interrupts,
    loop,
    message,
    nothing,
    number,
    on_day,
    race,
    remind,
    role,
    sequence,
    set_day,
    set_field,
    wait,
    way,
    when,
    workflow,
)

TOPICS = ("policy", "business", "employment", "public_services", "rights", "learning", "social_service", "other")
NOTE = FormField(name="note", type="text", required=False, personal=True, longest=300)

LOG = carry_out(
    "log",
    by=role("contact_secretary", of="officer"),
    within=on_day("log_by"),
    overdue=(remind(-1), remind(0), escalate(+5, to=role("office_head"))),
    form="visit_log.v1",
)

ISSUES = choice(
    "raised",
    when(
        given("issues"),
        for_each("each_issue", over="issues", each="topic", do=do("raise_issue", emit("visit.issue_raised.v1"))),
    ),
    otherwise=nothing(),
)

KEPT = loop(
    "kept",
    do=race(
        "until_corrected",
        way(
            # The reminder lies behind the end of the record: nobody is ever asked to correct.
            carry_out(
                "correction", by=applicant(), within=on_day("kept_until"), overdue=(remind(+1),), form="visit_note.v1"
            )
        ),
        way(
            wait("erasure", event="visit.erasure_asked.v1", within=on_day("kept_until"), silence=nothing()),
            do("keep_no_longer", set_field("over", value=True)),
        ),
    ),
    until=is_true("over"),
)

DEFINITION = workflow(
    "visit_record",
    starts_on="visit.held.v1",
    about="contact",
    person=True,
    forms=(
        Form(
            name="visit_log.v1",
            fields=(
                FormField(name="topics", type="several", choices=TOPICS),
                FormField(name="issues", type="several", choices=TOPICS, required=False),
                FormField(
                    name="attending", type="several", choices=("officer", "secretary", "office", "town"), required=False
                ),
                NOTE,
            ),
        ),
        Form(name="visit_note.v1", fields=(NOTE,)),
    ),
    on=(
        interrupts("consent.withdrawn.v1", end("consent_withdrawn", "withdrawn")),
        interrupts("member.erased.v1", end("erased", "withdrawn")),
    ),
    steps=sequence(
        LOG,
        do(
            "note_log",
            set_day("kept_until", after="held_on", months=number("visit.retention_months", 36)),
            emit("visit.logged.v1"),
        ),
        ISSUES,
        message("visit_logged", to=applicant()),
        KEPT,
        do("forget_note", forget(), emit("visit.erased.v1")),
        end("erased_in_time"),
    ),
)
