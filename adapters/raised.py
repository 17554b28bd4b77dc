"""What was made urgent (加急), by department: the same figures for the page and the machine API. Never by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.texts import zh
from workflows.reads import RaisedTally

GROUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "instructed": zh("上级交办"),
        "term": zh("法定时限临近"),
        "safety": zh("涉及安全"),
        "emergency": zh("突发情况"),
        "other": zh("其他"),
        "event": zh("提交时即加急"),
    }
)
"""Why a case was raised, in words."""


@dataclass(frozen=True, slots=True)
class RaisedLine:
    """A department in a month: what it raised itself, what the office raised for it, what came of them, and on which grounds."""

    department: str
    own: int
    by_office: int
    lowered: int
    late: int
    grounds: Mapping[str, int]


def by_department(tallies: Sequence[RaisedTally]) -> list[RaisedLine]:
    """One line for each department, whoever raised most first."""
    lines = [
        _line(code, [one for one in tallies if one.department == code]) for code in {t.department for t in tallies}
    ]
    return sorted(lines, key=lambda one: (-one.own - one.by_office, one.department))


def _line(department: str, tallies: Sequence[RaisedTally]) -> RaisedLine:
    grounds = Counter[str]()
    for one in tallies:
        grounds[one.ground] += one.cases
    return RaisedLine(
        department,
        own=sum(one.cases for one in tallies if not one.by_office),
        by_office=sum(one.cases for one in tallies if one.by_office),
        lowered=sum(one.lowered for one in tallies),
        late=sum(one.late for one in tallies),
        grounds={ground: grounds[ground] for ground in GROUNDS if grounds[ground]},
    )
