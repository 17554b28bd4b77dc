"""评论 as people meet them: said, put right and taken back on the page of a case, without JavaScript."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Tab
from tests.browser.house import enter
from tests.browser.stage import AUDITOR, CLERK, FINANCE, HEAD, Stage
from tests.browser.test_accessibility import findings

FIRST, SECOND = "样例：材料收齐了", "样例：材料还缺一份"


def said(stage: Stage, case: str, words: str = FIRST, user: str = CLERK) -> int:
    """Somebody has said something about a case; the entry that it is."""
    answer = stage.house.office.act(user, case, "comment", opinion=words)
    return int(str(answer.body["seq"]))


def amend(tab: Tab, verb: str, seq: int, words: str = "") -> str:
    """Fill in the small form beside a comment and press its button; what the page says then."""
    form = f"#{verb}-{seq} form"
    tab.value(f"document.querySelector('#{verb}-{seq}').open = true")
    if words:
        tab.value(f"document.querySelector('{form} textarea').value = ''")
        tab.type(f"{form} textarea", words)
    tab.press(f"{form} button")
    return tab.text("main")


def forms(tab: Tab) -> list[str]:
    """What may be done to comments on a page."""
    found: list[str] = tab.value("[...document.querySelectorAll('.own > details')].map(one => one.id)")
    return found


def test_a_comment_is_put_right_beside_it_and_what_it_said_before_can_be_read(stage: Stage) -> None:
    case = stage.begin()
    seq = said(stage, case)
    mine = stage.at_case(CLERK, case)
    before = mine.value(f"document.querySelector('#correct-{seq} textarea').value")

    after = amend(mine, "correct", seq, SECOND)

    entry = stage.at_case(AUDITOR, case).text(f"#entry-{seq}")
    folded = stage.tab(AUDITOR).value(f"document.querySelector('#earlier-{seq}').textContent")
    assert before == FIRST
    assert "已办理：更正评论。" in after
    assert f"意见：{SECOND}" in entry
    assert "已更正" in entry
    assert FIRST in folded


def test_a_comment_is_taken_back_and_a_tombstone_stays(stage: Stage) -> None:
    case = stage.begin()
    seq = said(stage, case)

    after = amend(stage.at_case(CLERK, case), "retract", seq)

    tombstone = stage.at_case(AUDITOR, case).text(f"#entry-{seq}")
    assert "已办理：撤回评论。" in after
    assert "评论 服务中心经办员" in tombstone
    assert "内容已由服务中心经办员于11月3日09:30撤回" in tombstone
    assert FIRST not in stage.open(AUDITOR, f"/cases/{case}?view=json").text("body")
    assert forms(stage.at_case(CLERK, case)) == []


def test_beside_a_comment_stands_what_its_reader_may_do(stage: Stage) -> None:
    case = stage.begin()
    seq = said(stage, case)

    seen = {user: forms(stage.at_case(user, case)) for user in (CLERK, HEAD, AUDITOR)}

    assert seen == {CLERK: [f"correct-{seq}", f"retract-{seq}"], HEAD: [f"retract-{seq}"], AUDITOR: []}


def test_the_head_of_the_office_says_why_and_the_author_is_told(stage: Stage) -> None:
    case = stage.begin()
    seq = said(stage, case)

    amend(stage.at_case(HEAD, case), "retract", seq, "样例：写错了办件")

    assert "意见：样例：写错了办件" in stage.record(case)
    assert "撤回了您的一条评论" in stage.open(CLERK, "/inbox?tab=copies").text(".notices")


def test_who_comes_later_with_an_old_page_is_told_who_took_it_back_and_when(stage: Stage) -> None:
    case = stage.begin()
    seq = said(stage, case)
    late = stage.at_case(CLERK, case)
    stage.house.office.act(HEAD, case, "retract", opinion="样例", fields={"comment": seq})

    told = amend(late, "correct", seq, SECOND)

    assert "评论已撤回" in told
    assert "联席会议办公室主任已于11月3日09:30办理。" in told


def test_who_was_copied_a_case_puts_right_what_they_said_after_its_end(stage: Stage) -> None:
    case = stage.begin()
    stage.house.office.act(CLERK, case, "copy", fields={"users": [FINANCE]})
    seq = said(stage, case, user=FINANCE)
    stage.done(case, (CLERK, "reject"))

    after = amend(stage.at_case(FINANCE, case), "correct", seq, SECOND)

    assert "已办理：更正评论。" in after


def test_only_who_may_see_the_case_stands_in_the_list_of_people_to_mention(stage: Stage) -> None:
    case = stage.begin()
    listed = "[...document.querySelectorAll(\".operation.comment [name='asked.mentions']\")].map(one => one.value)"

    before = stage.at_case(CLERK, case, "/operations").value(listed)
    stage.house.office.act(CLERK, case, "copy", fields={"users": [FINANCE]})
    after = stage.at_case(CLERK, case, "/operations").value(listed)

    assert {CLERK, HEAD, AUDITOR} <= set(before)
    assert set(after) - set(before) == {FINANCE}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_forms_beside_comments_and_copies_have_no_barrier(stage: Stage, axe: str, *, dark: bool) -> None:
    case = stage.begin()
    seq = said(stage, case)
    amend(stage.at_case(CLERK, case), "correct", seq, SECOND)
    gone = said(stage, case)
    amend(stage.at_case(CLERK, case), "retract", gone)
    stage.house.office.act(CLERK, case, "copy", fields={"users": [FINANCE]})
    tab = stage.chromium.tab(360, 740, dark=dark)
    enter(tab, stage.address, stage.house, CLERK)

    tab.open(f"{stage.address}/cases/{case}")
    tab.value("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert findings(tab, axe) == []


def test_what_somebody_types_beside_a_comment_is_not_swapped_away(stage: Stage) -> None:
    case = stage.begin()
    seq = said(stage, case)
    tab = stage.chromium.tab()
    enter(tab, stage.address, stage.house, CLERK)
    tab.open(f"{stage.address}/cases/{case}")
    tab.value(f"document.querySelector('#correct-{seq}').open = true")
    tab.value(
        "const fetched = window.fetch; window.n = 0; window.fetch = (...all) => fetched(...all).finally(() => window.n++)"
    )
    tab.wait_for("window.n > 0")

    tab.type(f"#correct-{seq} textarea", SECOND)
    other = said(stage, case, "样例：别人说的话", HEAD)
    tab.value("window.n = 0")
    tab.wait_for("window.n > 1")

    assert tab.value(f"document.querySelector('#correct-{seq} textarea').value") == SECOND
    tab.type(f"#correct-{seq} textarea", FIRST)
    tab.wait_for(f"document.querySelector('#entry-{other}') !== null")
    assert tab.value(f"document.querySelector('#correct-{seq}').open")
