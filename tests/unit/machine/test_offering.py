"""What is offered is taken when it is pressed, and what is not offered is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import copy, deepcopy
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from tests.unit.machine.desk import APPLICANT, Desk
from tests.unit.machine.trees import FORM, USERS, Trees, happen
from workflows.language.words import (
    Step,
    Workflow,
    approve,
    carry_out,
    end,
    nothing,
    returns,
    role,
    sequence,
    to_applicant,
)
from workflows.machine.case import WorkItem
from workflows.machine.decision import Decision, Refused
from workflows.machine.offering import Offered, offered
from workflows.machine.operations import ON_CASES, ON_ITEMS, TO_APPLICANT, Asked
from workflows.machine.stimuli import Act

PRESSES: Final = 8
MOST_PLAYS: Final = 60
SUPPLEMENT: Final = to_applicant(within=3, takes=("town",), once=True, silence=nothing())


class HandsOn(Trees):
    """Workflows whose items may be handed on and added to as well, and whose answers are signed now and then."""

    def _approve(self, depth: int) -> Step:
        step = self._allowing(super()._approve(depth))
        return step.model_copy(update={"signature": self.random.random() < 0.3})

    def _carry_out(self, depth: int) -> Step:
        return self._allowing(super()._carry_out(depth))

    def _allowing(self, step: Step) -> Step:
        allows = tuple(one for one in ("transfer", "delegate", "add-signers") if self.random.random() < 0.7)
        return step.model_copy(update={"allows": allows})


def desk_of(random: Random) -> Desk:
    definition: Workflow = HandsOn(random).workflow()
    return Desk(definition, fields={"town": "T1"}, personal={"name": "样例", "fingerprint": "f"})


def offers(desk: Desk, who: str, item: str | None) -> tuple[Offered, ...]:
    whole = replace(desk.live, past=desk.ledger.past())
    return offered(desk.definition, whole, desk.wanted(who, "", item), desk.facts, desk.now)


def everything(desk: Desk, random: Random) -> Iterator[tuple[str, str | None, Offered]]:
    """What some people may press now, or may not: who, on which item, what."""
    for item in (None, *sorted(desk.live.items)[:3], *(one.id for one in desk.ledger.past()[-2:])):
        concerned = [one.who for one in desk.live.holders.get(item or "", ())]
        known = desk.ledger.closed.get(item or "")
        likely = [*(one for one in USERS if not desk.principals(one).isdisjoint(concerned)), *_closer(known)]
        for who in sorted({random.choice(USERS), random.choice(likely or USERS), *(("head",) if item is None else ())}):
            yield from ((who, item, one) for one in offers(desk, who, item))


def _closer(item: WorkItem | None) -> list[str]:
    return [] if item is None or item.closed_by not in USERS else [item.closed_by]


def pressed(desk: Desk, who: str, item: str | None, one: Offered, random: Random) -> Act:
    """The verb with a body that may be one of many."""
    choices = {name: random.choice(values) for name, values in one.choices.items() if values and random.random() < 0.7}
    chosen = {**one.fields, **choices} if one.is_open else _anything(desk, one, random)
    form = {"a": random.choice((True, False))} if _has_form(desk, one, item) and random.random() < 0.5 else {}
    words = "" if one.operation.opinion == "none" else "样例"
    return desk.wanted(who, one.operation.verb, item, opinion=words, reason=one.reason, fields=chosen, form=form)


def _has_form(desk: Desk, one: Offered, item: str | None) -> bool:
    known = desk.live.items.get(item or "")
    return known is not None and known.form == FORM.name and one.operation.verb in {"agree", "complete"}


def _anything(desk: Desk, one: Offered, random: Random) -> dict[str, Any]:
    return {asked.name: _any_value(desk, asked, random) for asked in one.operation.asks}


def _any_value(desk: Desk, asked: Asked, random: Random) -> Any:
    match asked.kind:
        case "user":
            return random.choice(USERS)
        case "users":
            return [random.choice(USERS)]
        case "step":
            return random.choice([one.path for one in (*desk.ledger.past(), *desk.live.items.values())] or ["steps"])
        case "item":
            return random.choice([*desk.live.items, "x"])
        case "attachment" | "signature" | "picture":
            return "x"
        case "comment":
            return random.choice([*desk.comments(), 0])
        case _:
            return random.choice(asked.choices)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_offered_is_taken_and_what_is_not_is_refused(seed: int) -> None:
    random = Random(seed)  # a play that can be repeated, not a secret
    seen: Counter[tuple[str, bool]] = Counter()

    for _ in range(4):
        desk = desk_of(random)
        for _ in range(PRESSES):
            everywhere = list(everything(desk, random))
            for who, item, one in everywhere:
                found = _tried(desk, pressed(desk, who, item, one, random))
                assert isinstance(found, Decision if one.is_open else Refused), (who, item, one, found)
                seen[one.operation.verb, one.is_open] += 1
            _go_on(desk, [one for one in everywhere if one[2].is_open], random)

    assert {is_open for _, is_open in seen} == {True, False}


def _tried(desk: Desk, act: Act) -> object:
    """What the machine says to it, on a desk of its own: the case stays as it was."""
    twin = copy(desk)
    twin.ledger, twin._box = desk.ledger.copy(), deepcopy(desk._box)  # a twin is the same desk
    return twin.take(act)


def _go_on(desk: Desk, possible: list[tuple[str, str | None, Offered]], random: Random) -> None:
    """Somebody presses something, seldom what ends the case; or something else happens to it."""
    gentle = [one for one in possible if one[2].operation.verb not in {"terminate", "withdraw", "void"}]
    if gentle and random.random() < 0.7:
        who, item, one = random.choice(gentle)
        desk.take(pressed(desk, who, item, one, random))
    else:
        happen(desk, random)


def test_every_verb_comes_up_as_offered_somewhere() -> None:
    random, seen = Random(7), set[str]()  # a play that can be repeated, not a secret
    # A secret ballot and a revocation need a definition of their own, and a file somebody who has sent one.
    wanted = {*ON_ITEMS, *ON_CASES} - {"cast", "revoke", "detach"}
    plays = 0

    while not wanted <= seen and plays < MOST_PLAYS:
        desk, plays = desk_of(random), plays + 1
        for _ in range(10):
            possible = [one for one in everything(desk, random) if one[2].is_open]
            seen |= {one.operation.verb for _, _, one in possible}
            _go_on(desk, possible, random)

    assert wanted <= seen


# -- one by one --------------------------------------------------------------------------------------------


def at(desk: Desk, who: str, verb: str) -> Offered:
    item = (
        None
        if verb in ON_CASES
        else next(iter(desk.live.items), desk.ledger.past()[-1].id if desk.ledger.closed else None)
    )
    return next(one for one in offers(desk, who, item) if one.operation.verb == verb)


def test_a_verb_that_the_step_knows_says_why_it_is_not_offered_now() -> None:
    desk = Desk(sequence(approve("check", by=role("clerk"), on_reject=end("no"), on_return=SUPPLEMENT), end("x")))
    desk.act("clerk", "return", "steps/check", opinion="样例")
    desk.act(APPLICANT, "complete", "steps/check/supplement", form={"town": "T2"})

    again, elsewhere = at(desk, "clerk", "return"), at(desk, "clerk", "cast")

    assert again.is_known
    assert again.refused is not None
    assert again.refused.code == "asked_once"
    assert not elsewhere.is_known


def test_only_places_that_would_be_taken_are_offered_to_go_back_to() -> None:
    steps = sequence(
        approve("first", by=role("clerk"), on_reject=end("no")),
        carry_out("second", by=role("clerk")),
        approve("third", by=role("officer"), returns=returns("any"), on_reject=end("no"), on_return=SUPPLEMENT),
        end("x"),
    )
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/first")
    desk.act("clerk", "complete", "steps/second")

    found = at(desk, "officer", "return")

    assert found.choices["to"] == ("steps/first", "steps/second", TO_APPLICANT)
    assert found.choices["way"] == ("step",)


def test_what_would_come_of_it_is_told_with_the_offer() -> None:
    desk = Desk(sequence(carry_out("task", by=role("clerk")), end("over", "completed")))

    found = at(desk, "clerk", "complete")

    assert found.follows is not None
    assert (found.follows.state, found.follows.outcome) == ("completed", "over")


def test_a_verb_that_no_choice_would_help_tells_what_the_machine_says() -> None:
    desk = Desk(
        sequence(
            carry_out("task", by=role("clerk"), allows=("add-signers",)), carry_out("later", by=role("clerk")), end("x")
        )
    )

    removing, jumping = at(desk, "clerk", "remove-signer"), at(desk, "clerk", "jump")

    assert removing.refused is not None
    assert removing.refused.code == "not_added"
    assert jumping.refused is not None
    assert (jumping.refused.status, jumping.refused.code) == (403, "not_office_head")
