"""One event, one click: how long until the work item is there, and until the click is answered."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx2

from bench.events import application, case_of
from bench.house import CLERK, DEPARTMENT, House, house, wait_for
from bench.places import BOTH, Open
from bench.reporting import report_latency
from bench.watching import Watch, watch

COUNT = 100
SECONDS_BETWEEN = 0.2
WARM_UP = 10
LOOK_SECONDS = 0.001


def measure(count: int = COUNT, places: tuple[Open, ...] = BOTH) -> None:
    """At five a second, on each store."""
    for open_place in places:
        with open_place() as place, house(place) as running, watch(place) as seen:
            wait_for("the sample is worked off", lambda: not seen.waiting(), 60, 0.05)
            _measure(running, seen, count)


def _measure(running: House, seen: Watch, count: int) -> None:
    store = running.place.name
    names = [f"single-{uuid.uuid4().hex[:8]}" for _ in range(count + WARM_UP)]
    with running.client(department=DEPARTMENT) as sender, running.client(user=CLERK) as clerk:
        visible, answered = _follow_all(sender, seen, names)
        how = f"POST /api/events at {1 / SECONDS_BETWEEN:g}/s, from before the request"
        report_latency("event_to_item", visible, store, f"{how} to the item's row read by another connection")
        report_latency("event_to_answer", answered, store, f"{how} to the answer")
        clicks = _click_all(clerk, [seen.item_of(case_of(name)) or "" for name in names])
        how = f"POST /api/work-items/…/agree at {1 / SECONDS_BETWEEN:g}/s, from before the request to the answer"
        report_latency("click_to_answer", clicks, store, how)


def _follow_all(sender: httpx2.Client, seen: Watch, names: list[str]) -> tuple[list[float], list[float]]:
    visible, answered = [], []
    with ThreadPoolExecutor(1) as line:
        begun = time.monotonic()
        for number, name in enumerate(names):
            time.sleep(max(0.0, begun + number * SECONDS_BETWEEN - time.monotonic()))
            one, other = _follow(line, sender, seen, name)
            visible.append(one)
            answered.append(other)
    return visible[WARM_UP:], answered[WARM_UP:]


def _follow(line: ThreadPoolExecutor, sender: httpx2.Client, seen: Watch, name: str) -> tuple[float, float]:
    started = time.monotonic()
    answer = line.submit(_sent, sender, name)
    wait_for("the item", lambda: seen.item_of(case_of(name)), 30, LOOK_SECONDS)
    return time.monotonic() - started, answer.result() - started


def _sent(sender: httpx2.Client, name: str) -> float:
    headers = {"Content-Type": "application/cloudevents+json"}
    sender.post("/api/events", json=application(name), headers=headers).raise_for_status()
    return time.monotonic()


def _click_all(clerk: httpx2.Client, items: list[str]) -> list[float]:
    took = []
    for item in items:
        took.append(click(clerk, item))
        time.sleep(max(0.0, SECONDS_BETWEEN - took[-1]))
    return took[WARM_UP:]


def click(clerk: httpx2.Client, item: str) -> float:
    """Agree on an item; the seconds until the answer."""
    started = time.monotonic()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    clerk.post(f"/api/work-items/{item}/agree", json={}, headers=headers).raise_for_status()
    return time.monotonic() - started
