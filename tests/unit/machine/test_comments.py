"""评论: said, put right, taken back; by whom, when, and what is refused (approvals.md §1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.machine.desk import Desk
from tests.unit.machine.test_handling import alone, do, refusal
from workflows.machine.decision import Decision

PERSON = "person:p1"


def said(desk: Desk, by: str = "clerk", **fields: Any) -> int:
    """A comment; the entry that it is."""
    desk.act(by, "comment", opinion="样例：已告知", fields=fields)
    return desk.last.entry.seq


def correct(desk: Desk, seq: int, by: str = "clerk", words: str = "样例：更正", **fields: Any) -> Any:
    return desk.act(by, "correct", opinion=words, fields={"comment": seq, **fields})


def retract(desk: Desk, seq: int, by: str = "clerk", words: str = "") -> Any:
    return desk.act(by, "retract", opinion=words, fields={"comment": seq})


def test_a_comment_is_put_right_by_whoever_wrote_it_and_every_version_is_kept() -> None:
    desk = alone()
    seq = said(desk)

    correct(desk, seq)
    correct(desk, seq)

    assert desk.last.entry.delta["comment"] == seq
    assert desk.last.entry.personal == {"opinion": "样例：更正"}
    assert desk.comments()[seq].versions == (seq, seq + 1, seq + 2)
    assert desk.open() == [("steps/decide", 1)]


def test_a_comment_is_taken_back_by_whoever_wrote_it_and_says_who_and_when() -> None:
    desk = alone()
    seq = said(desk)
    desk.now += timedelta(hours=1)

    retract(desk, seq)

    taken_back = desk.comments()[seq].retracted
    assert taken_back is not None
    assert (taken_back.by, taken_back.at) == ("clerk", desk.now)
    assert "comment_retracted" not in dict(desk.told())


def test_the_head_of_the_office_takes_back_what_others_said_and_says_why_and_the_author_is_told() -> None:
    desk = alone()
    seq, of_person = said(desk), said(desk, PERSON)

    silent = retract(desk, seq, "head")
    retract(desk, seq, "head", "样例：含个人信息")
    retract(desk, of_person, "head", "样例：含个人信息")

    assert refusal(silent) == (422, "opinion_required")
    assert silent.field == "opinion"
    assert [to for template, to in desk.told() if template == "comment_retracted"] == [("user:clerk",), (PERSON,)]


def test_the_head_of_the_office_takes_back_an_own_comment_without_a_reason_and_tells_nobody() -> None:
    desk = alone()
    seq = said(desk, "head")

    assert isinstance(retract(desk, seq, "head"), Decision)
    assert "comment_retracted" not in dict(desk.told())


@pytest.mark.parametrize(
    ("press", "by", "expected"),
    [
        (correct, "other", (403, "not_yours")),
        (correct, "head", (403, "not_yours")),
        (retract, "other", (403, "not_yours")),
    ],
)
def test_nobody_else_touches_a_comment(press: Callable[..., Any], by: str, expected: tuple[int, str]) -> None:
    desk = alone()

    assert refusal(press(desk, said(desk), by, words="样例")) == expected


@pytest.mark.parametrize("press", [correct, retract])
def test_what_is_no_comment_is_neither_put_right_nor_taken_back(press: Callable[..., Any]) -> None:
    desk = alone()
    seq = said(desk)
    correct(desk, seq)

    for wanted in (0, seq - 1, seq + 1, 99):
        refused = press(desk, wanted)
        assert (*refusal(refused), refused.field) == (422, "no_such_comment", "comment")


@pytest.mark.parametrize(("press", "by"), [(retract, "clerk"), (correct, "clerk"), (retract, "head")])
def test_who_comes_after_it_was_taken_back_is_told_who_and_when(press: Callable[..., Any], by: str) -> None:
    desk = alone()
    seq = said(desk)
    retract(desk, seq)
    at = desk.now
    desk.now += timedelta(hours=1)

    late = press(desk, seq, by, words="样例")

    assert refusal(late) == (409, "retracted")
    assert (late.by, late.at) == ("clerk", at)


def test_comments_are_put_right_and_taken_back_after_the_end_and_while_the_case_stands_still() -> None:
    ended, standing = alone(), alone()
    seq = said(ended)
    assert said(standing) == seq
    do(ended, "clerk", "agree")
    standing.live = replace(standing.live, head=replace(standing.live.head, gate="样例"))

    for desk in (ended, standing):
        assert isinstance(correct(desk, seq), Decision)
        assert isinstance(retract(desk, seq), Decision)


def test_who_is_newly_mentioned_is_told_and_nobody_twice() -> None:
    desk = alone()
    desk.act("clerk", "copy", fields={"users": ["guest"]})
    seq = said(desk, mentions=["head"])

    correct(desk, seq, mentions=["head", "guest"])
    correct(desk, seq, mentions=["guest"])

    assert [to for template, to in desk.told() if template == "mentioned"] == [("user:head",), ("user:guest",)]
    assert "mentioned" not in desk.last.entry.delta
    assert refusal(correct(desk, seq, mentions=["nobody"])) == (422, "not_in_office")


def test_a_correction_and_a_retraction_are_for_whom_the_comment_is() -> None:
    desk = alone()
    inner, outer = said(desk, visible="officers"), said(desk)

    seen = []
    for seq in (inner, outer):
        correct(desk, seq)
        seen.append(desk.last.entry.delta.get("visible"))
        retract(desk, seq)
        seen.append(desk.last.entry.delta.get("visible"))

    assert seen == ["officers", "officers", None, None]


def test_only_who_may_see_the_case_is_mentioned() -> None:
    desk = alone()
    seq = said(desk)
    fields = {"mentions": ["head", "guest"]}

    stranger = desk.act("clerk", "comment", opinion="样例", fields=fields, audience=frozenset({"user:other"}))
    later = desk.act("clerk", "correct", opinion="样例", fields={"comment": seq, **fields}, audience=frozenset())
    reader = desk.act("clerk", "comment", opinion="样例", fields=fields, audience=frozenset({"user:guest"}))

    assert refusal(stranger) == refusal(later) == (422, "may_not_see")
    assert stranger.field == "mentions"
    assert isinstance(reader, Decision)


def test_a_correction_needs_words() -> None:
    desk = alone()

    assert refusal(correct(desk, said(desk), words="")) == (422, "opinion_required")
