"""The approval job of the comparison in the words of our product: one role approves, a follow-up is planned, done."""

from workflows.language.words import approve, end, follow_up, number, role, sequence, workflow

ROLE = "bench_approver"

DEFINITION = workflow(
    "approval_job",
    starts_on="member.applied.v1",
    about="member",
    person=True,
    steps=sequence(
        approve("approval", by=role(ROLE), within=number("bench.days", 7), on_reject=end("refused", "rejected")),
        follow_up("follow_up", event="member.confirmation_due.v1", months=12),
        end("done", "approved"),
    ),
)
