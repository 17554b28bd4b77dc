"""Hypothesis drives one case of a random workflow with every verb there is, and shrinks what breaks.

Each decision is held to the invariants A1 to A7 of `invariants.py`, and a refusal changes nothing.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.unit.machine.desk import APPLICANT, Desk
from tests.unit.machine.likely import HEAD, likely
from tests.unit.machine.trees import EVENTS, USERS, Trees, standing
from workflows.machine.case import State
from workflows.machine.decision import Decision, Ignored, Refused
from workflows.machine.nodes import index
from workflows.machine.operations import ON_CASES, ON_ITEMS, Asked
from workflows.machine.stimuli import Act

ACTS_IN_A_ROW: Final = 6
PLACES: Final = st.integers(0, 99)


class OneCase(RuleBasedStateMachine):
    """A case on a desk; the rules are what may happen to it."""

    @initialize(random=st.randoms(use_true_random=False))
    def begin(self, random: Random) -> None:
        self.desk = Desk(Trees(random).workflow(), fields={"town": "T1"}, personal={"name": "样例", "fingerprint": "f"})

    @rule(verb=st.sampled_from(sorted(ON_ITEMS)), place=PLACES, holds=st.booleans(), data=st.data())
    def act_on_an_item(self, verb: str, place: int, holds: bool, data: st.DataObject) -> None:
        item = self._one_of([*self.desk.live.items, *self.desk.ledger.closed], place)
        self._act(verb, item, self._holder(item, place) if holds else data.draw(st.sampled_from(USERS)), data)

    @rule(place=PLACES, verb=st.sampled_from(("agree", "agree", "complete")), a=st.sampled_from((None, True, False)))
    def answer_as_the_holder(self, place: int, verb: str, a: bool | None) -> None:
        """What takes a case further, often enough that some come to their end."""
        item = self._one_of([*self.desk.live.items], place)
        asked = None if item is None else self.desk.live.items[item].form
        form = {"a": a} if asked is not None and a is not None else {}
        self.desk.take(self.desk.wanted(self._holder(item, place), verb, item, opinion="样例", form=form))

    @rule(verb=st.sampled_from(sorted(ON_CASES)), who=st.sampled_from((HEAD, APPLICANT, *USERS)), data=st.data())
    def act_on_the_case(self, verb: str, who: str, data: st.DataObject) -> None:
        self._act(verb, None, who, data)

    @rule(random=st.randoms(use_true_random=True))
    def do_what_may_well_be(self, random: Random) -> None:
        """Some acts in a row, for what one of them makes possible; now and then by somebody else, or without words."""
        for _ in range(ACTS_IN_A_ROW if self.desk.live.head.state is State.RUNNING else 1):
            one = likely(standing(self.desk), random)
            if one is None:
                return
            who = one.who if random.random() < 0.8 else random.choice(USERS)
            said = random.choice(("样例", "样例", "")) if one.verb != "cast" else ""
            fields = {
                **one.fields,
                **({"users": ["nobody"]} if "users" in one.fields and random.random() < 0.3 else {}),
            }
            self._take(self.desk.wanted(who, one.verb, one.item, opinion=said, fields=fields))

    @rule(type_=st.sampled_from(EVENTS), a=st.booleans())
    def hear_an_event(self, type_: str, a: bool) -> None:
        self.desk.event(type_, a=a, b="样例", personal={"b": "样例"})

    @precondition(lambda self: self.desk.live.timers and self.desk.live.head.gate is None)
    @rule()
    def let_the_next_timer_fall_due(self) -> None:
        self.desk.fire_next()

    def _act(self, verb: str, item: str | None, who: str, data: st.DataObject) -> None:
        operation = (ON_CASES if item is None else ON_ITEMS).get(verb)
        asked = () if operation is None else operation.asks
        fields = {one.name: self._value(one, data) for one in asked if one.required or data.draw(st.booleans())}
        said = "" if verb == "cast" else "样例"
        self._take(self.desk.wanted(who, verb, item, opinion=said, fields=fields))

    def _take(self, wanted: Act) -> None:
        before = self.desk.live

        outcome = self.desk.take(wanted)

        assert isinstance(outcome, Decision | Refused | Ignored)
        assert isinstance(outcome, Decision) or self.desk.live is before

    def _value(self, asked: Asked, data: st.DataObject) -> Any:
        steps = [path for path in index(self.desk.definition) if path]
        match asked.kind:
            case "user":
                return data.draw(st.sampled_from(USERS))
            case "users":
                return data.draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=3, unique=True))
            case "step":
                return data.draw(st.sampled_from(["start", "previous", *steps]))
            case "item":
                added = [one.id for one in self.desk.live.items.values() if one.parent is not None]
                return self._one_of(added, data.draw(PLACES)) or "nothing"
            case "comment":
                return data.draw(st.sampled_from([*self.desk.comments(), 0]))
            case _:
                return data.draw(st.sampled_from(asked.choices or ("样例",)))

    def _one_of(self, items: list[str], place: int) -> str | None:
        return sorted(items)[place % len(items)] if items else None

    def _holder(self, item: str | None, place: int) -> str:
        held = [one.who for one in self.desk.live.holders.get(item or "", ())]
        return held[place % len(held)] if held else HEAD


TestOneCase = OneCase.TestCase
TestOneCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
