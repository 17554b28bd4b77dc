"""The decision table of rewinds (docs/decisions/0009-rewinds.md) and its tests: no cell without one, no test without its cell.

Here are the cells that meet a block from the straight way, from inside a branch and from what a handler runs beside; the
others have their tests in the files that `CELLS` and `MEETINGS` name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.machine.desk import Desk
from workflows.language.words import (
    Step,
    always,
    approve,
    beside,
    call,
    end,
    exclusive,
    for_each,
    loop,
    parallel,
    returns,
    role,
    sequence,
    wait,
)
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus

NO = end("refused", "rejected")
MORE = "trial.more.v1"
HERE = Path(__file__).parent
TABLE = Path(__file__).parents[3] / "docs" / "decisions" / "0009-rewinds.md"

COLUMNS: Final = ("before", "live branch", "joined fork", "loop", "closed block", "sub-case")
"""The columns of the first table, in their order."""

CELLS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("straight way", "before"): (
        "by_steps_everything_behind_the_target_is_asked_again",
        "straight_back_the_steps_between_stand",
    ),
    ("straight way", "live branch"): ("while_a_fork_is_live_nobody_is_asked_behind_it",),
    ("straight way", "joined fork"): (
        "a_return_into_one_branch_of_a_fork_that_has_joined_asks_that_branch_alone_and_goes_on",
        "from_every_place_a_block_that_is_over_is_met_as_the_table_says",
    ),
    ("straight way", "loop"): (
        "an_earlier_turn_of_a_loop_is_no_target",
        "the_last_turn_of_a_loop_that_is_over_is_a_target",
    ),
    ("straight way", "closed block"): (
        "a_turn_of_a_for_each_that_is_over_is_no_target",
        "from_every_place_a_block_that_is_over_is_met_as_the_table_says",
    ),
    ("straight way", "sub-case"): ("the_steps_of_a_sub_case_are_no_steps_of_this_case",),
    ("inside a branch", "before"): (
        "inside_a_branch_a_return_touches_the_other_branch_not_at_all",
        "from_a_branch_to_before_the_fork_all_branches_end",
    ),
    ("inside a branch", "live branch"): ("a_step_of_another_branch_is_no_target",),
    ("inside a branch", "joined fork"): ("from_every_place_a_block_that_is_over_is_met_as_the_table_says",),
    ("inside a branch", "loop"): ("from_every_place_a_block_that_is_over_is_met_as_the_table_says",),
    ("inside a branch", "closed block"): ("from_every_place_a_block_that_is_over_is_met_as_the_table_says",),
    ("inside a branch", "sub-case"): ("the_steps_of_a_sub_case_are_no_steps_of_this_case",),
    ("what a handler runs beside", "before"): ("from_every_place_a_block_that_is_over_is_met_as_the_table_says",),
    ("what a handler runs beside", "live branch"): ("what_runs_beside_returns_into_no_live_branch",),
    ("what a handler runs beside", "joined fork"): ("from_every_place_a_block_that_is_over_is_met_as_the_table_says",),
    ("what a handler runs beside", "loop"): ("from_every_place_a_block_that_is_over_is_met_as_the_table_says",),
    ("what a handler runs beside", "closed block"): (
        "from_every_place_a_block_that_is_over_is_met_as_the_table_says",
        "what_a_handler_asked_beside_is_no_target",
    ),
    ("what a handler runs beside", "sub-case"): ("the_steps_of_a_sub_case_are_no_steps_of_this_case",),
}

MEETINGS: Final[tuple[tuple[str, ...], ...]] = (
    ("a_return_out_of_a_countersigning_step_cancels_those_who_have_not_answered",),
    ("a_return_to_a_countersigning_step_asks_everybody_again",),
    ("a_return_asks_a_line_a_vote_and_whoever_is_first_anew", "after_a_return_who_stood_back_is_not_asked_again"),
    (
        "from_the_applicant_the_case_comes_back_to_the_step_or_goes_the_whole_way",
        "where_the_step_asks_no_applicant_a_return_to_the_start_is_refused",
    ),
    ("a_second_return_before_the_first_is_answered_comes_back_through_both",),
    ("straight_back_becomes_the_whole_way_when_such_a_field_was_changed",),
    ("straight_back_to_what_follows_a_refusal_becomes_the_whole_way",),
    ("a_supplement_is_asked_for_once_in_all_rounds",),
    ("a_return_to_before_a_call_ends_its_sub_cases",),
    ("while_the_others_are_still_asked_ones_own_seat_is_asked_again_in_the_same_round",),
    (
        "in_a_sequence_whoever_takes_back_is_asked_alone_and_the_next_waits_again",
        "in_a_sequence_an_answer_stays_once_the_next_has_answered_or_opened_it",
    ),
    (
        "an_agreement_is_taken_back_while_those_after_it_have_not_answered",
        "an_agreement_that_somebody_after_it_has_seen_stays",
    ),
    (
        "a_signer_takes_an_answer_back_until_the_holder_has_answered",
        "a_signer_whose_holder_has_answered_takes_nothing_back",
    ),
    (
        "whoever_got_an_item_by_transfer_and_takes_back_is_asked_again",
        "what_was_handed_on_to_the_others_stays_agreed",
        "whoever_takes_back_and_has_left_by_now_leaves_the_seat_to_the_roster",
    ),
    ("while_the_chair_casts_no_vote_is_changed",),
    (
        "who_had_agreed_beside_the_silent_cannot_take_it_back_once_silence_was_counted",
        "a_step_that_silence_passed_may_be_returned_to_and_asks_those_who_were_silent",
    ),
    (
        "an_answer_is_taken_back_while_nobody_has_opened_what_came_of_it",
        "an_answer_that_others_have_built_upon_stays",
        "the_agreement_of_the_others_stands_however_often_somebody_takes_back",
        "what_followed_and_cannot_come_back_keeps_the_answer",
    ),
    (
        "before_the_first_decision_means_nobody_has_decided",
        "where_nothing_may_be_withdrawn_it_stays",
        "the_applicant_or_who_sent_the_application_takes_it_back",
    ),
    ("another_case_decides_whether_an_approval_is_revoked",),
    ("what_was_refused_is_started_again_with_what_is_known",),
    (
        "the_head_of_the_office_lets_a_case_go_on_elsewhere",
        "nobody_else_jumps_unless_the_definition_names_the_pair",
        "over_a_compulsory_step_a_jump_waits_for_a_second_person",
        "a_compulsory_step_of_a_branch_in_which_nobody_is_asked_yet_is_not_jumped_over_by_one_person",
    ),
    (
        "the_case_goes_on_at_the_step_that_the_rung_names_in_the_next_round",
        "a_jump_back_asks_those_again_who_had_answered",
        "out_of_a_branch_the_other_branches_end",
        "over_a_compulsory_step_it_is_not_made_and_the_office_is_told",
    ),
    (
        "the_office_terminates_a_case_with_everything_in_it",
        "what_was_approved_is_not_terminated_by_one_person_while_its_revocation_is_decided",
    ),
    ("what_was_not_approved_is_voided_by_one_and_what_was_by_two",),
    ("what_is_emitted_again_in_a_later_round_is_another_event",),
)
"""The tests of the second table, row by row."""


# -- the table and its tests -------------------------------------------------------------------------------


def rows_of(number: int) -> list[list[str]]:
    """The rows of one of the tables of the decision, without its heading."""
    tables: list[list[list[str]]] = [[]]
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return tables[number][2:]


def all_tests() -> set[str]:
    """The names of all tests of the machine."""
    names: set[str] = set()
    for file in HERE.glob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names |= {one.name.removeprefix("test_") for one in tree.body if isinstance(one, ast.FunctionDef)}
    return names


def test_every_cell_of_the_first_table_has_its_tests() -> None:
    cells = {(row[0], column) for row in rows_of(0) for column, text in zip(COLUMNS, row[1:], strict=True) if text}

    assert cells == CELLS.keys()
    assert {name for names in CELLS.values() for name in names} <= all_tests()


def test_every_row_of_the_second_table_has_its_tests() -> None:
    rows = rows_of(1)

    assert len(rows) == len(MEETINGS)
    assert {name for names in MEETINGS for name in names} <= all_tests()


# -- cells that meet a block -------------------------------------------------------------------------------


def asked(name: str, who: str = "clerk", **more: Any) -> Step:
    return approve(name, by=role(who), on_reject=NO, **more)


BLOCKS: Final[Mapping[str, Step]] = {
    "step": asked("look"),
    "fork": parallel("fork", always(sequence(asked("look"))), always(sequence())),
    "loop": loop("again", do=asked("look"), at_most=1),
    "for-each": for_each("each", over=1, each="part", do=asked("look")),
    "exclusive": exclusive("alone", resource="room", do=asked("look")),
}
TARGETS: Final = {
    "step": "steps/look",
    "fork": "steps/fork/0/look",
    "loop": "steps/again/do#1",
    "for-each": "steps/each/do#1",
    "exclusive": "steps/alone/do",
}
OUTCOMES: Final[Mapping[str, str | None]] = {
    "step": None,
    "fork": None,
    "loop": None,
    "for-each": "inside_closed_block",
    "exclusive": "inside_closed_block",
}


def behind(block: Step, place: str) -> tuple[Desk, str]:
    """A case that has passed the block and stands at a step that may return: where, and the path of the step."""
    judge = asked("judge", "officer", returns=returns())
    last = {
        "straight way": judge,
        "inside a branch": parallel("both", always(sequence(judge)), always(sequence(asked("other", "secretary")))),
        "what a handler runs beside": asked("other", "secretary"),
    }[place]
    on = (beside(MORE, judge),) if place == "what a handler runs beside" else ()
    desk = Desk(sequence(block, last, end("done", "approved"), on=on))
    for one in [one for one in desk.live.activations.values() if one.values.get("resource")]:
        desk.take(SignalStimulus(80, Signal(Sign.GRANTED, one.path)))
    for path, _ in desk.open():
        desk.act("clerk", "agree", path)
    if on:
        desk.event(MORE)
    return desk, next(path for path, _ in desk.open() if "other" not in path and not path.endswith("/1"))


@pytest.mark.parametrize("place", ["straight way", "inside a branch", "what a handler runs beside"])
@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_from_every_place_a_block_that_is_over_is_met_as_the_table_says(block: str, place: str) -> None:
    desk, source = behind(BLOCKS[block], place)
    wanted = "beside" if place == "what a handler runs beside" else OUTCOMES[block]

    outcome = desk.act("officer", "return", source, opinion="样例", fields={"to": TARGETS[block]})

    assert (outcome.code if isinstance(outcome, Refused) else None) == wanted
    if wanted is None:
        assert desk.open() == [(TARGETS[block], 2)]


def test_while_a_fork_is_live_nobody_is_asked_behind_it() -> None:
    fork = parallel("fork", always(sequence(asked("look"))), always(sequence(wait("papers", event=MORE, within=3))))
    desk = Desk(sequence(fork, asked("judge", "officer", returns=returns()), end("done")))

    desk.act("clerk", "agree", "steps/fork/0/look")

    assert desk.open() == []


def test_what_runs_beside_returns_into_no_live_branch() -> None:
    judge = asked("judge", "officer", returns=returns())
    first = sequence(asked("look"), asked("again", "secretary"))
    fork = parallel("fork", always(first), always(sequence(asked("other", "secretary"))))
    desk = Desk(sequence(fork, end("done"), on=(beside(MORE, judge),)))
    desk.act("clerk", "agree", "steps/fork/0/look")
    desk.event(MORE)
    [source] = [path for path, _ in desk.open() if "/on/" in path]

    outcome = desk.act("officer", "return", source, opinion="样例", fields={"to": "steps/fork/0/look"})

    assert (outcome.status, outcome.code) == (409, "beside")


@pytest.mark.parametrize("place", ["straight way", "inside a branch", "what a handler runs beside"])
def test_the_steps_of_a_sub_case_are_no_steps_of_this_case(place: str) -> None:
    desk, source = behind(sequence(asked("look"), call("sub", workflow="other", waits=False)), place)

    outcome = desk.act("officer", "return", source, opinion="样例", fields={"to": "steps/0/sub/first"})

    assert (outcome.status, outcome.code) == (422, "unknown_step")


def test_a_return_to_before_a_call_ends_its_sub_cases() -> None:
    waiting = sequence(call("sub", workflow="other"), asked("then"))
    judge = asked("judge", "officer", returns=returns())
    both = parallel("both", always(waiting), always(sequence(judge)))
    desk = Desk(sequence(asked("look"), both, end("done")))
    desk.act("clerk", "agree", "steps/look")
    [child] = desk.last.children

    desk.act("officer", "return", "steps/both/1/judge", opinion="样例", fields={"to": "steps/look"})

    assert [(case, one.sign) for case, one in desk.last.signals] == [(child.id, Sign.PARENT_ENDED)]
