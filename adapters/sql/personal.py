"""Personal values: written under the key of the person they are about, read back while that key exists.

Only a door gives a person a key again after it was destroyed (the person came back and brought new values); what a
case still writes about somebody erased is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Executable, and_, bindparam, delete, select, update

from adapters.sql.columns import dumps, loads
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.tables import attachment, draft, event, history, payload, person_key, plan
from adapters.sql.transaction import Transaction
from adapters.vault import ALGORITHM
from workflows.machine.case import JSON

NOTHING: Mapping[str, JSON] = {}


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal values of `person` that stand in the row `ref`."""

    ref: str
    person: str
    values: Mapping[str, JSON]


def write(tx: Transaction, parts: Sequence[Personal]) -> set[str]:
    """Seal and store these values; returns the refs that were stored (not those of somebody erased)."""
    give_keys(tx, {part.person for part in parts})
    rows = []
    for part in parts:
        key = tx.data_keys[part.person]
        if key is not None:
            sealed = tx.vault.seal(key, part.person, part.ref, dumps(part.values).encode())
            rows.append((part.ref, part.person, ALGORITHM, key.id, sealed))
    tx.put(payload, rows)
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class Opened:
    """What could be read, and the refs whose row is gone or was changed although its key is there."""

    values: Mapping[str, Mapping[str, JSON]]
    changed: frozenset[str]


def read(tx: Transaction, refs: Iterable[str]) -> Mapping[str, Mapping[str, JSON]]:
    """The values of these rows; one whose key was destroyed is missing."""
    return open_rows(tx, refs).values


def open_rows(tx: Transaction, refs: Iterable[str]) -> Opened:
    """The same for the audit, which tells erased values from values that somebody changed."""
    wanted = sorted(set(refs))
    rows = tx.rows_of(_payloads, [(ref,) for ref in wanted])
    _know_keys(tx, [row for row in rows if row.has_key])
    values: dict[str, Mapping[str, JSON]] = {}
    changed = set(wanted) - {row.ref for row in rows}
    for row in rows:
        key = tx.data_keys.get(row.person)
        if key is None or key.id != row.key_id:
            continue
        plain = tx.vault.open(key, row.person, row.ref, row.ciphertext)
        if plain is None:
            changed.add(row.ref)
        else:
            values[row.ref] = loads(plain.decode())
    return Opened(values, frozenset(changed))


def welcome(tx: Transaction, persons: Iterable[str]) -> None:
    """Give a key to everybody here who has none, also to those whose key was destroyed before."""
    wanted = set(persons)
    give_keys(tx, wanted)
    back = [(person, *_fresh(tx, person)) for person in sorted(wanted) if tx.data_keys[person] is None]
    tx.run_of(_revive, back)
    _forget(tx, [person for person, *_ in back])
    find_keys(tx, wanted)


def destroy(tx: Transaction, persons: Iterable[str]) -> None:
    """Destroy the keys of these persons, and remember that they are: nobody else can make them one by mistake.

    What was planned about them goes as well, and the blind indexes by which they could be found again; their files are
    unreadable from now on, and may be collected.
    """
    gone = [(person,) for person in sorted(set(persons))]
    tx.insert_new(person_key, [(person, "", None, tx.now) for (person,) in gone])
    tx.run_of(_destroy, gone, at=tx.now)
    tx.run_of(_unplan, gone)
    tx.run_of(_unindex, gone)
    tx.run_of(_drop_files_of_persons, gone, at=tx.now)
    tx.data_keys.update({person: None for (person,) in gone})
    tx.personal.clear()


def forget(tx: Transaction, cases: Iterable[str]) -> None:
    """Destroy what these cases keep, in their heads, histories, drafts and files, and nothing else of their persons.

    The rows stay, empty and under no key: so the audit takes them for erased, as it should, and not for lost.
    """
    wanted = [(case,) for case in sorted(set(cases))]
    tx.run_of(_empty_heads, [(personal_ref(case),) for (case,) in wanted])
    tx.run_of(_empty_history, wanted)
    tx.run_of(_empty_drafts, wanted)
    tx.run_of(_empty_files, wanted)
    tx.run_of(_drop_files_of_cases, wanted, at=tx.now)
    tx.personal.clear()


def personal_ref(case: str) -> str:
    """Where the personal values of a case stand."""
    return f"case/{case}"


def _empty_heads(dialect: Dialect) -> Executable:
    given = dialect.given(payload.c.ref)
    return update(payload).values(_EMPTY).where(same(payload, given, "ref"))


def _empty_history(dialect: Dialect) -> Executable:
    given = dialect.given(history.c.case)
    refs = select(history.c.payload_ref).where(history.c.county == COUNTY, history.c.case.in_(select(given.c.case)))
    return update(payload).values(_EMPTY).where(payload.c.county == COUNTY, payload.c.ref.in_(refs))


def _empty_drafts(dialect: Dialect) -> Executable:
    given = dialect.given(draft.c.case)
    refs = select(draft.c.ref).where(draft.c.county == COUNTY, draft.c.case.in_(select(given.c.case)))
    return update(payload).values(_EMPTY).where(payload.c.county == COUNTY, payload.c.ref.in_(refs))


def _empty_files(dialect: Dialect) -> Executable:
    given = dialect.given(attachment.c.case)
    mine = (attachment.c.county == COUNTY, attachment.c.case.in_(select(given.c.case)))
    refs = select(attachment.c.ref).where(*mine)
    return update(payload).values(_EMPTY).where(payload.c.county == COUNTY, payload.c.ref.in_(refs))


def _drop_files_of_persons(dialect: Dialect) -> Executable:
    return _dropped(dialect, "person")


def _drop_files_of_cases(dialect: Dialect) -> Executable:
    return _dropped(dialect, "case")


def _dropped(dialect: Dialect, name: str) -> Executable:
    """The files of these persons or cases, from now on nobody's, and due to be collected."""
    given, at = dialect.given(attachment.c[name]), bindparam("at", type_=attachment.c.at.type)
    mine = (same(attachment, given, name), attachment.c.dropped_at.is_(None))
    return update(attachment).values(dropped_at=at, collect_at=at).where(*mine)


_EMPTY: Final = {"key_id": "", "ciphertext": b""}


def _unplan(dialect: Dialect) -> Executable:
    given = dialect.given(plan.c.person)
    return delete(plan).where(plan.c.county == COUNTY, plan.c.person.in_(select(given.c.person)))


def _unindex(dialect: Dialect) -> Executable:
    given = dialect.given(event.c.person)
    mine = event.c.person.in_(select(given.c.person))
    return update(event).where(event.c.county == COUNTY, mine).values(fingerprint=None)


def give_keys(tx: Transaction, persons: set[str]) -> None:
    """Make a key for everybody who never had one.

    A unit asks for all that it will need in one go, in their order: two that each asked twice would wait for each other.
    """
    find_keys(tx, persons)
    missing = sorted(persons - tx.data_keys.keys())
    if missing:
        tx.insert_new(person_key, [(person, *_fresh(tx, person), None) for person in missing])
        # Somebody else may have been quicker: whoever's key stands is the person's key.
        find_keys(tx, persons)


def _fresh(tx: Transaction, person: str) -> tuple[str, str]:
    key = tx.vault.new_key()
    return key.id, tx.vault.wrap(key, person)


def find_keys(tx: Transaction, persons: set[str]) -> None:
    """Look up the keys of these persons; that of somebody erased is known as None."""
    unknown = sorted(persons - tx.data_keys.keys())
    _know_keys(tx, tx.rows_of(_keys, [(person,) for person in unknown]))


def _know_keys(tx: Transaction, rows: Iterable[Any]) -> None:
    """Keep the keys of these rows (person, held, wrapped); that of somebody erased is kept as None."""
    for row in rows:
        if row.person not in tx.data_keys:
            erased = row.wrapped is None
            tx.data_keys[row.person] = None if erased else tx.vault.unwrap(row.wrapped, row.held, row.person)


def _forget(tx: Transaction, persons: Iterable[str]) -> None:
    for person in persons:
        tx.data_keys.pop(person, None)


def _keys(dialect: Dialect) -> Executable:
    given = dialect.given(person_key.c.person)
    columns = (person_key.c.person, person_key.c.key_id.label("held"), person_key.c.wrapped)
    return select(*columns).join(given, same(person_key, given, "person"))


def _payloads(dialect: Dialect) -> Executable:
    """With the key that each person has now, which saves a question."""
    given = dialect.given(payload.c.ref)
    key_of = and_(person_key.c.county == payload.c.county, person_key.c.person == payload.c.person)
    stored: list[Column[Any]] = [payload.c.ref, payload.c.person, payload.c.key_id, payload.c.ciphertext]
    has_key = person_key.c.person.is_not(None).label("has_key")
    key = (has_key, person_key.c.key_id.label("held"), person_key.c.wrapped)
    return select(*stored, *key).join(given, same(payload, given, "ref")).outerjoin(person_key, key_of)


def _revive(dialect: Dialect) -> Executable:
    given = dialect.given(person_key.c.person, person_key.c.key_id, person_key.c.wrapped)
    return (
        update(person_key)
        .values(key_id=given.c.key_id, wrapped=given.c.wrapped, destroyed_at=None)
        .where(same(person_key, given, "person"), person_key.c.wrapped.is_(None))
    )


def _destroy(dialect: Dialect) -> Executable:
    given = dialect.given(person_key.c.person)
    return (
        update(person_key)
        .values(wrapped=None, destroyed_at=bindparam("at", type_=person_key.c.destroyed_at.type))
        .where(same(person_key, given, "person"), person_key.c.wrapped.is_not(None))
    )
