"""无记名票决 in the machine: who has voted is known, what was voted is not, until the ballots are opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from domain.events import EVENT_TYPES
from domain.roster import Roster
from tests.unit.machine.desk import Desk, flow
from workflows.language.checks import check
from workflows.language.words import Seats, end, role, sequence, vote
from workflows.machine.decide import decide
from workflows.machine.decision import Decision, Refused, WantsBallots
from workflows.machine.following import consequences
from workflows.testkit import staff

FIVE = ("an", "bo", "cai", "deng", "er")
NO = end("refused", "rejected")


def ballot(**more: Any) -> Any:
    rule = {"quorum": "1/2", "passes": "1/2", "fails": NO, "secret": True, **more}
    return vote("ballot", by=role("voter"), **rule)


def voters_of(*voters: str) -> Roster:
    roles: dict[str, Any] = dict.fromkeys(voters, "voter")
    return staff(**roles)


class Polling(Desk):
    """A desk that keeps the ballots apart, as a store does, and opens them only when a decision asks for it."""

    def __init__(self, *voters: str, **more: Any) -> None:
        self.box: list[str] = []
        self.asked_for: list[WantsBallots] = []
        steps = sequence(ballot(**more), end("done", "approved"))
        super().__init__(flow(steps), roster=voters_of(*voters))

    def take(self, stimulus: Any) -> Any:
        wanted = decide(self.definition, self.live, stimulus, self.facts, self.now)
        if isinstance(wanted, WantsBallots):
            self.asked_for.append(wanted)
            self.live = replace(self.live, ballots={(wanted.path, wanted.round): Counter(self.box)})
        outcome = super().take(stimulus)
        self.box += [one.choice for one in outcome.ballots] if isinstance(outcome, Decision) else []
        return outcome

    def cast(self, who: str, choice: str = "agree", **more: Any) -> Any:
        return self.act(who, "cast", "steps/ballot", fields={"choice": choice}, **more)


def test_who_has_voted_is_known_and_what_was_voted_is_not() -> None:
    polling = Polling(*FIVE)

    decision = polling.cast("an", "reject")

    assert polling.closed()["steps/ballot", 1, 0] == ("completed", "an")
    assert [one.choice for one in decision.ballots] == ["reject"]
    assert "reject" not in str((decision.entry, decision.after, decision.items, decision.activations))


def test_everything_but_the_ballot_is_the_same_whatever_is_voted() -> None:
    decided = [Polling(*FIVE).cast("an", choice) for choice in ("agree", "reject", "abstain")]

    apart = [replace(one, ballots=()) for one in decided]

    assert apart[0] == apart[1] == apart[2]


@pytest.mark.parametrize(
    ("choices", "state"),
    [
        (("agree",) * 3 + ("reject",) * 2, ("approved", "done")),
        (("agree",) * 2 + ("reject",) * 3, ("rejected", "refused")),
        (("agree",) * 2 + ("reject",) * 2 + ("abstain",), ("rejected", "refused")),
    ],
)
def test_the_ballots_are_opened_when_all_have_voted(choices: tuple[str, ...], state: tuple[str, str]) -> None:
    polling = Polling(*FIVE)
    for who, choice in zip(FIVE, choices, strict=True):
        polling.cast(who, choice)
    before = polling.state

    polling.fire_next()

    assert before == ("running", None)
    assert polling.state == state
    counted = Counter(choices)
    assert polling.last.entry.delta["vote"][1:] == [5, counted["agree"], counted["reject"], counted["abstain"]]


def test_it_does_not_close_before_all_have_voted_although_the_result_is_certain() -> None:
    polling = Polling(*FIVE)

    for who in FIVE[:4]:
        polling.cast(who, "agree")

    assert polling.open() == [("steps/ballot", 1)]
    assert polling.asked_for == []


def test_it_closes_in_time_with_the_ballots_that_were_cast() -> None:
    polling = Polling(*FIVE, "fu", within=5)
    for who in FIVE:
        polling.cast(who, "agree")

    polling.fire_next()

    assert polling.state == ("approved", "done")


def test_fewer_than_five_ballots_are_never_opened() -> None:
    polling = Polling(*FIVE, within=5, no_quorum=end("again", "completed"))
    for who in FIVE[:4]:
        polling.cast(who, "agree")

    polling.fire_next()

    assert polling.state == ("completed", "again")
    assert polling.last.entry.delta["vote"] == ["no_quorum", 5, 0, 0, 0]


def test_with_fewer_than_five_voters_nobody_is_asked() -> None:
    polling = Polling(*FIVE[:4], no_quorum=end("again", "completed"))

    assert polling.open() == []
    assert polling.state == ("completed", "again")


def test_a_preview_of_the_last_vote_does_not_tell_how_the_others_voted() -> None:
    polling = Polling(*FIVE)
    for who in FIVE[:4]:
        polling.cast(who, "agree")
    item = polling.item_of("er", "steps/ballot").id

    shown = [
        consequences(
            polling.definition,
            replace(polling.live, past=polling.ledger.past()),
            polling.wanted("er", "cast", item, fields={"choice": choice}),
            polling.facts,
            polling.now,
        )
        for choice in ("agree", "reject", "abstain")
    ]

    assert shown[0] == shown[1] == shown[2]
    assert shown[0].state == "running"


REFUSED = {
    "no choice": ({"fields": {}}, (422, "choice_required")),
    "another choice": ({"fields": {"choice": "perhaps"}}, (422, "choice_required")),
    "words that would tell": ({"fields": {"choice": "agree"}, "opinion": "样例"}, (422, "secret")),
    "a stale version": ({"fields": {"choice": "agree"}, "seen": 7}, (409, "stale_version")),
}


@pytest.mark.parametrize(("given", "refused"), REFUSED.values(), ids=REFUSED)
def test_a_ballot_is_refused(given: dict[str, Any], refused: tuple[int, str]) -> None:
    polling = Polling(*FIVE)

    outcome = polling.act("an", "cast", "steps/ballot", **given)

    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.code) == refused
    assert polling.box == []


def test_nobody_votes_twice_nor_for_another_nor_openly_nor_takes_it_back() -> None:
    polling = Polling(*FIVE)
    mine = polling.item_of("an", "steps/ballot").id
    polling.cast("an")

    again = polling.take(polling.wanted("an", "cast", mine, fields={"choice": "reject"}))
    other = polling.take(
        polling.wanted("an", "cast", polling.item_of("bo", "steps/ballot").id, fields={"choice": "reject"})
    )
    openly = polling.act("bo", "agree", "steps/ballot")
    back = polling.take(polling.wanted("an", "take-back", mine))

    assert [one.status for one in (again, other, openly, back)] == [409, 403, 409, 409]
    assert polling.box == ["agree"]


def test_a_ballot_after_the_end_is_refused() -> None:
    polling = Polling(*FIVE)
    last = polling.item_of("er", "steps/ballot").id
    for who in FIVE:
        polling.cast(who)
    polling.fire_next()

    outcome = polling.take(polling.wanted("er", "cast", last, fields={"choice": "reject"}))

    assert (outcome.status, outcome.code) == (409, "case_ended")


def test_an_open_vote_takes_no_secret_ballot() -> None:
    polling = Polling(*FIVE, secret=False)

    outcome = polling.cast("an")

    assert (outcome.status, outcome.code) == (409, "verb_not_offered")


@pytest.mark.parametrize("more", [{"weights": {"an": 2}}, {"changes": True}, {"chair": role("voter")}])
def test_what_would_tell_who_voted_what_is_found_in_the_definition(more: dict[str, Any]) -> None:
    definition = flow(sequence(ballot(**more), end("done", "approved")))

    assert "open_secret" in {one.code for one in check(definition, EVENT_TYPES)}


def test_fewer_than_five_seats_are_found_in_the_definition() -> None:
    four = vote("ballot", by=Seats(n=4, role=role("voter")), quorum="1/2", passes="1/2", fails=NO, secret=True)

    assert "few_secret" in {one.code for one in check(flow(sequence(four, end("done", "approved"))), EVENT_TYPES)}
