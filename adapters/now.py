"""The only place that asks the machine for the time."""

from __future__ import annotations

from datetime import UTC, datetime


def system_now() -> datetime:
    """The time of this machine's clock, aware, in UTC."""
    return datetime.now(UTC)
