"""What a viewer may do now to a case and to its items, in words: shared by pages, machine API and command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from adapters.explaining import Saying, closer
from adapters.texts import _, moment
from workflows.machine.case import WorkItem
from workflows.machine.decision import Refused
from workflows.machine.offering import Offered
from workflows.machine.stimuli import Act
from workflows.policy import Viewer
from workflows.reads import CaseView

OPEN: Final = "open"
"""What a page says by itself when a holder looks at an item: no button."""
_GOES_WITHOUT_SAYING: Final = frozenset(
    {"item_closed", "not_answered", "not_claimed", "not_added", "not_suspended", "not_ended", "not_approved"}
)
"""Refusals that only say that there is nothing to undo, or nothing left to do."""
_FORBIDDEN_BY_STATE: Final = 409


def asking(view: CaseView, item: WorkItem | None, viewer: Viewer) -> Act:
    """An act of the viewer without a verb: what may be done is asked with it."""
    return Act(
        key="",
        case=view.head.id,
        item=None if item is None else item.id,
        verb="",
        actor=viewer.user,
        principals=viewer.principals,
        seen=None if item is None else item.version,
        department=viewer.department,
        post=viewer.post,
    )


def why_not(refused: Refused, said: Saying) -> str:
    """Why a verb may not be pressed now; who was faster, and when."""
    why = _(refused.message)
    if refused.by is None:
        return why
    who = closer(refused.by, said.names)
    if refused.at is None:
        return _("%(why)s（%(who)s）", why=why, who=who)
    return _("%(why)s（%(who)s，%(at)s）", why=why, who=who, at=moment(refused.at, said.now))


def refused_now(found: Iterable[Offered], said: Saying) -> dict[str, list[str]]:
    """The verbs that the state of the case keeps the viewer from, by why: a verb that is not theirs is not named."""
    reasons: dict[str, list[str]] = {}
    for one in found:
        refused = one.refused
        if refused is None or one.operation.verb == OPEN or not one.is_known or refused.status != _FORBIDDEN_BY_STATE:
            continue
        if refused.code not in _GOES_WITHOUT_SAYING:
            reasons.setdefault(why_not(refused, said), []).append(_(one.operation.title))
    return reasons
