"""What the operators' monitoring reads at /metrics. No label names a person, a department or a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ROWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class _Pending(Collector):
    """What waits, counted when it is asked for."""

    def __init__(self, pending: Callable[[], Mapping[str, int]]) -> None:
        self._pending = pending

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily("liaison_pending", "Rows that wait, by kind.", labels=["kind"])
        for kind, count in sorted(self._pending().items()):
            family.add_metric([kind], count)
        yield family

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is counted at start, when the database may not answer yet."""
        return []


class Figures:
    """The counters of one process, in a registry of their own."""

    def __init__(self, pending: Callable[[], Mapping[str, int]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Pending(pending))
        self._events = Counter("liaison_events", "Events at the door, by answer.", ["status"], registry=self._registry)
        self._commit = Histogram(
            "liaison_commit_rows", "Rows of each commit of the door.", buckets=_ROWS, registry=self._registry
        )
        self._seconds = Histogram(
            "liaison_http_seconds", "Time to answer, by route and status.", ["route", "status"], registry=self._registry
        )

    def event(self, status: str) -> None:
        """Count an event with its answer."""
        self._events.labels(status).inc()

    def committed(self, rows: int) -> None:
        """Note a commit of the door."""
        self._commit.observe(rows)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Note an answer; `route` is the template, never the address."""
        self._seconds.labels(route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Everything in the exposition format."""
        return generate_latest(self._registry)
