"""Whoever is asked exists, and silence has an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from domain.organisation import is_valid
from domain.roster import LIAISON, Roster
from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Kind, Subject, events_named, kinds_of
from workflows.language.words import (
    Applicant,
    Approve,
    CarryOut,
    DepartmentLiaison,
    Do,
    Either,
    Erase,
    Escalate,
    MemberDepartments,
    Message,
    RoleHolders,
    Seats,
    Step,
    Vote,
    Wait,
    Who,
)

Asked = RoleHolders | DepartmentLiaison | MemberDepartments | Applicant | Seats


def silence(subject: Subject) -> Iterator[Finding]:
    """Every human step and every wait has a term, and something that happens when it passes."""
    for node in subject.nodes:
        match node.step:
            case Approve() | CarryOut() | Vote() | Wait():
                yield from _answer_to_silence(node.path, node.step)


def _answer_to_silence(path: str, step: Approve | CarryOut | Vote | Wait) -> Iterator[Finding]:
    over = isinstance(step, Vote) or (isinstance(step, Wait) and step.silence is not None)
    if step.within is None and (step.overdue or (over and not isinstance(step, Vote))):
        yield finding(path, "overdue_without_within")
    elif step.within is None or not (step.overdue or over):
        yield finding(path, "no_silence")
    if any(first.at >= second.at for first, second in pairwise(step.overdue)):
        yield finding(path, "ladder_order")
    if over and any(rung.at >= 0 for rung in step.overdue):
        yield finding(path, "late_reminder")


def people(subject: Subject) -> Iterator[Finding]:
    """On the present roster every seat has somebody who can take it; scopes are fields that all may know."""
    for node in subject.nodes:
        for asked in _asked_by(node.step):
            yield from _scope(subject, node.path, asked)
            if subject.roster is not None:
                yield from _present(subject, subject.roster, node.path, asked)


def _asked_by(step: Step) -> Iterator[Asked]:
    match step:
        case Approve(by=by, on_return=on_return):
            yield from _parts(by)
            yield from _escalated(step)
            if on_return is not None and on_return.through is not None:
                yield on_return.through
        case CarryOut(by=by) | Vote(by=by):
            yield from _parts(by)
            yield from _escalated(step)
        case Message(to=to):
            yield from _parts(to)


def _parts(who: Who) -> Iterator[Asked]:
    if isinstance(who, Either):
        yield from who.of
        return
    yield who
    if isinstance(who, Applicant) and who.through is not None:
        yield who.through


def _escalated(step: Approve | CarryOut | Vote) -> Iterator[Asked]:
    yield from (rung.to for rung in step.overdue if isinstance(rung, Escalate))


def _scope(subject: Subject, path: str, asked: Asked) -> Iterator[Finding]:
    named = asked.role if isinstance(asked, Seats) else asked
    if isinstance(named, RoleHolders) and named.of is not None and not is_plain_text(subject.kinds(named.of, path)):
        yield finding(path, "scope_field", field=named.of)


def is_plain_text(kinds: Iterable[Kind]) -> bool:
    """Whether a field is written, always as text, and never as something personal."""
    kinds = tuple(kinds)
    return bool(kinds) and all(kind.type == "text" and not kind.personal for kind in kinds)


def _present(subject: Subject, roster: Roster, path: str, asked: Asked) -> Iterator[Finding]:
    match asked:
        case RoleHolders(name=name):
            if not _holders(subject, roster, name):
                yield finding(path, "nobody", role=name)
        case Seats(n=n, role=role):
            found = len(_holders(subject, roster, role.name))
            if found < n:
                yield finding(path, "too_few", role=role.name, people=found, seats=n)
        case DepartmentLiaison(code=code):
            if not _holders(subject, roster, LIAISON, code):
                yield finding(path, "unknown_department", department=code)
        case MemberDepartments():
            members = [one.code for one in roster.departments if one.member]
            missing = [code for code in members if not _holders(subject, roster, LIAISON, code)]
            yield from (finding(path, "unknown_department", department=code) for code in missing)


def _holders(subject: Subject, roster: Roster, role: str, department: str | None = None) -> frozenset[str]:
    """Users who hold a role in any scope; those whose term covers the day, where a day is given."""
    day = subject.day
    posts = {
        post.code
        for post in roster.posts
        if any(grant.role == role for grant in post.roles)
        and department in (None, post.department)
        and (day is None or is_valid(post, day))
    }
    held = (one for one in roster.appointments if one.post in posts)
    return frozenset(one.user for one in held if day is None or is_valid(one, day))


def privacy(subject: Subject) -> Iterator[Finding]:
    """Whatever is personal belongs to a workflow about a person: its key protects and erases it."""
    if subject.definition.person:
        return
    if any(kind.personal for kind in kinds_of(subject.events.get(subject.definition.starts_on)).values()):
        yield finding("", "needs_person")
    for form in subject.definition.forms:
        if any(one.personal for one in form.fields):
            yield finding(f"forms/{form.name}", "needs_person")
    for node in subject.nodes:
        if isinstance(node.step, Do) and any(isinstance(action, Erase) for action in node.step.actions):
            yield finding(node.path, "needs_person")
    for path, event, takes in events_named(subject):
        if any(kinds_of(subject.events.get(event)).get(name, _PLAIN).personal for name in takes):
            yield finding(path, "needs_person")


_PLAIN: Final = Kind("other")
