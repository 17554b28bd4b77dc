"""抄送 as people meet it: who has not read a copy is seen, and urged on another day, without JavaScript."""

from __future__ import annotations

from tests.browser.stage import AUDITOR, CLERK, FINANCE, Stage


def test_whoever_copied_a_case_sees_who_has_not_read_it_and_urges_them_once_a_day(stage: Stage) -> None:
    case = stage.begin()
    stage.house.office.act(CLERK, case, "copy", fields={"users": [FINANCE, AUDITOR]})
    stage.house.office.act(AUDITOR, case, "read")
    same_day = stage.at_case(CLERK, case).text(".urging")
    stage.house.turn(days=1)

    mine = stage.at_case(CLERK, case)
    seen = mine.text(".copies")
    elsewhere = stage.at_case(FINANCE, case).text(".urging")
    mine.press(".urging button")
    after = mine.text(".copies")
    told = stage.open(FINANCE, "/inbox?tab=copies").text(".notices")

    assert (same_day, elsewhere) == ("", "")
    assert "经费审核员 未阅，11月3日09:30告知" in seen
    assert "审计管理员 已阅" in seen
    assert "未阅，11月4日09:30告知" in after
    assert "催阅" not in after
    assert "请您阅看抄送给您的一个办件。" in told
    assert "催阅经费审核员" in stage.record(case)
