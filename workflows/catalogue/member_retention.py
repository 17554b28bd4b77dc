"""End of retention (保存期届满): what was kept about a person is erased, and only that this happened remains.

Source: domain.md §4.1 (a member while active and one year more); Personal Information Protection Law, art. 19 and 47.
"""

from workflows.language.words import do, emit, end, erase, sequence, workflow

DEFINITION = workflow(
    "member_retention",
    starts_on="member.retention_ended.v1",
    about="member",
    person=True,
    steps=sequence(
        do("erase", emit("member.erased.v1"), erase()),
        end("erased"),
    ),
)
