"""会签, 或签, 依次, 比例, 加权 and 票签 in a case: seats, turns, weights, changed votes, the chair."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.approval import Mode
from domain.organisation import Handover
from domain.roster import Roster
from tests.unit.machine.desk import Desk
from workflows.language.words import approve, end, nobody, remind, role, sequence, vote
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus
from workflows.testkit import staff

NO = end("refused", "rejected")
PANEL = staff(a="panel", b="panel", c="panel", d=("panel", "chair"), head="office_head")


def decided(mode: Mode, **more: Any) -> Desk:
    step = approve("decide", by=role("panel"), mode=mode, on_reject=NO, **more)
    return Desk(sequence(step, end("done", "approved")), roster=PANEL)


def votes(**more: Any) -> Desk:
    step = vote(
        "ballot",
        by=role("panel"),
        quorum="1/2",
        passes="1/2",
        within=5,
        fails=NO,
        tie=end("tied"),
        no_quorum=end("nobody_came"),
        **more,
    )
    return Desk(sequence(step, end("done", "approved")), roster=PANEL)


def press(desk: Desk, *answers: str) -> None:
    """Each answer is "user verb"."""
    for one in answers:
        who, _, verb = one.partition(" ")
        path = "steps/ballot" if any(item.kind == "vote" for item in desk.live.items.values()) else "steps/decide"
        desk.act(who, verb, path, opinion="样例" if verb == "reject" else "")


def states(desk: Desk) -> list[str]:
    return sorted(state for state, _by in desk.closed().values())


def test_in_a_sequence_one_seat_is_open_and_the_others_wait_for_their_turn() -> None:
    desk = decided(Mode.SEQUENCE)

    waiting = desk.act("b", "agree", "steps/decide")
    first = [one.state.value for one in sorted(desk.live.items.values(), key=lambda one: one.seat)]

    assert first == ["open", "waiting", "waiting", "waiting"]
    assert isinstance(waiting, Refused)


def test_an_item_that_waits_cannot_be_acted_on_by_anyone() -> None:
    desk = decided(Mode.SEQUENCE)
    [second] = [one for one in desk.live.items.values() if one.seat == 1]

    found = desk.take(desk.wanted("b", "agree", second.id))

    assert (found.status, found.code) == (403, "not_holder")


def test_a_sequence_goes_on_from_seat_to_seat_and_is_agreed_by_the_last() -> None:
    desk = decided(Mode.SEQUENCE)

    press(desk, "a agree", "b agree", "c agree", "d agree")

    assert desk.state == ("approved", "done")


def test_a_refusal_in_the_sequence_ends_it_and_the_rest_never_opens() -> None:
    desk = decided(Mode.SEQUENCE)

    press(desk, "a agree", "b reject")

    assert desk.state == ("rejected", "refused")
    assert states(desk) == ["approved", "cancelled", "cancelled", "rejected"]


def test_the_next_in_line_has_a_term_of_his_own() -> None:
    desk = decided(Mode.SEQUENCE, within=2)
    first = desk.item_of("a", "steps/decide").due_at
    desk.at(desk.now.replace(day=4))

    press(desk, "a agree")

    assert first is not None
    assert (desk.item_of("b", "steps/decide").due_at or first) > first


def test_a_ratio_passes_and_fails_as_early_as_it_can() -> None:
    passed, failed = (decided(Mode.RATIO, passes="1/2") for _ in range(2))

    press(passed, "a agree", "b agree")
    press(failed, "a reject", "b reject", "c reject")

    assert (passed.state, failed.state) == (("approved", "done"), ("rejected", "refused"))
    assert states(passed) == ["approved", "approved", "cancelled", "cancelled"]


def test_weights_count_instead_of_seats() -> None:
    desk = decided(Mode.WEIGHT, passes="1/2", weights={"d": 3})

    press(desk, "d agree")

    assert desk.state == ("approved", "done")


def test_collecting_hears_everybody_and_then_fails() -> None:
    desk = decided(Mode.ALL, collects=True)

    press(desk, "a reject", "b agree", "c agree")
    before = desk.state
    press(desk, "d agree")

    assert (before, desk.state) == (("running", None), ("rejected", "refused"))


def test_an_abstention_is_offered_where_the_step_says_so_and_counts_or_not() -> None:
    none, counts, excluded = (decided(Mode.RATIO, passes="3/4", abstains=how) for how in ("no", "counts", "excluded"))

    refused = none.act("a", "abstain", "steps/decide")
    press(counts, "a abstain", "b abstain")
    press(excluded, "a abstain", "b agree", "c agree", "d agree")

    assert isinstance(refused, Refused)
    assert counts.state == ("rejected", "refused")
    assert excluded.state == ("approved", "done")


def test_a_vote_may_be_changed_until_it_is_closed_where_the_step_says_so() -> None:
    desk = votes(changes=True)
    press(desk, "a reject")
    [mine] = desk.ledger.closed.values()

    desk.take(desk.wanted("a", "take-back", mine.id))
    press(desk, "a agree", "b agree", "c agree")

    assert desk.state == ("approved", "done")


def test_a_vote_that_may_not_be_changed_stays() -> None:
    desk = votes()
    press(desk, "a reject")
    [mine] = desk.ledger.closed.values()

    found = desk.take(desk.wanted("a", "take-back", mine.id))

    assert (found.status, found.code) == (409, "verb_not_offered")


def test_a_tie_is_decided_by_the_chair() -> None:
    won, lost = (votes(chair=role("chair")) for _ in range(2))
    for desk, verb in ((won, "agree"), (lost, "reject")):
        press(desk, "a agree", "b agree", "c reject", "d reject")
        press(desk, f"d {verb}")

    assert (won.state, lost.state) == (("approved", "done"), ("rejected", "refused"))


def test_without_a_chair_a_tie_goes_its_own_way() -> None:
    desk = votes()

    press(desk, "a agree", "b agree", "c reject", "d reject")

    assert desk.state == ("completed", "tied")


def test_votes_weigh_what_the_step_says() -> None:
    desk = votes(weights={"a": 5})

    press(desk, "a agree", "b reject")

    assert desk.state == ("approved", "done")


def test_when_the_time_is_over_the_votes_cast_decide() -> None:
    nobody, some = votes(), votes()
    press(some, "a agree", "b agree")

    nobody.fire_next()
    some.fire_next()

    assert (nobody.state, some.state) == (("completed", "nobody_came"), ("approved", "done"))


def test_in_a_sequence_each_seat_is_reminded_and_each_reminder_is_a_notice_of_its_own() -> None:
    desk = decided(Mode.SEQUENCE, within=3, overdue=(remind(0, says="trial.late.v1"),))
    desk.fire_next()
    press(desk, "a agree")

    desk.fire_next()

    notices = [one.key for decision in desk.ledger.decisions for one in decision.effects]
    said = [one.id for decision in desk.ledger.decisions for one in decision.emitted]
    assert desk.told() == [("remind", ("user:a",)), ("remind", ("user:b",))]
    assert len(set(notices)) == 4
    assert len(set(said)) == 2


# -- 依次: taken back, and people who change ---------------------------------------------------------------


def without(roster: Roster, user: str) -> Roster:
    """The roster once somebody has left."""
    ended = (replace(one, until=date(2026, 3, 1)) if one.user == user else one for one in roster.appointments)
    return replace(roster, version="later", appointments=tuple(ended))


def turn_of(desk: Desk) -> list[str]:
    """Who is asked now."""
    now = (one for one in desk.live.items.values() if one.state.value == "open")
    return sorted(held.who for one in now for held in desk.live.holders[one.id])


def taken_back(desk: Desk, who: str) -> Any:
    [mine] = [one for one in desk.ledger.closed.values() if one.closed_by == who and one.superseded is None]
    return desk.take(desk.wanted(who, "take-back", mine.id))


def test_in_a_sequence_whoever_takes_back_is_asked_alone_and_the_next_waits_again() -> None:
    desk = decided(Mode.SEQUENCE, within=3, overdue=(remind(0),))
    press(desk, "a agree")

    taken_back(desk, "a")
    turns = [turn_of(desk)]
    for who in ("a", "b", "c", "d"):
        press(desk, f"{who} agree")
        turns.append(turn_of(desk))

    assert turns == [["user:a"], ["user:b"], ["user:c"], ["user:d"], []]
    assert desk.state == ("approved", "done")


def test_in_a_sequence_an_answer_stays_once_the_next_has_answered_or_opened_it() -> None:
    answered, opened = decided(Mode.SEQUENCE), decided(Mode.SEQUENCE)
    press(answered, "a agree", "b agree")
    press(opened, "a agree")
    opened.act("b", "open", "steps/decide")

    built, seen = taken_back(answered, "a"), taken_back(opened, "a")

    assert (built.code, built.by) == ("built_upon", "b")
    assert (seen.code, seen.by) == ("opened", "b")


def test_in_a_sequence_a_seat_whose_holder_left_meanwhile_is_the_successors() -> None:
    desk = decided(Mode.SEQUENCE)
    left = Handover(user="b", successor="head", since=date(2026, 3, 1))
    desk.facts = replace(desk.facts, roster=replace(without(PANEL, "b"), handovers=(left,)))
    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))

    waiting = [desk.live.holders[one.id] for one in desk.live.items.values() if one.state.value == "waiting"]
    press(desk, "a agree")

    assert waiting == [(), (), ()]
    assert turn_of(desk) == ["user:head"]


def test_in_a_sequence_a_seat_that_nobody_is_left_for_is_filled_as_the_step_says() -> None:
    desk = decided(Mode.SEQUENCE, nobody=nobody("ask", ask=role("chair")))
    desk.facts = replace(desk.facts, roster=without(PANEL, "b"))

    press(desk, "a agree")

    assert turn_of(desk) == ["role:chair:"]


# -- 票签: the chair ---------------------------------------------------------------------------------------


def test_while_the_chair_casts_no_vote_is_changed() -> None:
    desk = votes(changes=True, chair=role("chair"))
    press(desk, "a agree", "b agree", "c reject", "d reject")

    late = taken_back(desk, "a")

    assert (late.status, late.code) == (409, "verb_not_offered")


def test_a_chair_who_abstains_or_stands_back_lets_the_tie_stand() -> None:
    abstains, recused = (votes(chair=role("office_head")) for _ in range(2))
    for desk in (abstains, recused):
        press(desk, "a agree", "b agree", "c reject", "d reject")

    press(abstains, "head abstain")
    recused.act("head", "recuse", "steps/ballot", opinion="样例")

    assert (abstains.state, recused.state) == (("completed", "tied"), ("completed", "tied"))
