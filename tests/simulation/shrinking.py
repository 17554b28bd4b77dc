"""A failing seed made small: faults, events and steps are left out one by one while it still fails; then kept.

What is left is written to regressions/*.json with its definitions, so that it lives through the same when the pool of
random workflows has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.simulation.faults import FAULTS
from tests.simulation.plots import STEPS, Plot
from tests.simulation.rigs import RIGS, outcome
from workflows.language.files import canonical_json, from_json

REGRESSIONS: Final = Path(__file__).parent / "regressions"

Fails = Callable[[Plot], list[str]]


def fails_on(rig: str) -> Fails:
    """What a plot violates on a rig."""
    return lambda plot: outcome(RIGS[rig](plot))


def shrink(plot: Plot, fails: Fails) -> Plot:
    """The smallest plot found that still fails, whatever of it is left out."""
    smaller = next((one for one in _smaller(plot) if fails(one)), None)
    while smaller is not None:
        plot = smaller
        smaller = next((one for one in _smaller(plot) if fails(one)), None)
    return plot


def _smaller(plot: Plot) -> Iterator[Plot]:
    """The plot with less: half of its steps, one fault, one event, one step."""
    steps = plot.steps()
    for chunk in (steps[len(steps) // 2 :], steps[: len(steps) // 2]):
        if len(chunk) > 1:
            yield replace(plot, without_steps=plot.without_steps | set(chunk))
    for fault in sorted(FAULTS.keys() - plot.without_faults):
        yield replace(plot, without_faults=plot.without_faults | {fault})
    for event in sorted(set(range(MOST_EVENTS)) - plot.without_events):
        yield replace(plot, without_events=plot.without_events | {event})
    for step in steps:
        yield replace(plot, without_steps=plot.without_steps | {step})


MOST_EVENTS: Final = 20


def keep(rig: str, plot: Plot, broken: list[str]) -> Path:
    """Write a regression; returns its file."""
    REGRESSIONS.mkdir(exist_ok=True)
    path = REGRESSIONS / f"{rig.lower()}_{plot.seed}.json"
    definitions = RIGS[rig](plot).workflows
    told = {
        "rig": rig,
        "seed": plot.seed,
        "broke": broken,
        "steps": plot.steps(),
        "without_events": sorted(plot.without_events),
        "without_faults": sorted(plot.without_faults),
        "workflows": [json.loads(canonical_json(one)) for one in definitions],
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def kept(path: Path) -> tuple[str, Plot]:
    """The rig and the plot of a regression."""
    told = json.loads(path.read_text(encoding="utf-8"))
    plot = Plot(
        seed=told["seed"],
        workflows=tuple(from_json(json.dumps(one)) for one in told["workflows"]),
        without_steps=frozenset(range(1, STEPS + 1)) - frozenset(told["steps"]),
        without_events=frozenset(told["without_events"]),
        without_faults=frozenset(told["without_faults"]),
    )
    return told["rig"], plot
