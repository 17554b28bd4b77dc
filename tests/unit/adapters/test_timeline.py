"""What the timeline and the table of items say of rules and proxies."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.explaining import saying
from adapters.texts import speaking
from adapters.titles import rule_title
from adapters.web.timeline import timeline
from domain.organisation import Proxy
from domain.roster import Roster
from workflows.language.words import Mode, approve, either, end, nobody, post, sequence, workflow
from workflows.testkit import Office, staff

ASKING = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(
        approve(
            "decision",
            by=either(post("post_chen"), post("post_nobody")),
            mode=Mode.ALL,
            nobody=nobody("pass"),
            on_reject=end("refused", "rejected"),
        ),
        end("done", "approved"),
    ),
)


def people() -> Roster:
    made = staff(chen="clerk", li="clerk")
    return Roster(
        version="r1",
        county=made.county,
        departments=made.departments,
        posts=made.posts,
        appointments=made.appointments,
        proxies=(Proxy("chen", "li", date(2026, 1, 1)),),
    )


def test_the_timeline_names_the_proxy_and_whom_they_stand_in_for_and_what_a_rule_did() -> None:
    office = Office([ASKING], people())
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    office.act("li", office.inbox("li")[0], "agree")

    with speaking("zh_CN"):
        said = saying(ASKING, office.library.roster(), "Asia/Shanghai", office.clock())
        decided, began = timeline(office.history(case), office.case(case).head, said)

    assert decided.who == "li 代 chen"
    assert "“decision”：无人可办，按规则通过" in began.follows


def test_whoever_looks_at_an_item_is_not_said_to_be_asked_once_more() -> None:
    office = Office([ASKING], people())
    [case] = office.send(office.event("trial.began.v1", key="t1")).cases
    office.act("chen", office.inbox("chen")[0], "open")

    with speaking("zh_CN"):
        said = saying(ASKING, office.library.roster(), "Asia/Shanghai", office.clock())
        opened, began = timeline(office.history(case), office.case(case).head, said)

    assert opened.follows == ()
    assert "转入“decision”" in began.follows


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("nobody.reject", "无人可办，按规则作为不同意"),
        ("superiors.vacant:mayor", "该级主管空缺，按规则跳过"),
        ("something.new", "按规则处理"),
    ],
)
def test_a_rule_is_said_in_words_whatever_it_names(rule: str, said: str) -> None:
    with speaking("zh_CN"):
        assert rule_title(rule) == said
