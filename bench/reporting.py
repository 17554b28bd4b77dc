"""Figures as `make bench` prints them: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value: `how` says what was done and from when to when it was timed."""

    figure: str
    value: float
    unit: str
    store: str
    how: str
    more: dict[str, Any] = field(default_factory=dict)


def report(figure: Figure) -> None:
    """Print one line."""
    line = {
        "figure": figure.figure,
        "value": round(figure.value, 2),
        "unit": figure.unit,
        "store": figure.store,
        "how": figure.how,
        **figure.more,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all does not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)
    return ordered[max(0, int(rank) - 1)]


def report_latency(name: str, seconds: Sequence[float], store: str, how: str, **more: Any) -> None:
    """Print p50 and p99 of these durations in milliseconds."""
    shared = {"n": len(seconds), "max": round(max(seconds) * 1000, 2), **more}
    for word, share in (("p50", 0.50), ("p99", 0.99)):
        report(Figure(f"{name}_{word}", percentile(seconds, share) * 1000, "ms", store, how, shared))
