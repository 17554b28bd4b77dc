"""A person's act: drained, validated, decided, saved and answered in one short transaction.

The late one learns who decided and when; the same idempotency key gets the same answer again, also when the first
answer was lost with the connection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from domain.identifiers import derived_id
from domain.texts import zh
from workflows.machine.case import JSON, Act, ItemState, Lane, Refused
from workflows.moves.batching import Saved, save_runs
from workflows.moves.deciding import CaseRun, run_cases
from workflows.ports import ActRow, CommitUnknown, Conflict, Engine, Unit

PROBLEM = 400
LATE = frozenset({"item_closed", "case_ended"})
"""Refusals that tell the late one who decided, and when."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the actor is told: a status as in HTTP and a body; from 400 on the body is that of a problem."""

    status: int
    body: Mapping[str, JSON]


def act(engine: Engine, wanted: Act) -> Answer:
    """Carry out an act, or refuse it and change nothing.

    Raises:
        StoreUnavailable: the database does not answer; nothing was changed.
    """
    try:
        answer, saved = engine.units.run(lambda unit: _act(engine, unit, wanted), Lane.INTERACTIVE)
    except CommitUnknown:
        # The act is stored with its answer: if the lost commit took effect, the second run finds it.
        answer, saved = engine.units.run(lambda unit: _act(engine, unit, wanted), Lane.INTERACTIVE)
    for lane in sorted(saved.lanes):
        engine.wake(lane)
    return answer


NOTHING_SAVED = Saved(0, frozenset(), frozenset())


def _act(engine: Engine, unit: Unit, wanted: Act) -> tuple[Answer, Saved]:
    stored = unit.find_act(wanted.key)
    if stored is not None:
        return _repeated(stored, wanted), NOTHING_SAVED
    runs = run_cases(engine, unit, unit.claim_cases([wanted.case]), wanted)
    run = runs.get(wanted.case)
    if run is None:
        return Answer(404, {"code": "no_such_case", "detail": zh("没有找到该办件")}), NOTHING_SAVED
    if run.head.seq == 0 and run.failed is None and (run.quarantined or run.before.head.quarantine) is None:
        if run.head.gate is not None:
            # It starts when its tree goes on: nobody is at it meanwhile.
            return Answer(409, {"code": "suspended", "detail": zh("办件已挂起，恢复办理后才能办理")}), NOTHING_SAVED
        message = f"case {wanted.case}: somebody else is just starting it"
        raise Conflict(message)
    answer = _answer(unit, run, wanted)
    stored = unit.find_act(wanted.key) if answer.status >= PROBLEM else None
    if stored is not None:
        # The same act, pressed twice, was carried out while this one was looking.
        return _repeated(stored, wanted), NOTHING_SAVED
    if answer.status < PROBLEM:
        unit.add_act(ActRow(wanted.key, wanted.actor, _request_hash(wanted), dict(answer.body)))
    saved = save_runs(engine, unit, runs)
    if run.decisions and wanted.case not in saved.won:
        message = f"case {wanted.case}: somebody else changed it at the same moment"
        raise Conflict(message)
    return answer, saved


def _answer(unit: Unit, run: CaseRun, wanted: Act) -> Answer:
    if run.failed is not None or run.quarantined is not None or run.before.head.quarantine is not None:
        return Answer(409, {"code": "quarantined", "detail": zh("办件已隔离，请联系管理员")})
    if run.refused is not None:
        return _refusal(unit, run.refused, wanted)
    head = run.head
    state = _state_after(run, wanted)
    body = {"case": head.id, "item": wanted.item, "item_state": state, "state": head.state.value, "seq": head.seq}
    return Answer(200, body | {"outcome": head.outcome})


def _state_after(run: CaseRun, wanted: Act) -> str | None:
    changed = {one.id: one.state for decision in run.decisions for one in decision.items}
    state: ItemState | None = changed.get(wanted.item or "")
    return None if state is None else state.value


def _refusal(unit: Unit, refused: Refused, wanted: Act) -> Answer:
    by, at = refused.by, refused.at
    if wanted.item is not None and refused.code in LATE:
        item = unit.item(wanted.item)
        if item is None or item.case != wanted.case:
            return Answer(404, {"code": "no_such_item", "detail": zh("没有找到该待办")})
        by, at = item.closed_by, item.closed_at
    body: dict[str, JSON] = {"code": refused.code, "detail": refused.message}
    body |= {} if by is None else {"by": by}
    body |= {} if at is None else {"at": at.isoformat()}
    body |= {} if refused.field is None else {"field": refused.field}
    return Answer(refused.status, body)


def _repeated(stored: ActRow, wanted: Act) -> Answer:
    if stored.actor != wanted.actor or stored.request_hash != _request_hash(wanted):
        detail = zh("幂等键已用于另一请求，请换一个新的键")
        return Answer(422, {"code": "key_reused", "detail": detail, "field": "Idempotency-Key"})
    return Answer(200, stored.answer)


def _request_hash(wanted: Act) -> str:
    asked = [wanted.case, wanted.item, wanted.verb, wanted.opinion, wanted.reason, dict(wanted.form)]
    return derived_id("act", json.dumps(asked, ensure_ascii=False, sort_keys=True))
