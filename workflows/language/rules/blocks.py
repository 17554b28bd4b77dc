"""Blocks come to an end: joins can be met, loops rest, races wait, elements exist, milestones can be passed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from domain.approval import Mode
from domain.voting import Rule, share
from workflows.language.expressions import fields_read
from workflows.language.findings import Finding, finding
from workflows.language.rules.people import is_plain_text
from workflows.language.rules.resting import at_once, begins_with_a_wait
from workflows.language.rules.subject import Subject, handler_writes, is_within, kinds_of, own_writes
from workflows.language.rules.ways import Ways
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Do,
    End,
    Exclusive,
    FollowUp,
    ForEach,
    Guard,
    Join,
    Loop,
    Message,
    Parallel,
    PublicNotice,
    Race,
    Step,
    Vote,
    Workflow,
)
from workflows.machine.nodes import Node, children, walk

MOST_AT_ONCE: Final = 1000
"""More parts of one block than this cannot be written as a number: list them in a field."""

_SHARE: Final = re.compile(r"[0-9]{1,3}(?:/[0-9]{1,3})?")


def joins(subject: Subject) -> Iterator[Finding]:
    """So many parts as a join asks for can arrive."""
    for node in subject.nodes:
        join = node.step.join if isinstance(node.step, Parallel | ForEach | Call) else Join()
        n = _parts(node.step)
        if join.of is not None and n is not None and join.of > n:
            yield finding(node.path, "join_of", of=join.of, n=n)


def _parts(step: Step) -> int | None:
    """How many parts a block has, where the definition says it."""
    match step:
        case Parallel(branches=branches):
            return len(branches)
        case ForEach(over=int(n), grows_on=None):
            return n
        case Call(over=None):
            return 1
        case _:
            return None


def loops(subject: Subject) -> Iterator[Finding]:
    """A loop is bounded, or each turn passes a human step or a wait; and something can end it."""
    for node in subject.nodes:
        if not isinstance(node.step, Loop):
            continue
        if node.step.at_most is None and not _can_end(subject, node, node.step):
            yield finding(node.path, "loop_endless")
        elif (node.step.at_most or MOST_AT_ONCE + 1) > MOST_AT_ONCE and at_once(children(node)[0]).goes_on:
            yield finding(node.path, "loop_restless", most=MOST_AT_ONCE)


def _can_end(subject: Subject, node: Node, step: Loop) -> bool:
    inside = tuple(walk(node))
    if step.until is None:
        return any(isinstance(one.step, End) for one in inside)
    written = {name for one in inside for name, _ in own_writes(one, subject.definition, subject.events)}
    beside = {name for handler in subject.definition.on for name, _ in handler_writes(handler, subject.events)}
    return not fields_read(step.until).isdisjoint(written | beside | _written_beside(subject, node.path))


def _written_beside(subject: Subject, path: str) -> set[str]:
    """What the handlers of the blocks around the step, and the branches beside it, write meanwhile."""
    around = [one for one in subject.nodes if path.startswith(f"{one.path}/")]
    beside = [one for one in around if isinstance(one.step, Parallel) or getattr(one.step, "on", None)]
    steps = (inner for one in beside for inner in walk(one))
    return {name for inner in steps for name, _ in own_writes(inner, subject.definition, subject.events)}


def races(subject: Subject) -> Iterator[Finding]:
    """A race has two ways at least, and each begins with something that waits."""
    for node in subject.nodes:
        ways = node.step.ways if isinstance(node.step, Race) else ()
        if isinstance(node.step, Race) and len(ways) < 2:  # noqa: PLR2004  # one way alone is no race
            yield finding(node.path, "few_ways")
        for number, way in enumerate(ways):
            if not begins_with_a_wait(way.first):
                yield finding(f"{node.path}/{number}/first", "race_at_once")


def elements(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """A for-each, or a call of several, goes over a list that is surely there; each element has a name of its own."""
    for node in subject.nodes:
        over = node.step.over if isinstance(node.step, ForEach | Call) else None
        if isinstance(over, int) and not 1 <= over <= MOST_AT_ONCE:
            yield finding(node.path, "too_many", n=over, most=MOST_AT_ONCE)
        if isinstance(over, str) and not _is_listed(subject, ways, node.path, over):
            yield finding(node.path, "over_field", field=over)
        if isinstance(node.step, ForEach):
            yield from _element(subject, node, node.step)


def _is_listed(subject: Subject, ways: Ways, path: str, over: str) -> bool:
    kinds = subject.kinds(over, path)
    is_known = over in ways.before.get(path, {over})
    return is_known and bool(kinds) and all(kind.type == "list" and not kind.personal for kind in kinds)


def _element(subject: Subject, node: Node, step: ForEach) -> Iterator[Finding]:
    if subject.kinds(step.each, node.path):
        yield finding(node.path, "element_name", field=step.each)
    if (step.takes is None) != (step.grows_on is None or isinstance(step.over, int)):
        yield finding(node.path, "grows_takes")
    taken = kinds_of(subject.events.get(step.grows_on or "")).get(step.takes or "")
    if taken is not None and taken.personal:
        yield finding(node.path, "over_field", field=step.takes or "")


def pauses(subject: Subject) -> Iterator[Finding]:
    """Only what runs beside a public notice can stop its clock."""
    for number, handler in enumerate(subject.definition.on):
        if handler.pauses:
            yield finding(f"on/{number}", "pauses_nothing")
    for node in subject.nodes:
        for number, handler in enumerate(getattr(node.step, "on", ())):
            if handler.pauses and (handler.mode != "beside" or not isinstance(node.step, PublicNotice)):
                yield finding(f"{node.path}/on/{number}", "pauses_nothing")


def resources(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """The field that tells which resource is meant surely has a value, and is nothing personal."""
    for node in subject.nodes:
        of = node.step.of if isinstance(node.step, Exclusive) else None
        if of is None or node.path not in ways.before:
            continue
        if of not in ways.before[node.path] or not is_plain_text(subject.kinds(of, node.path)):
            yield finding(node.path, "resource_field", field=of)


def votes(subject: Subject) -> Iterator[Finding]:
    """The shares of a vote are fractions between 0 and 1, and it cannot pass without a yes."""
    for node in subject.nodes:
        if isinstance(node.step, Vote) and not _is_fair(node.step):
            yield finding(node.path, "bad_share", quorum=node.step.quorum, passes=node.step.passes)
        if isinstance(node.step, Approve) and not _fits_its_mode(node.step):
            yield finding(node.path, "mode_setting", mode=node.step.mode.value)


def _is_fair(step: Vote) -> bool:
    if not all(_SHARE.fullmatch(one) for one in (step.quorum, step.passes)):
        return False
    try:
        Rule(share(step.quorum), share(step.passes))
    except ValueError:
        return False
    return True


def _fits_its_mode(step: Approve) -> bool:
    """Shares and weights stand where they are counted, and what is counted has a share that can be reached."""
    by_share = step.mode in (Mode.RATIO, Mode.WEIGHT)
    if (step.passes is None) == by_share or (step.weights and step.mode is not Mode.WEIGHT):
        return False
    if step.first == "agrees" and step.mode is not Mode.ANY:
        return False
    if step.collects and not (by_share or step.mode is Mode.ALL):
        return False
    if any(weight < 1 for _, weight in step.weights):
        return False
    return step.passes is None or (bool(_SHARE.fullmatch(step.passes)) and _is_reachable(step.passes))


def _is_reachable(passes: str) -> bool:
    try:
        return 0 < share(passes) <= 1
    except ValueError:
        return False


# -- milestones --------------------------------------------------------------------------------------------


def guards(subject: Subject) -> Iterator[Finding]:
    """A milestone names steps where a case can stand, and shuts no step off for good."""
    for number, guard in enumerate(subject.definition.guards):
        stands = {name: [node for node in subject.nodes if _stands(node.step, name)] for name in guard.while_in}
        for name in (name for name, found in stands.items() if not found):
            yield finding(f"guards/{number}", "guard_step", name=name)
        steps = [node for found in stands.values() for node in found]
        for asked in _asked_with(subject.definition, subject.nodes, guard):
            if steps and not any(_may_stand_in(subject, asked.path, one.path) for one in steps):
                yield finding(asked.path, "guard_locks", verb=guard.verb)


def _stands(step: Step, name: str) -> bool:
    return not isinstance(step, Do | Message | FollowUp | End) and step.name == name


def _asked_with(definition: Workflow, nodes: tuple[Node, ...], guard: Guard) -> Iterator[Node]:
    """The steps that cannot be finished without the verb."""
    words: dict[str, type[Step] | tuple[type[Step], ...]] = {"agree": Approve, "complete": CarryOut}
    wanted = words.get(guard.verb, ())
    yield from (node for node in nodes if isinstance(node.step, wanted))


def _may_stand_in(subject: Subject, path: str, milestone: str) -> bool:
    """Whether a case that stands at `path` can stand in the milestone as well."""
    if is_within(path, milestone) or path.startswith("on/") != milestone.startswith("on/"):
        return True
    shared = [node for node in subject.nodes if is_within(path, node.path) and is_within(milestone, node.path)]
    nearest = max(shared, key=lambda node: len(node.path), default=None)
    beside = any("/on/" in one[len(nearest.path) :] for one in (path, milestone)) if nearest else False
    return beside or (nearest is not None and isinstance(nearest.step, Parallel | Race | ForEach))
