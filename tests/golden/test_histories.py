"""What cases answered when they were recorded, they answer today: byte for byte, and in whatever order sets are walked."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.golden.keeping import HISTORIES, KINDS, Golden, read
from tests.golden.redeciding import RECORD, answers, changed
from workflows.language.words import Step
from workflows.library import CATALOGUE
from workflows.machine.turn import Turn

ROOT = Path(__file__).parents[2]
FILES = sorted(HISTORIES.glob("*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_was_answered_is_answered_today(path: Path) -> None:
    differences = [*changed(read(path))]

    assert not differences, "\n\n".join(["", *differences])


def test_the_same_histories_give_the_same_bytes_in_whatever_order_sets_are_walked() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-m", "tests.golden.test_histories"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        ).stdout.splitlines()
        for hash_seed in ("1", "2")
    ]

    assert told == [[f"{path.stem} {digest(read(path))}" for path in FILES]] * 2


def test_every_shipped_workflow_has_histories_of_its_own() -> None:
    shipped = {one.name: one for one in CATALOGUE}

    recorded = {path.stem: {one.definition for one in read(path).histories} for path in FILES}

    missing = [name for name, one in shipped.items() if one not in recorded.get(name, set())]
    assert missing == [], f"not recorded as they are shipped; to record them: {RECORD}"


def test_every_word_and_every_kind_of_stimulus_comes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {kind.model_fields["word"].default for kind in get_args(get_args(Step)[0])}
    step, entered = Turn.step, set[str]()
    monkeypatch.setattr(Turn, "step", lambda turn, path: noted(step(turn, path), entered))

    goldens = [read(path) for path in FILES]
    given = [answer for one in goldens for history in one.histories for answer in answers(one.roster, history)]

    assert len(given) == sum(len(history.taken) for one in goldens for history in one.histories)
    assert words - entered == set()
    assert {type(one.stimulus) for golden in goldens for history in golden.histories for one in history.taken} == set(
        KINDS.values()
    )


def test_a_changed_answer_is_shown_with_its_place_and_the_command_that_records_it() -> None:
    golden = read(FILES[0])
    first, *rest = golden.histories
    first.taken[0] = replace(first.taken[0], entry=first.taken[0].entry.replace(b'"SYSTEM"', b'"nobody"'))

    [difference] = changed(Golden(golden.roster, [first, *rest]))

    assert difference.startswith(f"{first.definition.name}, case {first.head.id}, entry 1")
    assert '- "actor": "nobody",' in difference.replace("-  ", "- ")
    assert '+ "actor": "SYSTEM",' in difference.replace("+  ", "+ ")
    assert difference.endswith(RECORD)


def noted(step: Any, entered: set[str]) -> Any:
    entered.add(step.word)
    return step


def digest(golden: Golden) -> str:
    """One number for all answers of a file."""
    given = (answer for history in golden.histories for answer in answers(golden.roster, history))
    return hashlib.sha256(b"\n".join(given)).hexdigest()


if __name__ == "__main__":
    print("\n".join(f"{path.stem} {digest(read(path))}" for path in FILES))
