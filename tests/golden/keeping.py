"""Golden histories as files: what came to a case and what its history said, one decision a line.

A file holds everything that its decisions were taken on: the office's roster, the definitions, the heads of the cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from domain.audit import canonical
from domain.roster import Roster
from workflows.language.files import canonical_json, from_json
from workflows.language.words import Workflow
from workflows.machine.case import Case
from workflows.machine.stimuli import Act, EventStimulus, SignalStimulus, Stimulus, TimerStimulus

HISTORIES: Final = Path(__file__).parent / "histories"

KINDS: Final[Mapping[str, type[Stimulus]]] = {
    "event": EventStimulus,
    "timer": TimerStimulus,
    "signal": SignalStimulus,
    "act": Act,
}
_READERS: Final = {name: TypeAdapter[Any](kind) for name, kind in KINDS.items()}
_HEAD: Final = TypeAdapter(Case)
_ROSTER: Final = TypeAdapter(Roster)

Twins = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Taken:
    """One decision: what came when, what was looked up, whether the tree stood still, and the entry that it left."""

    now: datetime
    stimulus: Stimulus
    twins: Twins
    gate: str | None
    entry: bytes


@dataclass
class History:
    """A case from its first decision to its last."""

    head: Case
    definition: Workflow
    taken: list[Taken] = field(default_factory=list)


@dataclass
class Golden:
    """Histories of one workflow and of those that it calls, lived in one office."""

    roster: Roster
    histories: list[History]


def lines(golden: Golden) -> Iterator[bytes]:
    """A file's lines."""
    yield _line("roster", _ROSTER.dump_python(golden.roster, mode="json"))
    told: list[Workflow] = []
    for history in golden.histories:
        if history.definition not in told:
            told.append(history.definition)
            yield _line("definition", json.loads(canonical_json(history.definition)))
        head = {"definition": told.index(history.definition), **_HEAD.dump_python(history.head, mode="json")}
        yield _line("case", head)
        yield from map(_decision, history.taken)


def read(path: Path) -> Golden:
    """The histories of a file."""
    golden = Golden(Roster.__new__(Roster), [])
    definitions: list[Workflow] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        [(what, value)] = json.loads(line).items()
        match what:
            case "roster":
                golden.roster = _ROSTER.validate_json(json.dumps(value))
            case "definition":
                definitions.append(from_json(json.dumps(value)))
            case "case":
                definition = definitions[value.pop("definition")]
                golden.histories.append(History(_HEAD.validate_json(json.dumps(value)), definition))
            case _:
                golden.histories[-1].taken.append(_taken(value))
    return golden


def _decision(taken: Taken) -> bytes:
    [kind] = [name for name, one in KINDS.items() if isinstance(taken.stimulus, one)]
    stimulus = _READERS[kind].dump_python(taken.stimulus, mode="json", exclude_defaults=True)
    if isinstance(taken.stimulus, Act):
        stimulus["principals"] = sorted(taken.stimulus.principals)
    twins = [[*asked, *found] for asked, found in sorted(taken.twins.items())]
    told = {"now": taken.now.isoformat(), kind: stimulus, "entry": json.loads(taken.entry)}
    told |= {"twins": twins} if twins else {}
    told |= {"gate": taken.gate} if taken.gate is not None else {}
    return _line("decision", told)


def _taken(told: dict[str, Any]) -> Taken:
    [kind] = told.keys() & KINDS.keys()
    return Taken(
        now=datetime.fromisoformat(told["now"]),
        stimulus=_READERS[kind].validate_json(json.dumps(told[kind])),
        twins={(register, value): tuple(found) for register, value, *found in told.get("twins", ())},
        gate=told.get("gate"),
        entry=canonical(told["entry"]),
    )


def _line(what: str, value: Any) -> bytes:
    return canonical({what: value})
