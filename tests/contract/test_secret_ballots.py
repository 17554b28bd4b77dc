"""无记名票决 on each store: nothing ties a ballot to who cast it, and each voter has one, whatever is killed or repeated."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest
from sqlalchemy import select

from adapters.sql.tables import ballot, metadata
from adapters.sql.units import SqlUnit
from tests.contract.dying import DyingUnits, Killed
from tests.contract.racing import MOMENT
from tests.contract.test_board import MakeStore
from workflows.language.words import end, role, sequence, vote, workflow
from workflows.machine.case import Lane
from workflows.machine.stimuli import Act
from workflows.memory import rows as rows_in_memory
from workflows.memory.store import Table
from workflows.memory.unit import MemoryUnit
from workflows.moves.acting import Answer, act
from workflows.ports import Unit, Units
from workflows.testkit import Office, staff

T = TypeVar("T")
FIVE = ("an", "bo", "cai", "deng", "er")
PATH = "steps/ballot"
SECRET = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(
        vote(
            "ballot",
            by=role("voter"),
            quorum="1/2",
            passes="1/2",
            secret=True,
            within=5,
            fails=end("refused", "rejected"),
        ),
        end("done", "approved"),
    ),
)


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    roles: dict[str, Any] = dict.fromkeys(FIVE, "voter")
    made = Office([SECRET], staff(**roles), store=make_store)
    made.send(made.event("trial.began.v1", key="k1"))
    return made


def cast_by(office: Office, who: str, choice: str, key: str | None = None) -> Answer:
    return office.act(who, office.inbox(who)[0], "cast", fields={"choice": choice}, key=key)


def wanted(office: Office, who: str, choice: str, key: str) -> Act:
    item, viewer = office.inbox(who)[0].item, office.viewer(who)
    return Act(key, item.case, item.id, "cast", who, viewer.principals, item.version, fields={"choice": choice})


def box(office: Office) -> dict[str, int]:
    """What is in the box, by choice."""
    (case,) = [row.case.id for row in office.cases()]
    return dict(office.store.units.read(lambda unit: unit.ballots.count(case, PATH, 1)))


class MeetingUnits:
    """Units that stand still before their first commit until somebody else has come, or a moment is over."""

    def __init__(self, units: Units) -> None:
        self.county, self.batch, self._units = units.county, units.batch, units
        self.came, self.met = threading.Event(), threading.Event()

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        def meeting(unit: Unit) -> T:
            result = work(unit)
            self.came.set()
            self.met.wait(MOMENT)
            return result

        return self._units.run(meeting, lane)

    def read(self, work: Callable[[Unit], T]) -> T:
        return self._units.read(work)


def raced(office: Office, first: Act, second: Act) -> list[Answer]:
    """Two acts at once: the second comes while the first has done everything but its commit."""
    units = MeetingUnits(office.store.units)

    def late() -> Answer:
        units.came.wait(10)
        answer = act(office.engine, second)
        units.met.set()
        return answer

    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(late)
        early = act(replace(office.engine, units=units), first)
        return [early, coming.result(20)]


# -- what is kept ------------------------------------------------------------------------------------------


def test_the_ballots_decide_when_all_have_voted(office: Office) -> None:
    (case,) = [row.case.id for row in office.cases()]
    for who, choice in zip(FIVE, ("agree", "reject", "agree", "abstain", "agree"), strict=True):
        cast_by(office, who, choice)

    assert box(office) == {"agree": 3, "reject": 1, "abstain": 1}
    assert office.case(case).head.outcome == "done"
    assert office.history(case)[-1].body["delta"]["vote"] == ["passed", 5, 3, 1, 1]
    assert office.history(case)[-1].body["actor"] == "SYSTEM"


def test_no_row_of_any_table_ties_a_voter_to_a_choice(office: Office) -> None:
    for who in FIVE[:4]:
        cast_by(office, who, "reject")

    rows = every_row(office)

    assert "reject" not in str({name: found for name, found in rows.items() if name != "ballot"})
    assert len(rows["ballot"]) == 4
    assert all("reject" in str(row) and not any(who in str(row) for who in FIVE) for row in rows["ballot"])


def test_a_ballot_has_neither_voter_nor_time_nor_order() -> None:
    assert set(ballot.c.keys()) == {"county", "id", "case", "path", "round", "choice"}
    assert not ballot.dialect_options["sqlite"]["with_rowid"]


def every_row(office: Office) -> dict[str, list[Any]]:
    """Everything that the store holds, by table, but for the random ids of ballots, which may hold any letters."""
    kind = type(office.store.units).__name__
    return office.store.units.read(_in_memory if kind == "MemoryUnits" else _in_tables)


def _in_tables(unit: Unit) -> dict[str, list[Any]]:
    connection = cast("SqlUnit", unit).tx.connection
    said = {one.name: [column for column in one.c if column is not ballot.c.id] for one in metadata.tables.values()}
    return {name: [tuple(row) for row in connection.execute(select(*columns))] for name, columns in said.items()}


def _in_memory(unit: Unit) -> dict[str, list[Any]]:
    tables = [one for one in vars(rows_in_memory).values() if isinstance(one, Table)]
    return {one.name: [row for _, row in cast("MemoryUnit", unit).tx.all(one)] for one in tables}


# -- once, or not at all -----------------------------------------------------------------------------------


def test_the_same_request_again_counts_once_whatever_it_says(office: Office) -> None:
    item = office.inbox("an")[0]
    first = office.act("an", item, "cast", fields={"choice": "agree"}, key="same")

    again = office.act("an", item, "cast", fields={"choice": "reject"}, key="same")

    assert (again.status, again.body) == (first.status, first.body)
    assert box(office) == {"agree": 1}


def test_one_voter_who_casts_twice_at_once_has_one_ballot(office: Office) -> None:
    answers = raced(office, wanted(office, "an", "agree", "k1"), wanted(office, "an", "reject", "k2"))

    assert sorted(one.status for one in answers) == [200, 409]
    assert sum(box(office).values()) == 1
    late = next(one for one in answers if one.status == 409)
    assert (late.body["code"], late.body["by"]) == ("item_closed", "an")


def test_two_voters_at_once_have_a_ballot_each(office: Office) -> None:
    answers = raced(office, wanted(office, "an", "agree", "k1"), wanted(office, "bo", "reject", "k2"))

    assert [one.status for one in answers] == [200, 200]
    assert box(office) == {"agree": 1, "reject": 1}


def test_the_last_two_at_once_close_the_vote_once_with_every_ballot(office: Office) -> None:
    (case,) = [row.case.id for row in office.cases()]
    for who in FIVE[:3]:
        cast_by(office, who, "agree")

    raced(office, wanted(office, "deng", "reject", "k1"), wanted(office, "er", "reject", "k2"))
    office.drain()

    closed = [one.body["delta"]["vote"] for one in office.history(case) if "vote" in one.body["delta"]]
    assert closed == [["passed", 5, 3, 2, 0]]


def test_a_kill_before_the_commit_leaves_neither_the_mark_nor_the_ballot(office: Office) -> None:
    voting = wanted(office, "an", "agree", "k1")

    with pytest.raises(Killed):
        act(replace(office.engine, units=DyingUnits(office.store.units)), voting)
    before = (box(office), len(office.inbox("an")))
    answer = act(office.engine, voting)

    assert before == ({}, 1)
    assert (answer.status, box(office), len(office.inbox("an"))) == (200, {"agree": 1}, 0)
