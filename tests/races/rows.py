"""The races of the published suite, as data: the workflow, how a case comes to the start, and who presses what at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.approval import Mode
from domain.roster import Roster
from workflows.language.words import Step, Workflow, approve, end, returns, role, sequence, vote, workflow
from workflows.machine.case import Slice, WorkItem
from workflows.testkit import staff

MANY = 100
"""How many acts come at once."""
APPLICANT = "person:p1"
NO = end("refused", "rejected")
YES = end("done", "approved")
SEATS = [f"u{number:02}" for number in range(MANY)]


@dataclass(frozen=True, slots=True)
class Press:
    """What somebody wants done; `item` is None for what is done to the case."""

    who: str
    verb: str
    item: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Race:
    """One row.

    Args:
        name: how tests and the page call it.
        what: what comes at once, in words.
        definition: the workflow of its cases.
        start: acts before the race, decided from what is live, one after another.
        line: who presses what when the barrier opens; `MANY` of them.
        once: how often verbs are carried out, those of a set together; all others may lose.
        ends: the outcomes that may be, one of them each round.
    """

    name: str
    what: str
    definition: Workflow
    line: Callable[[Slice], list[Press]]
    ends: frozenset[str]
    once: Mapping[frozenset[str], int]
    start: tuple[Callable[[Slice], Press], ...] = ()


def people() -> Roster:
    """A panel of a hundred, and who stands before and after it."""
    panel: dict[str, Any] = dict.fromkeys(SEATS, "panel")
    return staff(**panel, clerk="clerk", helper="helper", second="second", head="office_head", last="last")


def flow(name: str, *steps: Step, **heading: Any) -> Workflow:
    return workflow(name, starts_on=f"{name}.began.v1", about="trial", person=True, steps=sequence(*steps), **heading)


def only(live: Slice) -> WorkItem:
    [item] = live.items.values()
    return item


def held_by(live: Slice, who: str) -> str:
    """The open item of a user."""
    return next(item for item, held in live.holders.items() if any(one.who == f"user:{who}" for one in held))


def agreed(who: str) -> Callable[[Slice], Press]:
    return lambda live: Press(who, "agree", only(live).id)


def _everybody(live: Slice, verb_of: Callable[[int], str]) -> list[Press]:
    return [Press(who, verb_of(number), held_by(live, who)) for number, who in enumerate(SEATS)]


def _on_one(live: Slice, verbs: tuple[str, str]) -> list[Press]:
    return [Press(who, verbs[number % 2], only(live).id) for number, who in enumerate(SEATS)]


def _in_turn(*presses: Press) -> list[Press]:
    return [presses[number % len(presses)] for number in range(MANY)]


def _added_and_last(live: Slice) -> list[Press]:
    added = held_by(live, "helper")
    mine = held_by(live, "clerk")
    return _in_turn(
        Press("helper", "agree", added),
        Press("clerk", "remove-signer", mine, {"signer": added}),
        Press("clerk", "agree", mine),
    )


def _back_or_open(live: Slice) -> list[Press]:
    after = only(live)
    [answered] = [one.id for one in live.past or () if one.closed_by == "clerk"]
    return _in_turn(Press("clerk", "take-back", answered), Press("second", "open", after.id))


def _away_or_through(live: Slice) -> list[Press]:
    return _in_turn(Press(APPLICANT, "withdraw"), Press("last", "agree", only(live).id))


def _step(name: str, who: str, **more: Any) -> Step:
    return approve(name, by=role(who), on_reject=NO, **more)


RACES = (
    Race(
        "countersign",
        "会签: a hundred seats agree",
        flow("countersign", _step("decide", "panel", mode=Mode.ALL), YES),
        line=lambda live: _everybody(live, lambda _: "agree"),
        once={frozenset({"agree"}): MANY},
        ends=frozenset({"approved"}),
    ),
    Race(
        "countersign_refused",
        "会签: ninety of a hundred seats agree, ten refuse",
        flow("countersign_refused", _step("decide", "panel", mode=Mode.ALL), YES),
        line=lambda live: _everybody(live, lambda number: "agree" if number % 10 else "reject"),
        once={frozenset({"reject"}): 1},
        ends=frozenset({"rejected"}),
    ),
    Race(
        "any",
        "或签: fifty agree, fifty refuse",
        flow("any", _step("decide", "panel", mode=Mode.ANY), YES),
        line=lambda live: _on_one(live, ("agree", "reject")),
        once={frozenset({"agree", "reject"}): 1},
        ends=frozenset({"approved", "rejected"}),
    ),
    Race(
        "vote",
        "票签: sixty of a hundred for it, forty against",
        flow(
            "vote", vote("decide", by=role("panel"), quorum="1/2", passes="1/2", of_all=True, within=5, fails=NO), YES
        ),
        line=lambda live: _everybody(live, lambda number: "agree" if number % 5 < 3 else "reject"),
        once={frozenset({"agree"}): 51},
        ends=frozenset({"approved"}),
    ),
    Race(
        "return_or_agree",
        "退回 against 同意: fifty return, fifty agree",
        flow("return_or_agree", _step("first", "clerk"), _step("second", "panel", returns=returns()), YES),
        start=(agreed("clerk"),),
        line=lambda live: _on_one(live, ("return", "agree")),
        once={frozenset({"agree", "return"}): 1},
        ends=frozenset({"approved", "running"}),
    ),
    Race(
        "remove_or_vote",
        "减签 against the last answer: a signer agrees, who added him removes him and agrees",
        flow("remove_or_vote", _step("decide", "clerk", mode=Mode.ALL), YES),
        start=(lambda live: Press("clerk", "add-signers", only(live).id, {"users": ["helper"], "where": "parallel"}),),
        line=_added_and_last,
        once={frozenset({"agree", "remove-signer"}): 2},
        ends=frozenset({"approved"}),
    ),
    Race(
        "take_back_or_open",
        "取回 against opening: whoever answered takes back, whoever is asked next opens",
        flow("take_back_or_open", _step("first", "clerk"), _step("second", "second"), YES, takes_back="until_opened"),
        start=(agreed("clerk"),),
        line=_back_or_open,
        once={frozenset({"take-back", "open"}): 1},
        ends=frozenset({"running"}),
    ),
    Race(
        "withdraw_or_approve",
        "撤回 against the last 同意",
        flow("withdraw_or_approve", _step("decide", "last"), YES, withdraws="before_end"),
        line=_away_or_through,
        once={frozenset({"withdraw", "agree"}): 1},
        ends=frozenset({"approved", "withdrawn"}),
    ),
)

ONE_ITEM = next(one for one in RACES if one.name == "any")
"""The race that is run through the HTTP door as well."""
