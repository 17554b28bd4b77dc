"""A commitment for a base (基地建设承诺): what a town or body promised becomes a task with a date.

Source: domain.md §1 row 28 and §3 W4, follow-up: reminded before its day and on it, escalated when nobody reports, kept
or missed in the end. A commitment falls away with the application that it was made for.
"""

from workflows.language.expressions import equals
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
    interrupts,
    message,
    on_day,
    remind,
    role,
    sequence,
    when,
    workflow,
)

TOWN = role("town_clerk", of="town")

DEFINITION = workflow(
    "base_commitment",
    starts_on="base.committed.v1",
    about="base",
    forms=(
        Form(
            name="base_commitment.v1",
            fields=(
                FormField(name="kept", type="choice", choices=("fulfilled", "missed")),
                FormField(name="progress", type="text"),
            ),
        ),
    ),
    on=(
        interrupts("base.refused.v1", end("lapsed", "withdrawn")),
        interrupts("base.withdrawn.v1", end("lapsed", "withdrawn")),
    ),
    steps=sequence(
        message("noted", to=applicant(through=TOWN)),
        carry_out(
            "keep",
            by=TOWN,
            within=on_day("due_on"),
            overdue=(remind(-10), remind(-3), remind(0), escalate(+5, to=role("office_head"))),
            form="base_commitment.v1",
        ),
        choice(
            "was_kept",
            when(
                equals("kept", "fulfilled"),
                sequence(do("note_kept", emit("base.commitment_fulfilled.v1")), end("fulfilled", "completed")),
            ),
            otherwise=sequence(
                do("note_missed", emit("base.commitment_missed.v1")),
                message("missed", to=role("office_head")),
                end("missed", "completed"),
            ),
        ),
    ),
)
