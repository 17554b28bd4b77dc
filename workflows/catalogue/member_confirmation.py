"""Yearly confirmation (年度确认): a member says once a year whether to stay; silence after two reminders is dormancy.

Source: domain.md §3 W1, follow-up. A dormant member may come back until the retention time is over. Whoever left
during the year is not asked again, and is erased at the latest when the question would have come; whoever was erased
already, because consent was withdrawn, ends it at once.
"""

from workflows.language.words import (
    applicant,
    do,
    emit,
    end,
    follow_up,
    interrupts,
    message,
    number,
    remind,
    sequence,
    wait,
    workflow,
)

DORMANT = sequence(
    do("fall_dormant", emit("member.dormant.v1")),
    message("dormant", to=applicant()),
    wait(
        "return",
        event="member.confirmed.v1",
        within=number("member.dormant_days", 250),
        silence=sequence(do("end_retention", emit("member.retention_ended.v1")), end("dormant")),
    ),
)

DEFINITION = workflow(
    "member_confirmation",
    starts_on="member.confirmation_due.v1",
    about="member",
    person=True,
    on=(
        interrupts("consent.withdrawn.v1", end("consent_withdrawn", "withdrawn")),
        interrupts("member.erased.v1", end("erased", "withdrawn")),
        interrupts(
            "member.withdrawn.v1",
            sequence(do("end_retention", emit("member.retention_ended.v1")), end("left", "withdrawn")),
        ),
    ),
    steps=sequence(
        message("confirmation_asked", to=applicant()),
        wait(
            "confirmation",
            event="member.confirmed.v1",
            within=number("member.confirmation_days", 30),
            overdue=(remind(-20), remind(-10)),
            silence=DORMANT,
        ),
        message("confirmed", to=applicant()),
        follow_up("yearly_confirmation", event="member.confirmation_due.v1", months=number("member.year_months", 12)),
        end("confirmed"),
    ),
)
