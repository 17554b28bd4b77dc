"""打印 through the doors: what stands on the paper and for whom, and what its code says later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.doors.http.app import create_app
from adapters.web.pages import router
from tests.integration.doors.offices import Doors, behind_doors
from workflows import testkit
from workflows.language.words import (
    Form,
    FormField,
    approve,
    carry_out,
    end,
    nobody,
    remind,
    returns,
    role,
    sequence,
    workflow,
)
from workflows.memory import rows
from workflows.policy import Viewer
from workflows.reads import CaseView

PLACE = workflow(
    "hall",
    starts_on="trial.reviewed.v1",
    about="base",
    person=True,
    steps=sequence(
        carry_out("plan", by=role("clerk"), form="sum.v1"),
        approve(
            "decision",
            by=role("judge"),
            within=3,
            overdue=(remind(0),),
            on_reject=end("refused", "rejected"),
            signature=True,
            returns=returns("plan"),
        ),
        approve("third", by=role("absent"), on_reject=end("refused", "rejected"), nobody=nobody("pass")),
        carry_out("filing", by=role("clerk"), form="secret.v1", rights={"organisation": "hidden"}),
        end("done", "approved"),
    ),
    forms=(
        Form(name="sum.v1", fields=(FormField(name="organisation", type="text"),)),
        Form(name="secret.v1", fields=(FormField(name="job_title", type="text"),)),
    ),
)


@pytest.fixture
def doors() -> Iterator[Doors]:
    office, other = testkit.staff(jin="judge", yu="clerk", head="office_head"), testkit.staff("other", guest="guest")
    people = replace(
        office,
        departments=(*office.departments, *other.departments),
        posts=(*office.posts, *other.posts),
        appointments=(*office.appointments, *other.appointments),
    )
    opened = behind_doors(testkit.Office(workflows=[PLACE], roster=people))
    event = opened.kit.event("trial.reviewed.v1", key="样-1", person="p1", personal={"name": "样例姓名"}, place="p")
    opened.kit.send(event)
    yield opened
    opened.office.committer.stop()


def act(doors: Doors, who: str, verb: str, **given: Any) -> None:
    answer = doors.kit.act(who, doors.kit.inbox(who)[0], verb, **given)
    assert answer.status == 200, answer.body


def case_of(doors: Doors) -> str:
    [row] = doors.kit.cases()
    return row.case.id


def until_decided(doors: Doors) -> str:
    """Planned, sent back, planned again, signed, passed by a rule."""
    act(doors, "yu", "complete", form={"organisation": "样例街1号"})
    act(doors, "jin", "return", opinion="请补地址", fields={"to": "steps/plan"})
    act(doors, "yu", "complete", form={"organisation": "样例街2号"})
    act(doors, "jin", "agree", opinion="同意设立", fields={"signature": "jin"})
    return case_of(doors)


def paper(doors: Doors, case: str, who: str = "jin", query: str = "") -> str:
    answer = doors.get(f"/api/cases/{case}/print{query}", key=f"user:{who}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return str(answer.text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def lines(html: str) -> list[list[str]]:
    """The table of decisions, cell by cell."""
    table = html[html.index('id="decisions"') :].partition("</section>")[0]
    return [
        [words(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]
    ]


def code_on(html: str) -> str:
    found = re.search(r'<b class="code">([^<]+)</b>', html)
    assert found is not None
    return found.group(1)


def check(doors: Doors, number: str, code: str, who: str = "guest") -> Any:
    return doors.get("/api/check", key=f"user:{who}", params={"number": number, "code": code}).json()


class _Before:
    """Reads of a case as it stands before its first entry."""

    def __init__(self, reads: Any, view: CaseView) -> None:
        self._reads, self._view = reads, view

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reads, name)

    def case(self, viewer: Viewer, case: str) -> CaseView:
        return self._view


# -- the paper ---------------------------------------------------------------------------------------------


def test_who_decided_what_stands_on_the_paper_also_what_was_superseded_and_what_a_rule_passed(doors: Doors) -> None:
    found = lines(paper(doors, until_decided(doors)))

    assert [(one[0], one[1], one[3]) for one in found] == [
        ("plan", "1", "完成 已被第2轮取代"),
        ("decision", "1", "退回"),
        ("plan", "2", "完成"),
        ("decision", "2", "同意"),
        ("third", "2", "按规则跳过"),
    ]
    assert (found[4][2], found[4][4]) == ("系统", "无人可办，按规则通过")
    assert found[3][4].startswith("同意设立 签名：jin，")


def test_the_history_is_on_the_paper_only_where_it_is_wanted(doors: Doors) -> None:
    case = until_decided(doors)

    assert "办理过程" not in words(paper(doors, case))
    assert "收到事件" in words(paper(doors, case, query="?history=1"))


def test_what_the_viewer_may_not_see_is_not_on_their_paper(doors: Doors) -> None:
    case = until_decided(doors)
    doors.kit.act("head", case, "copy", fields={"users": ["guest"]})

    holder, copied = words(paper(doors, case)), words(paper(doors, case, "guest"))

    assert "样例街2号" in holder
    assert "同意设立" in holder
    assert "样例街2号" not in copied
    assert "同意设立" not in copied
    assert "意见未显示" in copied
    assert "意见未显示" not in holder
    assert "样例姓名" not in copied


def test_who_may_not_see_the_case_prints_nothing(doors: Doors) -> None:
    case = until_decided(doors)

    assert doors.get(f"/api/cases/{case}/print", key="user:guest").status_code == 404


def test_a_case_that_has_not_begun_is_not_printed(doors: Doors) -> None:
    case = case_of(doors)
    view = doors.kit.case(case)
    nothing = replace(view, head=replace(view.head, seq=0))
    hidden = replace(doors.office, reads=_Before(doors.office.reads, nothing))
    browser = TestClient(create_app(hidden), raise_server_exceptions=False)

    answer = browser.get(f"/api/cases/{case}/print", headers={"Authorization": "Bearer user:jin"})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:liaison:problem:not-begun")


def test_printing_a_person_is_recorded_as_reading_them_is(doors: Doors) -> None:
    case = until_decided(doors)
    paper(doors, case)

    units: Any = doors.kit.store.units
    found = units.read(lambda unit: [one for _, one in unit.tx.all(rows.READINGS)])
    assert [(one.case, one.user, one.purpose) for one in found] == [(case, "jin", "打印办件")]


def test_page_and_api_give_the_same_paper_and_the_page_of_the_case_leads_to_it(doors: Doors) -> None:
    case = until_decided(doors)
    doors.keys.sessions["s"] = "jin"
    browser = TestClient(create_app(doors.office, router), raise_server_exceptions=False)
    browser.cookies.set("liaison", "s")

    assert browser.get(f"/cases/{case}/print").text == paper(doors, case)
    assert f'href="/cases/{case}/print"' in browser.get(f"/cases/{case}").text


# -- its code ----------------------------------------------------------------------------------------------


def test_a_genuine_code_says_that_it_is_the_latest_and_later_that_the_case_went_on(doors: Doors) -> None:
    case = until_decided(doors)
    code = code_on(paper(doors, case))

    now = check(doors, "样-1", code.lower().replace("-", " "))
    doors.kit.turn(hours=1)
    act(doors, "yu", "complete", form={"job_title": "样例"})
    later = check(doors, case, code)

    assert (now["says"], now["gone_on_at"], now["same_template"]) == ("latest", None, True)
    assert (later["says"], later["as_of"]) == ("gone_on", now["as_of"])
    assert later["gone_on_at"] > now["as_of"]


def test_the_case_is_named_only_to_whoever_may_see_it(doors: Doors) -> None:
    case = until_decided(doors)
    code = code_on(paper(doors, case))

    assert (check(doors, "样-1", code)["case"], check(doors, "样-1", code, "jin")["case"]) == (None, case)


def test_what_is_not_from_here_is_told_alike(doors: Doors) -> None:
    code = code_on(paper(doors, until_decided(doors)))
    wrong = ("1" if code[-1] != "1" else "2").join([code[:-1], ""])

    answers = [check(doors, "样-1", wrong), check(doors, "other", code), check(doors, "样-1", "nothing")]

    assert all(one == answers[0] for one in answers)
    assert answers[0]["says"] == "unknown"


def test_the_page_says_it_in_words(doors: Doors) -> None:
    code = code_on(paper(doors, until_decided(doors)))
    doors.keys.sessions["s"] = "guest"
    browser = TestClient(create_app(doors.office, router), raise_server_exceptions=False)
    browser.cookies.set("liaison", "s")

    assert "校验打印件" in browser.get("/check").text
    assert "真实，且是最新的" in browser.get("/check", params={"number": "样-1", "code": code}).text
    assert "不是本系统的打印件" in browser.get("/check", params={"number": "样-1", "code": "x"}).text
