"""Personal values: each under the key of the person it is about, gone when the key is destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workflows.machine.case import JSON
from workflows.memory.rows import EVENTS, KEYS, PAYLOADS, PLANS, Payload
from workflows.memory.store import Transaction


def keep(tx: Transaction, kind: str, ref: str, person: str, values: Mapping[str, JSON]) -> None:
    """Keep values of `person` for one row (its kind and reference); empty values keep nothing."""
    if not values:
        if tx.get(PAYLOADS, (kind, ref)) is not None:
            tx.drop(PAYLOADS, (kind, ref))
        return
    key = tx.get(KEYS, person)
    if key is None:
        key = tx.next_number("person_key")
        tx.put(KEYS, person, key)
    tx.put(PAYLOADS, (kind, ref), Payload(kind, ref, person, sealed_with=key, values=dict(values)))


def reveal(tx: Transaction, kind: str, ref: str) -> Mapping[str, JSON]:
    """The values of one row; empty where there are none or the key was destroyed."""
    found = tx.get(PAYLOADS, (kind, ref))
    if found is None or tx.get(KEYS, found.person) != found.sealed_with:
        return {}
    return dict(found.values)


def forget(tx: Transaction, case: str) -> None:
    """Destroy what is kept for a case and the entries of its history, and nothing else of the person."""
    kept = [one for one, _ in tx.all(PAYLOADS) if one == ("case", case)]
    kept += [one for one, _ in tx.all(PAYLOADS) if one[0] == "history" and one[1].startswith(f"{case}/")]
    for address in kept:
        tx.drop(PAYLOADS, address)


def destroy(tx: Transaction, person: str) -> None:
    """Destroy the key of a person, what is kept under it, and what was planned, and the blind indexes of the person."""
    if tx.get(KEYS, person) is not None:
        tx.drop(KEYS, person)
    for payload in tx.where(PAYLOADS, "person", person):
        tx.drop(PAYLOADS, (payload.kind, payload.ref))
    for plan in [one for _, one in tx.all(PLANS) if one.person == person]:
        tx.drop(PLANS, plan.id)
    for row in [one for _, one in tx.all(EVENTS) if one.event.person == person and one.event.fingerprint]:
        tx.put(EVENTS, row.no, replace(row, event=replace(row.event, fingerprint=None)))
