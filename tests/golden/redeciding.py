"""The histories decided once more: what a case answers today, beside what it answered when it was recorded."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Final

from domain.audit import GENESIS, canonical
from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster
from tests.golden.keeping import Golden, History, Taken, Twins
from workflows.language.files import logic_hash
from workflows.machine.case import Slice, WorkItem
from workflows.machine.decide import decide
from workflows.machine.decision import Decision
from workflows.machine.facts import Facts
from workflows.moves.recording import chain
from workflows.testkit import KnownSecret

CALENDAR: Final = Calendar(version="plain")
NUMBERS: Final = Numbers("defaults", {})
SECRET: Final = KnownSecret()

RECORD: Final = ".venv/bin/python -m tests.golden"
"""The one command that records all histories anew, when an answer changed on purpose."""


def facts(roster: Roster, twins: Twins) -> Facts:
    """What the decisions of a file are taken on."""
    return Facts(roster, CALENDAR, NUMBERS, twins, SECRET.fingerprint)


def answers(roster: Roster, history: History) -> Iterator[bytes]:
    """The entries that the machine gives today, as canonical JSON; one that it does not give ends them."""
    live, prev, items = Slice(history.head), GENESIS, dict[str, WorkItem]()
    definition = logic_hash(history.definition)
    for taken in history.taken:
        before = replace(live, head=replace(live.head, gate=taken.gate), past=_closed(items))
        outcome = decide(history.definition, before, taken.stimulus, facts(roster, taken.twins), taken.now)
        if not isinstance(outcome, Decision):
            yield canonical({"no decision": f"{type(outcome).__name__}: {outcome}"})
            return
        row = chain(outcome.entry, definition, prev, SECRET)
        yield canonical(row.body)
        items |= {one.id: one for one in outcome.items}
        live, prev = outcome.after, row.hash


def _closed(items: Mapping[str, WorkItem]) -> tuple[WorkItem, ...]:
    """The closed items, oldest first, as the stores give them."""
    pairs = [((one.closed_at, one.id), one) for one in items.values() if one.closed_at is not None]
    return tuple(one for _, one in sorted(pairs, key=itemgetter(0)))


def changed(golden: Golden) -> Iterator[str]:
    """Where an answer is not the one recorded: in which case, at what, and how it differs."""
    for history in golden.histories:
        for taken, answer in zip(history.taken, answers(golden.roster, history), strict=False):
            if answer != taken.entry:
                yield _difference(history, taken, answer)
                # What follows was decided on another case.
                break


def _difference(history: History, taken: Taken, answer: bytes) -> str:
    was, now = json.loads(taken.entry), json.loads(answer)
    title = f"{history.definition.name}, case {history.head.id}, entry {was['seq']} ({was['what']}):"
    shown = difflib.unified_diff(_shown(was), _shown(now), "recorded", "today", lineterm="", n=2)
    return "\n".join([title, *shown, f"If that is meant: {RECORD}"])


def _shown(entry: object) -> list[str]:
    return json.dumps(entry, ensure_ascii=False, indent=1, sort_keys=True).splitlines()
