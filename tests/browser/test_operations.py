"""The operations as people meet them: pressed without JavaScript, told before, recorded after, refused with who and when."""

from __future__ import annotations

from tests.browser.chromium import Tab
from tests.browser.stage import (
    AUDITOR,
    CHIEF,
    CLERK,
    CONVENOR,
    FINANCE,
    HEAD,
    OFFICER,
    OTHER,
    Stage,
    look_first,
    offered,
    press,
    said_of,
)

# -- the way of a case -------------------------------------------------------------------------------------


def test_a_case_is_returned_to_an_earlier_step_and_comes_straight_back(stage: Stage) -> None:
    case = stage.begin()
    stage.done(case, (CLERK, "agree"))
    officer = stage.at_item(OFFICER, case)

    told = look_first(officer, "return", asked__way="jump", opinion="样例：缺附图")
    after = press(officer, "return")
    stage.done(case, (CLERK, "agree"))

    assert "将转入“first”，由服务中心窗口办理。" in told
    assert "1项已作的意见不再有效。" in told
    assert "已办理：退回。" in after
    assert stage.mine(OFFICER, case).round == 2
    record = stage.record(case)
    for line in ("“second”：退回", "意见：样例：缺附图", "回到“first”", "办完后直接回到“second”"):
        assert line in record


def test_an_answer_is_taken_back_until_it_was_opened(stage: Stage) -> None:
    case = stage.begin()
    mine = stage.mine(CLERK, case)
    clerk = stage.at_item(CLERK, case)
    press(clerk, "agree")
    press(clerk, "take-back")
    again = stage.mine(CLERK, case)
    stage.done(case, (CLERK, "agree"))

    stage.house.office.act(OFFICER, stage.mine(OFFICER, case), "open")
    late = stage.open(CLERK, f"/items/{again.id}")

    assert again.id != mine.id
    assert "“first”：取回" in stage.record(case)
    assert "take-back" not in offered(late)
    assert "取回：后面的办理人已打开待办，不能取回（业务科干部，11月3日09:30）" in unfolded(late, ".refused")


def test_whoever_sent_a_case_takes_it_back_and_starts_it_again(stage: Stage) -> None:
    case = stage.begin()
    clerk = stage.at_case(CLERK, case, "/operations")

    told = said_of(clerk, "withdraw")
    after = press(clerk, "withdraw", opinion="样例：重复提交")
    press(stage.at_case(CLERK, case, "/operations"), "reopen")

    assert "办件将办结" in told
    assert "另有1项待办随之取消。" in told
    assert "办理后不能撤销。" in told
    assert "已办理：撤回。" in after
    record = stage.record(case)
    assert "“first”的1项待办取消" in record
    assert "启动办件“story”" in record
    later = stage.at_case(CLERK, case, "/operations")
    assert "重新发起：该办件已重新发起，请办理新的办件" in unfolded(later, ".refused")


def test_what_was_approved_is_revoked_by_another_decision(stage: Stage) -> None:
    case = approved(stage)
    clerk = stage.at_case(CLERK, case, "/operations")

    told = said_of(clerk, "revoke")
    press(clerk, "revoke", opinion="样例：条件有变")
    asked = stage.at_case(AUDITOR, case).text(".facts")
    [child] = [one.case.id for one in stage.house.office.inbox(HEAD) if one.case.parent == (case, "revocation")]
    stage.done(child, (HEAD, "agree"))

    assert "办理后不能撤销。" in told
    assert "撤销审批中" in asked
    assert stage.house.office.case(case).head.state.value == "revoked"
    assert "申请撤销，由另一办件决定" in stage.record(case)


def test_a_jump_over_a_compulsory_step_needs_a_second_person(stage: Stage) -> None:
    case = stage.begin()
    head = stage.at_case(HEAD, case, "/operations")
    assert "跳转\n" not in said_of(head, "jump")

    told = look_first(head, "jump", asked__to="steps/third", opinion="样例：情况紧急")
    press(head, "jump")
    convenor = stage.at_item(CONVENOR, case)
    asked = convenor.text("main")
    press(convenor, "agree")

    assert "将转入“由第二人确认”" in told
    assert "办理后不能撤销。" in told
    assert "联席会议办公室主任提出“跳转”至“third”，须由另一人确认。" in asked
    assert stage.mine(FINANCE, case).path == "steps/third"
    assert "“跳转”须由另一人确认" in stage.record(case)


def test_who_chooses_another_place_after_looking_is_told_again_before_anything_is_done(stage: Stage) -> None:
    case = stage.begin()
    head = stage.at_case(HEAD, case, "/operations")
    look_first(head, "jump", asked__to="steps/third", opinion="样例")

    press(head, "jump", asked__to="steps/second")

    assert "将转入“second”" in head.text(".operation.jump .consequence")
    assert stage.house.office.case(case).head.seq == 1


def test_a_case_is_suspended_and_resumed(stage: Stage) -> None:
    case = stage.begin()
    press(stage.at_case(HEAD, case, "/operations"), "suspend", opinion="样例：等上级答复")
    stopped = stage.at_case(CLERK, case).text("main")
    item = stage.open(CLERK, f"/items/{stage.house.office.case(case).items[0].id}")
    waiting = unfolded(item, ".refused")

    press(stage.at_case(HEAD, case, "/operations"), "resume")

    assert "已挂起" in stopped
    assert "样例：等上级答复" in stopped
    assert "办件已挂起，恢复办理后才能办理" in waiting
    assert "agree" in offered(stage.at_item(CLERK, case))


def test_a_case_is_terminated_and_made_void(stage: Stage) -> None:
    case = stage.begin()
    head = stage.at_case(HEAD, case, "/operations")

    told = said_of(head, "terminate")
    press(head, "terminate", opinion="样例：重复")
    after = press(stage.at_case(HEAD, case, "/operations"), "void", opinion="样例：录入错误")

    assert "另有1项待办随之取消。" in told
    assert "已办理：作废。" in after
    assert "已作废" in stage.record(case)


# -- many hands --------------------------------------------------------------------------------------------


def test_an_item_is_handed_on_and_the_other_is_told_and_finds_it(stage: Stage) -> None:
    case = stage.begin()
    clerk = stage.at_item(CLERK, case)

    told = look_first(clerk, "transfer", asked__to=CHIEF)
    press(clerk, "transfer", opinion="样例：请主任办理")

    assert "将转入“first”，由服务中心主任办理。" in told
    assert "agree" in offered(stage.at_item(CHIEF, case))
    assert "交给服务中心主任" in stage.record(case)
    assert "一项待办转给您办理" in stage.open(CHIEF, "/inbox?tab=copies").text(".notices")


def test_advice_is_asked_for_and_comes_back(stage: Stage) -> None:
    case = stage.begin()
    press(stage.at_item(CLERK, case), "delegate", asked__to=CHIEF)
    chief = stage.at_item(CHIEF, case)

    buttons = offered(chief)
    press(chief, "answer", opinion="样例：可以同意")

    assert "answer" in buttons
    assert "agree" not in buttons
    assert "agree" in offered(stage.at_item(CLERK, case))
    assert "意见：样例：可以同意" in stage.record(case)


def test_signers_are_added_before_after_and_taken_out_again(stage: Stage) -> None:
    case = stage.begin()
    clerk = stage.at_item(CLERK, case)
    press(clerk, "add-signers", asked__users=[CHIEF], asked__where="before")
    waits = stage.open(CLERK, f"/items/{first_item(stage, case)}").text("main")
    stage.done(case, (CHIEF, "agree"))

    clerk = stage.at_item(CLERK, case)
    press(clerk, "add-signers", asked__users=[FINANCE], asked__where="after")
    press(stage.at_item(CLERK, case), "remove-signer", asked__signer=signer(stage, case, FINANCE))
    press(stage.at_item(CLERK, case), "agree")

    assert "等待中" in waits
    record = stage.record(case)
    for line in ("前加签：服务中心主任", "后加签：经费审核员", "“first”：减签"):
        assert line in record
    assert stage.mine(OFFICER, case).path == "steps/second"


def test_a_signer_beside_oneself_is_possible_only_where_several_decide(stage: Stage) -> None:
    case = stage.begin()

    places = stage.at_item(CLERK, case).value(
        "[...document.querySelectorAll(\".operation.add-signers [name='asked.where'] option\")].map(one => one.value)"
    )

    assert places == ["", "before", "after"]


def test_a_case_is_copied_and_its_reader_reads_and_says_something(stage: Stage) -> None:
    case = stage.begin()
    press(stage.at_case(CLERK, case, "/operations"), "copy", asked__users=[FINANCE])
    reader = stage.open(FINANCE, "/inbox?tab=copies")
    told = reader.text(".notices")
    seen = stage.at_case(FINANCE, case).text("h1")
    stage.done(case, (CLERK, "reject"))

    speaking = stage.at_case(FINANCE, case, "/operations")
    after = press(speaking, "comment", opinion="样例：已知悉", asked__mentions=[CLERK], asked__visible="officers")

    assert "抄送" in told
    assert "story" in seen
    assert "已办理：评论。" in after
    record = stage.record(case)
    assert "抄送经费审核员" in record
    for line in ("意见：样例：已知悉", "提到服务中心经办员", "仅办理人员可见"):
        assert line in record
    assert "有人在评论中提到您" in stage.open(CLERK, "/inbox?tab=copies").text(".notices")


def test_who_waits_is_urged_once_a_day(stage: Stage) -> None:
    case = stage.begin()
    press(stage.at_case(HEAD, case, "/operations"), "urge")

    again = stage.at_case(HEAD, case, "/operations")

    assert "urge" not in offered(again)
    assert "催办：今天已经催办过，请改日再催" in unfolded(again, ".refused")
    assert "催办“first”" in stage.record(case)


def test_an_item_of_a_pool_is_claimed_and_given_back(stage: Stage) -> None:
    case = stage.begin()
    press(stage.at_item(CLERK, case), "claim")
    item = first_item(stage, case)
    other = stage.open(OTHER, f"/items/{item}").text(".deciding")

    press(stage.at_item(CLERK, case), "unclaim")

    assert "这项待办已由服务中心经办员签收。" in other
    assert "agree" in offered(stage.open(OTHER, f"/items/{item}"))


def test_the_late_colleague_learns_who_decided_and_when(stage: Stage) -> None:
    case = stage.begin()
    late = stage.at_item(OTHER, case)
    stage.done(case, (CLERK, "agree"))

    press(late, "agree")

    assert late.text("h1") == "已不能办理"
    assert "服务中心经办员已于11月3日09:30办理。" in late.text(".answer")


# -- what they have in common ------------------------------------------------------------------------------


def approved(stage: Stage) -> str:
    case = stage.begin()
    stage.done(case, (CLERK, "agree"), (OFFICER, "agree"), (FINANCE, "agree"))
    return case


def first_item(stage: Stage, case: str) -> str:
    return next(one.id for one in stage.house.office.case(case).items if one.parent is None)


def signer(stage: Stage, case: str, user: str) -> str:
    view = stage.house.office.case(case)
    return next(one.id for one in view.items if any(who.who == f"user:{user}" for who in view.holders.get(one.id, ())))


def unfolded(tab: Tab, selector: str) -> str:
    tab.value(f"document.querySelectorAll('{selector}').forEach(one => one.open = true)")
    return str(tab.text(selector))


def test_the_head_of_the_office_hands_on_the_item_of_somebody_else_and_frees_a_claimed_one(stage: Stage) -> None:
    case = stage.begin()
    mine = stage.mine(CLERK, case)
    press(stage.at_item(CLERK, case), "claim")
    head = stage.open(HEAD, f"/items/{mine.id}")
    seen = offered(head)

    freed = press(head, "unclaim")
    handed = press(stage.open(HEAD, f"/items/{mine.id}"), "transfer", asked__to=CHIEF, opinion="样例：请主任办理")

    assert {"transfer", "unclaim"} <= set(seen)
    assert not {"agree", "reject", "delegate"} & set(seen)
    assert ("已办理：退签。" in freed, "已办理：转办。" in handed) == (True, True)
    assert stage.mine(CHIEF, case).path == mine.path
    assert "“first”：转办 联席会议办公室主任（办公室调整）" in stage.record(case)
