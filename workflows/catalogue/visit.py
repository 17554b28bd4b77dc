"""A visit that is due (走访联系): so long after the last one that counted, whoever is the officer by then.

Source: domain.md §3 W2 and §2.7, approvals.md §3 items 4-5. Four visits a year, at least every other one face to face;
a phone call is put on record and does not count. The secretary is reminded ten working days before, the visit is red
when its day is over, and ten working days later the office may act as well. The office may excuse a visit. Each visit
that counted plans the next one and starts its record (`visit_record`).
"""

from workflows.language.expressions import all_of, equals, is_true, negate
from workflows.language.words import (
    Form,
    FormField,
    carry_out,
    choice,
    do,
    emit,
    end,
    escalate,
    interrupts,
    loop,
    nothing,
    number,
    on_day,
    remind,
    role,
    sequence,
    set_day,
    set_field,
    when,
    workflow,
)

CYCLE = number("visit.cycle_months", 3)

CANCEL = sequence(do("cancel", emit("visit.cancelled.v1")), end("cancelled", "withdrawn"))

EXCUSE = sequence(
    do("plan_anew", set_day("due_on", months=CYCLE), emit("visit.planned.v1")),
    end("excused"),
)

COUNTS = choice(
    "counts",
    when(
        equals("mode", "face_to_face"),
        do("count_meeting", set_field("counted", value=True), set_field("face_to_face", value=False)),
    ),
    when(
        all_of(equals("mode", "online"), negate(is_true("face_to_face"))),
        do("count_online", set_field("counted", value=True), set_field("face_to_face", value=True)),
    ),
    otherwise=do("count_not", set_field("counted", value=False)),
)

PLAN_NEXT = do("plan_next", set_day("due_on", after="held_on", months=CYCLE), emit("visit.planned.v1"))

VISITING = loop(
    "until_counted",
    do=sequence(
        carry_out(
            "visit",
            by=role("contact_secretary", of="officer"),
            within=on_day("due_on"),
            overdue=(
                remind(-10, says="visit.due.v1"),
                remind(0, says="visit.overdue.v1"),
                escalate(+10, to=role("office_head")),
            ),
            form="visit_held.v1",
        ),
        COUNTS,
        do(
            "note_visit",
            set_day("log_by", after="held_on", working_days=number("visit.log_days", 5)),
            emit("visit.held.v1"),
        ),
        choice("whether_counted", when(is_true("counted"), PLAN_NEXT), otherwise=nothing()),
        name="visiting",
        on=(interrupts("contact.reassigned.v1", nothing(), takes=("officer",)),),
    ),
    until=is_true("counted"),
)

DEFINITION = workflow(
    "visit",
    starts_on="visit.planned.v1",
    about="contact",
    person=True,
    forms=(
        Form(
            name="visit_held.v1",
            fields=(
                FormField(name="held_on", type="date"),
                FormField(name="mode", type="choice", choices=("face_to_face", "online", "phone")),
            ),
        ),
    ),
    on=(
        interrupts("consent.withdrawn.v1", end("consent_withdrawn", "withdrawn")),
        interrupts("member.erased.v1", end("erased", "withdrawn")),
        interrupts("contact.ended.v1", CANCEL),
        interrupts("contact_list.superseded.v1", CANCEL, key="contact_list"),
        interrupts("visit.excused.v1", EXCUSE),
    ),
    steps=sequence(VISITING, end("held")),
)
