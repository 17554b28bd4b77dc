"""Act: the late one is told, the same key has the same answer, the inbox is drained first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.unit.moves.offices import CHECKED, WAITING, began, faulty, more, office, rows, take, task, trial
from workflows.machine.case import Lane
from workflows.machine.decision import WantsPast
from workflows.machine.stimuli import Act
from workflows.memory import Isolation, MemoryReads, MemoryUnits
from workflows.memory.units import TRIES
from workflows.moves import deciding
from workflows.moves.acting import act, act_together
from workflows.moves.advance import advance
from workflows.ports import CommitUnknown, Conflict, StoreUnavailable, Vault
from workflows.testkit import Office, Store, staff


def agree(here: Office, user: str = "officer", **given: Any) -> Act:
    """What `user` wants done to the only item."""
    [view] = here.inbox("officer")
    values = {"opinion": "", **given}
    return Act(
        key=values.pop("key", "key1"),
        case=view.item.case,
        item=view.item.id,
        verb=values.pop("verb", "agree"),
        actor=user,
        principals=here.viewer(user).principals,
        seen=view.item.version,
        **values,
    )


def begun(here: Office) -> Office:
    here.send(began(here))
    return here


def test_an_act_is_answered_with_where_the_case_stands_now() -> None:
    here = begun(office())
    wanted = agree(here)

    answer = act(here.engine, wanted)

    assert answer.status == 200
    assert answer.body == {
        "case": wanted.case,
        "item": wanted.item,
        "item_state": "approved",
        "state": "approved",
        "seq": 2,
        "outcome": "granted",
    }


# -- late --------------------------------------------------------------------------------------------------


def test_the_late_one_is_told_who_decided_and_when() -> None:
    here = begun(office(trial(CHECKED.steps.steps[0], task())))  # type: ignore[union-attr]  # a sequence, see offices
    first, late = agree(here), agree(here, "other", key="key2")
    act(here.engine, first)
    here.turn(hours=1)

    answer = act(here.engine, late)

    assert (answer.status, answer.body["code"], answer.body["by"]) == (409, "item_closed", "officer")
    assert answer.body["at"] == "2026-03-02T01:00:00+00:00"


def test_the_late_one_is_told_also_where_the_decision_ended_the_case() -> None:
    here = begun(office())
    first, late = agree(here), agree(here, "other", key="key2")
    act(here.engine, first)

    answer = act(here.engine, late)

    assert (answer.status, answer.body["code"], answer.body["by"]) == (409, "case_ended", "officer")


@pytest.mark.parametrize("moment", ["load", "find_acts", "claim_cases"])
def test_of_two_who_press_at_once_one_decides_and_the_other_is_told(moment: str) -> None:
    here = begun(office())
    first, second = agree(here), agree(here, "other", key="key2", verb="reject", opinion="样例")
    engine, faults = faulty(here)
    faults.after[moment] = lambda: _carried_out(here, second)

    answer = act(engine, first)

    assert (answer.status, answer.body["by"]) == (409, "other")
    assert rows(here, "case")[0].outcome == "refused"


def _carried_out(here: Office, wanted: Act) -> None:
    assert act(here.engine, wanted).status == 200


def test_an_item_that_is_not_there_is_not_found() -> None:
    here = begun(office())

    assert act(here.engine, replace(agree(here), item="nothing")).status == 404
    assert act(here.engine, replace(agree(here), case="nothing")).status == 404


def test_an_item_of_another_case_is_not_found_in_this_one() -> None:
    here = begun(office())
    first = agree(here)
    act(here.engine, first)
    here.send(began(here, "k2"))

    answer = act(here.engine, replace(agree(here, key="key2"), item=first.item))

    assert (answer.status, answer.body["code"]) == (404, "no_such_item")


# -- keys --------------------------------------------------------------------------------------------------


def test_the_same_key_has_the_same_answer_and_is_carried_out_once() -> None:
    here = begun(office())
    wanted = agree(here, form={})

    first, again = act(here.engine, wanted), act(here.engine, wanted)

    assert first == again
    assert rows(here, "case")[0].seq == 2


@pytest.mark.parametrize(
    "other",
    [
        {"verb": "reject"},
        {"actor": "other"},
        {"opinion": "样例"},
        {"reason": "minor"},
        {"form": {"share": 0.5}},
        {"item": None},
    ],
)
def test_a_key_that_was_used_for_something_else_is_refused(other: dict[str, Any]) -> None:
    here = begun(office())
    wanted = agree(here)
    act(here.engine, wanted)

    answer = act(here.engine, replace(wanted, **other))

    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "key_reused", "Idempotency-Key")


def test_the_key_of_a_refused_act_may_be_used_again() -> None:
    here = begun(office())
    wanted = agree(here, verb="reject")
    refused = act(here.engine, wanted)

    answer = act(here.engine, replace(wanted, opinion="样例"))

    assert (refused.status, refused.body["field"], answer.status) == (422, "opinion", 200)


@pytest.mark.parametrize("end", ["kept", "lost"])
def test_after_a_commit_of_unknown_outcome_the_act_is_carried_out_once(end: str) -> None:
    here = begun(office())
    engine, faults = faulty(here)
    faults.commits = [end]

    answer = act(engine, agree(here))

    assert (answer.status, answer.body["outcome"], answer.body["seq"]) == (200, "granted", 2)
    assert rows(here, "case")[0].seq == 2


def test_a_commit_that_stays_unknown_is_said_to_the_actor() -> None:
    here = begun(office())
    engine, faults = faulty(here)
    faults.commits = ["lost", "lost"]

    with pytest.raises(CommitUnknown):
        act(engine, agree(here))


def test_the_same_act_pressed_twice_at_once_has_one_answer() -> None:
    here = begun(office())
    wanted = agree(here)
    engine, faults = faulty(here)
    faults.after["load"] = lambda: _carried_out(here, wanted)

    answer = act(engine, wanted)

    assert (answer.status, rows(here, "case")[0].seq) == (200, 2)


# -- the case behind it ------------------------------------------------------------------------------------


def test_an_event_that_came_first_is_found_by_the_wait_that_an_act_opens() -> None:
    here = begun(office(trial(CHECKED.steps.steps[0], *WAITING.steps.steps)))  # type: ignore[union-attr]  # sequences
    take(here.engine, more(here))

    answer = act(here.engine, agree(here))

    assert answer.status == 200
    assert rows(here, "inbox") != []
    assert advance(here.engine, Lane.INTERACTIVE) == 1
    assert [one.item.path for one in here.inbox("clerk")] == ["steps/task"]


def test_a_refused_act_still_works_off_what_waited() -> None:
    here = begun(office(WAITING))
    take(here.engine, more(here, place="T1"))
    [case] = rows(here, "case")

    answer = act(here.engine, Act("key1", case.id, "nothing", "agree", "officer", frozenset(), None))

    assert answer.status == 404
    assert rows(here, "inbox") == []
    assert rows(here, "case")[0].fields["place"] == "T1"


def test_an_act_on_a_case_that_nobody_has_begun_to_run_runs_it_first() -> None:
    here = office()
    [started] = take(here.engine, began(here))

    answer = act(
        here.engine, Act("key1", started.cases[0], None, "withdraw", "x", frozenset({"department:office"}), None)
    )

    assert (answer.status, answer.body["state"], answer.body["seq"]) == (200, "withdrawn", 2)


def test_an_act_on_a_quarantined_case_is_refused() -> None:
    here = begun(office())
    wanted = agree(here)
    here.store.units.run(lambda unit: unit.quarantine(wanted.case, "样例"))

    answer = act(here.engine, wanted)

    assert (answer.status, answer.body["code"]) == (409, "quarantined")


def test_an_act_that_the_program_cannot_decide_is_not_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    here = begun(office())
    wanted = agree(here)
    monkeypatch.setattr(deciding, "decide", _fails)

    answer = act(here.engine, wanted)

    assert answer.status == 409
    assert rows(here, "case")[0].seq == 1


def _fails(*given: Any) -> Any:
    raise KeyError


def test_a_store_that_fails_while_a_case_looks_back_fails_the_act_and_not_the_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = begun(office())
    wanted = agree(here)
    engine, faults = faulty(here)
    monkeypatch.setattr(deciding, "decide", lambda *_: WantsPast())
    asked: list[str] = []

    def unreachable(name: str, given: tuple[Any, ...]) -> None:
        asked.append(name)
        if name == "past":
            raise StoreUnavailable("the connection broke")

    faults.refuse = unreachable

    with pytest.raises(StoreUnavailable):
        act(engine, wanted)

    assert asked[-1] == "past"


def test_who_loses_a_case_again_and_again_is_told_that_it_is_busy() -> None:
    here = begun(office())
    engine, faults = faulty(here)

    def always_late(name: str, given: tuple[Any, ...]) -> None:
        if name == "save_heads":
            raise Conflict("somebody was first")

    faults.refuse = always_late

    answer = act(engine, agree(here))

    assert (answer.status, answer.body["code"]) == (409, "busy")


def test_who_lost_a_case_again_and_again_at_last_to_the_same_press_has_its_answer() -> None:
    here = begun(office())
    wanted = agree(here)
    engine, faults = faulty(here)
    meanwhile: list[Callable[[], None]] = [lambda: _carried_out(here, wanted), *[_nothing] * (TRIES - 1)]

    def always_late(name: str, given: tuple[Any, ...]) -> None:
        if name == "save_heads":
            meanwhile.pop()()
            raise Conflict("somebody was first")

    faults.refuse = always_late

    answer = act(engine, wanted)

    assert (answer.status, answer.body["outcome"]) == (200, "granted")


def _nothing() -> None:
    pass


# -- several at once ---------------------------------------------------------------------------------------


def agree_on(here: Office, key: str) -> Act:
    """What the officer wants done to the item of the trial of `key`."""
    [view] = [one for one in here.inbox("officer") if one.case.key == key]
    principals = here.viewer("officer").principals
    return Act(f"agree-{key}", view.item.case, view.item.id, "agree", "officer", principals, view.item.version)


def two_trials() -> Office:
    here = begun(office())
    here.send(began(here, "k2"))
    return here


def test_acts_about_different_cases_are_answered_together_each_for_itself() -> None:
    here = two_trials()
    first, second = agree_on(here, "k1"), agree_on(here, "k2")

    answers = act_together(here.engine, [first, replace(second, principals=frozenset()), first])

    assert [answer.status for answer in answers] == [200, 403, 200]
    assert answers[0] == answers[2]


def test_in_a_batch_who_lost_a_case_is_looked_at_again_alone() -> None:
    here = two_trials()
    acts = [agree_on(here, "k1"), agree_on(here, "k2")]
    engine, faults = faulty(here)
    quicker = replace(acts[0], key="quicker", actor="other", verb="reject", opinion="样例")
    faults.after["load"] = lambda: _carried_out(here, quicker)

    answers = act_together(engine, acts)

    assert [answer.status for answer in answers] == [409, 200]
    assert answers[0].body["by"] == "other"


# -- several at once ---------------------------------------------------------------------------------------


def many(here: Office, *keys: str) -> list[Act]:
    """One agreement for each of several new cases."""
    cases = {key: here.send(began(here, key)).cases[0] for key in keys}
    principals = here.viewer("officer").principals
    items = {view.item.case: view.item.id for view in here.inbox("officer")}
    return [
        Act(f"act-{key}", case, items[case], "agree", "officer", principals, None, opinion="")
        for key, case in cases.items()
    ]


def outcomes(here: Office) -> dict[str, str | None]:
    return {case.key: case.outcome for case in rows(here, "case")}


def test_several_acts_are_carried_out_in_one_transaction_each_with_its_own_answer() -> None:
    here = office()
    wanted = many(here, "a", "b", "c")
    wanted[1] = replace(wanted[1], verb="reject")
    engine, faults = faulty(here)

    answers = act_together(engine, wanted)

    assert [one.status for one in answers] == [200, 422, 200]
    assert outcomes(here) == {"a": "granted", "b": None, "c": "granted"}
    assert len(faults.lanes) == 1


def test_of_two_acts_about_one_case_the_second_is_told_what_the_first_did() -> None:
    here = office()
    [wanted] = many(here, "a")

    answers = act_together(here.engine, [wanted, replace(wanted, key="late", actor="other")])

    assert [one.status for one in answers] == [200, 409]
    assert answers[1].body["by"] == "officer"


def test_an_act_that_lost_its_case_is_looked_at_again_and_the_others_stand() -> None:
    here = office()
    wanted = many(here, "a", "b")
    engine, faults = faulty(here)
    first = replace(wanted[0], key="first", actor="other", verb="reject", opinion="样例")
    faults.after["load"] = lambda: _carried_out(here, first)

    answers = act_together(engine, wanted)

    assert [one.status for one in answers] == [409, 200]
    assert outcomes(here) == {"a": "refused", "b": "granted"}


@pytest.mark.parametrize("error", [Conflict("late"), CommitUnknown("lost"), ValueError("value too long for type")])
def test_what_breaks_a_batch_of_acts_breaks_only_its_own(error: Exception) -> None:
    here = office()
    wanted = many(here, "a", "b", "c")
    engine, faults = faulty(here)

    def refuse_together(name: str, given: tuple[Any, ...]) -> None:
        if name == "write" and len(given[0].history) > 1:
            raise error

    faults.refuse = refuse_together

    answers = act_together(engine, wanted)

    assert [one.status for one in answers] == [200, 200, 200]


def test_one_key_for_two_cases_serves_the_first() -> None:
    here = office()
    wanted = [replace(one, key="same") for one in many(here, "a", "b")]

    answers = act_together(here.engine, wanted)

    assert [one.status for one in answers] == [200, 422]
    assert outcomes(here) == {"a": "granted", "b": None}


# -- a gate that closes meanwhile --------------------------------------------------------------------------


def test_what_was_claimed_before_a_gate_closed_waits_until_it_opens() -> None:
    here = begun(Office([CHECKED], staff(officer="officer", head="office_head"), store=committed_reads))
    turn_gate(here, "suspend", "key1")
    turn_gate(here, "resume", "key2")
    engine, faults = faulty(here)
    faults.after["claim_cases"] = lambda: turn_gate(here, "suspend", "key3")

    answer = act(engine, gate_act(here, "resume", "key4"))
    advance(here.engine, Lane.INTERACTIVE)

    [case] = here.cases()
    said = [one.body["what"] for one in here.history(case.case.id)][1:]
    assert answer.status == 200
    assert said == ["act:suspend", "act:resume", "act:suspend", "act:resume", "signal:resumed", "signal:resumed"]


def committed_reads(county: str, clock: Callable[[], datetime], vault: Vault) -> Store:
    """A store that reads as PostgreSQL does: each statement sees what has been committed by then."""
    units = MemoryUnits(county, clock, vault, isolation=Isolation.COMMITTED)
    return Store(units, MemoryReads(units))


def gate_act(here: Office, verb: str, key: str) -> Act:
    [case] = here.cases()
    head = here.viewer("head").principals
    return Act(key, case.case.id, None, verb, "head", head, None, opinion="待批复" if verb == "suspend" else "")


def turn_gate(here: Office, verb: str, key: str) -> None:
    assert act(here.engine, gate_act(here, verb, key)).status == 200
