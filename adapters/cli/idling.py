"""`up --until-idle`: the sample county plays a year in minutes, through the same doors as anybody, on a turned clock."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic_core import to_json

from adapters.cli import sampling
from adapters.cli.api import Api, Line, in_this_process
from adapters.cli.ending import Exit, errors
from adapters.cli.house import House, Turned
from adapters.cli.printing import out, print_text, table_of
from adapters.now import system_now
from adapters.sample.county import sample_events
from adapters.sample.playing import choose, is_due
from adapters.settings import Settings
from adapters.sql.engines import SqliteDatabase
from adapters.sql.migrations import upgrade
from adapters.texts import _
from workflows.language.words import Approve
from workflows.machine.case import State
from workflows.machine.nodes import index, step_path
from workflows.testkit import Clock

YEAR: Final = timedelta(days=365)
SENDING: Final = timedelta(days=300)
"""Over how long the sample events come in."""
MORNING_UTC: Final = 1
"""Nine in the morning in China."""
PAGE: Final = 500
JSON_TYPE: Final = {"Content-Type": "application/json"}
EVENT_TYPE: Final = {"Content-Type": "application/cloudevents+json"}


@dataclass(slots=True)
class Played:
    """What has been done so far."""

    events: int = 0
    acts: int = 0
    refused: int = 0


def until_idle(house: House) -> Exit:
    """Play a year in a database of its own; returns REFUSED when a case is stuck."""
    with tempfile.TemporaryDirectory(prefix="liaison-year-") as folder:
        settings = _settings_in(house.settings, Path(folder))
        clock = Clock((system_now() - YEAR).replace(hour=MORNING_UTC, minute=0, second=0, microsecond=0))
        with house.rooms.store(settings) as units:
            if isinstance(units.database, SqliteDatabase):
                units.database.hold()
            upgrade(units.database.writing)
            sampling.install(units)
        with house.rooms.turned(settings, clock) as turned, in_this_process(turned.running.app) as line:
            year = _Year(settings, line, turned, clock)
            year.play(system_now())
            return year.tell()


def _settings_in(settings: Settings, folder: Path) -> Settings:
    changed = {
        "data_dir": folder,
        "database_url": f"sqlite:///{folder}/liaison.sqlite3",
        "broker_url": None,
        "key": None,
    }
    return settings.model_copy(update=changed)


class _Year:
    def __init__(self, settings: Settings, line: Line, turned: Turned, clock: Clock) -> None:
        self._settings = settings
        self._line = line
        self._turned = turned
        self._clock = clock
        self._operator = Api(line, settings)
        self._held_back: dict[str, datetime] = {}
        self.played = Played()

    # -- the year ------------------------------------------------------------------------------------------

    def play(self, until: datetime) -> None:
        """Let the year pass: events come in, people act, what falls due happens at its moment."""
        coming = _events(self._clock())
        waiting = next(coming, None)
        while self._clock() < until:
            while waiting is not None and waiting[0] <= self._clock():
                self._send(waiting[1])
                waiting = next(coming, None)
            self._work()
            self._turn(min(until, self._next_morning(), *([waiting[0]] if waiting else [])))
        self._work()

    def _next_morning(self) -> datetime:
        tomorrow = self._clock() + timedelta(days=1)
        return tomorrow.replace(hour=MORNING_UTC, minute=0, second=0, microsecond=0)

    def _turn(self, target: datetime) -> None:
        """Turn the clock on, through everything that falls due before."""
        while (due := self._turned.next_due()) is not None and due < target:
            self._clock.turn_to(max(due, self._clock()))
            self._turned.drain()
        self._clock.turn_to(target)

    def _work(self) -> None:
        """Whoever gets round to something does it; what follows is worked off."""
        self._turned.drain()
        for item in self._open_items():
            if is_due(item, self._clock()) and self._held_back.get(item["id"], self._clock()) <= self._clock():
                self._act(str(item["id"]))
        self._turned.drain()

    # -- through the doors ---------------------------------------------------------------------------------

    def _send(self, event: dict[str, Any]) -> None:
        department = str(event["source"]).rpartition(":")[2]
        api = Api(self._line, self._settings, f"department:{department}")
        reply = api.call("POST", "/api/events", content=to_json(event), headers=EVENT_TYPE)
        if reply.status >= 400:  # noqa: PLR2004  # where HTTP's refusals begin
            self.played.refused += 1
            errors.print(f"{event['id']}: {reply.body}", markup=False)
        else:
            self.played.events += 1

    def _open_items(self) -> Iterator[dict[str, Any]]:
        """The most urgent open item of every case that is under way."""
        cursor: str | None = None
        while True:
            page = self._operator.get("/api/cases", limit=PAGE, cursor=cursor).body
            for case in page["cases"]:
                if case["item"] is not None and case["item"]["state"] == "open":
                    yield case["item"]
            cursor = page["cursor"]
            if cursor is None:
                return

    def _act(self, item_id: str) -> None:
        item = self._operator.get(f"/api/work-items/{item_id}").body
        office = self._turned.running.office
        day = office.identity.today()
        choice = choose(item, office.identity.roster(), day, self._reasons(item))
        if choice is None:
            self._held_back[item_id] = self._clock() + timedelta(days=30)
            return
        headers = JSON_TYPE | {"Idempotency-Key": f"{item_id}-{item['version']}-{choice.verb}"}
        api = Api(self._line, self._settings, choice.user)
        path = f"/api/work-items/{item_id}/{choice.verb}"
        reply = api.call("POST", path, content=to_json(dict(choice.body)), headers=headers)
        if reply.status < 400:  # noqa: PLR2004  # where HTTP's refusals begin
            self.played.acts += 1
            self._turned.drain()
        else:
            self.played.refused += 1
            errors.print(f"{item['step']} {choice.verb}: {reply.body}", markup=False)
            self._held_back[item_id] = self._clock() + timedelta(days=2)

    def _reasons(self, item: dict[str, Any]) -> tuple[str, ...]:
        """The closed list that the page would offer for a refusal."""
        _hash, definition = self._turned.running.office.engine.library.named(str(item["workflow"]))
        node = index(definition).get(step_path(str(item["path"])))
        return node.step.reasons if node is not None and isinstance(node.step, Approve) else ()

    # -- what came of it -----------------------------------------------------------------------------------

    def tell(self) -> Exit:
        """Print the cases by workflow and state, and those that are stuck."""
        office = self._turned.running.office
        counts = office.reads.counts(office.identity.operator())
        rows = [(workflow, state, str(count)) for (workflow, state), count in sorted(counts.items())]
        out.width = max(out.width, 100)
        out.print(table_of([_("流程"), _("状态"), _("办件数")], rows))
        print_text(
            _(
                "一年演完：事件 %(events)s 个，办理 %(acts)s 次，未获准 %(refused)s 次，到 %(now)s",
                events=self.played.events,
                acts=self.played.acts,
                refused=self.played.refused,
                now=f"{self._clock().astimezone(UTC):%Y-%m-%d}",
            )
        )
        stuck = [case for case in self._running() if self._is_stuck(case)]
        for case in stuck:
            print_text(_("办件 %(case)s 停住了：%(why)s", case=case, why=self._why(case)))
        return Exit.REFUSED if stuck else Exit.DONE

    def _running(self) -> Iterator[str]:
        cursor: str | None = None
        while True:
            page = self._operator.get("/api/cases", limit=PAGE, cursor=cursor, state=State.RUNNING.value).body
            yield from (str(case["id"]) for case in page["cases"])
            cursor = page["cursor"]
            if cursor is None:
                return

    def _is_stuck(self, case: str) -> bool:
        """Nothing is pending and it has not ended: nobody is asked, nothing awaited, no clock runs."""
        found = self._operator.get(f"/api/cases/{case}").body
        asked = any(item["closed_at"] is None for item in found["items"])
        calls = self._operator.get(f"/api/cases/{case}/explain").body["reasons"]
        waits = any(reason["why"] not in {"under_way", "quarantined"} for reason in calls)
        return found.get("quarantine") is not None or not (asked or found["timers"] or waits)

    def _why(self, case: str) -> str:
        return str(self._operator.get(f"/api/cases/{case}/explain").body["sentence"])


def _events(start: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The sample events, spread over the year in their order."""
    events = sample_events()
    for number, event in enumerate(events):
        yield start + SENDING * number / max(len(events), 1), dict(event)
