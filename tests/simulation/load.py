"""What departments and people do in a seed: events early, late, twice and in conflict; acts of all kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random

from domain.audit import canonical
from domain.events import EVENT_TYPES
from domain.identifiers import derived_id
from tests.simulation.definitions import ANSWERS, ECHO, FORM, GROWS, HANDLED, VANISHED, WAITED
from tests.simulation.handling import handle_something
from tests.simulation.people import COUNTY
from tests.workflows_for_tests import SYNTHETIC
from workflows.language.words import Approve, Vote, Workflow
from workflows.machine.balloting import CHOICE
from workflows.machine.case import JSON, Case, Holder, Lane, WorkItem
from workflows.machine.gating import RESUME, SUSPEND
from workflows.machine.nodes import awaited, everything
from workflows.machine.operations import SIGNATURE
from workflows.machine.signing import SIGNED
from workflows.machine.stimuli import Act
from workflows.machine.turn import step_path
from workflows.policy import role_principal
from workflows.ports import NewEvent
from workflows.reads import CaseView

KEYS = ("k1", "k2")
"""Few, so that events meet each other's cases."""
CROWD = (*WAITED, *HANDLED, ANSWERS, ECHO, GROWS)
FREE = frozenset(CROWD) | {type_ for type_ in awaited(SYNTHETIC) if type_ not in EVENT_TYPES}
SOURCES = ("urn:sim:a", "urn:sim:b")
FORMS: Mapping[str, Mapping[str, JSON]] = {
    "duplicate_check.v1": {"same_person": "different"},
    "visit.v1": {"grade": "good", "rooms": 2},
    "advice.v1": {"advice": "样例"},
}
VERBS = {
    "approve": ("agree", "agree", "reject", "return"),
    "vote": ("agree", "reject", "abstain"),
    "carry_out": ("complete",),
    "supplement": ("complete",),
    "advice": ("answer",),
    "confirm": ("agree", "reject"),
}


def script(random: Random, workflows: Sequence[Workflow]) -> tuple[NewEvent, ...]:
    """The events of a seed in the order they are first sent: some starts, and a crowd that somebody may wait for."""
    waited = sorted(frozenset().union(*(awaited(one) for one in workflows)))
    types = [random.choice(workflows).starts_on for _ in range(random.randint(2, 4))]
    types += [one.starts_on for one in workflows if one.name == VANISHED]
    types += [random.choice((*CROWD, *waited)) for _ in range(random.randint(4, 12))]
    events = [_of_type(random, f"e{number}", type_) for number, type_ in enumerate(types)]
    random.shuffle(events)
    if random.random() < 0.3:
        events.append(replace(events[0], body_hash="another body"))
    return tuple(events)


def _of_type(random: Random, id_: str, type_: str) -> NewEvent:
    if type_ not in EVENT_TYPES:
        return _event(random, id_, type_, random.choice(KEYS))
    kind = EVENT_TYPES[type_]
    said = kind(**{**kind.EXAMPLE, kind.KEY: random.choice(KEYS)})
    return _made(random, id_, said.TYPE, said.key(), said.plain(), said.personal())


def aimed_at(random: Random, id_: str, pairs: Iterable[tuple[str, str]]) -> NewEvent | None:
    """An event of one of these (type, key), where anybody may send it."""
    fitting = sorted((type_, key) for type_, key in pairs if type_ in FREE)
    if not fitting:
        return None
    type_, key = random.choice(fitting)
    return _event(random, id_, type_, key)


def _event(random: Random, id_: str, type_: str, key: str) -> NewEvent:
    parts = random.sample((*KEYS, "k3"), random.randint(0, 3))
    plain: dict[str, JSON] = {"a": random.random() < 0.5, "b": random.random() < 0.5, "town": "T1", "invoice": key}
    plain |= {"parts": parts, "part": "k4"}
    return _made(random, id_, type_, key, plain, {"name": f"样例{key}"})


def _made(
    random: Random, id_: str, type_: str, key: str, plain: Mapping[str, JSON], personal: Mapping[str, JSON]
) -> NewEvent:
    return NewEvent(
        county=COUNTY,
        source=random.choice(SOURCES),
        id=id_,
        type=type_,
        key=key,
        person=key,
        plain=plain,
        personal=personal,
        body_hash=derived_id("body", canonical([type_, key, dict(plain), dict(personal)]).decode()),
        department="d1",
        fingerprint=derived_id("blind", str(personal.get("name"))),
        sample=True,
        lane=random.choice(tuple(Lane)),
    )


def secret_votes(workflow: Workflow) -> frozenset[str]:
    """Where a workflow asks for secret ballots."""
    asking = (node for node in everything(workflow) if isinstance(node.step, Vote) and node.step.secret)
    return frozenset(node.path for node in asking)


def signed_steps(workflow: Workflow) -> frozenset[str]:
    """Where a workflow asks for signatures."""
    asking = (node for node in everything(workflow) if isinstance(node.step, Approve) and node.step.signature)
    return frozenset(node.path for node in asking)


def act_on(
    random: Random, number: int, view: CaseView, secret: Collection[str], signed: Collection[str] = ()
) -> Act | None:
    """Something that somebody may want done to a case; now and then something that is not theirs to do.

    At the paths of `secret` votes are cast, not said; at those of `signed` answers are signed, but for one in ten.
    """
    if random.random() < 0.04:
        return _withdrawal(view, number)
    if random.random() < 0.15:
        return handle_something(random, number, view)
    held = [(item, holder) for item in view.items for holder in view.holders.get(item.id, ()) if item.closed_at is None]
    if not held:
        return None
    item, holder = random.choice(held)
    wanted = _act(random, number, item, holder)
    if step_path(item.path) in signed and wanted.verb in SIGNED and random.random() < 0.9:
        return replace(wanted, fields={SIGNATURE: wanted.actor})
    return _as_ballot(wanted) if step_path(item.path) in secret and wanted.verb in VERBS["vote"] else wanted


def ballots_beside(first: Act, view: CaseView) -> list[Act]:
    """The ballots of everybody else who votes where this one was cast, one like the other in turn."""
    item = next(one for one in view.items if one.id == first.item)
    beside = [one for one in view.items if (one.path, one.closed_at) == (item.path, None) and one is not item]
    return [
        replace(
            first,
            key=f"{first.key}/{one.seat}",
            item=one.id,
            seen=one.version,
            principals=frozenset({view.holders[one.id][0].who}),
            actor=f"{first.actor}/{one.seat}",
            fields={CHOICE: VERBS["vote"][one.seat % 3]},
        )
        for one in beside
        if view.holders.get(one.id)
    ]


def _as_ballot(wanted: Act) -> Act:
    return replace(wanted, verb="cast", fields={CHOICE: wanted.verb}, opinion="")


def _act(random: Random, number: int, item: WorkItem, holder: Holder) -> Act:
    verb = random.choice(VERBS[item.kind])
    stranger = random.random() < 0.05
    asks = {"fine": random.random() < 0.5} if item.form == FORM.name else FORMS.get(item.form or "", {})
    return Act(
        key=f"act{number}",
        case=item.case,
        item=item.id,
        verb="agree" if random.random() < 0.03 else verb,
        actor=f"actor-{number}",
        principals=frozenset({"user:nobody"} if stranger else {holder.who}),
        seen=item.version,
        opinion=random.choice(("", "同意")),
        form=asks if random.random() < 0.9 else {"unknown": True},
        department="d1",
        post="post_chen",
    )


def _withdrawal(view: CaseView, number: int) -> Act:
    return Act(
        key=f"act{number}",
        case=view.head.id,
        item=None,
        verb="withdraw",
        actor=f"actor-{number}",
        principals=frozenset({f"person:{view.head.person}"}),
        seen=None,
    )


def gate_act(number: int, head: Case, principal: str = role_principal("office_head", None)) -> Act:
    """Suspend a case, or resume it where it stands still."""
    return Act(
        key=f"act{number}",
        case=head.id,
        item=None,
        verb=SUSPEND if head.gate is None else RESUME,
        actor=f"actor-{number}",
        principals=frozenset({principal}),
        seen=None,
        opinion="样例：暂停" if head.gate is None else "",
    )
