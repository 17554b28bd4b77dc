"""The group commit: who comes together is committed together, nobody waits alone, nobody spoils it for others."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

import pytest

from adapters.doors import committing
from adapters.doors.committing import Committer, TooManyWaiting
from workflows.moves.accepting import Accepted, Submission
from workflows.ports import NewEvent, StoreUnavailable

SECONDS = 5


def submission(*ids: str) -> Submission:
    return Submission(tuple(event(one) for one in ids), whole=True)


def event(event_id: str) -> NewEvent:
    return NewEvent("330226", "urn:test", event_id, "t.v1", "k", None, {}, {}, "hash", "office")


class Store:
    """An `accept` whose commits are seen, and can be held up or made to fail."""

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.entered = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()
        self.fails_on: str | None = None
        self.error: Exception = ValueError("poison")

    def accept(self, submissions: Sequence[Submission]) -> list[tuple[Accepted, ...]]:
        self.entered.release()
        assert self.go_on.wait(SECONDS)
        ids = [one.id for each in submissions for one in each.events]
        if self.fails_on in ids:
            raise self.error
        self.commits.append(ids)
        return [tuple(Accepted("accepted", 1) for _ in each.events) for each in submissions]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def committer(store: Store) -> Iterator[Committer]:
    committer = Committer(store.accept)
    committer.start()
    yield committer
    store.go_on.set()
    committer.stop()


def held_up(store: Store, committer: Committer) -> Future[tuple[Accepted, ...]]:
    """A first commit that is under way and does not end."""
    store.go_on.clear()
    first = committer.put("first", submission("first"))
    assert store.entered.acquire(timeout=SECONDS)
    return first


def test_whoever_comes_alone_is_committed_alone(store: Store, committer: Committer) -> None:
    committer.put("a", submission("1")).result(SECONDS)
    committer.put("a", submission("2")).result(SECONDS)

    assert store.commits == [["1"], ["2"]]


def test_two_callers_who_wait_share_one_commit(store: Store, committer: Committer) -> None:
    first = held_up(store, committer)
    others = [committer.put("a", submission("1")), committer.put("b", submission("2"))]

    store.go_on.set()

    assert [one.result(SECONDS)[0].status for one in (first, *others)] == ["accepted"] * 3
    assert store.commits == [["first"], ["1", "2"]]


def test_senders_take_turns(store: Store) -> None:
    committer = Committer(store.accept, rows=2)
    committer.start()
    first = held_up(store, committer)
    flood = [committer.put("flood", submission(f"flood-{n}")) for n in range(4)]
    quiet = committer.put("quiet", submission("quiet"))

    store.go_on.set()
    for one in (first, *flood, quiet):
        one.result(SECONDS)

    committer.stop()
    assert store.commits[1] == ["flood-0", "quiet"]


def test_a_sender_with_too_much_waiting_is_told_to_come_back_and_others_are_not(
    store: Store, committer: Committer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "WAITING", 2)
    held_up(store, committer)
    committer.put("flood", submission("1", "2"))

    with pytest.raises(TooManyWaiting) as refused:
        committer.put("flood", submission("3"))

    assert refused.value.retry_after >= 1
    assert committer.put("other", submission("4"))


def test_what_fails_for_one_caller_is_committed_for_the_others(store: Store, committer: Committer) -> None:
    first = held_up(store, committer)
    store.fails_on = "bad"
    sound, bad = committer.put("a", submission("good")), committer.put("b", submission("bad"))

    store.go_on.set()

    assert sound.result(SECONDS)[0].status == "accepted"
    assert isinstance(bad.exception(SECONDS), ValueError)
    assert first.result(SECONDS)


def test_a_store_that_is_away_is_not_asked_again_for_each_caller(store: Store, committer: Committer) -> None:
    first = held_up(store, committer)
    store.fails_on, store.error = "2", StoreUnavailable("away")
    others = [committer.put("a", submission("1")), committer.put("b", submission("2"))]

    store.go_on.set()

    assert [type(one.exception(SECONDS)) for one in others] == [StoreUnavailable] * 2
    assert first.result(SECONDS)


def test_a_caller_who_left_before_the_commit_is_left_out_and_the_thread_lives_on(
    store: Store, committer: Committer
) -> None:
    first = held_up(store, committer)
    gone, there = committer.put("a", submission("gone")), committer.put("b", submission("there"))
    assert gone.cancel()

    store.go_on.set()

    assert there.result(SECONDS)
    assert first.result(SECONDS)
    assert committer.put("c", submission("later")).result(SECONDS)
    assert "gone" not in [one for commit in store.commits for one in commit]


def test_stopping_commits_what_waits_and_takes_nothing_more(store: Store) -> None:
    committer = Committer(store.accept)
    committer.start()
    waiting = committer.put("a", submission("1"))

    committer.stop()

    assert waiting.result(0)[0].status == "accepted"
    with pytest.raises(StoreUnavailable):
        committer.put("a", submission("2"))


def test_events_that_stand_for_themselves_are_committed_in_pieces_that_fit_a_round(store: Store) -> None:
    committer = Committer(store.accept, rows=2)
    committer.start()
    sent = Submission(tuple(event(one) for one in "12345"), whole=False)

    answers = [part.result(SECONDS) for part in committer.put_in_rounds("a", sent)]

    committer.stop()
    assert store.commits == [["1", "2"], ["3", "4"], ["5"]]
    assert [len(answer) for answer in answers] == [2, 2, 1]


def test_a_submission_in_pieces_is_refused_as_a_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "WAITING", 4)
    committer = Committer(store.accept, rows=2)
    committer.put("a", submission("1"))
    sent = Submission(tuple(event(one) for one in "2345"), whole=False)

    with pytest.raises(TooManyWaiting):
        committer.put_in_rounds("a", sent)

    committer.start()
    committer.stop()
    assert store.commits == [["1"]]
