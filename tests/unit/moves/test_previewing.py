"""What a preview of an act says is what the act then does, and the preview itself does nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import count
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.machine.desk import people
from tests.unit.machine.likely import Likely, Standing, likely, thin
from tests.unit.machine.trees import EVENTS, USERS, Trees
from workflows.language.expressions import is_true
from workflows.language.words import (
    Approve,
    CarryOut,
    Form,
    FormField,
    Vote,
    Workflow,
    call,
    carry_out,
    choice,
    end,
    role,
    sequence,
    when,
    workflow,
)
from workflows.machine.case import ItemState
from workflows.machine.following import Consequences
from workflows.machine.nodes import index
from workflows.machine.operations import ON_CASES, ON_ITEMS, Asked
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.moves.previewing import foresee, way_ahead
from workflows.reads import CaseView
from workflows.testkit import Office

ROUNDS = 14
PLAYS = 80
LIKELY = 0.6
"""The share of acts that are drawn from what may well be done."""
LEAST = 2
"""How often each verb must have been accepted, and refused, over all plays."""


def begun(definition: Workflow, *others: Workflow) -> tuple[Office, str]:
    office = Office([definition, *others], people())
    [case] = office.send(office.event("trial.began.v1", key="k1", person="p1", a=True, sites=["x", "y"])).cases
    return office, case


def wanted(office: Office, case: str, random: Random, number: int) -> Act:
    """What somebody may want: what they may well do, or anything of all that there is to want."""
    one = likely(standing(office, case), random) if random.random() < LIKELY else None
    if one is None:
        return drawn_act(office, case, random, number)
    fields = dict(one.fields)
    principals = office.viewer(one.who).principals
    return Act(f"a{number}", case, one.item, one.verb, one.who, principals, None, opinion=words(one), fields=fields)


def words(one: Likely) -> str:
    """No words go with a secret ballot."""
    return "" if one.verb == "cast" else "样例意见"


def standing(office: Office, case: str) -> Standing:
    """Where the case stands, as all may see it."""
    view, officers = office.case(case), [one for one in USERS if ":" not in one]
    definition = office.library.by_hash(view.head.workflow_hash)
    steps = [path for path, node in index(definition).items() if isinstance(node.step, Approve | CarryOut | Vote)]
    secret = frozenset(path for path in steps if getattr(index(definition)[path].step, "secret", False))

    principals = {one: office.viewer(one).principals for one in officers}

    def people(who: str) -> list[str]:
        return [one for one in officers if who in principals[one]] or [who]

    return Standing(
        view.head,
        view.items,
        view.holders,
        steps or ["steps"],
        officers,
        people,
        secret,
        definition.revocation is not None,
        tuple(office.store.units.read(lambda unit: unit.comments([case])[case]).values()),
    )


def drawn_act(office: Office, case: str, random: Random, number: int) -> Act:
    """Something of all that there is to want: often what somebody may not."""
    view = office.case(case)
    item = random.choice([*(one.id for one in view.items), None, None])
    operation = random.choice(sorted((ON_CASES if item is None else ON_ITEMS).values(), key=lambda one: one.verb))
    held = [one.who for one in view.holders.get(item or "", ())]
    user = random.choice([*USERS, "head", *held, *held, *held])
    asks = [one for one in operation.asks if one.kind not in {"signature", "picture"}]
    fields = {one.name: drawn(one, view, random) for one in asks if one.required or random.random() < 0.5}
    principals = office.viewer(user).principals
    said = random.choice(("", "样例意见", "样例意见"))
    return Act(f"a{number}", case, item, operation.verb, user, principals, None, opinion=said, fields=fields)


def drawn(asked: Asked, view: CaseView, random: Random) -> Any:
    """A value for what a verb asks for."""
    officers = [one for one in USERS if ":" not in one]
    unknown = ["nobody"] * len(officers)
    steps = sorted({one.path for one in view.items} | {one.path for one in view.activations})
    values: dict[str, list[Any]] = {
        "user": [*officers, *unknown],
        "users": [[one] for one in (*officers, *unknown)],
        "step": [*steps, "start"],
        "item": [one.id for one in view.items],
        "choice": list(asked.choices),
        "comment": list(range(1, 9)),
    }
    return random.choice(values.get(asked.kind) or ["样例"])


def seen(office: Office, case: str) -> tuple[Any, ...]:
    """All that can be seen of the office: its cases, and what the outside was told."""
    return office.case(case), office.cases(), office.history(case), office.effects()


def asked(view: CaseView) -> dict[str, tuple[str, int, tuple[str, ...], Any]]:
    """The open items that somebody holds: where, who, and by when."""
    return {
        one.id: (one.path, one.round, tuple(sorted(held.who for held in view.holders.get(one.id, ()))), one.due_at)
        for one in view.items
        if one.closed_at is None and view.holders.get(one.id)
    }


def is_asked_now(item: str, after: CaseView, before: Mapping[str, ItemState]) -> bool:
    """Whether an item is new, or was somebody else's turn before."""
    [now] = [one.state for one in after.items if one.id == item]
    return item not in before or (now is ItemState.OPEN and before[item] is not ItemState.OPEN)


def closed_in(view: CaseView) -> set[str]:
    return {one.id for one in view.items if one.closed_at is not None}


def holds(found: Consequences, before: CaseView, office: Office, case: str) -> None:
    """The preview is held to the rows, the history and the cases that the act left behind."""
    after, entry = office.case(case), office.history(case)[-1].body
    delta = entry["delta"]
    old, new = asked(before), asked(after)

    assert (found.state, found.outcome) == (after.head.state.value, after.head.outcome)
    states = {one.id: one.state for one in before.items}
    assert sorted(map(str, (one for item, one in new.items() if is_asked_now(item, after, states)))) == sorted(
        str((one.path, one.round, tuple(sorted(one.who)), one.due_at)) for one in found.opened
    )
    live = {(one.path, one.round) for one in before.activations}
    assert sorted(found.entered) == sorted(
        one["path"] for one in delta.get("activations", ()) if (one["path"], one["round"]) not in live
    )
    assert sorted(found.says) == sorted(kind for _, kind in delta.get("emitted", ()))
    assert len(found.told) + len(found.says) == len(delta.get("effects", ()))
    assert list(found.starts) == [kind for _, kind in delta.get("children", ())]
    assert dict(found.fields or {}) == delta.get("fields", {})
    changed = {one["id"]: one for one in delta.get("items", ())}
    void = {item for item, one in changed.items() if "superseded" in one and item not in old}
    assert sorted(found.superseded) == sorted(changed[item]["path"] for item in void)
    assert sorted(found.cancelled) == sorted(
        one["path"] for item, one in changed.items() if one["state"] == "cancelled" and item not in void
    )
    assert sorted(found.kept) == sorted(
        one.path for one in before.items if one.closed_at is None and one.id not in closed_in(after)
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False))
def test_a_preview_and_its_act_agree(random: Random) -> None:
    play(random, Counter(), Counter())


def test_the_preview_of_every_verb_and_its_act_agree_both_accepted_and_refused() -> None:
    accepted: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    for seed in range(PLAYS):
        try:
            play(Random(seed), accepted, refused)  # repeatable, no secret
        except AssertionError as wrong:
            wrong.add_note(f"in the play of seed {seed}")
            raise

    assert thin(accepted, refused, LEAST) == {}


def play(random: Random, accepted: Counter[str], refused: Counter[str]) -> None:
    office, case = begun(Trees(random).workflow())
    numbers = count()
    for _ in range(ROUNDS):
        one = wanted(office, case, random, next(numbers))
        before = seen(office, case)

        found = foresee(office.engine, one)
        nothing_done = seen(office, case)
        answer = act(office.engine, one)

        assert nothing_done == before
        agree(found, answer, before[0], office, case)
        assert answer.body.get("code") != "quarantined", f"{one.verb} broke the case"
        (accepted if answer.status == 200 else refused)[one.verb] += 1
        office.drain()
        office.send(office.event(random.choice(EVENTS), key="k1", a=random.random() < 0.5))
        office.turn(days=random.choice((0, 0, 1)))


def agree(found: Consequences | Answer, answer: Answer, before: CaseView, office: Office, case: str) -> None:
    match found:
        case Answer():
            assert found == answer
        case Consequences():
            assert answer.status == 200
            holds(found, before, office, case)


def test_a_preview_tells_the_sub_cases_that_would_start_and_go() -> None:
    clerk = role("clerk")
    inner = workflow(
        "inner", starts_on="inner.v1", about="trial", steps=sequence(carry_out("look", by=clerk), end("x"))
    )
    outer = workflow(
        "trial",
        starts_on="trial.began.v1",
        about="trial",
        person=True,
        steps=sequence(carry_out("first", by=clerk), call("both", workflow="inner", over="sites"), end("done")),
    )
    office, case = begun(outer, inner)
    view = office.inbox("clerk")[0]
    principals = office.viewer("clerk").principals
    complete = Act("a1", case, view.item.id, "complete", "clerk", principals, seen=None)
    withdraw = Act("a2", case, None, "withdraw", "person:p1", frozenset({"person:p1"}), seen=None)

    starting = foresee(office.engine, complete)
    office.act("clerk", view, "complete")
    going = foresee(office.engine, withdraw)

    assert isinstance(starting, Consequences)
    assert isinstance(going, Consequences)
    assert (starting.starts, going.withdraws, going.state) == (("inner", "inner"), 2, "withdrawn")
    assert len(office.cases()) == 3


def test_a_preview_uses_no_key_up() -> None:
    office, case = begun(
        workflow(
            "trial", starts_on="trial.began.v1", about="trial", person=True, steps=carry_out("only", by=role("clerk"))
        )
    )
    view = office.inbox("clerk")[0]
    complete = Act("a1", case, view.item.id, "complete", "clerk", office.viewer("clerk").principals, seen=None)

    foresee(office.engine, complete)

    assert act(office.engine, complete).body["item_state"] == "completed"


def test_the_way_ahead_names_the_way_that_a_possible_step_stands_in() -> None:
    clerk = role("clerk")
    asked_for = Form(name="well.v1", fields=(FormField(name="fine", type="boolean"),))
    which = choice("which", when(is_true("fine"), carry_out("praise", by=clerk)), otherwise=carry_out("mend", by=clerk))
    steps = sequence(carry_out("look", by=clerk, form=asked_for.name), which, carry_out("file", by=clerk))
    office, case = begun(
        workflow("trial", starts_on="trial.began.v1", about="trial", person=True, forms=(asked_for,), steps=steps)
    )

    found = {one.path: one.branch for one in way_ahead(office.engine, case).steps}

    assert (found["steps/which/0"], found["steps/which/otherwise"]) == ("steps/which/0", "steps/which/otherwise")
    assert found["steps/file"] is None
