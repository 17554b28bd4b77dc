"""抄送: who reads along, who has read, and who does no longer (approvals.md §1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.unit.machine.desk import Desk
from tests.unit.machine.test_handling import alone, do, refusal
from workflows.machine.case import Access, Reader
from workflows.machine.copying import may_urge


def copied(desk: Desk, *users: str, by: str = "clerk") -> None:
    desk.act(by, "copy", fields={"users": list(users)})


def test_a_copy_lets_somebody_read_and_waits_for_nobody() -> None:
    desk = alone()

    copied(desk, "guest")

    assert [(one.who, one.why) for one in desk.last.access] == [("user:guest", "copy")]
    assert desk.open() == [("steps/decide", 1)]
    assert [(one.user, one.by, one.read_at) for one in desk.live.head.readers] == [("guest", "clerk", None)]


def test_who_has_read_a_copy_says_so_once() -> None:
    desk = alone()
    copied(desk, "guest")

    desk.act("guest", "read")

    assert desk.live.head.readers[0].read_at == desk.now
    assert desk.last.entry.what == "act:read"
    again = desk.act("guest", "read")
    assert refusal(again) == (409, "read")
    assert (again.by, again.at) == ("guest", desk.now)


def test_who_has_no_copy_has_read_none() -> None:
    desk = alone()
    copied(desk, "guest")

    assert refusal(desk.act("clerk", "read")) == (403, "not_copied")


def test_a_second_copy_to_the_same_officer_is_the_same_one_to_be_read_again() -> None:
    desk = alone()
    copied(desk, "guest")
    desk.act("guest", "read")

    copied(desk, "guest", "clerk", "guest")

    assert [(one.user, one.read_at) for one in desk.live.head.readers] == [("guest", None), ("clerk", None)]


def test_who_has_not_read_a_copy_is_urged_once_a_day_and_it_stays_the_same_copy() -> None:
    desk = alone()
    copied(desk, "guest")
    first = desk.now

    at_once = desk.act("helper", "copy", fields={"users": ["guest"]})
    desk.now += timedelta(days=1)
    copied(desk, "guest", by="helper")
    again = desk.act("helper", "copy", fields={"users": ["guest"]})

    assert refusal(at_once) == refusal(again) == (409, "urged_today")
    assert (at_once.by, at_once.at) == ("clerk", first)
    assert desk.last.entry.delta["urged_readers"] == ["guest"]
    assert "copied" not in desk.last.entry.delta
    assert desk.told()[-1] == ("urged_to_read", ("user:guest",))
    assert desk.live.head.readers == (Reader("guest", "clerk", desk.now),)


def test_of_several_who_get_a_copy_nobody_is_told_twice_on_one_day() -> None:
    desk = alone()
    copied(desk, "guest")

    copied(desk, "guest", "helper")

    assert desk.last.entry.delta["copied"] == ["helper"]
    assert desk.told()[-1] == ("copied", ("user:helper",))
    assert [one.user for one in desk.live.head.readers] == ["guest", "helper"]


def test_readers_are_urged_after_the_end_and_on_the_next_local_day_only() -> None:
    desk = alone()
    do(desk, "clerk", "agree")
    copied(desk, "guest")
    midnight = datetime(2026, 3, 2, 16, tzinfo=UTC)
    reader = desk.live.head.readers[0]

    assert not may_urge(reader, desk.facts.calendar, midnight - timedelta(minutes=1))
    assert may_urge(reader, desk.facts.calendar, midnight)
    assert not may_urge(replace(reader, read_at=desk.now), desk.facts.calendar, midnight)
    desk.now = midnight
    copied(desk, "guest")
    assert desk.told()[-1] == ("urged_to_read", ("user:guest",))


def test_a_copy_goes_out_and_is_read_after_the_end_and_while_the_case_stands_still() -> None:
    ended, standing = alone(), alone()
    do(ended, "clerk", "agree")
    standing.live = replace(standing.live, head=replace(standing.live.head, gate="样例"))

    for desk in (ended, standing):
        copied(desk, "guest")
        desk.act("guest", "read")

        assert desk.live.head.readers[0].read_at is not None


def test_whoever_copied_ends_the_copy_and_what_was_read_stays_in_the_history() -> None:
    desk = alone()
    copied(desk, "guest")
    desk.act("guest", "read")

    desk.act("clerk", "uncopy", fields={"user": "guest"})

    assert desk.live.head.readers == ()
    assert desk.last.access_ended == (Access(desk.live.head.id, "user:guest", "copy"),)
    assert [one.entry.what for one in desk.ledger.decisions][-2:] == ["act:read", "act:uncopy"]


def test_only_whoever_copied_and_the_office_head_end_a_copy() -> None:
    desk = alone()
    copied(desk, "guest")

    other = desk.act("other", "uncopy", fields={"user": "guest"})
    desk.act("head", "uncopy", fields={"user": "guest"})

    assert refusal(other) == (403, "not_yours")
    assert other.by == "clerk"
    assert desk.live.head.readers == ()
    assert refusal(desk.act("head", "uncopy", fields={"user": "guest"})) == (409, "not_copied")


def test_nobody_who_is_not_in_office_gets_a_copy() -> None:
    desk = alone()

    assert refusal(desk.act("clerk", "copy", fields={"users": ["guest", "nobody"]})) == (422, "not_in_office")
    assert desk.live.head.readers == ()


def test_the_history_adds_up_to_who_has_read() -> None:
    desk = alone()
    copied(desk, "guest", "clerk")
    desk.now += timedelta(hours=1)
    desk.act("guest", "read")

    assert desk.last.entry.delta["standing"]["readers"] == [
        ["guest", "clerk", desk.live.head.readers[0].at.isoformat(), desk.now.isoformat()],
        ["clerk", "clerk", desk.live.head.readers[1].at.isoformat(), None],
    ]
    assert desk.live.head.readers[0] == Reader("guest", "clerk", desk.live.head.readers[0].at, desk.now)
