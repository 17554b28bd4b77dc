"""撤回, 撤销, 重新发起, 终止 and 作废: what is done to a whole case, out of state, without right, and as it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.machine.desk import Desk, flow, people
from workflows.language.expressions import is_true
from workflows.language.words import (
    Sequence,
    Workflow,
    always,
    approve,
    carry_out,
    choice,
    end,
    nothing,
    parallel,
    revocation,
    role,
    sequence,
    to_applicant,
    wait,
    when,
)
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus

NO = end("refused", "rejected")
APPLICANT = "person:p1"
CONVENOR = "role:convenor:"


def case(**heading: Any) -> Desk:
    steps = sequence(
        approve("first", by=role("clerk"), on_reject=NO),
        approve("second", by=role("officer"), on_reject=NO),
        end("done", "approved"),
    )
    return Desk(flow(steps, **heading))


def approved(**heading: Any) -> Desk:
    desk = case(**heading)
    desk.act("clerk", "agree", "steps/first")
    desk.act("officer", "agree", "steps/second")
    return desk


def compulsory(definition: Workflow) -> Workflow:
    """The same workflow, whose first step nobody may skip alone."""
    steps = definition.steps
    assert isinstance(steps, Sequence)
    first = steps.steps[0].model_copy(update={"compulsory": True})
    return definition.model_copy(update={"steps": steps.model_copy(update={"steps": (first, *steps.steps[1:])})})


def refusal(outcome: Any) -> tuple[int, str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.status, outcome.code


def act(desk: Desk, who: str, verb: str) -> Any:
    return desk.act(who, verb, opinion="样例")


# -- 撤回 --------------------------------------------------------------------------------------------------


def test_before_the_first_decision_means_nobody_has_decided() -> None:
    early, late = (case(withdraws="before_decision") for _ in range(2))
    late.act("clerk", "agree", "steps/first")

    act(early, APPLICANT, "withdraw")

    assert early.state == ("withdrawn", "withdrawn")
    found = act(late, APPLICANT, "withdraw")
    assert (refusal(found), found.by) == ((409, "decided"), "clerk")


def test_where_nothing_may_be_withdrawn_it_stays() -> None:
    assert refusal(act(case(withdraws="never"), APPLICANT, "withdraw")) == (409, "verb_not_offered")


# -- 撤销已通过 --------------------------------------------------------------------------------------------


REVOCABLE = {"revocation": revocation("undoing", within=5)}


def child_of(desk: Desk) -> str:
    [child] = desk.last.children
    assert child.workflow == "undoing"
    return child.id


def decided(desk: Desk, child: str, state: str) -> Any:
    values = {"child": child, "state": state, "outcome": "样例", "fields": {}}
    return desk.take(SignalStimulus(99, Signal(Sign.CHILD_ENDED, "revocation", values)))


@pytest.mark.parametrize(("answer", "then"), [("approved", "revoked"), ("rejected", "approved")])
def test_another_case_decides_whether_an_approval_is_revoked(answer: str, then: str) -> None:
    desk = approved(**REVOCABLE)

    act(desk, APPLICANT, "revoke")
    between = desk.state[0]
    decided(desk, child_of(desk), answer)

    assert (between, desk.state[0]) == ("revoking", then)


def test_a_revocation_is_asked_for_in_time_by_the_applicant_and_once() -> None:
    late, mine, twice = (approved(**REVOCABLE) for _ in range(3))
    late.at(late.now + timedelta(days=30))
    act(twice, APPLICANT, "revoke")

    assert refusal(act(late, APPLICANT, "revoke")) == (409, "too_late")
    assert refusal(act(mine, "person:p2", "revoke")) == (403, "not_applicant")
    assert refusal(act(twice, APPLICANT, "revoke")) == (409, "not_approved")


def test_what_the_workflow_does_not_revoke_and_what_still_runs_stay() -> None:
    assert refusal(act(approved(), APPLICANT, "revoke")) == (409, "verb_not_offered")
    assert refusal(act(case(**REVOCABLE), APPLICANT, "revoke")) == (409, "not_approved")


# -- 重新发起 ----------------------------------------------------------------------------------------------


def test_what_was_refused_is_started_again_with_what_is_known() -> None:
    desk = case()
    desk.act("clerk", "reject", "steps/first", opinion="样例")

    act(desk, APPLICANT, "reopen")

    [child] = desk.last.children
    assert (child.workflow, child.key, child.path) == ("trial", "k1", "reopened/1")
    assert desk.state == ("rejected", "refused")
    assert refusal(act(desk, APPLICANT, "reopen")) == (409, "reopened")


def test_what_runs_or_was_approved_is_not_started_again() -> None:
    assert refusal(act(case(), APPLICANT, "reopen")) == (409, "not_ended")
    assert refusal(act(approved(), APPLICANT, "reopen")) == (409, "not_ended")


# -- 终止, 作废 --------------------------------------------------------------------------------------------


def test_the_office_terminates_a_case_with_everything_in_it() -> None:
    both = parallel(
        "both",
        always(approve("left", by=role("clerk"), on_reject=NO)),
        always(approve("right", by=role("officer"), on_reject=NO)),
    )
    desk = Desk(sequence(both, end("done")))

    act(desk, "head", "terminate")

    assert desk.state == ("terminated", "terminated")
    assert {state for state, _by in desk.closed().values()} == {"cancelled"}


@pytest.mark.parametrize("verb", ["terminate", "void"])
def test_nobody_else_does(verb: str) -> None:
    desk = case() if verb == "terminate" else approved()

    assert refusal(act(desk, "clerk", verb)) == (403, "not_office_head")


def test_after_the_end_nothing_is_terminated_and_before_it_nothing_is_voided() -> None:
    assert refusal(act(approved(), "head", "terminate")) == (409, "case_ended")
    assert refusal(act(case(), "head", "void")) == (409, "not_ended")


def test_what_was_not_approved_is_voided_by_one_and_what_was_by_two() -> None:
    refused, done = case(), approved()
    refused.act("clerk", "reject", "steps/first", opinion="样例")

    act(refused, "head", "void")
    act(done, "head", "void")
    [proposal] = done.live.items.values()
    between = done.state[0]
    done.act("role:convenor:", "agree", proposal.path)

    assert (refused.state[0], between, done.state[0]) == ("void", "approved", "void")


def test_a_reason_in_words_is_needed() -> None:
    assert refusal(case().act("head", "terminate")) == (422, "opinion_required")


# -- what a state machine found ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("add-signers", {"users": ["clerk"], "where": "before"}),
        ("transfer", {"to": "clerk"}),
        ("delegate", {"to": "clerk"}),
        ("recuse", {}),
        ("return", {}),
    ],
)
def test_a_proposal_is_agreed_to_or_refused_and_nothing_else(verb: str, fields: dict[str, Any]) -> None:
    desk = approved()
    desk.act("head", "void", opinion="样例")
    (proposal,) = desk.live.items

    outcome = desk.take(desk.wanted("secretary", verb, proposal, opinion="样例", fields=fields))

    assert refusal(outcome) == (409, "verb_not_offered")


def test_nobody_jumps_into_what_a_step_does_after_a_refusal() -> None:
    steps = sequence(approve("first", by=role("clerk"), on_reject=sequence(carry_out("mend", by=role("officer")))))
    desk = Desk(flow(steps))

    outcome = desk.act("head", "jump", opinion="样例", fields={"to": "steps/first/rejected/mend"})

    assert refusal(outcome) == (409, "inside_closed_block")
    assert desk.open() == [("steps/first", 1)]


# -- what two people decide --------------------------------------------------------------------------------


def test_what_was_approved_is_not_terminated_by_one_person_while_its_revocation_is_decided() -> None:
    desk = approved(**REVOCABLE)
    act(desk, APPLICANT, "revoke")

    assert refusal(act(desk, "head", "terminate")) == (409, "revoking")
    assert desk.state == ("revoking", "done")


def test_what_was_proposed_to_be_voided_is_not_voided_while_its_revocation_is_decided() -> None:
    desk = approved(**REVOCABLE)
    act(desk, "head", "void")
    [(proposal, _)] = desk.open()
    act(desk, APPLICANT, "revoke")
    child = child_of(desk)

    early = desk.act(CONVENOR, "agree", proposal)
    decided(desk, child, "rejected")
    desk.act(CONVENOR, "agree", proposal)

    assert refusal(early) == (409, "not_ended")
    assert desk.state == ("void", "done")


def test_two_proposals_to_void_are_not_both_carried_out() -> None:
    desk = approved()
    for _ in range(2):
        act(desk, "head", "void")
    [(first, _), (second, _)] = desk.open()

    desk.act(CONVENOR, "agree", first)
    late = desk.act(CONVENOR, "agree", second)

    assert refusal(late) == (409, "not_ended")
    assert not isinstance(desk.act(CONVENOR, "reject", second), Refused)


def test_a_compulsory_step_of_a_branch_in_which_nobody_is_asked_yet_is_not_jumped_over_by_one_person() -> None:
    law = approve("law", by=role("clerk"), on_reject=NO, compulsory=True)
    held_up = sequence(wait("papers", event="trial.one.v1", within=5, silence=nothing()), law)
    fork = parallel("fork", always(held_up), always(approve("look", by=role("officer"), on_reject=NO)))
    desk = Desk(flow(sequence(fork, approve("last", by=role("clerk"), on_reject=NO), end("done", "approved"))))

    desk.act("head", "jump", opinion="样例", fields={"to": "steps/last"})

    assert [path for path, _ in desk.open()] == ["confirm#2", "steps/fork/1"]


def test_a_compulsory_step_of_a_way_that_was_not_taken_is_not_jumped_over() -> None:
    law = approve("law", by=role("clerk"), on_reject=NO, compulsory=True)
    which = choice("which", when(is_true("strict"), law), otherwise=approve("look", by=role("officer"), on_reject=NO))
    desk = Desk(flow(sequence(which, approve("last", by=role("clerk"), on_reject=NO), end("done", "approved"))))

    desk.act("head", "jump", opinion="样例", fields={"to": "steps/last"})

    assert [path for path, _ in desk.open()] == ["steps/last"]


def test_a_new_roster_leaves_what_was_proposed_as_it_is() -> None:
    desk = case()
    desk.definition = compulsory(desk.definition)
    desk.act("head", "jump", opinion="样例", fields={"to": "steps/second"})
    desk.facts = replace(desk.facts, roster=replace(people(), version="next"))

    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))
    desk.act(CONVENOR, "agree", "confirm#2")

    assert [path for path, _ in desk.open()] == ["steps/second"]


def test_the_office_lets_a_case_go_on_elsewhere_while_the_applicant_is_asked() -> None:
    first = approve("first", by=role("clerk"), on_reject=NO, on_return=to_applicant(within=3, silence=NO))
    last = approve("last", by=role("officer"), on_reject=NO)
    desk = Desk(flow(sequence(first, last, end("done", "approved"))))
    desk.act("clerk", "return", "steps/first", opinion="样例")

    refused = desk.act("clerk", "jump", opinion="样例", fields={"to": "steps/last"})
    desk.act("head", "jump", opinion="样例", fields={"to": "steps/last"})

    assert refusal(refused) == (403, "not_office_head")
    assert [path for path, _ in desk.open()] == ["steps/last"]


def test_an_answer_stays_while_the_applicant_is_asked_because_of_it() -> None:
    first = approve("first", by=role("clerk"), on_reject=NO)
    last = approve("last", by=role("officer"), on_reject=NO, on_return=to_applicant(within=3, silence=NO))
    desk = Desk(flow(sequence(first, last, end("done", "approved"))))
    desk.act("clerk", "agree", "steps/first")
    [mine] = desk.ledger.closed.values()
    desk.act("officer", "return", "steps/last", opinion="样例")

    late = desk.take(desk.wanted("clerk", "take-back", mine.id))

    assert (refusal(late), late.by) == ((409, "built_upon"), "officer")


def test_what_was_proposed_keeps_nobody_from_taking_an_answer_back() -> None:
    desk = case(takes_back="until_decided")
    desk.definition = compulsory(desk.definition)
    desk.act("head", "jump", opinion="样例", fields={"to": "steps/second"})
    desk.act("clerk", "agree", "steps/first")
    mine = next(one for one in desk.ledger.closed.values() if one.closed_by == "clerk")

    desk.take(desk.wanted("clerk", "take-back", mine.id))
    desk.act(CONVENOR, "reject", "confirm#2")

    assert [path for path, _ in desk.open()] == ["steps/first"]
