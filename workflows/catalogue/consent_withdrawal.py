"""Withdrawal of consent (撤回同意): at any time, and the data go at once, whatever else is running about the person.

Source: Personal Information Protection Law, art. 15 (as easy as giving it) and 47 (erased when withdrawn).
The workflows that run about the person end by themselves when the same event reaches them.
"""

from workflows.language.words import do, emit, end, erase, sequence, workflow

DEFINITION = workflow(
    "consent_withdrawal",
    starts_on="consent.withdrawn.v1",
    about="member",
    person=True,
    steps=sequence(
        do("erase", emit("member.erased.v1"), erase()),
        end("erased"),
    ),
)
