"""A rule sheet that uses every word, and its titles, for the picture tests."""

from workflows.language.expressions import contains, is_true
from workflows.language.words import (
    Mode,
    Workflow,
    always,
    applicant,
    approve,
    beside,
    carry_out,
    choice,
    department,
    departments,
    do,
    either,
    emit,
    end,
    escalate,
    follow_up,
    interrupts,
    message,
    nothing,
    number,
    parallel,
    remind,
    role,
    seats,
    sequence,
    to_applicant,
    wait,
    when,
    workflow,
)
from workflows.presentation import Presentation, merged, parse_presentation, presentation_of

REFUSED = sequence(do("refuse", emit("member.refused.v1")), end("refused", "rejected"))


def every_word() -> Workflow:
    return workflow(
        "every_word",
        starts_on="member.applied.v1",
        about="member",
        person=True,
        on=(interrupts("member.withdrawn.v1", end("withdrawn", "withdrawn")),),
        steps=sequence(
            approve(
                "completeness",
                by=role("centre_clerk"),
                within=number("member.completeness_days", 2),
                on_return=to_applicant(within=5, silence=end("closed", "rejected"), through=role("centre_clerk")),
                overdue=(remind(-1), escalate(1, role("office_head"))),
                on_reject=REFUSED,
            ),
            choice(
                "route",
                when(
                    contains("groups", "4"), approve("media", by=department("cyberspace"), within=5, on_reject=REFUSED)
                ),
                when(
                    is_true("joins_association"),
                    wait("council", event="member.verified.v1", within=10, silence=nothing()),
                ),
                otherwise=nothing(),
            ),
            parallel(
                "opinions",
                always(
                    approve("verify", by=either(role("category_verifier"), role("town_clerk")), on_reject=nothing())
                ),
                always(carry_out("visit", by=seats(2, role("panel_member")), within=10)),
                on=(beside("consent.withdrawn.v1", message("told", to=role("office_head"))),),
            ),
            approve("countersign", by=departments(), mode=Mode.ALL, within=1, on_reject=REFUSED),
            message("notice", to=applicant()),
            follow_up("confirmation", event="member.confirmation_due.v1", months=12, repeats=True),
            end("registered", "approved"),
        ),
    )


def titles() -> Presentation:
    own = """
workflows:
  every_word: {zh: 全部用语样例, en: Every word}
steps:
  completeness: {zh: 材料核对, en: Completeness check}
  route: {zh: 是否属于新媒体或入会, en: New media or joining}
  media: {zh: 新媒体类别核实, en: New media check}
  council: {zh: 理事会讨论, en: Council vote}
  opinions: {zh: 同步征求意见, en: Side by side}
  verify: {zh: 类别核实, en: Category check}
  visit: {zh: 实地走访, en: Visit}
  countersign: {zh: 成员单位会签, en: Countersignature}
  notice: {zh: 结果告知, en: Result}
  confirmation: {zh: 年度确认, en: Yearly confirmation}
  refuse: {zh: 登记不予登记结果, en: Record the refusal}
  told: {zh: 告知办公室, en: Tell the office}
outcomes:
  registered: {zh: 已登记, en: Registered}
  refused: {zh: 不予登记, en: Refused}
  closed: {zh: 逾期未补正，已关闭, en: Closed without a supplement}
  withdrawn: {zh: 已撤回, en: Withdrawn}
events:
  member.applied.v1: {zh: 提交会员登记申请, en: Application}
  member.withdrawn.v1: {zh: 本人撤回申请, en: Application withdrawn}
  consent.withdrawn.v1: {zh: 本人撤回同意, en: Consent withdrawn}
  member.verified.v1: {zh: 类别核实通过, en: Verified}
  member.confirmation_due.v1: {zh: 年度确认到期, en: Confirmation due}
fields:
  groups: {zh: 所属类别, en: Groups}
  joins_association: {zh: 申请加入新联会, en: Joins the association}
choices:
  groups.4: {zh: 新媒体从业人员, en: new media}
departments:
  cyberspace: {zh: 县委网信办, en: Cyberspace office}
"""
    return merged(presentation_of("every_word"), parse_presentation(own, "own"))
