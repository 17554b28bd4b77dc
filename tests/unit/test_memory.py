"""The store in memory: snapshots, conflicts, locks, and values that vanish with their person's key."""

from datetime import UTC, datetime

import pytest

from workflows.machine.case import Case, Lane, State
from workflows.memory import Isolation, MemoryUnits, RowExistsError
from workflows.memory.rows import CASES
from workflows.ports import Changes, Conflict, HistoryRow, InboxRow, NewEvent, RegisterRow, StoredEvent, Unit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAIR = ("member.applied.v1", "m1")


class NoVault:
    def fingerprint(self, *values: str) -> str:
        return "|".join(values)

    def salt(self, *parts: str | int) -> str:
        return "|".join(map(str, parts))

    def mac(self, *parts: str | int) -> str:
        return "|".join(map(str, parts))


def store(isolation: Isolation = Isolation.SNAPSHOT) -> MemoryUnits:
    return MemoryUnits("330226", lambda: NOW, NoVault(), isolation=isolation)


def head(case: str = "c1", version: int = 0, person: str | None = "p1", **personal: str) -> Case:
    return Case(
        county="330226",
        id=case,
        workflow="w",
        workflow_hash="h",
        language=1,
        version=version,
        seq=0,
        prev_hash="",
        root=case,
        key="m1",
        person=person,
        state=State.RUNNING,
        outcome=None,
        fields={},
        personal=personal,
        field_versions={},
        numbers="1",
        lane=Lane.INTERACTIVE,
        department="D1",
        sample=True,
        opened_at=NOW,
        last_at=NOW,
    )


def event(no: int = 1, body_hash: str = "a") -> NewEvent:
    return NewEvent("330226", "s", f"e{no}", *PAIR, "p1", {}, {"name": "样例"}, body_hash, "D1")


def row(case: str = "c1") -> InboxRow:
    return InboxRow(no=0, county="330226", case=case, lane=Lane.INTERACTIVE, attempts=0, ready_at=NOW, event=1)


def version_of(units: MemoryUnits, case: str = "c1") -> int:
    return units.read(lambda unit: unit.load([case])[case].head.version)


def rename_member(unit: Unit) -> None:
    unit.put_registers([RegisterRow("member", "m1", None, {})])


def test_a_unit_reads_what_was_committed_when_it_began() -> None:
    units = store()

    def late_reader(unit: Unit) -> set[str]:
        units.run(lambda other: other.add_cases([head()]))
        return set(unit.load(["c1"]))

    assert units.run(late_reader) == set()
    assert units.run(lambda unit: set(unit.load(["c1"]))) == {"c1"}


def test_under_read_committed_a_unit_reads_what_is_committed_at_each_statement() -> None:
    units = store(Isolation.COMMITTED)

    def late_reader(unit: Unit) -> set[str]:
        units.run(lambda other: other.add_cases([head()]))
        return set(unit.load(["c1"]))

    assert units.run(late_reader) == {"c1"}


def test_an_old_snapshot_keeps_its_rows_while_several_others_commit() -> None:
    units = store()
    units.run(lambda unit: unit.add_cases([head()]))

    def reader(unit: Unit) -> tuple[int, int]:
        before = unit.load(["c1"])["c1"].head.version
        units.run(lambda other: other.add_cases([head("c2")]))
        units.run(lambda other: other.save_heads([(0, head(version=1))]))
        units.run(lambda other: other.save_heads([(1, head(version=2))]))
        return before, unit.load(["c1"])["c1"].head.version

    assert units.run(reader) == (0, 0)
    assert version_of(units) == 2


def test_nothing_of_a_unit_that_raises_stays() -> None:
    units = store()

    def breaks(unit: Unit) -> None:
        unit.add_cases([head()])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        units.run(breaks)
    assert units.read(lambda unit: unit.load(["c1"])) == {}


def test_the_first_to_commit_a_row_wins_and_the_other_runs_again() -> None:
    units = store()
    answers: list[str] = []

    def second(unit: Unit) -> None:
        if not answers:
            units.run(lambda other: other.key_events([event()]))
        answers.append(unit.key_events([event()])[0].status)

    units.run(second)
    assert answers == ["new", "duplicate"]


def test_a_unit_that_always_loses_raises_the_conflict() -> None:
    units = store()

    def unlucky(unit: Unit) -> None:
        units.run(rename_member)
        rename_member(unit)

    with pytest.raises(Conflict, match="register"):
        units.run(unlucky)


def test_the_guard_of_a_head_looks_at_the_latest_version_not_at_the_snapshot() -> None:
    units = store()
    units.run(lambda unit: unit.add_cases([head()]))

    def stale(unit: Unit) -> set[str]:
        units.run(lambda other: other.save_heads([(0, head(version=1))]))
        return unit.save_heads([(0, head(version=1))])

    assert units.run(stale) == set()
    assert version_of(units) == 1


def test_a_case_that_somebody_holds_is_skipped_by_a_claim() -> None:
    units = store()
    units.run(lambda unit: unit.post([row("c1"), row("c2"), row("c1")]))

    def claims(unit: Unit) -> tuple[list[str], list[str]]:
        mine = [one.case for one in unit.claim_fresh(Lane.INTERACTIVE, 1)]
        return mine, units.run(lambda other: [one.case for one in other.claim_fresh(Lane.INTERACTIVE, 9)])

    assert units.run(claims) == (["c1", "c1"], ["c2"])
    assert len(units.run(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))) == 3


def test_a_row_that_was_handled_since_the_snapshot_cannot_be_claimed() -> None:
    units = store()
    units.run(lambda unit: unit.post([row()]))

    def late(unit: Unit) -> list[InboxRow]:
        units.run(lambda other: other.clear_inbox([1]))
        return unit.claim_fresh(Lane.INTERACTIVE, 9)

    assert units.run(late) == []


def test_of_two_that_route_the_same_correlation_the_second_sees_the_first() -> None:
    units = store()
    seen: list[int] = []

    def awaits(unit: Unit) -> None:
        if not seen:
            units.run(parks)
            seen.append(0)
        unit.lock_correlations([PAIR])
        seen.append(len(unit.take_unmatched([PAIR])))

    def parks(unit: Unit) -> None:
        unit.lock_correlations([PAIR])
        unit.park_unmatched([StoredEvent(1, event(), NOW)])

    units.run(awaits)
    assert seen == [0, 1]


def test_a_history_entry_is_never_written_twice() -> None:
    units = store()
    entry = HistoryRow("c1", 1, NOW, {"what": "x"}, None, {}, None, "", "ff")
    units.run(lambda unit: unit.write(Changes(history=[entry])))

    with pytest.raises(RowExistsError, match="history"):
        units.run(lambda unit: unit.write(Changes(history=[entry])))


def test_numbers_of_rows_are_not_given_again_after_a_rollback() -> None:
    units = store()

    units.read(lambda unit: unit.post([row()]))
    units.run(lambda unit: unit.post([row()]))

    assert [one.no for one in units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 1))] == [2]


def test_what_is_personal_is_gone_with_the_key_of_its_person() -> None:
    units = store()
    entry = HistoryRow("c1", 1, NOW, {"what": "x"}, "cc", {"opinion": "样例"}, "salt", "", "ff")
    units.run(lambda unit: unit.add_cases([head(name="样例"), head("c2", person="p2", name="样例二")]))
    units.run(lambda unit: unit.add_events([StoredEvent(1, event(), NOW)]))
    units.run(lambda unit: unit.write(Changes(history=[entry])))

    units.run(lambda unit: unit.erase(["p1"]))

    slices = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert slices["c1"].head.personal == {}
    assert slices["c2"].head.personal == {"name": "样例二"}
    assert units.read(lambda unit: unit.events([1]))[1].event.personal == {}
    assert "样例'" not in repr(units.database.tables["payload"].rows)


def test_personal_values_stand_in_no_other_row() -> None:
    units = store()

    units.run(lambda unit: unit.add_cases([head(name="样例")]))

    assert "样例" not in repr(units.read(lambda unit: unit.tx.get(CASES, "c1")))
