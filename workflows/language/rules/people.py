"""Whoever is asked exists on the present roster, is named by fields that say so, and is missed with an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.approval import Mode
from domain.organisation import is_valid
from domain.roster import LEADER, LIAISON, Roster
from domain.voting import SECRET_VOTERS
from workflows.language.findings import Finding, finding
from workflows.language.people import INITIATOR, Part, fields_asked, parts
from workflows.language.rules.subject import Kind, Subject, kinds_of
from workflows.language.words import (
    Applicant,
    Approve,
    CarryOut,
    DepartmentLiaison,
    Escalate,
    HandOver,
    MemberDepartments,
    Message,
    NamedIn,
    Panel,
    PostHolders,
    RoleHolders,
    Seats,
    Step,
    Superiors,
    Vote,
    Who,
)

PANEL_ROLE = "panel_member"


def people(subject: Subject) -> Iterator[Finding]:
    """On the present roster every seat has somebody who can take it; what names people are fields that all may know."""
    for node in subject.nodes:
        for asked in asked_by(node.step):
            yield from _naming(subject, node.path, asked)
            if subject.roster is not None:
                yield from _present(subject, subject.roster, node.path, asked)


def missing(subject: Subject) -> Iterator[Finding]:
    """What is said for nobody found and for the initiator's own case can be done where it is said."""
    for node in subject.nodes:
        if isinstance(node.step, Approve | CarryOut | Vote):
            yield from _missing(subject, node.path, node.step)
            yield from _secrecy(node.path, node.step)
            yield from _in_person(node.path, node.step)


def asked_by(step: Step) -> Iterator[Part]:
    """Every resolver of a step, the parts of a composed one each by itself."""
    match step:
        case Approve(by=by, on_return=on_return):
            yield from _parts(by)
            yield from _beside(step)
            if on_return is not None and on_return.through is not None:
                yield on_return.through
        case CarryOut(by=by) | Vote(by=by):
            yield from _parts(by)
            yield from _beside(step)
        case Message(to=to):
            yield from _parts(to)


def _parts(who: Who) -> Iterator[Part]:
    for part in parts(who):
        yield part
        if isinstance(part, Applicant) and part.through is not None:
            yield part.through


def _beside(step: Approve | CarryOut | Vote) -> Iterator[Part]:
    rungs = (rung for rung in step.overdue if isinstance(rung, Escalate | HandOver))
    yield from (rung.to for rung in rungs if rung.to is not None)
    if step.nobody.ask is not None:
        yield step.nobody.ask


# -- fields that name people -------------------------------------------------------------------------------


def _naming(subject: Subject, path: str, asked: Part) -> Iterator[Finding]:
    match asked:
        case RoleHolders(of=str(field)) | Seats(role=RoleHolders(of=str(field))):
            if not is_plain_text(subject.kinds(field, path)):
                yield finding(path, "scope_field", field=field)
        case Superiors(of=str(field)):
            if not is_plain_text(subject.kinds(field, path)):
                yield finding(path, "named_field", field=field)
        case NamedIn(field=field):
            if not names_somebody(subject.kinds(field, path)):
                yield finding(path, "named_field", field=field)


def is_plain_text(kinds: Iterable[Kind]) -> bool:
    """Whether a field is written, always as text, and never as something personal.

    What a sub-case gives back under the same name is not known here: it is what somebody else writes as text.
    """
    kinds = tuple(kinds)
    written = {kind.type for kind in kinds}
    return "text" in written <= {"text", "other"} and not any(kind.personal for kind in kinds)


def names_somebody(kinds: Iterable[Kind]) -> bool:
    """Whether a field is written, always as a text or texts, and never as something personal."""
    kinds = tuple(kinds)
    return bool(kinds) and all(_holds_text(kind) for kind in kinds)


def _holds_text(kind: Kind) -> bool:
    return not kind.personal and (kind.type == "text" or (kind.type == "list" and kind.element == "text"))


# -- the present roster ------------------------------------------------------------------------------------


def _present(subject: Subject, roster: Roster, path: str, asked: Part) -> Iterator[Finding]:
    match asked:
        case RoleHolders(name=name):
            if not holders(subject, roster, name):
                yield finding(path, "nobody", role=name)
        case Panel():
            if not holders(subject, roster, PANEL_ROLE):
                yield finding(path, "nobody", role=PANEL_ROLE)
        case Seats(n=n, role=role):
            found = len(holders(subject, roster, role.name))
            if found < n:
                yield finding(path, "too_few", role=role.name, people=found, seats=n)
        case PostHolders(code=code) | Superiors(up_to=str(code)):
            if not any(post.code == code for post in roster.posts):
                yield finding(path, "unknown_post", post=code)
        case DepartmentLiaison() | MemberDepartments():
            codes = _departments_without(subject, roster, asked)
            yield from (finding(path, "unknown_department", department=code) for code in codes)


def _departments_without(
    subject: Subject, roster: Roster, asked: DepartmentLiaison | MemberDepartments
) -> Iterator[str]:
    """The departments that are asked and have nobody of the kind."""
    if isinstance(asked, MemberDepartments):
        members = (one.code for one in roster.departments if one.member)
        yield from (code for code in members if not holders(subject, roster, LIAISON, code))
        return
    role = {"liaison": LIAISON, "leader": LEADER, "anybody": None}[asked.held_by]
    if not holders(subject, roster, role, asked.code):
        yield asked.code


def holders(subject: Subject, roster: Roster, role: str | None, department: str | None = None) -> frozenset[str]:
    """Users who hold a role (None: any post) in any scope; those whose term covers the day, where a day is given."""
    day = subject.day
    posts = {
        post.code
        for post in roster.posts
        if (role is None or any(grant.role == role for grant in post.roles))
        and department in (None, post.department)
        and (day is None or is_valid(post, day))
    }
    held = (one for one in roster.appointments if one.post in posts)
    return frozenset(one.user for one in held if day is None or is_valid(one, day))


# -- nobody, the initiator, several levels -----------------------------------------------------------------


def _missing(subject: Subject, path: str, step: Approve | CarryOut | Vote) -> Iterator[Finding]:
    rule = step.nobody
    if (rule.then == "ask") is (rule.ask is None):
        yield finding(path, "nobody_ask")
    if rule.then == "reject" and not isinstance(step, Approve):
        yield finding(path, "nobody_rejects")
    if isinstance(step, Approve) and step.signature and (rule.then == "pass" or step.own_case == "skip"):
        yield finding(path, "ruled_signature")
    if isinstance(step, Approve) and step.mode in (Mode.ONE, Mode.ANY):
        yield from (finding(path, "one_of_levels") for part in _parts(step.by) if _has_levels(part))
    if rule.then == "block":
        begun = {INITIATOR, *kinds_of(subject.events.get(subject.definition.starts_on))}
        late = sorted(set(fields_asked(step.by)) - begun)
        yield from (finding(path, "block_late", field=field) for field in late)


def _secrecy(path: str, step: Approve | CarryOut | Vote) -> Iterator[Finding]:
    """What would tell who voted what, although the vote is secret."""
    if not isinstance(step, Vote) or not step.secret:
        return
    if step.weights or step.chair is not None or step.changes:
        yield finding(path, "open_secret")
    if isinstance(step.by, Seats) and step.by.n < SECRET_VOTERS:
        yield finding(path, "few_secret", n=step.by.n, least=SECRET_VOTERS)


def _in_person(path: str, step: Approve | CarryOut | Vote) -> Iterator[Finding]:
    """Whoever else could vote in a vote that takes no proxies."""
    if isinstance(step, Vote) and not step.proxies and any(isinstance(rung, Escalate) for rung in step.overdue):
        yield finding(path, "escalated_vote")


def _has_levels(asked: Part) -> bool:
    return isinstance(asked, Superiors) and asked.levels != 1
