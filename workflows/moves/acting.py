"""A person's act: drained, validated, decided, saved and answered in one short transaction.

The late one learns who decided and when; the same idempotency key gets the same answer again, also when the first
answer was lost with the connection.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.identifiers import derived_id
from domain.texts import zh
from workflows.machine.case import JSON, ItemState, Lane
from workflows.machine.decision import Refused
from workflows.machine.filling import CLOSED_FIELD, UNKNOWN_FIELD
from workflows.machine.stimuli import Act
from workflows.moves.batching import Saved, save_runs
from workflows.moves.deciding import CaseRun, run_cases
from workflows.moves.loading import files_named
from workflows.ports import ActRow, CommitUnknown, Conflict, Engine, StoreUnavailable, Unit

PROBLEM = 400
LATE = frozenset({"item_closed", "case_ended"})
"""Refusals that tell the late one who decided, and when."""
_WRITES: Final = frozenset({CLOSED_FIELD, UNKNOWN_FIELD})
"""Refusals of somebody who sent what the step does not let them write: no page does that."""
_log = logging.getLogger(__name__)


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
    return act_together(engine, [wanted])[0]


def act_together(engine: Engine, acts: Sequence[Act]) -> list[Answer]:
    """Carry out several acts, in one transaction where they are about different cases; each has its own answer.

    An act whose case somebody else changed at the same moment is looked at again alone, and so is every further act
    about a case that an earlier one of the list is about.

    Raises:
        StoreUnavailable: the database does not answer; what has no answer was not carried out.
    """
    first: dict[str, int] = {}
    for place, wanted in enumerate(acts):
        first.setdefault(wanted.case, place)
    together = [acts[place] for place in first.values()]
    answers = dict(zip(first.values(), _together(engine, together), strict=True)) if len(together) > 1 else {}
    return [answers.get(place) or _alone(engine, wanted) for place, wanted in enumerate(acts)]


BUSY = Answer(409, {"code": "busy", "detail": zh("办件正被他人办理，请稍后再试")})
NOTHING_SAVED = Saved(0, frozenset(), frozenset())


def _together(engine: Engine, acts: Sequence[Act]) -> list[Answer | None]:
    """The answers of one transaction for all; none where it failed: one act must not spoil it for the others."""
    try:
        return _in_one_unit(engine, acts)
    except StoreUnavailable:
        raise
    except Exception:  # noqa: BLE001  # whatever one of them broke, each is looked at again alone, and fails alone
        return [None] * len(acts)


def _alone(engine: Engine, wanted: Act) -> Answer:
    try:
        answer = _in_one_unit(engine, [wanted])[0]
    except Conflict:
        # It may have lost to itself, pressed twice; "busy" is said only of what was not carried out.
        stored = engine.units.read(lambda unit: unit.find_acts([wanted.key]))
        answer = _repeated(stored[wanted.key], wanted) if stored else None
    return answer or BUSY


def _in_one_unit(engine: Engine, acts: Sequence[Act]) -> list[Answer | None]:
    """The answers of one transaction; None for an act that lost its case to somebody else.

    Raises:
        Conflict: a lone act lost its case again and again.
    """
    try:
        answers, saved = engine.units.run(lambda unit: _act(engine, unit, acts), Lane.INTERACTIVE)
    except CommitUnknown:
        # Acts are stored with their answers: if the lost commit took effect, the second run finds them.
        answers, saved = engine.units.run(lambda unit: _act(engine, unit, acts), Lane.INTERACTIVE)
    for lane in sorted(saved.lanes):
        engine.wake(lane)
    return answers


def _act(engine: Engine, unit: Unit, acts: Sequence[Act]) -> tuple[list[Answer | None], Saved]:
    unit.hold_cases(sorted({one.case for one in acts}))
    stored = unit.find_acts([one.key for one in acts])
    fresh = {one.case: one for one in acts if one.key not in stored}
    _hold_files(unit, fresh.values())
    runs = run_cases(engine, unit, unit.claim_cases(sorted(fresh)), fresh) if fresh else {}
    answers = {case: answered(unit, runs.get(case), one) for case, one in fresh.items()}
    refused = [one.key for case, one in fresh.items() if (told := answers[case]) is not None and told.status >= PROBLEM]
    # The same act, pressed twice, may have been carried out while this one was looking.
    stored |= unit.find_acts(refused) if refused else {}
    saved = save_runs(engine, unit, runs) if runs else NOTHING_SAVED
    for case, run in runs.items():
        if run.decisions and case not in saved.won:
            answers[case] = None
    _store_answers(unit, fresh, answers)
    _refuse_to_lose_alone(acts, answers)
    return [_repeated(stored[one.key], one) if one.key in stored else answers[one.case] for one in acts], saved


def _hold_files(unit: Unit, acts: Iterable[Act]) -> None:
    """Nobody else links or collects the files of these acts while they are decided."""
    named = sorted({one for act in acts for one in files_named(act)})
    if named:
        unit.attachments.hold(named)


def answered(unit: Unit, run: CaseRun | None, wanted: Act) -> Answer | None:
    """What is answered to an act that a batch has looked at; None where somebody else is just starting the case."""
    if run is None:
        return Answer(404, {"code": "no_such_case", "detail": zh("没有找到该办件")})
    if run.head.seq == 0 and run.failed is None and (run.quarantined or run.before.head.quarantine) is None:
        if run.head.gate is not None:
            # It starts when its tree goes on: nobody is at it meanwhile.
            return Answer(409, {"code": "suspended", "detail": zh("办件已挂起，恢复办理后才能办理")})
        # Somebody else is just starting it.
        return None
    return _answer(unit, run, wanted)


def _store_answers(unit: Unit, fresh: Mapping[str, Act], answers: Mapping[str, Answer | None]) -> None:
    done = [(one, told) for case, one in fresh.items() if (told := answers[case]) is not None and told.status < PROBLEM]
    if done:
        unit.add_acts([ActRow(one.key, one.actor, _request_hash(one), dict(told.body)) for one, told in done])


def _refuse_to_lose_alone(acts: Sequence[Act], answers: Mapping[str, Answer | None]) -> None:
    """A lone act that lost its case runs again with what the other one left; in a batch the others go on without it."""
    if len(acts) == 1 and None in answers.values():
        message = f"case {acts[0].case}: somebody else changed it at the same moment"
        raise Conflict(message)


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
    if refused.code in _WRITES:
        place = (refused.field, wanted.case, wanted.item)
        _log.warning("refused to write %r of case %s, item %s: sent by %r", *place, wanted.actor)
    by, at = refused.by, refused.at
    if wanted.item is None and refused.code in LATE:
        closed = unit.past([wanted.case])[wanted.case]
        by = by or next((one.closed_by for one in reversed(closed)), None)
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
    """What tells two requests apart; not what a secret ballot says, which could be found out by trying all three."""
    if wanted.verb == "cast":
        return derived_id("act", json.dumps([wanted.case, wanted.item, wanted.verb]))
    asked = [wanted.case, wanted.item, wanted.verb, wanted.opinion, wanted.reason, dict(wanted.form)]
    asked += [dict(wanted.fields)] if wanted.fields else []
    asked += [{"attachments": list(wanted.attachments)}] if wanted.attachments else []
    return derived_id("act", json.dumps(asked, ensure_ascii=False, sort_keys=True))
