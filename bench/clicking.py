"""A person's click while an import runs: it goes before the import, and waits for one batch of it at most."""

from __future__ import annotations

import subprocess
import time

import httpx2

from bench.events import applications, case_of
from bench.following import click
from bench.house import CLERK, DEPARTMENT, House, house, wait_for, written
from bench.places import BOTH, Open
from bench.reporting import report_latency
from bench.watching import Watch, watch

ROWS = 50_000
PREPARED = 400
FEWEST = 60
SECONDS_BETWEEN = 0.25


def measure(rows: int = ROWS, places: tuple[Open, ...] = BOTH) -> None:
    """One import with clicks on each store."""
    for open_place in places:
        with open_place() as place, house(place) as running, watch(place) as seen:
            _measure(running, seen, rows)


def _measure(running: House, seen: Watch, rows: int) -> None:
    items = _prepared(running, seen)
    file = written(applications("import", rows), running.place.folder / "import.jsonl")
    stored = seen.events()
    with running.client(user=CLERK) as clerk:
        click(clerk, items.pop())
        command = running.start("submit", str(file), "--as", f"department:{DEPARTMENT}", "--json")
        wait_for("the first row", lambda: seen.events() > stored, 60, 0.01)
        during = _clicks(clerk, items, command, seen)
    if len(during) < FEWEST:
        message = f"the import of {rows} rows was over after {len(during)} clicks: {FEWEST} are needed, take more rows"
        raise RuntimeError(message)
    command.communicate()
    how = (
        f"POST /api/work-items/…/agree every {SECONDS_BETWEEN} s while an import of {rows} rows is taken in and worked "
        "off, from before the request to the answer"
    )
    report_latency("click_during_import", during, running.place.name, how, rows=rows)


def _prepared(running: House, seen: Watch) -> list[str]:
    """Items that wait for the clerk before the import begins."""
    events = applications("prepared", PREPARED)
    file = written(events, running.place.folder / "prepared.jsonl")
    running.liaison("submit", str(file), "--as", f"department:{DEPARTMENT}")
    wait_for("the prepared cases", lambda: not seen.waiting(), 60, 0.05)
    found = [seen.item_of(case_of(event["id"])) for event in events]
    return [item for item in found if item is not None]


def _clicks(clerk: httpx2.Client, items: list[str], command: subprocess.Popen[str], seen: Watch) -> list[float]:
    took = []
    while items and (command.poll() is None or seen.waiting()):
        took.append(click(clerk, items.pop()))
        time.sleep(max(0.0, SECONDS_BETWEEN - took[-1]))
    return took
