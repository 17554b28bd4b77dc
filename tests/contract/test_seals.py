"""Seals and the audit: feed numbers without a gap, checkpoints in a chain, and the first bad row named."""

from tests.contract.samples import a_case, an_entry
from workflows.policy import operator_viewer
from workflows.ports import Changes, HistoryRow, Units
from workflows.reads import Reads

OPERATOR = operator_viewer("330226")


def with_history(units: Units, case: str, length: int, **personal: str) -> list[HistoryRow]:
    """A case with a chain of so many entries."""
    entries = [an_entry(case, 1, **personal)]
    for seq in range(2, length + 1):
        entries.append(an_entry(case, seq, entries[-1].hash, **personal))
    head = a_case(case, version=length, seq=length, prev_hash=entries[-1].hash)
    units.run(lambda unit: unit.add_cases([head]))
    units.run(lambda unit: unit.write(Changes(history=entries)))
    return entries


def test_every_entry_is_sealed_once_in_the_order_of_its_case(units: Units, reads: Reads) -> None:
    with_history(units, "c1", 3)
    with_history(units, "c2", 2)

    sealed = [units.run(lambda unit: unit.seal(2)) for _ in range(4)]

    assert sealed == [2, 2, 1, 0]
    numbers = {case: [entry.feed_no or 0 for entry in reads.history(OPERATOR, case)] for case in ("c1", "c2")}
    assert sorted(no for one in numbers.values() for no in one) == [1, 2, 3, 4, 5]
    assert all(one == sorted(one) for one in numbers.values())


def test_an_entry_that_is_not_sealed_yet_has_no_feed_number(units: Units, reads: Reads) -> None:
    with_history(units, "c1", 1)

    assert [entry.feed_no for entry in reads.history(OPERATOR, "c1")] == [None]
    assert reads.pending()["unsealed"] == 1


def test_history_reads_back_as_it_was_written(units: Units, reads: Reads) -> None:
    entries = with_history(units, "c1", 2, opinion="同意")

    found = reads.history(OPERATOR, "c1")

    assert [(one.seq, one.at, one.body, one.hash, one.prev_hash) for one in found] == [
        (one.seq, one.at, one.body, one.hash, one.prev_hash) for one in entries
    ]


def test_a_sound_store_verifies_and_says_how_many_rows_it_checked(units: Units, reads: Reads) -> None:
    with_history(units, "c1", 3, opinion="同意")
    with_history(units, "c2", 1)
    units.run(lambda unit: unit.seal(3))
    units.run(lambda unit: unit.seal(3))

    found = reads.verify()

    assert (found.checked, found.where, found.why) == (6, None, None)
