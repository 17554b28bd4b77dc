"""A pair of the list (列名联系结对): an officer's office confirms, the person agrees, and both stand on the approved list.

Source: domain.md §3 W2. A person may decline without any consequence: the office then asks another officer, or none,
and nothing but that it was declined is kept. The pair stands until its list is superseded or the contact ends; when the
officer leaves, another one is found (`contact_reassignment`) and the plan of visits goes on.
"""

from workflows.language.expressions import equals
from workflows.language.words import (
    Form,
    FormField,
    applicant,
    approve,
    call,
    carry_out,
    choice,
    do,
    emit,
    end,
    escalate,
    interrupts,
    loop,
    message,
    nothing,
    number,
    on_day,
    remind,
    role,
    sequence,
    set_day,
    set_field,
    wait,
    when,
    workflow,
)

CLERK = role("office_clerk")
HEAD = role("office_head")
SECRETARY = role("contact_secretary", of="officer")
LADDER = (remind(-1), remind(0), escalate(+2, to=HEAD))

CONFIRMATION = approve(
    "confirmation",
    by=SECRETARY,
    within=number("contact.confirm_days", 5),
    overdue=LADDER,
    on_reject=do("note_refusal", set_field("answer", value="office_declined")),
    reasons=("already_full", "conflict_of_interest", "other_duties"),
)

ANSWER = sequence(
    do("confirm", emit("contact.confirmed.v1")),
    carry_out(
        "answer",
        by=applicant(through=role("centre_clerk")),
        within=number("contact.answer_days", 10),
        overdue=(remind(-3), remind(0), escalate(+5, to=CLERK)),
        form="contact_answer.v1",
    ),
    choice(
        "declined",
        when(equals("answer", "declined"), do("decline", emit("contact.declined.v1"))),
        otherwise=nothing(),
    ),
)

OTHER_OFFICER = sequence(
    carry_out(
        "other_officer",
        by=CLERK,
        within=number("contact.other_officer_days", 5),
        overdue=LADDER,
        form="other_officer.v1",
    ),
    choice(
        "nobody_else",
        when(
            equals("next", "none"),
            sequence(
                do("settle_without", emit("contact.settled.v1", agreed=False)),
                message("not_contacted", to=applicant()),
                end("none"),
            ),
        ),
        otherwise=nothing(),
    ),
)

PAIRING = loop(
    "pairing",
    do=sequence(
        do("ask_anew", set_field("answer", value="open")),
        CONFIRMATION,
        choice("confirmed", when(equals("answer", "office_declined"), nothing()), otherwise=ANSWER),
        choice("agreed", when(equals("answer", "agreed"), nothing()), otherwise=OTHER_OFFICER),
    ),
    until=equals("answer", "agreed"),
)

LISTING = sequence(
    do("settle", emit("contact.settled.v1", agreed=True)),
    wait(
        "listing",
        event="contact_list.approved.v1",
        key="contact_list",
        takes=("document_number", "until"),
        within=number("contact.listing_days", 60),
        silence=end("not_listed"),
    ),
    do(
        "approve",
        set_day("due_on", months=number("visit.cycle_months", 3)),
        set_day("kept_until", after="until", months=number("contact.kept_months", 6)),
        emit("contact.approved.v1"),
        emit("visit.planned.v1", face_to_face=True),
    ),
    message("contact_listed", to=applicant()),
    message("contact_to_keep", to=SECRETARY),
    name="listed",
)

IN_CONTACT = loop(
    "in_contact",
    do=sequence(
        wait(
            "officer_left",
            event="contact.officer_left.v1",
            key="officer",
            within=on_day("kept_until"),
            silence=sequence(do("expire", emit("contact.ended.v1", reason="expired")), end("expired")),
        ),
        call(
            "reassignment",
            workflow="contact_reassignment",
            gives={"contact_list": "contact_list", "officer": "officer"},
            takes={"officer": "officer"},
        ),
    ),
    at_most=20,
)

DEFINITION = workflow(
    "contact_pair",
    starts_on="contact.proposed.v1",
    about="contact",
    person=True,
    forms=(
        Form(
            name="contact_answer.v1",
            fields=(FormField(name="answer", type="choice", choices=("agreed", "declined", "not_reached")),),
        ),
        Form(
            name="other_officer.v1",
            fields=(
                FormField(name="next", type="choice", choices=("other", "none")),
                FormField(name="officer", type="text", required=False, longest=64),
            ),
        ),
    ),
    on=(
        interrupts("consent.withdrawn.v1", end("consent_withdrawn", "withdrawn")),
        interrupts("member.erased.v1", end("erased", "withdrawn")),
        interrupts(
            "member.withdrawn.v1",
            sequence(do("end_with_member", emit("contact.ended.v1", reason="member_left")), end("left", "withdrawn")),
        ),
        interrupts("contact.ended.v1", end("ended")),
        interrupts("contact_list.refused.v1", end("list_refused", "rejected"), key="contact_list"),
        interrupts("contact_list.superseded.v1", end("superseded"), key="contact_list"),
    ),
    steps=sequence(PAIRING, LISTING, IN_CONTACT, end("ended")),
)
