"""The ways through a definition: where they end, what is never reached, and which fields are known on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflows.language.choices import chooser_of, form_choices
from workflows.language.expressions import AllOf, AnyOf, Compare, Condition, Constant, Given, fields_read
from workflows.language.findings import Finding, finding
from workflows.language.rules.jumps import jumping, target_of
from workflows.language.rules.subject import REASON, Subject, surely_given
from workflows.language.words import (
    Action,
    Approve,
    Branch,
    Call,
    CarryOut,
    Choice,
    Deem,
    Do,
    End,
    Exclusive,
    ForEach,
    Handler,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Sequence,
    Serial,
    SetDay,
    SetField,
    Vote,
    Wait,
)
from workflows.machine.fieldrights import right_of
from workflows.machine.nodes import ROOT, Node, children, detours

Known = frozenset[str]


@dataclass(frozen=True, slots=True)
class Ways:
    """For each step that can be reached, the fields that surely have a value before it and after it.

    A step that nothing comes out of (an `end`) has no entry in `after`.
    """

    subject: Subject
    before: dict[str, Known] = field(default_factory=dict)
    after: dict[str, Known] = field(default_factory=dict)
    jumps: dict[str, list[Known]] = field(default_factory=dict)
    """What is known where the ladder of a step before jumps to a step (its path)."""

    def follow(self, node: Node, known: Known) -> Known | None:
        """Go through the step with `known`; what is known behind it, None where nothing comes out."""
        known = known.intersection(*self.jumps.get(node.path, ()))
        self.before[node.path] = known
        for _, word in jumping([node]):
            target = target_of(self.subject.nodes, word.to)
            if target is not None:
                self.jumps.setdefault(target.path, []).append(known)
        outs = [out for out in self._outs(node, known) if out is not None]
        if not outs:
            return None
        self.after[node.path] = outs[0].intersection(*outs[1:])
        return self.after[node.path]

    def _outs(self, node: Node, known: Known) -> Iterator[Known | None]:
        """What is known on each way out of a step."""
        match node.step:
            case Sequence(on=on) | Parallel(on=on) | ForEach(on=on):
                yield self._through(node, node.step, known)
                yield from self._handled(node, on, known)
            case Choice(branches=branches):
                yield from self._branches(node, branches, known)
                yield self.follow(children(node)[-1], known)
            case Loop():
                yield from self._again_and_again(node, node.step, known)
            case Race():
                yield from self._first_of(node, known)
            case Exclusive():
                yield self.follow(children(node)[0], known)
            case End():
                yield None
            case _:
                yield from self._answers(node, known)

    def _answers(self, node: Node, known: Known) -> Iterator[Known | None]:
        """The ways out of a step that holds no others on its straight way."""
        match node.step:
            case PublicNotice(on=on):
                yield known
                yield from self._handled(node, on, known)
            case Call(waits=True) as call:
                yield known | _surely_answered(call)
            case Approve():
                yield from self._decided(node, node.step, known)
            case Vote():
                yield known
                yield from (self.follow(lost, known) for lost in detours(node))
            case CarryOut() as done:
                yield known | self._filled_in(done)
            case Wait(event=event, takes=takes):
                yield known | self._taken(event, takes)
                yield from (self.follow(silence, known) for silence in detours(node))
            case Do(actions=actions):
                yield known | given_by(actions)
            case _:
                yield known

    def _through(self, node: Node, step: Sequence | Parallel | ForEach, known: Known) -> Known | None:
        match step:
            case Sequence():
                return self._in_order(node, known)
            case Parallel():
                return self._side_by_side(node, step, known)
            case ForEach():
                return self._for_each(node, step, known)

    def _in_order(self, node: Node, known: Known) -> Known | None:
        out: Known | None = known
        for child in children(node):
            if out is None:
                return None
            out = self.follow(child, out)
        return out

    def _branches(self, node: Node, branches: tuple[Branch, ...], known: Known) -> list[Known | None]:
        pairs = zip(children(node), branches, strict=False)
        return [self.follow(child, known | given_when(branch.when)) for child, branch in pairs]

    def _side_by_side(self, node: Node, step: Parallel, known: Known) -> Known | None:
        outs = self._branches(node, step.branches, known)
        certain = [out for out, branch in zip(outs, step.branches, strict=True) if branch.when is None]
        passed = [out for out in certain if out is not None]
        if step.join.of is None and step.join.once is None:
            return known.union(*passed) if len(passed) == len(certain) else None
        if outs and all(out is None for out in outs):
            return None
        # Nobody knows which branches will have come: only what all of them give is sure.
        return known | frozenset.intersection(*passed) if passed and len(certain) == len(outs) else known

    def _for_each(self, node: Node, step: ForEach, known: Known) -> Known | None:
        """What is written inside belongs to the element: outside nothing more is known than before."""
        out = self.follow(children(node)[0], known | {step.each})
        return None if out is None and isinstance(step.over, int) and not _is_partial(step) else known

    def _again_and_again(self, node: Node, step: Loop, known: Known) -> Iterator[Known | None]:
        out = self.follow(children(node)[0], known)
        endless = step.until is None and step.at_most is None
        yield None if endless or out is None else out | given_when(step.until if step.at_most is None else None)
        if step.test == "before" and step.until is not None:
            yield known | given_when(step.until)

    def _first_of(self, node: Node, known: Known) -> Iterator[Known | None]:
        ways = iter(children(node))
        for first, then in zip(ways, ways, strict=True):
            out = self.follow(first, known)
            yield None if out is None else self.follow(then, out)

    def _handled(self, node: Node, handlers: tuple[Handler, ...], known: Known) -> Iterator[Known | None]:
        for body, handler in zip(detours(node), handlers, strict=True):
            out = self.follow(body, known | self._taken(handler.event, handler.takes))
            if handler.mode == "interrupts":
                yield out

    def _decided(self, node: Node, step: Approve, known: Known) -> Iterator[Known | None]:
        rejected, *unanswered = detours(node)
        yield known | self._filled_in(step)
        silent = any(isinstance(rung, Deem) and rung.answer == "reject" for rung in step.overdue)
        yield self.follow(rejected, known | ({REASON} if step.reasons and not silent else set()))
        yield from (self.follow(silence, known) for silence in unanswered)

    def _taken(self, event: str, takes: tuple[str, ...]) -> Known:
        return surely_given(self.subject.events.get(event)).intersection(takes)

    def _filled_in(self, step: Approve | CarryOut) -> Known:
        """What everybody who agrees or completes must have given; nothing where a rule may do it for them."""
        form, rights = self.subject.form(step.form), dict(step.rights)
        if form is None or _may_be_passed(step):
            return frozenset()
        given = frozenset(one.name for one in form.fields if right_of(one, rights) == "required")
        return given | {chooser_of(one.field) for one in form_choices(form) if one.field in given}


def _may_be_passed(step: Approve | CarryOut) -> bool:
    """Whether a rule, or silence, may take the place of every answer."""
    is_skipped = isinstance(step, Approve) and (step.dedup != "off" or _is_deemed_to_agree(step))
    return is_skipped or step.nobody.then == "pass" or step.own_case == "skip"


def _is_deemed_to_agree(step: Approve) -> bool:
    return any(isinstance(one, Deem) and one.answer == "agree" for one in step.overdue)


def _is_partial(step: ForEach) -> bool:
    return step.join.of is not None or step.join.once is not None


def given_by(actions: Iterable[Action]) -> Known:
    """The fields that surely have a value after these actions."""
    found: set[str] = set()
    for one in actions:
        if isinstance(one, SetDay) or (isinstance(one, SetField) and one.value is not None):
            found.add(one.field)
        elif isinstance(one, Serial):
            found.add(one.into)
    return frozenset(found)


def given_when(condition: Condition | None) -> Known:
    """The fields that have a value (not null) wherever the condition is true."""
    match condition:
        case Given(name=name):
            return frozenset({name})
        case Compare(op=op, right=Constant(value=value)) if op != "ne" and value is not None:
            return fields_read(condition)
        case AllOf(parts=parts):
            return frozenset().union(*(given_when(part) for part in parts))
        case AnyOf(parts=parts) if parts:
            return frozenset.intersection(*(given_when(part) for part in parts))
        case _:
            return frozenset()


def ways_through(subject: Subject) -> Ways:
    """Follow every way from the start event and from each handler of the workflow."""
    ways = Ways(subject)
    known = surely_given(subject.events.get(subject.definition.starts_on))
    roots = {node.path: node for node in subject.nodes if node.parent is None}
    ways.follow(roots[ROOT], known)
    for number, handler in enumerate(subject.definition.on):
        taken = surely_given(subject.events.get(handler.event)).intersection(handler.takes)
        ways.follow(roots[f"on/{number}"], known | taken)
    return ways


def endings(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """Every way ends with an `end` that says how, and every step lies on a way."""
    by_path = {node.path: node for node in subject.nodes}
    for place in _open_ends(by_path[ROOT], ways):
        yield finding(place, "dead_end")
    for number, handler in enumerate(subject.definition.on):
        if handler.mode == "interrupts":
            yield from (finding(place, "dead_end") for place in _open_ends(by_path[f"on/{number}"], ways))
    yield from _never_reached(subject.nodes, ways.before)


def _open_ends(node: Node, ways: Ways) -> Iterator[str]:
    """The places where a way comes out of the step without an end."""
    if node.path not in ways.after:
        return
    inner = _last_inside(node)
    if not inner:
        yield node.path
    for last in inner:
        yield from _open_ends(last, ways)


def _last_inside(node: Node) -> tuple[Node, ...]:
    """The steps inside after which the step itself is over."""
    match node.step:
        case Sequence(on=on):
            bodies = zip(detours(node), on, strict=True)
            return (*children(node)[-1:], *(body for body, handler in bodies if handler.mode == "interrupts"))
        case Choice():
            return children(node)
        case Race():
            return children(node)[1::2]
        case _:
            return ()


def _never_reached(nodes: tuple[Node, ...], before: Mapping[str, Known]) -> Iterator[Finding]:
    for node in nodes:
        if (
            node.path not in before
            and (node.parent is None or node.parent in before)
            and node.step != Sequence(steps=())
        ):
            yield finding(node.path, "unreachable")


def signatures(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """No way leads past a signature without somebody who signs."""
    for node in subject.nodes:
        if isinstance(node.step, Approve) and node.step.signature:
            silent = f"{node.path}/supplement/silence"
            if silent in ways.after:
                yield finding(silent, "automatic_signature")


def _surely_answered(call: Call) -> set[str]:
    """What a call has written when it is left: its outcome, and where there are many sub-cases every list of answers."""
    outcome = set() if call.outcome is None else {call.outcome}
    return outcome if call.over is None else outcome | {here for here, _ in call.takes}
