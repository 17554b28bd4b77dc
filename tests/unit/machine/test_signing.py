"""手写签名 (approvals.md §1): who answers signs with the own name, what was signed is bound, and no rule signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import EVENT_TYPES
from domain.organisation import Proxy
from tests.unit.machine.desk import MONDAY, Desk, people
from workflows.language.checks import check
from workflows.language.words import (
    Form,
    FormField,
    Step,
    always,
    approve,
    carry_out,
    end,
    nobody,
    nothing,
    parallel,
    remind,
    returns,
    role,
    sequence,
    to_applicant,
    workflow,
)
from workflows.machine.attachment import Attachment
from workflows.machine.case import ItemState
from workflows.machine.decision import Decision, Refused
from workflows.machine.signing import Signature, holds, signature_in, written_since
from workflows.moves.recording import body_of

NO = end("no", "rejected")
SUM = Form(name="sum.v1", fields=(FormField(name="amount", type="integer"), FormField(name="note", type="text")))


def signing(**more: Any) -> Step:
    return approve("decision", by=role("officer"), within=3, overdue=(remind(0),), on_reject=NO, signature=True, **more)


def ask(step: Step) -> Desk:
    return Desk(workflow("trial", starts_on="trial.began.v1", about="trial", person=True, steps=step, forms=(SUM,)))


def steps(**more: Any) -> Step:
    return sequence(signing(**more), carry_out("filing", by=role("clerk"), form="sum.v1"), end("done", "approved"))


def signed(name: str = "officer", **more: Any) -> dict[str, Any]:
    return {"fields": {"signature": name, **more}}


def picture(by: str = "officer", **other: Any) -> Attachment:
    found = {
        "case": "c1",
        "person": "p1",
        "name": "签名.png",
        "media_type": "image/png",
        "size": 8,
        "sha256": "of its bytes",
    }
    return Attachment(**{"id": "pic", "by": by, "at": MONDAY, "stored_at": MONDAY, **found, **other})


def refusal(found: Any) -> tuple[Any, ...]:
    assert isinstance(found, Refused), found
    return found.status, found.code, found.field


def signature_of(decision: Any) -> Signature:
    found = signature_in(body_of(decision.entry, "h", None))
    assert found is not None
    return found


# -- what is needed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["agree", "reject", "abstain"])
def test_what_decides_is_taken_with_the_own_name_and_refused_without_one(verb: str) -> None:
    desk = ask(steps(mode="all", abstains="counts"))

    assert refusal(desk.act("officer", verb, "steps/decision", opinion="样例")) == (
        422,
        "signature_required",
        "signature",
    )
    assert refusal(desk.act("officer", verb, "steps/decision", opinion="样例", **signed("other"))) == (
        422,
        "wrong_name",
        "signature",
    )
    assert isinstance(desk.act("officer", verb, "steps/decision", opinion="样例", **signed(" officer ")), Decision)


def test_what_decides_nothing_is_not_signed() -> None:
    desk = ask(sequence(carry_out("plan", by=role("clerk")), signing(returns=returns("plan"), allows=("transfer",))))
    desk.act("clerk", "complete", "steps/plan")

    handed = desk.act("officer", "transfer", "steps/decision", fields={"to": "contact"})
    sent_back = desk.act("contact", "return", "steps/decision", opinion="样例", fields={"to": "steps/plan"})

    assert isinstance(handed, Decision)
    assert isinstance(sent_back, Decision)
    assert signature_in(body_of(sent_back.entry, "h", None)) is None


@pytest.mark.parametrize("given", [{"signature": "clerk"}, {"signature_picture": "pic"}])
def test_a_step_that_asks_for_no_signature_takes_none(given: dict[str, str]) -> None:
    desk = ask(sequence(approve("check", by=role("clerk"), within=3, overdue=(remind(0),), on_reject=NO)))

    found = desk.act("clerk", "agree", "steps/check", fields=given)

    assert refusal(found) == (422, "not_signed", next(iter(given)))


def test_an_added_signer_signs_as_well() -> None:
    desk = ask(steps(allows=("add-signers",)))
    desk.act("officer", "add-signers", "steps/decision", fields={"users": ["contact"], "where": "before"})

    assert refusal(desk.act("contact", "agree", "steps/decision"))[1] == "signature_required"
    assert isinstance(desk.act("contact", "agree", "steps/decision", **signed("contact")), Decision)


def test_a_proxy_signs_with_the_own_name_for_whom_it_is_done() -> None:
    away = replace(people(), proxies=(Proxy("head", "clerk", date(2026, 1, 1)),))
    step = approve("decision", by=role("office_head"), within=3, overdue=(remind(0),), on_reject=NO, signature=True)
    desk = Desk(step, roster=away)

    in_anothers_name = desk.act("clerk", "agree", "steps", **signed("head"))
    done = desk.act("clerk", "agree", "steps", **signed("clerk"))

    assert refusal(in_anothers_name) == (422, "wrong_name", "signature")
    assert (done.entry.actor, done.entry.principal, signature_of(done).name) == ("clerk", "head", "clerk")


def test_a_list_of_several_is_not_signed_in_one_go() -> None:
    found = ask(steps()).act("officer", "agree", "steps/decision", batch="b1", **signed())

    assert refusal(found)[:2] == (409, "singly")


# -- the picture -------------------------------------------------------------------------------------------


def test_a_picture_goes_with_the_signature_and_its_hash_is_personal() -> None:
    desk = ask(steps())

    done = desk.act("officer", "agree", "steps/decision", files={"pic": picture()}, **signed(signature_picture="pic"))

    assert done.attached == ("pic",)
    assert signature_of(done).picture == "pic"
    assert done.entry.personal["@attachments"] == {"pic": {"name": "签名.png", "sha256": "of its bytes"}}
    assert "of its bytes" not in str(done.entry.delta["signature"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "other"},
        {"case": "c2"},
        {"media_type": "application/pdf"},
        {"stored_at": None},
        {"linked_at": MONDAY},
        {"dropped_at": MONDAY},
    ],
    ids=str,
)
def test_a_picture_of_somebody_else_or_none_at_all_is_refused(wrong: dict[str, Any]) -> None:
    desk = ask(steps())
    given = signed(signature_picture="pic")

    found = desk.act("officer", "agree", "steps/decision", files={"pic": picture(**wrong)}, **given)
    unknown = desk.act("officer", "agree", "steps/decision", **given)

    assert refusal(found) == refusal(unknown) == (422, "bad_picture", "signature_picture")
    assert desk.item_of("officer", "steps/decision").state is ItemState.OPEN


def test_a_picture_that_is_named_as_an_attachment_too_goes_once() -> None:
    given = {"files": {"pic": picture()}, "attachments": ("pic",)}

    done = ask(steps()).act("officer", "agree", "steps/decision", **given, **signed(signature_picture="pic"))

    assert done.attached == ("pic",)


# -- what was signed ---------------------------------------------------------------------------------------


def test_the_signature_covers_what_the_signer_wrote_and_tells_what_was_written_once_more() -> None:
    desk = ask(
        sequence(
            signing(form="sum.v1"),
            carry_out("filing", by=role("clerk"), form="sum.v1"),
            end("done", "approved"),
        )
    )

    done = desk.act("officer", "agree", "steps/decision", form={"amount": 5, "note": "甲"}, **signed())
    found = signature_of(done)
    before = written_since(found, desk.live.head.field_versions)
    desk.act("clerk", "complete", "steps/filing", form={"amount": 6, "note": "乙"})

    assert dict(found.versions) == {"amount": 1, "note": 1}
    assert before == ()
    assert written_since(found, desk.live.head.field_versions) == ("amount", "note")


def test_what_is_written_for_the_first_time_later_was_not_signed() -> None:
    desk = ask(steps())
    found = signature_of(desk.act("officer", "agree", "steps/decision", **signed()))

    desk.act("clerk", "complete", "steps/filing", form={"amount": 6, "note": "乙"})

    assert written_since(found, desk.live.head.field_versions) == ()


def test_what_the_step_hides_is_not_signed() -> None:
    desk = ask(
        sequence(
            carry_out("plan", by=role("clerk"), form="sum.v1"),
            signing(rights={"note": "hidden"}),
            end("done", "approved"),
        )
    )
    desk.act("clerk", "complete", "steps/plan", form={"amount": 5, "note": "甲"})

    found = signature_of(desk.act("officer", "agree", "steps/decision", **signed()))

    assert dict(found.versions) == {"amount": 1}


@given(
    st.sampled_from(["name", "at", "versions", "picture", "case", "item"]),
    st.dictionaries(st.text(min_size=1, max_size=5), st.integers(1, 9), min_size=1, max_size=4),
)
def test_the_hash_binds_name_moment_versions_and_picture_to_case_and_item(part: str, versions: dict[str, int]) -> None:
    desk = ask(steps())
    item = desk.item_of("officer", "steps/decision").id
    found = signature_of(
        desk.act("officer", "agree", "steps/decision", files={"pic": picture()}, **signed(signature_picture="pic"))
    )
    other: dict[str, Any] = {"name": "x", "at": MONDAY.replace(year=2027), "versions": versions, "picture": None}
    changed = replace(found, **{part: other[part]}) if part in other else found

    assert holds(found, "c1", item)
    assert not holds(changed, "c2" if part == "case" else "c1", "x" if part == "item" else item)


# -- nobody signs by a rule --------------------------------------------------------------------------------


def test_a_definition_in_which_a_rule_would_sign_is_not_published() -> None:
    silent = to_applicant(within=3, takes=("amount",), once=True, silence=nothing())
    flows = {
        "ruled_signature": [steps(nobody=nobody("pass")), steps(own_case="skip")],
        "automatic_signature": [steps(on_return=silent)],
    }

    for code, definitions in flows.items():
        for one in definitions:
            found = check(ask(one).definition, EVENT_TYPES)
            assert code in {finding.code for finding in found}, code


def test_silence_and_the_same_officer_before_pass_no_signature() -> None:
    first = approve("first", by=role("office_head"), within=3, overdue=(remind(0),), on_reject=NO)
    second = approve(
        "second",
        by=role("office_head"),
        within=3,
        overdue=(remind(0),),
        on_reject=NO,
        signature=True,
        dedup="consecutive",
    )
    desk = ask(sequence(first, second, end("done", "approved")))

    desk.act("head", "agree", "steps/first")
    desk.fire_next()

    assert desk.item_of("head", "steps/second").state is ItemState.OPEN


def test_each_of_several_signs_for_themselves() -> None:
    desk = ask(sequence(parallel("both", always(signing()), always(signing())), end("done", "approved")))

    done = [desk.act("officer", "agree", f"steps/both/{n}", **signed()) for n in range(2)]

    assert len({signature_of(one).binding for one in done}) == 2
