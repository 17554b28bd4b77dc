"""How fast an import is accepted, and how fast its rows become complete work items."""

from __future__ import annotations

import json
import time

from bench.events import applications
from bench.house import DEPARTMENT, House, house, wait_for, written
from bench.places import BOTH, Open
from bench.reporting import Figure, report
from bench.watching import Watch, watch

ROWS = 20_000
PATIENCE = 900


def measure(rows: int = ROWS, places: tuple[Open, ...] = BOTH) -> None:
    """One import on each store."""
    for open_place in places:
        with open_place() as place, house(place) as running, watch(place) as seen:
            _measure(running, seen, rows)


def _measure(running: House, seen: Watch, rows: int) -> None:
    wait_for("the sample is worked off", lambda: not seen.waiting(), PATIENCE, 0.05)
    file = written(applications("import", rows), running.place.folder / "import.jsonl")
    stored, items = seen.events(), seen.items()
    started = time.monotonic()
    command = running.start("submit", str(file), "--as", f"department:{DEPARTMENT}", "--json")
    wait_for("the first row", lambda: seen.events() > stored, 60, 0.002)
    first = time.monotonic()
    counts = json.loads(command.communicate()[0])
    submitted = time.monotonic()
    if counts["accepted"] != rows:
        message = f"{rows} rows were submitted, but the command says {counts}"
        raise RuntimeError(message)
    wait_for("all items", lambda: seen.items() - items >= rows, PATIENCE, 0.02)
    done = time.monotonic()
    _report(running.place.name, rows, submitted - first, done - first, submitted - started)


def _report(store: str, rows: int, accepting: float, working: float, command: float) -> None:
    accepted, completed = rows / accepting, rows / working
    more = {"rows": rows, "seconds": round(accepting, 2), "whole_command_s": round(command, 2)}
    how = (
        "liaison submit FILE of JSON lines, all work done meanwhile: from the first committed row to the command's end"
    )
    report(Figure("accepted_by_submit", accepted, "events/s", store, how, more))
    how = "the same run: from the first committed row to the last work item committed"
    report(Figure("items_completed", completed, "items/s", store, how, {"rows": rows, "seconds": round(working, 2)}))
    how = "items_completed / accepted_by_submit"
    report(Figure("items_to_acceptance", completed / accepted, "ratio", store, how))
