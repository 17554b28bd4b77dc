"""A full batch is answered within its request: in slices of fifty, each one transaction (docs/decisions/0015-batches.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from workflows.language.words import approve, end, role, sequence, workflow
from workflows.machine.case import Lane
from workflows.machine.stimuli import Act
from workflows.moves.together import MOST, answer_items
from workflows.ports import Unit, Units
from workflows.reads import ItemView
from workflows.testkit import Office, staff

T = TypeVar("T")
ASKED = workflow(
    "asked",
    starts_on="trial.asked.v1",
    about="trial",
    steps=sequence(approve("check", by=role("judge"), on_reject=end("no", "rejected")), end("yes", "approved")),
)


@dataclass
class Counted:
    """The units of an office, with how many transactions were run."""

    units: Units
    ran: int = 0

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        self.ran += 1
        return self.units.run(work, lane)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.units, name)


def agreement(office: Office, view: ItemView, version: int) -> Act:
    viewer = office.viewer("jin")
    return Act(
        key=f"k-{view.item.id}",
        case=view.case.id,
        item=view.item.id,
        verb="agree",
        actor="jin",
        principals=viewer.principals,
        seen=version,
        batch="b1",
    )


def test_a_full_batch_takes_ten_transactions_and_one_that_is_stale_is_refused_in_its_place() -> None:
    office = Office([ASKED], staff(jin="judge"))
    for number in range(MOST):
        office.send(office.event("trial.asked.v1", key=f"t{number}"))
    views = office.store.reads.items(office.viewer("jin"), MOST)
    counted = Counted(office.engine.units)
    acts = [(one, agreement(office, one, one.item.version + (place == 77))) for place, one in enumerate(views)]

    answers = answer_items(replace(office.engine, units=counted), acts)

    assert counted.ran == MOST // 50
    assert [place for place, one in enumerate(answers) if one.status != 200] == [77]
