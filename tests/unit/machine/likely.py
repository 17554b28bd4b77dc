"""Acts that the machine may well accept where a case stands: random plays draw from them, so that they get everywhere.

Whether an act is accepted is the machine's to say; a verb that a whole run did not see both accepted and refused often
enough fails the run (`thin`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from workflows.machine.case import DECIDED, Case, Holder, ItemState, Link, State, WorkItem
from workflows.machine.comment import Comment
from workflows.machine.operations import BALLOTS, ON_CASES, ON_ITEMS

HEAD: Final = "head"
"""The head of the meeting's office."""
SECOND: Final = "role:convenor:"
VERBS: Final = tuple(verb for verb in (*ON_ITEMS, *ON_CASES) if verb != "detach")
"""All but the one that needs a file: a case on a desk has none."""

OF_ITEMS: Final = 0.8
"""The share of acts on items, where there are any."""
SELDOM: Final = frozenset(
    [
        "remove-signer",
        "unclaim",
        "answer",
        "take-back",
        "cast",
        "revoke",
        "jump",
        "agree",
        "return",
        "add-signers",
        "terminate",
        "withdraw",
        "resume",
        "delegate",
    ]
)
"""What is possible only after something else, and what lets a case go on."""
TELLS: Final = 0.3
"""How often what moves nothing is among what may be done."""
ENDS: Final = 0.4
"""How often the end of a case is among what may be done."""

_ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "approve": ("agree", "reject", "return", "abstain"),
    "vote": ("agree", "reject", "abstain"),
    "carry_out": ("complete",),
    "supplement": ("complete",),
    "advice": ("answer",),
    "confirm": ("agree", "reject"),
}


@dataclass(frozen=True, slots=True)
class Likely:
    """An act: who does what, on which item (None: on the case), with what the verb asks for."""

    verb: str
    who: str
    item: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: its items, the closed ones among them, who holds the open ones, and its steps by their paths.

    `people` finds the users behind a principal, `officers` are all of them. `secret` are the steps that vote in secret,
    `revocable` tells whether an approval may be revoked, `comments` are what was said, also what was taken back.
    """

    head: Case
    items: Sequence[WorkItem]
    holders: Mapping[str, Sequence[Holder]]
    steps: Sequence[str]
    officers: Sequence[str]
    people: Callable[[str], Sequence[str]]
    secret: frozenset[str]
    revocable: bool
    comments: Sequence[Comment] = ()


def likely(standing: Standing, random: Random) -> Likely | None:
    """One of them: first a verb, those more often that are seldom possible, then one act of it; items more than cases."""
    of_items, of_case = list(_on_items(standing, random)), list(_on_case(standing, random))
    found = of_items if of_items and random.random() < OF_ITEMS else of_case
    by_verb: dict[str, list[Likely]] = {}
    for one in found:
        by_verb.setdefault(one.verb, []).append(one)
    verbs = [verb for verb in sorted(by_verb) for _ in range(4 if verb in SELDOM else 1)]
    return random.choice(by_verb[random.choice(verbs)]) if verbs else None


def thin(accepted: Counter[str], refused: Counter[str], least: int) -> dict[str, tuple[int, int]]:
    """The verbs that were accepted or refused less often than `least`."""
    found = {verb: (accepted[verb], refused[verb]) for verb in VERBS}
    return {verb: counts for verb, counts in found.items() if min(counts) < least}


def _on_items(standing: Standing, random: Random) -> Iterable[Likely]:
    if standing.head.gate is not None or standing.head.state is not State.RUNNING:
        return
    for item in sorted(standing.items, key=lambda one: one.id):
        held = standing.holders.get(item.id, ()) if item.closed_at is None else ()
        users = [user for one in held for user in standing.people(one.who)]
        if users:
            yield from _on_open(standing, item, random.choice(users), random)
        elif item.closed_by is not None and item.state in DECIDED and item.superseded is None:
            yield Likely("take-back", item.closed_by, item.id)


def _on_open(standing: Standing, item: WorkItem, user: str, random: Random) -> Iterable[Likely]:
    if item.state is ItemState.OUT:
        yield Likely("take-back", user, item.id)
        return
    for one in sorted(standing.items, key=lambda each: each.id):
        if one.parent == item.id and one.link in _ADDED and one.closed_at is None:
            yield Likely("remove-signer", user, item.id, {"signer": one.id})
    if item.state is not ItemState.OPEN:
        return
    if item.read_at is None:
        yield Likely("open", user, item.id)
    if item.claimed_by is not None:
        yield Likely("unclaim", item.claimed_by, item.id)
        user = item.claimed_by
    yield from _answers(standing, item, SECOND if item.kind == "confirm" else user, random)
    if item.kind in {"approve", "carry_out"}:
        yield from _hands(standing, item, user, random)


def _answers(standing: Standing, item: WorkItem, user: str, random: Random) -> Iterable[Likely]:
    if item.path in standing.secret:
        yield Likely("cast", user, item.id, {"choice": random.choice(BALLOTS)})
    else:
        yield from (Likely(verb, user, item.id) for verb in _ANSWERS[item.kind])
    if item.kind in {"approve", "carry_out", "vote"}:
        yield Likely("recuse", user, item.id)


def _hands(standing: Standing, item: WorkItem, user: str, random: Random) -> Iterable[Likely]:
    to = random.choice(standing.officers)
    yield from (Likely(verb, user, item.id, {"to": to}) for verb in ("transfer", "delegate"))
    users = random.sample(list(standing.officers), random.choice((1, 1, 2)))
    where, mode = random.choice(("before", "after", "parallel")), random.choice(("all", "any", "sequence"))
    yield Likely("add-signers", user, item.id, {"users": users, "where": where, "mode": mode})
    if item.claimed_by is None:
        yield Likely("claim", user, item.id)


_ADDED: Final = frozenset({Link.BEFORE, Link.AFTER, Link.PARALLEL})


def _on_case(standing: Standing, random: Random) -> Iterable[Likely]:
    head, sender = standing.head, f"person:{standing.head.person}"
    if random.random() < TELLS:
        yield Likely("comment", sender)
        yield Likely("copy", sender, None, {"users": [random.choice(standing.officers)]})
    yield from _beside(standing)
    if head.gate is not None:
        yield Likely("resume", HEAD)
        return
    if head.state is State.RUNNING:
        yield Likely("urge", sender)
        yield Likely("suspend", HEAD)
        yield Likely("jump", HEAD, None, {"to": random.choice(_outermost(standing.steps))})
        if random.random() < ENDS:
            yield from (Likely("withdraw", sender), Likely("terminate", HEAD))
        others = [one for one in ("normal", "urgent", "most_urgent") if one != head.urgency.value]
        yield Likely("set-urgency", HEAD, None, {"urgency": random.choice(others)})
        return
    if head.state is State.APPROVED and standing.revocable:
        yield Likely("revoke", sender)
    if head.reopened_as is None:
        yield Likely("reopen", sender)
    if head.state is not State.VOID:
        yield Likely("void", HEAD)


def _beside(standing: Standing) -> Iterable[Likely]:
    """What is done to comments and copies, wherever the case stands."""
    for said in standing.comments:
        yield from (Likely(verb, said.by, None, {"comment": said.seq}) for verb in ("correct", "retract"))
    for one in standing.head.readers:
        yield Likely("uncopy", one.by, None, {"user": one.user})
        if one.read_at is None:
            yield Likely("read", one.user)


def _outermost(steps: Sequence[str]) -> list[str]:
    """Steps that stand in no block below the others are reached from everywhere."""
    depth = min(one.count("/") for one in steps)
    return [one for one in steps if one.count("/") == depth]
