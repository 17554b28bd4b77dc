"""How far a case is in each step of its picture: counts, rounds, tallies, sub-cases, working time."""

import re

import pytest

from tests.workflows_for_tests import (
    GATHERING,
    INQUIRY,
    TrialAgreed,
    TrialGathered,
    TrialObjected,
    people,
)
from workflows.pictures.mermaid import mermaid
from workflows.pictures.shapes import Mark
from workflows.pictures.standing import Standing, standing
from workflows.pictures.svg import draw
from workflows.pictures.timing import Clock
from workflows.presentation import presentation_of
from workflows.testkit import Office


@pytest.fixture
def office() -> Office:
    return Office(workflows=[GATHERING, INQUIRY], roster=people())


@pytest.fixture
def case(office: Office) -> str:
    return office.send(TrialGathered(trial="t1", topics=("site", "money", "road"), room="r1")).cases[0]


def where(office: Office, case: str) -> Standing:
    return standing(GATHERING, office.case(case), office.history(case), clock(office))


def clock(office: Office) -> Clock:
    return Clock(office.library.calendar(), office.clock())


def drawing(office: Office, case: str, language: str = "zh") -> str:
    titles = presentation_of("unheard_of")
    return draw(GATHERING, titles, office.case(case), language, office.history(case), clock=clock(office))


def group(svg: str, path: str) -> str:
    found: list[str] = re.findall(rf'<g class="[^"]*" data-path="{path}"[^>]*>.*?</g>', svg)
    assert len(found) == 1
    return found[0]


def complete(office: Office, user: str = "officer", **form: object) -> None:
    assert office.act(user, office.inbox(user)[0], "complete", form=form).status == 200


def advised(office: Office) -> None:
    complete(office, advice="no")
    complete(office, advice="yes")


def to_the_vote(office: Office) -> None:
    advised(office)
    complete(office, ready=True)
    office.send(TrialAgreed(trial="t1"))
    complete(office)


def test_a_for_each_counts_what_has_arrived_and_is_live_while_one_turn_is(office: Office, case: str) -> None:
    complete(office, advice="no")

    found = where(office, case)
    assert found.answered["steps/each_topic"] == (1, 3)
    assert found.marks["steps/each_topic/do/advise"] is Mark.LIVE
    assert ">1/3</text>" in group(drawing(office, case), "steps/each_topic")


def test_a_loop_says_its_turn(office: Office, case: str) -> None:
    advised(office)

    complete(office, ready=False)

    assert where(office, case).rounds["steps/draft"] == 2
    assert "第2轮" in group(drawing(office, case), "steps/draft")
    assert "round 2" in group(drawing(office, case, "en"), "steps/draft")


def test_the_way_that_did_not_come_first_is_crossed_out(office: Office, case: str) -> None:
    to_the_vote(office)

    marks = where(office, case).marks
    assert marks["steps/agreement/0/first"] is Mark.DONE
    assert marks["steps/agreement/1/first"] is Mark.CANCELLED


def test_a_vote_shows_how_many_voted_and_its_tally_only_when_it_is_closed(office: Office, case: str) -> None:
    to_the_vote(office)
    office.act("one", office.inbox("one")[0], "agree")

    open_, tip = where(office, case), group(drawing(office, case), "steps/ballot")
    office.act("two", office.inbox("two")[0], "agree")

    assert open_.answered["steps/ballot"] == (1, 3)
    assert open_.tallies == {}
    assert "赞成" not in tip.replace("赞成超过", "")
    assert where(office, case).tallies["steps/ballot"] == (2, 0, 0)
    assert "赞成2 · 反对0 · 弃权0" in group(drawing(office, case), "steps/ballot")


def test_a_call_names_its_sub_cases(office: Office, case: str) -> None:
    to_the_vote(office)
    office.act("one", office.inbox("one")[0], "agree")
    office.act("two", office.inbox("two")[0], "agree")

    office.send(TrialObjected(trial="t1", ground="g1"))

    [child] = where(office, case).cases["steps/notice/on/0"]
    assert f'data-cases="{child}"' in group(drawing(office, case), "steps/notice/on/0")
    assert office.case(child).head.workflow == "inquiry"


def test_time_is_counted_in_working_time_and_side_by_side_only_once(office: Office, case: str) -> None:
    office.turn(days=1)
    advised(office)
    office.turn(hours=2)

    found = where(office, case)
    per_day = found.minutes_per_day
    assert found.minutes["steps/each_topic"] == per_day
    assert found.minutes["steps/each_topic/do/advise"] == per_day
    assert found.minutes["steps/draft"] == 120
    assert "用时1个工作日" in group(drawing(office, case), "steps/each_topic")
    assert "took 2 working hours" in group(drawing(office, case, "en"), "steps/draft")


def test_a_picture_without_a_clock_says_no_time(office: Office, case: str) -> None:
    office.turn(days=1)

    svg = draw(GATHERING, presentation_of("unheard_of"), office.case(case), "zh", office.history(case))

    assert "用时" not in svg


def test_mermaid_says_the_same(office: Office, case: str) -> None:
    complete(office, advice="no")

    text = mermaid(GATHERING, presentation_of("unheard_of"), office.case(case), "zh", office.history(case))

    [line] = [one for one in text.splitlines() if "each_topic" in one and "[[" in one]
    assert "1/3" in line
    assert line.endswith(":::live")
