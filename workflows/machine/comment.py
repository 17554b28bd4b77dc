"""评论: what somebody said about a case, and what became of it, read from the entries of the case's history.

An entry is never altered: a correction and a retraction are entries of their own that name the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from workflows.machine.operations import TO_ALL

COMMENT: Final = "comment"
CORRECT: Final = "correct"
RETRACT: Final = "retract"
MENTIONS: Final = "mentions"
"""The field in which a comment mentions people."""
ABOUT_COMMENTS: Final = frozenset({CORRECT, RETRACT})
"""The verbs that name a comment."""
SAYS: Final[Mapping[str, str]] = {f"act:{verb}": verb for verb in (COMMENT, CORRECT, RETRACT)}
"""What an entry about a comment says that it is, and the verb that it was made by."""


@dataclass(frozen=True, slots=True)
class Retraction:
    """Who took a comment back, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, named by the entry `seq` of the history that said it first.

    `visible` says who reads it, in all its versions. `versions` are the entries that hold its words: the first one and
    every correction. `mentioned` are the users that any of them named.
    """

    seq: int
    by: str
    at: datetime
    visible: str
    mentioned: tuple[str, ...]
    versions: tuple[int, ...]
    retracted: Retraction | None = None

    @property
    def stands(self) -> bool:
        """Whether its words may still be read."""
        return self.retracted is None


def comments_in(bodies: Iterable[Mapping[str, Any]]) -> dict[int, Comment]:
    """The comments that these bodies of a case's history tell of, oldest first, by the entry of each.

    Args:
        bodies: in the order of the history; entries about anything else are passed over.
    """
    found: dict[int, Comment] = {}
    for body in bodies:
        verb, delta = SAYS.get(str(body["what"])), body.get("delta", {})
        if verb == COMMENT:
            found[body["seq"]] = _said(body, delta)
        elif verb is not None:
            known = found[delta["comment"]]
            found[known.seq] = _corrected(known, body, delta) if verb == CORRECT else _retracted(known, body)
    return found


def _said(body: Mapping[str, Any], delta: Mapping[str, Any]) -> Comment:
    return Comment(
        seq=body["seq"],
        by=body["actor"],
        at=datetime.fromisoformat(body["at"]),
        visible=delta.get("visible", TO_ALL),
        mentioned=tuple(delta.get("mentioned", ())),
        versions=(body["seq"],),
    )


def _corrected(known: Comment, body: Mapping[str, Any], delta: Mapping[str, Any]) -> Comment:
    mentioned = (*known.mentioned, *delta.get("mentioned", ()))
    return replace(known, versions=(*known.versions, body["seq"]), mentioned=mentioned)


def _retracted(known: Comment, body: Mapping[str, Any]) -> Comment:
    return replace(known, retracted=Retraction(body["actor"], datetime.fromisoformat(body["at"])))
