"""代提交: an officer submits for the person a case is about; who decides, who is told, and who acted for whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.machine.desk import APPLICANT, Desk, flow
from workflows.language.words import (
    Revocation,
    Step,
    applicant,
    approve,
    departments,
    end,
    message,
    role,
    sequence,
    to_applicant,
)
from workflows.machine.decision import Decision
from workflows.testkit import staff

NO = sequence(message("refused", to=applicant()), end("refused", "rejected"))
PEOPLE = staff(clerk="clerk", mate="clerk", judge="judge", head="office_head", contact="liaison")


def submitted(step: Step, by: str | None = "clerk", **more: Any) -> Desk:
    """A case about a person that an officer has submitted."""
    steps = sequence(step, message("admitted", to=applicant()), end("done", "approved"))
    fields = {} if by is None else {"initiator": by}
    return Desk(flow(steps, **more), roster=PEOPLE, fields=fields)


def look(by: str = "clerk", **more: Any) -> Step:
    return approve("look", by=role(by), on_reject=NO, **more)


def test_whoever_submitted_for_somebody_decides_nothing_of_it_nor_does_the_person() -> None:
    desk = submitted(look())

    own, person = desk.act("clerk", "agree", "steps/look"), desk.act(APPLICANT, "agree", "steps/look")

    assert [one.code for one in (own, person)] == ["not_holder", "not_holder"]
    assert [who for who, _ in desk.holders("steps/look")] == ["user:mate"]
    assert isinstance(desk.act("mate", "agree", "steps/look"), Decision)


@pytest.mark.parametrize(("verb", "template"), [("agree", "admitted"), ("reject", "refused")])
def test_both_are_told_of_the_outcome(verb: str, template: str) -> None:
    desk = submitted(look("judge"))

    desk.act("judge", verb, "steps/look", opinion="样例")

    assert (template, (APPLICANT, "user:clerk")) in desk.told()


def test_who_has_left_is_not_told_and_where_nobody_submitted_the_person_alone_is() -> None:
    left, alone = submitted(look("judge")), submitted(look("judge"), by=None)
    left.facts = replace(left.facts, roster=staff(judge="judge", head="office_head"))

    for desk in (left, alone):
        desk.act("judge", "agree", "steps/look")

    assert [desk.told() for desk in (left, alone)] == [[("admitted", (APPLICANT,))]] * 2


def test_what_is_told_to_others_is_not_told_to_whoever_submitted() -> None:
    steps = sequence(message("news", to=departments()), end("done", "approved"))
    desk = Desk(flow(steps), roster=PEOPLE, fields={"initiator": "clerk"})

    assert "user:clerk" not in {who for _, to in desk.told() for who in to}


def test_at_the_counter_the_history_says_for_whom_the_clerk_acted() -> None:
    asks = look("judge", on_return=to_applicant(within=5, silence=NO, through=role("clerk")))
    desk = submitted(asks, by=None)
    desk.act("judge", "return", "steps/look", opinion="样例")

    desk.act("mate", "complete", "steps/look/supplement")

    entry = desk.last.entry
    assert (entry.actor, entry.principal, entry.authority) == ("mate", APPLICANT, "proxy")


def test_an_officer_who_starts_a_matter_again_has_submitted_the_new_case() -> None:
    desk = submitted(look("judge"))
    desk.act("judge", "reject", "steps/look", opinion="样例")

    by_officer = desk.take(desk.wanted("mate", "reopen", None))

    assert by_officer.children[0].fields["initiator"] == "mate"


def test_a_person_who_starts_it_again_leaves_it_with_whoever_submitted_first() -> None:
    desk = submitted(look("judge"))
    desk.act("judge", "reject", "steps/look", opinion="样例")

    by_person = desk.take(desk.wanted(APPLICANT, "reopen", None))

    assert by_person.children[0].fields["initiator"] == "clerk"


def test_whoever_asks_for_a_revocation_decides_nothing_of_it() -> None:
    desk = submitted(look("judge"), revocation=Revocation(workflow="revoke", within=5))
    desk.act("judge", "agree", "steps/look")

    asked = desk.take(desk.wanted("mate", "revoke", None, opinion="样例"))

    assert asked.children[0].fields["initiator"] == "mate"
