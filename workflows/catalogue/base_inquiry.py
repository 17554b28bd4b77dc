"""Inquiry into an objection (公示异议核查): somebody objected while a base stood in public notice.

Source: domain.md §3 W4, branches: 5 working days while the clock of the notice stands still; then the proposal is
upheld or withdrawn. Only the place and the body that runs it are looked into, never a person.
"""

from workflows.language.words import (
    Form,
    FormField,
    carry_out,
    do,
    emit,
    end,
    escalate,
    number,
    remind,
    role,
    sequence,
    workflow,
)

DEFINITION = workflow(
    "base_inquiry",
    starts_on="base.inquiry_opened.v1",
    about="base",
    forms=(
        Form(
            name="base_inquiry.v1",
            fields=(
                FormField(name="finding", type="choice", choices=("unfounded", "founded", "taken_back")),
                FormField(name="facts_found", type="text"),
            ),
        ),
    ),
    steps=sequence(
        carry_out(
            "inquire",
            by=role("office_clerk"),
            within=number("base.inquiry_days", 5),
            overdue=(remind(-1), remind(0), escalate(+2, to=role("office_head"))),
            form="base_inquiry.v1",
        ),
        do("settle", emit("base.objection_settled.v1")),
        end("settled"),
    ),
)
