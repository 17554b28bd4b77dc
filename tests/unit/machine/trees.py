"""Small random workflows and what may happen to their cases.

`python -m tests.unit.machine.trees` prints a digest for each of some seeds: it must not depend on the order in which
this interpreter happens to walk its sets (PYTHONHASHSEED).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any, Final

from domain.audit import canonical
from tests.unit.machine.desk import APPLICANT, Desk, flow
from tests.unit.machine.likely import Likely, Standing, likely
from workflows.language.expressions import all_of, any_of, equals, given, is_true, negate
from workflows.language.words import (
    Approve,
    Branch,
    CarryOut,
    Form,
    FormField,
    Handler,
    Mode,
    Rung,
    Step,
    Vote,
    Who,
    Workflow,
    always,
    applicant,
    approve,
    beside,
    carry_out,
    choice,
    chosen,
    deem,
    department,
    departments,
    do,
    either,
    emit,
    end,
    erase,
    escalate,
    follow_up,
    hand_over,
    interrupts,
    jump,
    message,
    nothing,
    parallel,
    remind,
    returns,
    revocation,
    role,
    seats,
    sequence,
    set_field,
    to_applicant,
    vote,
    wait,
    when,
)
from workflows.machine.case import JSON
from workflows.machine.nodes import index
from workflows.moves.recording import body_of

EVENTS: Final = ("trial.one.v1", "trial.two.v1", "trial.three.v1")
USERS: Final = ("clerk", "town", "officer", "other", "head", "secretary", "contact", APPLICANT, "department:office")
CHOICES: Final[tuple[JSON, ...]] = (
    ["officer"],
    ["other"],
    ["town", "officer"],
    ["head", "clerk"],
    ["officer", "officer"],
    ["gone"],
)
VERBS: Final = ("agree", "reject", "return", "complete", "withdraw")
HANDS: Final = ("urge", "claim", "unclaim", "open", "recuse", "abstain", "take-back", "resume", "terminate")
LADDER: Final[tuple[Rung, ...]] = (remind(-1), remind(0), escalate(+1, to=role("office_head")))
LADDERS: Final[tuple[tuple[Rung, ...], ...]] = (
    LADDER,
    LADDER,
    (remind(-1), hand_over(0), hand_over(2, role("office_head"))),
    (hand_over(-1),),
)
"""Of a step that is carried out; an approval has besides those that end with the silence that decides, or a jump."""
DECIDING: Final[tuple[tuple[Rung, ...], ...]] = (
    *LADDERS,
    (remind(0), deem(1, "agree")),
    (deem(0, "agree"),),
    (hand_over(-1), escalate(0, to=role("office_head")), deem(2, "reject")),
)
FORM: Final = Form(
    name="f",
    fields=(
        FormField(name="a", type="boolean", required=False, reapprove=True),
        FormField(name="who", type="people", required=False, reapprove=True, at_most=2),
    ),
)
"""Whoever changes what it holds asks those again who had agreed to it; whom it chooses, other steps ask."""
RETURNS: Final = (
    returns(),
    returns("previous"),
    returns(way="jump"),
    returns(way="chosen", reopens="dissenters"),
)
SEEDS: Final = range(60)
HAPPENINGS: Final = 14
LIKELY: Final = 0.6
"""The share of acts that are drawn from what may well be done."""
HONEST: Final = 0.65
"""How often such an act is done by whom it is for."""


class Trees:
    """Grows workflows; every choice is made by `random`."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._names = (f"s{number}" for number in count())

    def workflow(self) -> Workflow:
        """A whole workflow."""
        last = self.random.choice(((), (end("x", "approved"),), (end("x", "approved"),)))
        first = self.random.choice(((), (), (self._secret_vote(1),), (self._approve(1),)))
        grown = (self.step(3) for _ in range(self.random.randint(2, 4)))
        steps = sequence(*first, *grown, *last, on=self._handlers(1))
        return flow(
            steps,
            on=self._handlers(2),
            withdrawn_by=self.random.choice((None, EVENTS[0])),
            forms=(FORM,),
            withdraws=self.random.choice(("never", "before_decision", "before_end")),
            takes_back=self.random.choice(("never", "until_opened", "until_decided")),
            revocation=self.random.choice((None, *(revocation("trial", within=5),) * 3)),
        )

    def step(self, depth: int) -> Step:
        """A step, with at most `depth` blocks inside each other."""
        leaves: list[Callable[[int], Step]] = [
            self._approve,
            self._approve,
            self._approve,
            self._vote,
            self._secret_vote,
            self._carry_out,
            self._carry_out,
            self._wait,
            self._do,
            self._say,
        ]
        blocks: list[Callable[[int], Step]] = [self._sequence, self._parallel, self._choice, self._end]
        return self.random.choice(leaves + blocks if depth > 0 else leaves)(depth)

    def _sequence(self, depth: int) -> Step:
        steps = [self.step(depth - 1) for _ in range(self.random.randint(0, 3))]
        return sequence(*steps, name=next(self._names), on=self._handlers(depth - 1))

    def _parallel(self, depth: int) -> Step:
        branches = [self._branch(depth - 1) for _ in range(self.random.randint(1, 3))]
        return parallel(next(self._names), *branches, on=self._handlers(depth - 1))

    def _branch(self, depth: int) -> Branch:
        condition = self.random.choice((None, is_true("a"), negate(is_true("a")), any_of(given("b"), is_true("c"))))
        return always(self.step(depth)) if condition is None else when(condition, self.step(depth))

    def _choice(self, depth: int) -> Step:
        held = when(all_of(given("b"), equals("a", right=True)), self.step(depth - 1))
        return choice(next(self._names), held, otherwise=self.step(depth - 1))

    def _handlers(self, depth: int) -> tuple[Handler, ...]:
        kinds = self.random.choice(((), (), (beside,), (interrupts,), (beside, interrupts)))
        return tuple(kind(self.random.choice(EVENTS), self.step(min(depth, 1)), takes=("a",)) for kind in kinds)

    def _approve(self, depth: int) -> Step:
        returned = to_applicant(
            within=3,
            silence=self._detour(depth),
            once=self.random.random() < 0.5,
            through=self.random.choice((None, role("clerk"))),
            answered_by=self.random.choice((None, *EVENTS)),
            takes=("a", "b"),
        )
        return approve(
            next(self._names),
            by=self._who(),
            mode=self.random.choice(tuple(Mode)),
            reasons=self.random.choice(((), (), ("outside",))),
            within=self.random.choice((None, 2)),
            overdue=self._ladder(*DECIDING),
            on_return=self.random.choice((None, returned)),
            on_reject=self._detour(depth),
            returns=self.random.choice((None, None, *RETURNS)),
            compulsory=self.random.random() < 0.2,
            form=self.random.choice((None, None, FORM.name)),
            dedup=self.random.choice(("off", "off", "consecutive", "round")),
            abstains=self.random.choice(("no", "counts", "excluded")),
        )

    def _vote(self, depth: int) -> Step:
        share = self.random.choice(("1/2", "2/3"))
        return vote(
            next(self._names),
            by=self._who(),
            quorum=share,
            passes=share,
            fails=self._detour(depth),
            within=2,
            overdue=LADDER,
            changes=self.random.random() < 0.5,
        )

    def _secret_vote(self, depth: int) -> Step:
        everybody = either(*(role(name) for name in ("clerk", "officer", "office_head", "liaison")))
        fails = self._detour(depth)
        return vote(
            next(self._names),
            by=everybody,
            quorum="1/2",
            passes="1/2",
            fails=fails,
            within=2,
            overdue=LADDER,
            secret=True,
        )

    def _carry_out(self, depth: int) -> Step:
        form, within = self.random.choice((None, FORM.name)), self.random.choice((None, 3))
        return carry_out(next(self._names), by=self._who(), within=within, overdue=self._ladder(*LADDERS), form=form)

    def _ladder(self, *ladders: tuple[Rung, ...]) -> tuple[Rung, ...]:
        """One of these, or one that jumps to some step, if there is one of the name and it may be jumped to."""
        jumps = (remind(0), jump(1, to=f"s{self.random.randrange(6)}"))
        return self.random.choice((*ladders, jumps))

    def _wait(self, depth: int) -> Step:
        return wait(
            next(self._names),
            event=self.random.choice(EVENTS),
            takes=("a", "b"),
            within=4,
            overdue=(remind(-2),),
            silence=self._detour(depth),
        )

    def _detour(self, depth: int) -> Step:
        return self.step(0) if depth > 0 and self.random.random() < 0.4 else nothing()

    def _do(self, depth: int) -> Step:
        action = self.random.choice(
            (set_field("a", value=True), set_field("c", value=False), emit("trial.said.v1"), erase())
        )
        return do(next(self._names), action)

    def _say(self, depth: int) -> Step:
        name = next(self._names)
        return self.random.choice(
            (message(name, to=applicant()), follow_up(name, event="trial.later.v1", months=1), nothing())
        )

    def _end(self, depth: int) -> Step:
        return end("over", self.random.choice(("approved", "rejected", "withdrawn", "completed")))

    def _who(self) -> Who:
        return self.random.choice(
            (
                role("clerk"),
                role("clerk", of="town"),
                role("panel"),
                role("officer"),
                department("office"),
                departments(),
                applicant(through=role("clerk")),
                seats(2, role("officer"), pick="least_loaded"),
                either(role("clerk"), role("officer")),
                either(role("panel"), department("office")),
                chosen("who", at_most=2),
                either(role("clerk"), chosen("who", at_most=2)),
            )
        )


def happen(desk: Desk, random: Random) -> object:
    """Something happens to the case of `desk`; who acts has the right to it or not."""
    what = random.choice(("event", "timer", "act", "act", "act", "act", "act"))
    if what == "timer" and desk.live.timers:
        return desk.fire(random.choice(sorted(desk.live.timers.values(), key=lambda one: one.id)))
    if what == "event":
        return desk.event(random.choice(EVENTS), a=random.choice((True, False)), b="样例", personal={"b": "样例"})
    one = likely(standing(desk), random) if random.random() < LIKELY else None
    if one is not None:
        said = random.choice(("样例", "样例", "样例", "")) if one.verb != "cast" else ""
        who = one.who if random.random() < HONEST else random.choice(USERS)
        return desk.take(desk.wanted(who, one.verb, one.item, opinion=said, fields=_misnamed(one, random)))
    items = sorted(desk.live.items)
    item = random.choice(items) if items else None
    who = random.choice((*USERS, *_holders(desk, item) * len(USERS) * 2))
    verbs = (*VERBS, *HANDS, *_offered(desk, item) * len(VERBS))
    reason, form = random.choice((None, None, "outside")), _filled(desk, item, random)
    return desk.take(desk.wanted(who, random.choice(verbs), item, opinion="样例", reason=reason, form=form))


def _filled(desk: Desk, item: str | None, random: Random) -> dict[str, JSON]:
    """The form of the item, filled in or left as it is; somebody who is chosen may be there or not."""
    a, who = random.choice((None, True, False)), random.choice((None, *CHOICES))
    given = {name: value for name, value in (("a", a), ("who", who)) if value is not None}
    return {} if item is None or desk.live.items[item].form is None else given


def standing(desk: Desk) -> Standing:
    """Where the case on a desk stands."""
    nodes, officers = index(desk.definition), [one for one in USERS if ":" not in one]
    steps = [path for path, node in nodes.items() if isinstance(node.step, Approve | CarryOut | Vote)]
    secret = frozenset(path for path in steps if getattr(nodes[path].step, "secret", False))

    principals = {one: desk.principals(one) for one in officers}

    def people(who: str) -> list[str]:
        return [one for one in officers if who in principals[one]] or [who]

    items, revocable = [*desk.live.items.values(), *desk.ledger.closed.values()], desk.definition.revocation is not None
    said = tuple(desk.comments().values())
    return Standing(
        desk.live.head, items, desk.live.holders, steps or ["steps"], officers, people, secret, revocable, said
    )


def _misnamed(one: Likely, random: Random) -> dict[str, Any]:
    """What an act asks for; now and then somebody whom the roster does not know."""
    unknown: dict[str, dict[str, Any]] = {
        "transfer": {"to": "nobody"},
        "delegate": {"to": "nobody"},
        "copy": {"users": ["nobody"]},
    }
    return {**one.fields, **(unknown.get(one.verb, {}) if random.random() < 0.2 else {})}


def _holders(desk: Desk, item: str | None) -> list[str]:
    return [] if item is None else [held.who for held in desk.live.holders[item]]


def _offered(desk: Desk, item: str | None) -> tuple[str, ...]:
    """What may be done with the item; an agreement counts twice, so that cases get further."""
    return (
        ()
        if item is None
        else {"approve": ("agree", "agree", "reject", "return")}.get(desk.live.items[item].kind, ("complete",))
    )


def play(random: Random, happenings: int = HAPPENINGS) -> Desk:
    """A random workflow and one case of it, through some happenings."""
    desk = Desk(Trees(random).workflow(), fields={"town": "T1"}, personal={"name": "样例", "fingerprint": "f"})
    for _ in range(happenings):
        happen(desk, random)
    return desk


def digest(seed: int) -> str:
    """Everything that was decided in the play of a seed, as one hash."""
    decisions = play(Random(seed)).ledger.decisions  # a play that can be repeated, not a secret
    rows = [[body_of(one.entry, "h", None), dict(one.entry.personal)] for one in decisions]
    effects = [[effect.key, dict(effect.body)] for one in decisions for effect in one.effects]
    access = [[one.who, one.why] for decision in decisions for one in decision.access]
    return hashlib.sha256(canonical([rows, effects, access])).hexdigest()


if __name__ == "__main__":
    for number in SEEDS:
        print(digest(number))  # what the test reads
