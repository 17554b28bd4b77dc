"""打印校验: the code on a print of a case, and what it says later of what was printed.

A code is a keyed digest over the case, its number, the last entry of its history and the template. Only this office can
make one, and the paper alone tells whether it is genuine and whether the case has gone on since (approvals.md §1).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Final

from domain.check_codes import LETTERS, MARK, letters_of, read, written
from workflows.machine.case import Case
from workflows.policy import Viewer, operator_viewer
from workflows.ports import Vault
from workflows.reads import CaseFilter, HistoryView, Reads

MOST_CASES: Final = 200
"""Cases of one number that a code is tried on."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a genuine code says: of which case, as it stood since when, and when it went on (None: it has not).

    `seq` is the entry of the history that was the last one, `mark` what the template was made of.
    """

    head: Case
    seq: int
    at: datetime
    gone_on_at: datetime | None
    mark: str


def code_of(vault: Vault, head: Case, last: HistoryView, revision: str) -> str:
    """The code of a print.

    Args:
        vault: with the key of the office.
        head: the case.
        last: the last entry of its history that was printed.
        revision: of the titles that it is printed with.
    """
    mark = mark_of(head.workflow_hash, revision)
    return written(mark + _proof(vault, head, last, mark))


def mark_of(definition: str, revision: str) -> str:
    """What stands for the template: the version of the definition and the revision of its titles."""
    return letters_of(sha256(f"{definition}\0{revision}".encode()).hexdigest(), MARK)


def check_code(vault: Vault, reads: Reads, county: str, number: str, code: str) -> Checked | None:
    """What a code says of the case with this number (or id), None where it is not from here.

    Whoever holds the paper may know whether it is genuine, also where they may not see the case: so it is looked for
    with the rights of the house, and only `Checked` comes out.
    """
    letters = read(code)
    if letters is None or not number:
        return None
    house = operator_viewer(county)
    found = (_checked(vault, head, reads.history(house, head.id), letters) for head in _cases(reads, house, number))
    return next((one for one in found if one is not None), None)


def _cases(reads: Reads, house: Viewer, number: str) -> Iterable[Case]:
    by_id = reads.case(house, number)
    rows = reads.cases(house, CaseFilter(subject=number), MOST_CASES).rows
    return chain([] if by_id is None else [by_id.head], (row.case for row in rows))


def _checked(vault: Vault, head: Case, history: Sequence[HistoryView], letters: str) -> Checked | None:
    mark, proof = letters[:MARK], letters[MARK:]
    later: HistoryView | None = None
    for entry in reversed(history):
        if hmac.compare_digest(_proof(vault, head, entry, mark), proof):
            return Checked(head, entry.seq, entry.at, None if later is None else later.at, mark)
        later = entry
    return None


def _proof(vault: Vault, head: Case, last: HistoryView, mark: str) -> str:
    return letters_of(vault.mac("print", head.id, head.key, last.seq, last.hash, mark), LETTERS - MARK)
