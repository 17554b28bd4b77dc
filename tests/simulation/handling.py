"""What people do to an item or a case beside answering it: every operation of the machine, with fields that may fit."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.simulation.people import roster
from workflows.machine.case import JSON
from workflows.machine.comment import SAYS
from workflows.machine.operations import ON_CASES, ON_ITEMS, Asked
from workflows.machine.stimuli import Act
from workflows.policy import role_principal
from workflows.reads import CaseView

ANSWERED_OTHERWISE: Final = frozenset({"agree", "reject", "return", "abstain", "complete", "cast", "withdraw"})
"""What `load.py` does."""
GATED: Final = frozenset({"suspend", "resume"})
ON_AN_ITEM: Final = tuple(sorted(ON_ITEMS.keys() - ANSWERED_OTHERWISE))
ON_A_CASE: Final = tuple(sorted(ON_CASES.keys() - ANSWERED_OTHERWISE - GATED))
HEAD: Final = role_principal("office_head", None)
SPEAKER: Final = "speaker"
"""Whoever says something about cases, and so may put it right."""
MOST_ENTRIES: Final = 12
"""Among the entries of a history that are named as comments: often one that is none."""
USERS: Final = tuple(sorted(one.user for one in roster().appointments))


def handle_something(random: Random, number: int, view: CaseView) -> Act:
    """An operation on an item of the case, open or closed, or on the case itself."""
    on_item = bool(view.items) and random.random() < 0.8
    verb = random.choice(ON_AN_ITEM if on_item else ON_A_CASE)
    item = random.choice(view.items) if on_item else None
    held = [] if item is None else [one.who for one in view.holders.get(item.id, ())]
    holder = random.choice(held) if held and random.random() < 0.9 else HEAD
    asks = (ON_CASES if item is None else ON_ITEMS)[verb].asks
    return Act(
        key=f"act{number}",
        case=view.head.id,
        item=None if item is None else item.id,
        verb=verb,
        actor=SPEAKER if verb in SAYS.values() else _user_of(holder, number),
        principals=frozenset({holder, f"person:{view.head.person}"} if item is None else {holder}),
        seen=None if item is None else item.version,
        opinion="样例",
        department="d1",
        post="post_chen",
        fields={one.name: _value(random, one, view) for one in asks if one.required or random.random() < 0.5},
    )


def _user_of(holder: str, number: int) -> str:
    """Whoever holds it by name acts as themselves."""
    return holder.removeprefix("user:") if holder.startswith("user:") else f"actor-{number}"


def _value(random: Random, asked: Asked, view: CaseView) -> JSON:
    match asked.kind:
        case "user":
            return random.choice(USERS)
        case "users":
            return sorted(random.sample(USERS, random.randint(1, 2)))
        case "step":
            return random.choice(["start", "previous", *sorted({one.path for one in view.items})])
        case "item":
            return random.choice([one.id for one in view.items if one.parent is not None] or ["nothing"])
        case "comment":
            return random.randint(1, MOST_ENTRIES)
        case _:
            return random.choice(asked.choices or ("样例",))
