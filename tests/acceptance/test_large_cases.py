"""A case of ten thousand turns: an act inside one of them costs what it costs among a hundred, and decides the same."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.engines import Database, open_database
from adapters.sql.migrations import upgrade
from adapters.sql.reads import SqlReads
from adapters.sql.units import SqlUnit, SqlUnits
from adapters.vault import OfficeVault
from workflows.language.words import (
    Step,
    Workflow,
    approve,
    beside,
    call,
    carry_out,
    end,
    exclusive,
    for_each,
    join,
    loop,
    remind,
    role,
    sequence,
    wait,
    workflow,
)
from workflows.machine.case import Slice
from workflows.memory import MemoryUnit
from workflows.moves import parts
from workflows.ports import Vault
from workflows.testkit import Office, Store, memory_store, staff

PEOPLE = staff(clerk="clerk", head="office_head")
CLERK = role("clerk")

Stores = Callable[[str, Callable[[], datetime], Vault], Store]


def process(name: str, *steps: Step, **more: Any) -> Workflow:
    return workflow(name, starts_on=f"{name}.asked.v1", about="trial", steps=sequence(*steps), **more)


def of_turns(turns: int) -> Workflow:
    """An approval with a term in each of so many turns."""
    asked = approve("ask", by=CLERK, within=5, overdue=(remind(-1),), on_reject=end("refused"))
    return process("many", for_each("each", over=turns, each="n", do=asked), end("done"))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Makes the store of an office."""
    opened: list[Database] = []

    def sqlite(county: str, now: Callable[[], datetime], vault: Vault) -> Store:
        url = f"sqlite:///{tmp_path / f'{len(opened)}.sqlite3'}"
        upgrade(url)
        database = open_database(url)
        opened.append(database)
        units = SqlUnits(database, county, OfficeVault("a secret for tests alone", county), now)
        reads = SqlReads(units)
        return Store(units, reads, reads.next_due)

    yield {"memory": memory_store, "sqlite": sqlite}[request.param]
    for database in opened:
        database.close()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many live rows each case had that a unit loaded."""
    counts: list[int] = []

    def counting(load: Callable[..., dict[str, Slice]]) -> Callable[..., dict[str, Slice]]:
        def load_and_count(
            unit: Any,
            cases: Sequence[str],
            near: Mapping[str, Collection[str]] | None = None,
            heard: Mapping[str, Collection[tuple[str, str]]] | None = None,
        ) -> dict[str, Slice]:
            found = load(unit, cases, near, heard)
            counts.extend(map(_rows_in, found.values()))
            return found

        return load_and_count

    for kind in (MemoryUnit, SqlUnit):
        monkeypatch.setattr(kind, "load", counting(kind.load))
    return counts


def _rows_in(live: Slice) -> int:
    holders = sum(len(held) for held in live.holders.values())
    return len(live.activations) + len(live.items) + holders + len(live.timers) + len(live.subscriptions)


def rows_per_act(office: Office, loaded: list[int]) -> list[int]:
    """The rows that were loaded for each of three acts in different turns."""
    office.send(office.event("many.asked.v1", key="k1"))
    begun = office.store.reads.items(office.viewer("clerk"), 3)
    found = []
    for item in begun:
        loaded.clear()
        assert office.act("clerk", item, "agree").status == 200
        found.append(sum(loaded))
    return found


def test_an_act_in_one_of_ten_thousand_turns_loads_what_it_loads_among_a_hundred(
    store: Stores, loaded: list[int]
) -> None:
    few = rows_per_act(Office([of_turns(100)], PEOPLE, store=store), loaded)
    many = rows_per_act(Office([of_turns(10_000)], PEOPLE, store=store), loaded)

    # The sequence, the for-each, the turn, its item with one holder, and its timer.
    assert few == many == [6, 6, 6]


def waiting() -> Workflow:
    """A wait in each of many turns, each for an event with a key of its own."""
    asked = wait("paid", event="paid.v1", key="n", within=5, overdue=(remind(-1),))
    return process("many", for_each("each", over="keys", each="n", do=asked), end("done"))


def rows_per_event(office: Office, turns: int, loaded: list[int]) -> list[int]:
    """The rows that were loaded for each of three events for different turns."""
    [case] = office.send(office.event("many.asked.v1", key="k1", keys=[f"i{n}" for n in range(turns)])).cases
    found = []
    for number in (1, 7, 50):
        loaded.clear()
        assert office.send(office.event("paid.v1", key=f"i{number}")).cases == (case,)
        found.append(sum(loaded))
    assert len([one for one in office.history(case) if one.body["what"] == "event:paid.v1"]) == 3
    return found


def test_an_event_for_one_of_ten_thousand_turns_loads_what_it_loads_among_a_hundred(
    store: Stores, loaded: list[int]
) -> None:
    few = rows_per_event(Office([waiting()], PEOPLE, store=store), 100, loaded)
    many = rows_per_event(Office([waiting()], PEOPLE, store=store), 10_000, loaded)

    # The sequence, the for-each, the turn, what it asks for, and its timer.
    assert few == many == [5, 5, 5]


def test_timers_of_many_turns_that_fall_due_together_load_those_turns_once(store: Stores, loaded: list[int]) -> None:
    office = Office([of_turns(300)], PEOPLE, store=store)
    (case,) = office.send(office.event("many.asked.v1", key="k1")).cases
    loaded.clear()

    office.turn(days=7)

    reminded = [one for one in office.history(case) if one.body["what"] == "timer:ladder"]
    assert len(reminded) == 300
    # Each turn with its item and its holder; its timer waits in the inbox by then.
    assert sum(loaded) <= 300 * 3 + 2 * len(loaded)


def test_the_last_of_many_turns_looks_at_the_whole_case_and_ends_it(store: Stores, loaded: list[int]) -> None:
    turns = parts.SMALL + 6
    office = Office([of_turns(turns)], PEOPLE, store=store)
    (case,) = office.send(office.event("many.asked.v1", key="k1")).cases

    for item in office.inbox("clerk"):
        assert office.act("clerk", item, "agree").status == 200

    assert office.case(case).head.outcome == "done"


# -- a part decides as the whole does ----------------------------------------------------------------------

INNER = process("inner", carry_out("look", by=CLERK), end("looked"))

WORDS: dict[str, Step] = {
    "approvals": approve("ask", by=CLERK, within=5, overdue=(remind(-1),), on_reject=carry_out("why", by=CLERK)),
    "loops": loop("again", do=carry_out("look", by=CLERK), at_most=2),
    "turns": for_each("inner", over=2, each="m", do=carry_out("look", by=CLERK)),
    "waits": wait("paid", event="paid.v1", within=5, silence=carry_out("dun", by=CLERK)),
    "hears": sequence(wait("answer", event="answered.v1"), carry_out("file", by=CLERK), name="part"),
    "cars": exclusive("car", resource="car", do=carry_out("drive", by=CLERK)),
    "calls": call("called", workflow="inner"),
    "ends": approve("ask", by=CLERK, on_reject=end("refused", "rejected")),
}
ENDS = {"ends": ["rejected", "refused"]}


VERBS = {"approve": "reject", "carry_out": "complete"}


def story(word: str, joined: Any, monkeypatch: pytest.MonkeyPatch, small: int) -> list[list[Any]]:
    """What the histories of all cases say when a clerk works off everything, first in first out."""
    monkeypatch.setattr(parts, "SMALL", small)
    handlers = (beside("noted.v1", carry_out("note", by=CLERK)),)
    block = for_each("each", over=4, each="n", do=sequence(WORDS[word]), join=joined, on=handlers)
    office = Office([process("many", block, carry_out("report", by=CLERK), end("done")), INNER], PEOPLE)
    office.send(office.event("many.asked.v1", key="k1"))
    office.send(office.event("noted.v1", key="k1"))
    office.send(office.event("answered.v1", key="k1"))
    for _ in range(20):
        office.turn(days=1)
        for item in office.inbox("clerk")[:2]:
            office.act("clerk", item, VERBS[item.item.kind], opinion="样例意见")
    return [[one.body for one in office.history(row.case.id)] for row in sorted(office.cases(), key=_by_id)]


def _by_id(row: Any) -> str:
    identity: str = row.case.id
    return identity


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("joined", [join(), join(of=2), join(of=2, rest="ignore")], ids=["all", "cancel", "ignore"])
def test_what_is_decided_on_a_part_is_what_is_decided_on_the_whole(
    word: str, joined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts = story(word, joined, monkeypatch, small=0)
    load = MemoryUnit.load
    monkeypatch.setattr(MemoryUnit, "load", lambda unit, cases, *_: load(unit, cases))

    as_a_whole = story(word, joined, monkeypatch, small=100_000)

    assert in_parts == as_a_whole
    assert ENDS.get(word, ["completed", "done"]) in [bodies[-1]["delta"].get("state") for bodies in in_parts]
