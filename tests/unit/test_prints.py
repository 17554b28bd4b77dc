"""The code of a print: it proves one case, one moment and one template, and tells of each later entry that there is one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.check_codes import MARK
from workflows import testkit
from workflows.language.words import approve, end, role, sequence, workflow
from workflows.prints import Checked, check_code, code_of, mark_of
from workflows.testkit import Office
from workflows.testkit.surroundings import KnownSecret

TRIAL = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(approve("check", by=role("officer"), on_reject=end("no", "rejected")), end("yes", "approved")),
)
VAULT = KnownSecret()


def office(*keys: str) -> Office:
    made = testkit.Office([TRIAL], testkit.staff(officer="officer", head="office_head"))
    for key in keys:
        made.send(made.event("trial.began.v1", key=key))
    return made


def case_of(made: Office, key: str) -> str:
    return next(one.case.id for one in made.cases() if one.case.key == key)


def check(made: Office, number: str, code: str) -> Checked | None:
    return check_code(VAULT, made.store.reads, made.county, number, code)


@pytest.mark.parametrize("later", range(3))
def test_a_code_tells_when_the_case_went_on_from_what_was_printed(later: int) -> None:
    made = office("k1")
    case = case_of(made, "k1")
    code = code_of(VAULT, made.case(case).head, made.history(case)[-1], "r1")
    for number in range(later):
        made.turn(hours=1)
        made.act("head", case, "comment", opinion=f"样例{number}")

    found = check(made, "k1", code)

    assert found is not None
    assert found.gone_on_at == (made.history(case)[1].at if later else None)
    assert found.mark == mark_of(made.case(case).head.workflow_hash, "r1")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_code_with_one_other_letter_is_none(place: int, letter: str) -> None:
    made = office("k1")
    case = case_of(made, "k1")
    code = code_of(VAULT, made.case(case).head, made.history(case)[-1], "r1").replace("-", "")
    other = f"{code[:place]}{letter}{code[place + 1 :]}"

    assert (check(made, "k1", other) is None) == (other != code)


def test_a_code_belongs_to_one_case_of_those_with_its_number() -> None:
    made = office("k1", "k2")
    codes = {
        key: code_of(VAULT, made.case(case_of(made, key)).head, made.history(case_of(made, key))[-1], "r1")
        for key in ("k1", "k2")
    }

    assert check(made, "k1", codes["k2"]) is None
    assert check(made, "", codes["k1"]) is None
    assert check(made, case_of(made, "k2"), codes["k2"]) is not None


def test_every_part_of_what_was_printed_is_in_the_code() -> None:
    made = office("k1")
    case = case_of(made, "k1")
    head, last = made.case(case).head, made.history(case)[-1]
    code = code_of(VAULT, head, last, "r1")

    others = [
        code_of(VAULT, replace(head, id="c2"), last, "r1"),
        code_of(VAULT, replace(head, key="k2"), last, "r1"),
        code_of(VAULT, head, replace(last, seq=last.seq + 1), "r1"),
        code_of(VAULT, head, replace(last, hash="0" * 64), "r1"),
        code_of(VAULT, head, last, "r2"),
        code_of(VAULT, replace(head, workflow_hash="h2"), last, "r1"),
    ]

    assert len({one[MARK:] for one in (code, *others)}) == len(others) + 1
