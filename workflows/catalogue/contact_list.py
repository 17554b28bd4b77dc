"""A list of named contacts (列名联系名单): drafted every January, approved by the minister, in force until the next one.

Source: domain.md §3 W2 and §2.7. The office drafts the list and proposes each pair (contact.proposed, two persons for
each officer unless the office says otherwise); each pair is settled in a case of its own, about that person, and this
case knows persons by their reference only. It sums up at the end of the year, asks for the next list in January, and
closes when that is approved.
"""

from workflows.language.words import (
    Form,
    FormField,
    approve,
    carry_out,
    do,
    emit,
    end,
    escalate,
    for_each,
    message,
    nothing,
    number,
    on_day,
    remind,
    role,
    sequence,
    wait,
    workflow,
)

CLERK = role("office_clerk")
HEAD = role("office_head")
LADDER = (remind(-1), remind(0), escalate(+2, to=HEAD))

PAIRS = for_each(
    "pairs",
    over="members",
    each="member",
    do=wait(
        "settled",
        event="contact.settled.v1",
        key="member",
        within=number("contact.settle_days", 40),
        silence=nothing(),
    ),
)

APPROVAL = approve(
    "approval",
    by=role("minister"),
    within=number("contact.approval_days", 5),
    overdue=(remind(-1), remind(0), escalate(+3, to=role("convenor"))),
    on_reject=sequence(
        do("refuse", emit("contact_list.refused.v1")),
        message("list_refused", to=CLERK),
        end("refused", "rejected"),
    ),
    reasons=("pairs_to_be_changed", "papers_incomplete"),
)

FILING = sequence(
    carry_out(
        "filing", by=CLERK, within=number("contact.filing_days", 2), overdue=LADDER, form="contact_list_number.v1"
    ),
    do("approve", emit("contact_list.approved.v1")),
    name="filed",
)

YEAR_END = sequence(
    carry_out(
        "summary", by=CLERK, within=on_day("until"), overdue=(remind(-20), remind(-5), remind(0), escalate(+2, to=HEAD))
    ),
    do("sum_up", emit("contact_list.summed_up.v1")),
    name="year_end",
)

RENEWAL = sequence(
    carry_out(
        "renewal", by=CLERK, within=number("contact.renewal_days", 20), overdue=LADDER, form="contact_list_renewal.v1"
    ),
    wait(
        "next_list",
        event="contact_list.approved.v1",
        key="next_list",
        within=number("contact.next_list_days", 60),
        silence=nothing(),
    ),
    do("supersede", emit("contact_list.superseded.v1")),
    name="renewed",
)

DEFINITION = workflow(
    "contact_list",
    starts_on="contact_list.drafted.v1",
    about="contact_list",
    forms=(
        Form(name="contact_list_number.v1", fields=(FormField(name="document_number", type="text", longest=100),)),
        Form(name="contact_list_renewal.v1", fields=(FormField(name="next_list", type="text", longest=64),)),
    ),
    steps=sequence(PAIRS, APPROVAL, FILING, YEAR_END, RENEWAL, end("superseded")),
)
