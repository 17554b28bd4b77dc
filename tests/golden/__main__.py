"""`python -m tests.golden`: record the golden histories anew, because an answer was changed on purpose.

Of many plays of each workflow those few are kept that together show most of what happened in any of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.golden.keeping import HISTORIES, Golden, History, lines
from tests.golden.playing import Play
from tests.golden.redeciding import changed
from tests.workflows_for_tests import ASKING, CHOOSING, GATHERING, INQUIRY, LATE, SYNTHETIC
from workflows.language.words import Workflow
from workflows.library import CATALOGUE

PLAYS: Final = 60
"""So many plays of a workflow are looked at."""

KEPT: Final = 3
"""So many of them are kept at most."""

PLAYED: Final = (SYNTHETIC, GATHERING, ASKING, CHOOSING, LATE, *CATALOGUE)
OTHERS: Final[Mapping[str, Workflow]] = {one.name: one for one in (INQUIRY, *CATALOGUE)}


def main() -> None:
    """Write a file for each workflow, and take away those of workflows that are no more."""
    logging.disable(logging.ERROR)
    HISTORIES.mkdir(exist_ok=True)
    for old in HISTORIES.glob("*.jsonl"):
        old.unlink()
    for definition in PLAYED:
        kept = [*_most_telling([_played(definition, seed) for seed in range(PLAYS)])]
        golden = Golden(kept[0].roster, [history for one in kept for history in one.histories])
        [*unlike] = changed(golden)
        assert not unlike, unlike[0]
        path = HISTORIES / f"{definition.name}.jsonl"
        path.write_bytes(b"\n".join(lines(golden)) + b"\n")
        print(
            f"{path.name}: {len(golden.histories)} cases, {_length(golden)} entries, {path.stat().st_size // 1024} KiB"
        )


def _played(definition: Workflow, seed: int) -> tuple[Golden, frozenset[str]]:
    golden = Play(definition, OTHERS, seed).run()
    return golden, frozenset(one for history in golden.histories for one in _shown(history))


def _most_telling(plays: Sequence[tuple[Golden, frozenset[str]]]) -> Iterator[Golden]:
    seen: frozenset[str] = frozenset()
    for _ in range(KEPT):
        golden, shown = max(plays, key=lambda play: (len(play[1] - seen), -_length(play[0])))
        if shown <= seen:
            return
        seen |= shown
        yield golden


def _length(golden: Golden) -> int:
    return sum(len(history.taken) for history in golden.histories)


def _shown(history: History) -> Iterator[str]:
    """What happened to whom: the kinds of stimuli by place, the steps that were entered, the ends."""
    for taken in history.taken:
        entry: Mapping[str, Any] = json.loads(taken.entry)
        delta = entry["delta"]
        yield f"{history.definition.name} {entry['what']} {entry.get('path')}"
        yield from (f"{history.definition.name} {row['path']} {row['state']}" for row in delta.get("activations", ()))
        yield from (f"{history.definition.name} {row[0]} passed" for row in delta.get("passed", ()))
        yield from (f"{history.definition.name} {item.get('closed_by')}" for item in delta.get("items", ()))
        yield f"{history.definition.name} {delta.get('state')}"


if __name__ == "__main__":
    main()
