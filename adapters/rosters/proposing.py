"""What a new roster would change in this office: shown before it is adopted, and told when it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.events import EVENT_TYPES
from domain.roster import Roster, posts_of, users_in_post, versioned
from domain.roster_changes import RosterChanges, changes_of
from domain.visits import OPEN
from workflows.language.checks import Finding, check_all
from workflows.moves.passing import Passing, passed_on
from workflows.policy import Viewer, role_principal
from workflows.ports import Engine, Library
from workflows.reads import CaseFilter, ItemView, Reads

MOST_ITEMS: Final = 500
"""So many open items are named; a change that concerns more says so by that number."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A roster with what it changes, the open items of those who lose their place, and what workflows would miss.

    `items` say who gets each afterwards, `staying` what does not go along with a leaver. `findings` are those that the
    present roster does not have.
    """

    roster: Roster
    changes: RosterChanges
    items: tuple[Passing, ...]
    staying: tuple[Staying, ...]
    findings: tuple[tuple[str, Finding], ...]


@dataclass(frozen=True, slots=True)
class Staying:
    """What a leaver leaves behind beside open items.

    Args:
        user: the leaver.
        copies: how many copies (抄送) they have not read. A copy was meant for them: nobody gets it.
        drafts: how many drafts (暂存) they keep for items that pass on. A draft is private: nobody gets it.
        visits: visits that are still to come of one of their posts. They belong to the post.
        heirs: who holds these posts then; while nobody does, the office is asked (联系人调整).
    """

    user: str
    copies: int
    drafts: int
    visits: int
    heirs: tuple[str, ...]


def propose(engine: Engine, reads: Reads, roster: Roster, day: date) -> Proposal:
    """Hold a roster against the present one."""
    library = engine.library
    before = library.roster()
    changes = changes_of(before, roster, day)
    known = {_said(one) for one in _findings(library, before, day)}
    fresh = tuple(one for one in _findings(library, roster, day) if _said(one) not in known)
    concerned = [one.item for one in _concerned(reads, roster.county, changes)]
    items = tuple(passed_on(engine, roster, concerned))
    staying = tuple(_staying(reads, before, roster, user, day, items) for user in changes.leavers)
    return Proposal(versioned(roster), changes, items, tuple(one for one in staying if _is_worth_saying(one)), fresh)


def _staying(reads: Reads, before: Roster, after: Roster, user: str, day: date, items: Iterable[Passing]) -> Staying:
    own = Viewer(after.county, user, frozenset({f"user:{user}"}), sees_all=False)
    heads = [row.case for row in reads.cases(own, CaseFilter(), MOST_ITEMS).rows]
    unread = sum(one.user == user and one.read_at is None for head in heads for one in head.readers)
    posts = posts_of(before, user, day)
    known = reads.visits(Viewer(after.county, "operator", frozenset(), sees_all=True))
    visits = sum(one.officer in posts and one.state in OPEN for row in known for one in row.visits)
    heirs = tuple(dict.fromkeys(heir for post in posts for heir in users_in_post(after, post, day)))
    drafts = sum(one.drafts for one in items if f"user:{user}" in one.now)
    return Staying(user, unread, drafts, visits, heirs)


def _is_worth_saying(one: Staying) -> bool:
    return bool(one.copies or one.drafts or one.visits)


def _concerned(reads: Reads, county: str, changes: RosterChanges) -> tuple[ItemView, ...]:
    """The open items that somebody holds who has no post any more, or a role that nobody has any more."""
    principals = {f"user:{user}" for user in changes.leavers}
    principals |= {role_principal(grant.role, grant.scope) for grant in changes.vacated}
    if not principals:
        return ()
    return reads.items(Viewer(county, "operator", frozenset(principals), sees_all=True), MOST_ITEMS)


def _findings(library: Library, roster: Roster, day: date) -> Iterable[tuple[str, Finding]]:
    found = check_all([one for _, one in library.current()], EVENT_TYPES, roster, day)
    return [(name, finding) for name, findings in found.items() for finding in findings]


def _said(one: tuple[str, Finding]) -> tuple[Any, ...]:
    name, finding = one
    return name, finding.path, finding.code, tuple(sorted(finding.values.items()))
