"""The audit of a database that somebody changed by hand: whatever was touched, the first bad row is named."""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, Executable, and_, delete, insert, update

from adapters.sql.reads import SqlReads
from adapters.sql.tables import case_head, checkpoint, feed, history, payload
from adapters.sql.units import SqlUnits
from tests.contract.conftest import COUNTY
from tests.contract.test_seals import with_history


@pytest.fixture
def store(request: pytest.FixtureRequest) -> str:
    """Only a database can be changed behind our back."""
    name: str = request.param
    return name


def entry(case: str, seq: int) -> ColumnElement[bool]:
    return and_(history.c.case == case, history.c.seq == seq)


CHANGES: dict[str, tuple[Callable[[], Executable], str]] = {
    "a body is changed": (
        lambda: update(history).where(entry("c1", 2)).values(body='{"seq":2,"what":"act:reject"}'),
        "history c1/2",
    ),
    "a hash is changed": (lambda: update(history).where(entry("c1", 1)).values(hash="f" * 64), "history c1/1"),
    "an entry is taken out": (lambda: delete(history).where(entry("c1", 2)), "history c1/3"),
    "the last entry is taken out": (lambda: delete(history).where(entry("c1", 3)), "case c1"),
    "a whole history is taken out": (lambda: delete(history).where(history.c.case == "c1"), "case c1"),
    "a head points elsewhere": (
        lambda: update(case_head).where(case_head.c.id == "c1").values(prev_hash="e" * 64),
        "case c1",
    ),
    "a commitment is changed": (
        lambda: update(history).where(entry("c1", 1)).values(commitment="d" * 64),
        "history c1/1",
    ),
    "a sealed entry leaves the feed": (lambda: delete(feed).where(feed.c.no == 2), "checkpoint 1"),
    "the feed names another entry": (lambda: update(feed).where(feed.c.no == 2).values(seq=9), "checkpoint 1"),
    "a root is changed": (lambda: update(checkpoint).where(checkpoint.c.no == 1).values(root="c" * 64), "checkpoint 1"),
    "a checkpoint is taken out": (lambda: delete(checkpoint).where(checkpoint.c.no == 1), "checkpoint 2"),
    "a checkpoint is put in": (
        lambda: insert(checkpoint).from_select(
            ["county", "no", "first", "last", "root", "prev_hash", "hash", "at"],
            checkpoint.select()
            .with_only_columns(
                checkpoint.c.county, checkpoint.c.no + 5, checkpoint.c.first, checkpoint.c.last,
                checkpoint.c.root, checkpoint.c.prev_hash, checkpoint.c.hash, checkpoint.c.at,
            )
            .where(checkpoint.c.no == 2),
        ),
        "checkpoint 7",
    ),
}  # fmt: skip


@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("what", CHANGES)
def test_the_first_bad_row_is_named_when(what: str, units: SqlUnits) -> None:
    with_history(units, "c1", 3, opinion="同意")
    with_history(units, "c2", 2)
    units.run(lambda unit: unit.seal(3))
    units.run(lambda unit: unit.seal(3))
    change, where = CHANGES[what]
    units.run(lambda unit: unit.tx.connection.execute(change()))

    found = SqlReads(units).verify()

    assert found.where == where
    assert found.why


@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_personal_values_moved_from_one_entry_to_another_are_not_believed(units: SqlUnits) -> None:
    with_history(units, "c1", 2, opinion="同意")
    stolen = payload.select().with_only_columns(payload.c.ciphertext).where(payload.c.ref == "history/c1/1")
    moved = update(payload).where(payload.c.county == COUNTY, payload.c.ref == "history/c1/2")
    units.run(lambda unit: unit.tx.connection.execute(moved.values(ciphertext=stolen.scalar_subquery())))

    found = SqlReads(units).verify()

    assert found.where == "history c1/2"
