"""What a decision still has to do, and what it may find missing while it does it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handed:
    """A seat that its holder had handed on (转办): its number, the user who answered it in the end, and their item."""

    seat: int
    user: str
    item: str


@dataclass(frozen=True, slots=True)
class Enter:
    """Still to do: enter the step at `path` under `parent`.

    Where a step that people were asked at is entered again, `kept` are the users whose agreement stands and `handed` the
    seats that are still those of whom they had been handed to.
    """

    path: str
    parent: str | None
    kept: frozenset[str] = frozenset()
    handed: tuple[Handed, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """Still to do: the step at `path` is done; its `parent` goes on."""

    path: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class GoOn:
    """Still to do: the step at `path` goes on without its rest, which runs for itself; its `parent` goes on."""

    path: str
    parent: str | None


class LooksBackError(Exception):
    """The decision needs the closed items of the case, which its slice leaves out."""


class OpensBallotsError(Exception):
    """The decision needs the ballots of the secret vote at `path` in its round, which no slice holds before."""

    def __init__(self, path: str, round_: int) -> None:
        super().__init__(path, round_)
        self.path = path
        self.round = round_


class ReachesFurtherError(Exception):
    """The decision needs what its slice leaves out: what is near the turn `around`, or all of the case (None)."""

    def __init__(self, around: str | None) -> None:
        super().__init__(around)
        self.around = around
