"""What is written with an operation, who sees it, and several items at once: pressed without JavaScript."""

from __future__ import annotations

from tests.browser.chromium import Tab
from tests.browser.stage import (
    CHIEF,
    CLERK,
    OFFICER,
    OTHER,
    Stage,
    fill,
    press,
    said_of,
)

# -- what is written ---------------------------------------------------------------------------------------


def test_what_was_saved_stands_there_again_and_nobody_else_sees_it(stage: Stage) -> None:
    case = stage.begin("numbers")
    clerk = stage.at_item(CLERK, case)
    fill(clerk, "agree", form__sum="300", opinion="样例：未写完")
    clerk.press(".operation.agree button[formaction$=save]")

    back = stage.at_item(CLERK, case)

    assert back.value("document.querySelector(\".operation.agree [name='form.sum']\").value") == "300"
    assert "尚未提交" in back.text(".deciding")
    assert "300" not in stage.at_item(OTHER, case).text("main")


def test_who_saved_sees_what_a_colleague_changed_meanwhile(stage: Stage) -> None:
    case = stage.begin("merging")
    clerk = stage.at_item(CLERK, case)
    fill(clerk, "agree", form__sum="300")
    clerk.press(".operation.agree button[formaction$=save]")
    answer = stage.house.office.act(CHIEF, stage.mine(CHIEF, case), "complete", form={"sum": 500})
    assert answer.status == 200

    page = stage.at_item(CLERK, case)

    assert page.text(".merge").split() == ["字段", "暂存时", "他人改为", "您暂存的", "sum", "—", "500", "300"]
    page.value("document.cookie = 'liaison_language=en; path=/'")
    page = stage.at_item(CLERK, case)
    assert page.value(
        "document.querySelector('.merge').offsetWidth <= document.querySelector('.merge').parentNode.offsetWidth"
    )
    page.value("document.cookie = 'liaison_language=zh; path=/'")


def test_a_field_is_hidden_shown_or_wanted_as_the_step_says(stage: Stage) -> None:
    case = stage.begin("numbers")
    press(stage.at_item(CLERK, case), "agree", form__sum="300", form__remark="样例：内部")
    looking = stage.at_item(OFFICER, case)
    seen, fields = looking.text("main"), looking.value("document.querySelectorAll(\"[name^='form.']\").length")
    press(looking, "agree")

    chief = stage.at_item(CHIEF, case)
    chief.value("document.querySelector('.operation.complete').noValidate = true")
    fill(chief, "complete", form__sum="300", form__remark="")
    chief.press(".operation.complete button:not([formaction])")

    assert "样例：内部" not in seen
    assert fields == 0
    assert "请填写“remark”" in chief.text(".wrong")


def test_who_agreed_to_another_content_is_asked_again_with_the_difference(stage: Stage) -> None:
    case = stage.begin("numbers")
    press(stage.at_item(CLERK, case), "agree", form__sum="300")
    stage.done(case, (OFFICER, "agree"))
    press(stage.at_item(CHIEF, case), "complete", form__sum="500", form__remark="样例")

    asked = stage.at_item(OFFICER, case).text("main")

    assert "您同意之后，以下内容有变，请重新确认" in asked
    assert "300 → 500" in asked
    assert "内容有变，请已同意的人重新确认" in stage.record(case)


def test_urgency_is_raised_with_a_reason(stage: Stage) -> None:
    case = stage.begin()
    press(stage.at_case(CLERK, case, "/operations"), "set-urgency", asked__urgency="urgent", opinion="样例：上级催办")

    assert "加急" in stage.at_item(CLERK, case).text("h1")
    assert "缓急由平改为加急" in stage.record(case)


def test_a_secret_ballot_tells_nobody_who_voted_what_and_is_opened_when_all_have_voted(stage: Stage) -> None:
    case = stage.begin("ballot")
    members = [f"sample.council_member_{number}" for number in range(1, 6)]
    first = stage.at_item(members[0], case)
    said, choices = first.text("main"), said_of(first, "cast")
    press(first, "cast", asked__choice="reject")
    between = stage.record(case)
    for one in members[1:]:
        answer = stage.house.office.act(one, stage.mine(one, case), "cast", fields={"choice": "agree"})
        assert answer.status == 200

    assert "直接查看数据库、其日志或备份的管理员仍有可能推断出谁投了什么" in said
    assert "弃权" in choices
    assert "不同意" not in between
    assert "票决通过：共5席，同意4、不同意1、弃权0" in stage.record(case)


# -- several at once ---------------------------------------------------------------------------------------


def test_several_are_agreed_to_at_once_and_one_that_was_decided_meanwhile_is_named(stage: Stage) -> None:
    cases = [stage.begin() for _ in range(3)]
    clerk = tick(stage, CLERK, *cases)
    stage.done(cases[1], (OTHER, "agree"))

    clerk.press("#agree button:not([formaction])")

    assert "共3项，已同意2项。" in clerk.text("[role=status]")
    assert "待办已由他人办结或已取消" in clerk.text(".outcomes")


def test_several_are_refused_together_with_one_reason_after_what_follows_was_told(stage: Stage) -> None:
    cases = [stage.begin() for _ in range(2)]
    clerk = tick(stage, CLERK, *cases)
    clerk.press("#agree button[formaction]")

    told = said_of(clerk, "reject")
    press(clerk, "reject", opinion="样例：材料不实")

    assert "2项：办件将办结" in told
    assert "办理后不能撤销。" in told
    assert "共2项，已不同意2项。" in clerk.text("[role=status]")
    states = {stage.house.office.case(one).head.state.value for one in cases}
    assert states == {"rejected"}


def test_what_stands_at_another_step_is_named_before_anything_is_done(stage: Stage) -> None:
    clerk = tick(stage, CLERK, stage.begin(), stage.begin("merging"))

    clerk.press("#agree button[formaction]")

    assert "一起办理1项" in clerk.text("h1")
    assert "与所选的第一项不是同一流程版本的同一环节，请分开办理" in clerk.text("#alone + .outcomes")


def test_tasks_are_completed_together_with_one_form(stage: Stage) -> None:
    cases = [stage.begin("merging") for _ in range(2)]
    chief = tick(stage, CHIEF, *cases)
    chief.press("#agree button[formaction]")

    press(chief, "complete", form__sum="7")

    assert "共2项，已完成2项。" in chief.text("[role=status]")
    assert {stage.house.office.case(one).head.fields["sum"] for one in cases} == {7}


def tick(stage: Stage, user: str, *cases: str) -> Tab:
    """Somebody chooses what is asked of them in these cases."""
    tab = stage.open(user, "/inbox")
    for case in cases:
        place = f"input[name=pick][value^='{stage.mine(user, case).id}']"
        tab.value(f'document.querySelector("{place}").checked = true')
    return tab
