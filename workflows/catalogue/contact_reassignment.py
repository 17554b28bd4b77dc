"""Another officer for a contact (调整联系领导): within ten working days of the officer's leaving; the plan of visits is kept.

Source: domain.md §3 W2. The office chooses, the new officer's office takes over or says no, the person and the new
officer's secretary are told.
"""

from workflows.language.expressions import is_true
from workflows.language.words import (
    Form,
    FormField,
    applicant,
    approve,
    carry_out,
    do,
    emit,
    end,
    escalate,
    interrupts,
    loop,
    message,
    number,
    remind,
    role,
    sequence,
    set_field,
    workflow,
)

HEAD = role("office_head")
SECRETARY = role("contact_secretary", of="officer")

CHOOSING = loop(
    "choosing",
    do=sequence(
        do("begin", set_field("taken_over", value=True)),
        carry_out(
            "choose",
            by=role("office_clerk"),
            within=number("contact.choose_days", 5),
            overdue=(remind(-1), remind(0), escalate(+1, to=HEAD)),
            form="new_officer.v1",
        ),
        approve(
            "take_over",
            by=SECRETARY,
            within=number("contact.take_over_days", 5),
            overdue=(remind(-1), remind(0), escalate(+1, to=HEAD)),
            on_reject=do("not_taken_over", set_field("taken_over", value=False)),
            reasons=("already_full", "conflict_of_interest", "other_duties"),
        ),
    ),
    until=is_true("taken_over"),
)

DEFINITION = workflow(
    "contact_reassignment",
    starts_on="contact.reassignment_due.v1",
    about="contact",
    person=True,
    forms=(Form(name="new_officer.v1", fields=(FormField(name="officer", type="text", longest=64),)),),
    on=(
        interrupts("consent.withdrawn.v1", end("consent_withdrawn", "withdrawn")),
        interrupts("member.erased.v1", end("erased", "withdrawn")),
        interrupts("contact.ended.v1", end("ended")),
    ),
    steps=sequence(
        CHOOSING,
        do("reassign", emit("contact.reassigned.v1")),
        message("officer_changed", to=applicant()),
        message("contact_to_keep", to=SECRETARY),
        end("reassigned"),
    ),
)
