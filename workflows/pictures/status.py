"""One line that says how far a case is in a step: how many have come, which round, how much working time."""

from __future__ import annotations

from workflows.pictures.boxes import BETWEEN
from workflows.pictures.standing import Standing
from workflows.pictures.wording import Wording

_HOUR = 60


def status(path: str, where: Standing, wording: Wording) -> str:
    """The line for the step at `path`; empty where there is nothing to say."""
    parts = (_tally(path, where, wording), _answered(path, where), _round(path, where, wording))
    return BETWEEN.join(part for part in (*parts, _took(path, where, wording)) if part)


def _tally(path: str, where: Standing, wording: Wording) -> str:
    if path not in where.tallies:
        return ""
    agree, against, abstain = where.tallies[path]
    return wording.word("tally", agree=agree, against=against, abstain=abstain)


def _answered(path: str, where: Standing) -> str:
    return "/".join(map(str, where.answered[path])) if path in where.answered else ""


def _round(path: str, where: Standing, wording: Wording) -> str:
    return wording.word("round", n=where.rounds[path]) if path in where.rounds else ""


def _took(path: str, where: Standing, wording: Wording) -> str:
    """Rounded to what an office counts in: days from one day up, else hours, else minutes."""
    minutes = where.minutes.get(path, 0)
    if not minutes:
        return ""
    if minutes >= where.minutes_per_day:
        return wording.word("took days", n=minutes // where.minutes_per_day)
    if minutes >= _HOUR:
        return wording.word("took hours", n=minutes // _HOUR)
    return wording.word("took minutes", n=minutes)
