"""What a case is decided on: an event, a timer that fell due, a signal, or somebody's act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from workflows.machine.attachment import Attachment
from workflows.machine.case import JSON
from workflows.machine.comment import Comment


@dataclass(frozen=True, slots=True)
class EventStimulus:
    """An accepted event, routed to the case: it starts it, or answers a wait or a handler at `path`."""

    no: int
    source: str
    id: str
    type: str
    key: str
    plain: Mapping[str, JSON]
    personal: Mapping[str, JSON]
    starts: bool


@dataclass(frozen=True, slots=True)
class TimerStimulus:
    """A timer that fell due."""

    no: int
    timer: str
    path: str
    round: int
    kind: str
    rung: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants done: `actor` presses, `principals` are what the actor holds at this moment.

    `verb` is one of `machine.operations`, on an item or (`item` None) on the case; `fields` are what the verb itself asks
    for (whom to transfer to, where to return to), `form` what the step does. `key` is the idempotency key, `seen` the
    item version that the actor looked at. `principal` is who it is done for, when not the actor. `batch` names the list
    that the act was given in, where it was one of several. `attachments` are the ids of the files that go with it; `files`
    is what the move has found under these ids, and under that of a file which the act withdraws or signs with; `comments`
    are those of the case, by their entries, where the act is about one, `audience` the principals that the case is shared
    with, where the act mentions somebody.
    """

    key: str
    case: str
    item: str | None
    verb: str
    actor: str
    principals: frozenset[str]
    seen: int | None
    opinion: str = ""
    reason: str | None = None
    form: Mapping[str, JSON] = field(default_factory=dict)
    principal: str | None = None
    department: str | None = None
    post: str | None = None
    fields: Mapping[str, JSON] = field(default_factory=dict)
    batch: str | None = None
    attachments: tuple[str, ...] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)
    comments: Mapping[int, Comment] = field(default_factory=dict)
    audience: frozenset[str] = frozenset()


class Sign(StrEnum):
    """What one case, or the house, lets another case know."""

    CALLED = "called"
    CHILD_ENDED = "child_ended"
    PARENT_ENDED = "parent_ended"
    GRANTED = "granted"
    RESUMED = "resumed"
    ANNOUNCED = "announced"
    RETRACTED = "retracted"
    CALENDAR = "calendar"
    NUMBERED = "numbered"
    ROSTER = "roster"


@dataclass(frozen=True, slots=True)
class Signal:
    """A message from case to case: a case writes only itself, and others get a row in their inbox.

    `path` is the step of the receiving case that it is for ("" for the case itself), `values` hold nothing personal.
    """

    sign: Sign
    path: str
    values: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignalStimulus:
    """A signal that reached the case."""

    no: int
    signal: Signal


Stimulus = EventStimulus | TimerStimulus | SignalStimulus | Act
