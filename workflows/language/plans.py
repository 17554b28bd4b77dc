"""The words of plans: what comes later, once or again and again, when its case may have ended long ago."""

from __future__ import annotations

from typing import Literal

from workflows.language.word import Number, OnDay, Word


class Every(Word):
    """How often: every `n` calendar months or working days.

    `on` keeps it to a day of the month ("15") or of the year ("11-01"; with 3 months also every third one from there).
    """

    n: Number | int
    unit: Literal["months", "working_days"] = "months"
    on: str | None = None


class FollowUp(Word):
    """A plan that outlives the case: emits `event`, or starts a case of the workflow `starts`, when it is due.

    It comes after `months` calendar months, again if it `repeats`, or `every` so often, the first time on the day that
    a field holds (`first`), so many `times`, not after the day in the field `until`. Events of the case's key may end
    it (`ends_on`) or move its next occurrence (`moves_on`): to the day in their field `moves_to`, else one interval on
    from then. The event and the started case get the number of the occurrence.
    """

    word: Literal["follow_up"] = "follow_up"
    name: str
    event: str | None = None
    starts: str | None = None
    months: Number | int | None = None
    repeats: bool = False
    every: Every | None = None
    first: OnDay | None = None
    times: Number | int | None = None
    until: OnDay | None = None
    ends_on: str | None = None
    moves_on: str | None = None
    moves_to: str | None = None


class EndPlan(Word):
    """End what the follow-up `plan` of this case has planned."""

    action: Literal["end_plan"] = "end_plan"
    plan: str


class MovePlan(Word):
    """Move the next occurrence of the follow-up `plan` of this case to the day that a field holds."""

    action: Literal["move_plan"] = "move_plan"
    plan: str
    to: OnDay
