"""How long a case has spent in each step, in working time: from its activations and the moments they were closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Calendar, minutes_between
from domain.working_time import MINUTE
from workflows.machine.case import ActivationState
from workflows.machine.turn import step_path
from workflows.reads import CaseView, HistoryView

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Clock:
    """The calendar that counts working time, and the present moment (aware)."""

    calendar: Calendar
    now: datetime

    @property
    def minutes_per_day(self) -> int:
        """How many minutes a working day has."""
        return self.calendar.index.per_day // MINUTE


def minutes_spent(view: CaseView, history: Sequence[HistoryView], clock: Clock) -> Mapping[str, int]:
    """Working minutes by step path; what ran side by side in one step counts once."""
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for path, since, until in _spans(view, history, clock.now):
        spans[step_path(path)].append((since, until))
    return {path: sum(_minutes(one, clock) for one in _merged(found)) for path, found in spans.items()}


def _spans(view: CaseView, history: Sequence[HistoryView], now: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    closed = _closed(history)
    for one in view.activations:
        until = now if one.state is ActivationState.LIVE else closed.get((one.path, one.round))
        if until is not None:
            yield one.path, one.entered_at, until


def _closed(history: Sequence[HistoryView]) -> Mapping[tuple[str, int], datetime]:
    return {
        (row["path"], row["round"]): entry.at
        for entry in history
        for row in entry.body.get("delta", {}).get("activations", ())
        if row["state"] != ActivationState.LIVE.value
    }


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        else:
            merged.append((since, until))
    return merged


def _minutes(span: Span, clock: Clock) -> int:
    return minutes_between(clock.calendar, *span)
