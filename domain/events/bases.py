"""The events of a base (实践创新基地): called for, applied for, visited, scored, noticed, decided, and its commitments.

Everything said here is about a place and the body that runs it; nothing is about a person. An application is the
case; the base is its place, which may be applied for again at the next call.
"""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from domain.event import DomainEvent, example
from domain.events.senders import CENTRE, OFFICE
from domain.fields import CreditCode, Day, EachOnce, Identifier, Line, Text, Town, Year
from domain.identifiers import UNITS
from domain.texts import zh

APPLY: Final = frozenset({OFFICE, CENTRE, *UNITS})
"""Who may apply for a base: a town or street, the centre or the office for a body that comes to them."""

Kind = Literal["talent_service", "party_practice", "enterprise_led", "fellowship", "culture", "other"]
Tag = Literal["learning", "fellowship", "ideas", "service", "talent", "innovation"]
"""The six contents of the brand: 聚识, 聚心, 聚智, 聚力, 聚才, 聚创."""

RefusalReason = Literal[
    "outside_window",
    "papers_incomplete",
    "not_in_county",
    "conditions_not_met",
    "papers_untrue",
    "already_a_base",
    "voted_down",
    "objection_founded",
    "resolved_against",
]
"""The closed list of reasons; `domain.bases.REFUSAL_REASONS` holds their sentences."""

NAME: Final = zh("基地名称")
ALIASES: Final = zh("其他名称")
KIND: Final = zh("基地类型")
TAGS: Final = zh("品牌内容(6G)")
ORGANISATION: Final = zh("建设单位")
SITE: Final = zh("场所地址")

AliasLines = Annotated[tuple[Line, ...], Field(strict=False, max_length=5), EachOnce]
SomeTags = Annotated[tuple[Tag, ...], Field(strict=False, max_length=6), EachOnce]

Application = Annotated[Identifier, Field(title=zh("申报编号"))]
Base = Annotated[Identifier, Field(title=zh("基地编号"))]
Call = Annotated[Identifier, Field(title=zh("征集编号"))]
TownField = Annotated[Town, Field(title=zh("所在乡镇(街道)代码"))]
NameField = Annotated[Line, Field(title=NAME)]
AliasesField = Annotated[AliasLines, Field(title=ALIASES)]
KindField = Annotated[Kind, Field(title=KIND)]
TagsField = Annotated[SomeTags, Field(title=TAGS)]
CreditCodeField = Annotated[CreditCode | None, Field(title=zh("统一社会信用代码"))]
GroundField = Annotated[Line, Field(title=zh("异议理由(只写场所和单位的情况)"))]
Commitment = Annotated[Identifier, Field(title=zh("承诺编号"))]


class AboutCall(DomainEvent):
    """What the events of a call share."""

    KEY: ClassVar[str] = "call"

    call: Call


class AboutApplication(DomainEvent):
    """What the events of an application for a base share."""

    KEY: ClassVar[str] = "application"

    application: Application


class AboutBase(AboutApplication):
    """An event that changes the register of bases as well: it names the base."""

    base: Base


class BaseCalled(AboutCall):
    TYPE = "base.called.v1"
    TITLE = zh("征集实践创新基地申报")
    DEPARTMENTS = frozenset({OFFICE})
    EXAMPLE = example(call="2026", year=2026, towns=["330226105", "330226106", "330226111"])

    year: Annotated[Year, Field(title=zh("年度"))]
    towns: Annotated[tuple[Town, ...], Field(strict=False, min_length=1, title=zh("征集范围")), EachOnce]


class BaseCallClosed(AboutCall):
    TYPE = "base.call_closed.v1"
    TITLE = zh("申报期结束")
    EXAMPLE = example(call="2026")


class BaseApplied(AboutBase):
    TYPE = "base.applied.v1"
    TITLE = zh("申报实践创新基地")
    DEPARTMENTS = APPLY
    EXAMPLE = example(
        application="base-2026-001",
        base="sample_base_1",
        call="2026",
        town="330226105",
        name="样例岔路实践创新基地",
        aliases=["样例岔路创新实践基地"],
        kind="talent_service",
        tags=["service", "talent"],
        organisation="样例社会工作服务中心",
        credit_code="52330226MJ0000026D",
        site="样例岔路镇样例街1号",
    )

    call: Call
    town: TownField
    name: NameField
    aliases: AliasesField = ()
    kind: KindField
    tags: TagsField = ()
    organisation: Annotated[Line, Field(title=ORGANISATION)]
    credit_code: CreditCodeField = None
    site: Annotated[Line, Field(title=SITE)]


class BaseSupplemented(AboutApplication):
    TYPE = "base.supplemented.v1"
    TITLE = zh("补正基地申报材料")
    DEPARTMENTS = APPLY
    EXAMPLE = example(application="base-2026-001", site="样例岔路镇样例街2号")

    name: Annotated[Line | None, Field(title=NAME)] = None
    aliases: Annotated[AliasLines | None, Field(title=ALIASES)] = None
    kind: Annotated[Kind | None, Field(title=KIND)] = None
    tags: Annotated[SomeTags | None, Field(title=TAGS)] = None
    organisation: Annotated[Line | None, Field(title=ORGANISATION)] = None
    credit_code: CreditCodeField = None
    site: Annotated[Line | None, Field(title=SITE)] = None


class BaseWithdrawn(AboutBase):
    TYPE = "base.withdrawn.v1"
    TITLE = zh("撤回基地申报")
    DEPARTMENTS = APPLY
    EXAMPLE = example(application="base-2026-001", base="sample_base_1")


class BasePrechecked(AboutBase):
    TYPE = "base.prechecked.v1"
    TITLE = zh("基地申报初审通过")
    EXAMPLE = example(
        application="base-2026-001",
        base="sample_base_1",
        name="样例岔路实践创新基地",
        aliases=["样例岔路创新实践基地"],
        kind="talent_service",
        tags=["service", "talent"],
    )

    name: NameField
    aliases: AliasesField = ()
    kind: KindField
    tags: TagsField = ()


class BaseVisited(AboutApplication):
    TYPE = "base.visited.v1"
    TITLE = zh("完成基地实地考察")
    EXAMPLE = example(
        application="base-2026-001",
        met_organisation=True,
        met_venue=True,
        met_sign=False,
        met_rules=True,
        met_funds=True,
        met_activities=True,
        met_ledger=True,
        met_results=True,
    )

    met_organisation: Annotated[bool, Field(title=zh("有组织"))]
    met_venue: Annotated[bool, Field(title=zh("有场所"))]
    met_sign: Annotated[bool, Field(title=zh("有牌子标识"))]
    met_rules: Annotated[bool, Field(title=zh("有制度"))]
    met_funds: Annotated[bool, Field(title=zh("有经费"))]
    met_activities: Annotated[bool, Field(title=zh("每年活动不少于4次"))]
    met_ledger: Annotated[bool, Field(title=zh("有台账"))]
    met_results: Annotated[bool, Field(title=zh("有成效"))]


class BaseScored(AboutApplication):
    TYPE = "base.scored.v1"
    TITLE = zh("基地评审有结果")
    EXAMPLE = example(application="base-2026-001", result="passed")

    result: Annotated[Literal["passed", "failed", "tied", "no_quorum"], Field(title=zh("评审结果"))]


class BaseNoticeStarted(AboutApplication):
    TYPE = "base.notice_started.v1"
    TITLE = zh("基地名单开始公示")
    EXAMPLE = example(application="base-2026-001")


class BaseNoticeObjected(AboutApplication):
    TYPE = "base.notice_objected.v1"
    TITLE = zh("对基地公示提出异议")
    DEPARTMENTS = APPLY
    EXAMPLE = example(application="base-2026-001", ground="样例理由:场所与申报材料不符")

    ground: GroundField


class BaseInquiryOpened(AboutApplication):
    TYPE = "base.inquiry_opened.v1"
    TITLE = zh("开始核查公示异议")
    EXAMPLE = example(application="base-2026-001", ground="样例理由:场所与申报材料不符")

    ground: GroundField


class BaseObjectionSettled(AboutApplication):
    TYPE = "base.objection_settled.v1"
    TITLE = zh("公示异议核查完毕")
    EXAMPLE = example(application="base-2026-001", finding="unfounded")

    finding: Annotated[Literal["unfounded", "founded", "taken_back"], Field(title=zh("核查结果"))]


class BaseResolved(AboutApplication):
    TYPE = "base.resolved.v1"
    TITLE = zh("联席会议对基地作出决议")
    DEPARTMENTS = frozenset({OFFICE})
    EXAMPLE = example(application="base-2026-001", resolution="approved", document_number="样例联〔2026〕1号")

    resolution: Annotated[Literal["approved", "refused"], Field(title=zh("决议结果"))]
    document_number: Annotated[Line, Field(title=zh("决议文号"))]


class BaseApproved(AboutBase):
    TYPE = "base.approved.v1"
    TITLE = zh("同意命名基地")
    EXAMPLE = example(application="base-2026-001", base="sample_base_1")


class BaseRefused(AboutBase):
    TYPE = "base.refused.v1"
    TITLE = zh("不予命名基地")
    EXAMPLE = example(
        application="base-2026-001", base="sample_base_1", reason="voted_down", improvements="样例:补齐制度和台账"
    )

    reason: Annotated[RefusalReason, Field(title=zh("不予命名的原因"))]
    improvements: Annotated[Text | None, Field(title=zh("改进清单"))] = None


class BasePlaqueGranted(AboutBase):
    TYPE = "base.plaque_granted.v1"
    TITLE = zh("基地授牌")
    EXAMPLE = example(
        application="base-2026-001", base="sample_base_1", plaque_number="样例牌〔2026〕1号", valid_years=3
    )

    plaque_number: Annotated[Line, Field(title=zh("牌匾编号"))]
    valid_years: Annotated[int, Field(ge=1, le=30, title=zh("有效期(年)"))]


class BaseCommitted(AboutApplication):
    TYPE = "base.committed.v1"
    TITLE = zh("作出基地建设承诺")
    DEPARTMENTS = APPLY
    EXAMPLE = example(
        application="base-2026-001",
        commitment="base-2026-001-1",
        town="330226105",
        pledge="样例:建成样例图书角",
        due_on="2026-12-31",
    )

    commitment: Commitment
    town: TownField
    pledge: Annotated[Line, Field(title=zh("承诺内容"))]
    due_on: Annotated[Day, Field(title=zh("完成日期"))]


class BaseCommitmentFulfilled(AboutApplication):
    TYPE = "base.commitment_fulfilled.v1"
    TITLE = zh("基地建设承诺已兑现")
    EXAMPLE = example(application="base-2026-001", commitment="base-2026-001-1")

    commitment: Commitment


class BaseCommitmentMissed(AboutApplication):
    TYPE = "base.commitment_missed.v1"
    TITLE = zh("基地建设承诺未兑现")
    EXAMPLE = example(application="base-2026-001", commitment="base-2026-001-1")

    commitment: Commitment


EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    BaseCalled,
    BaseCallClosed,
    BaseApplied,
    BaseSupplemented,
    BaseWithdrawn,
    BasePrechecked,
    BaseVisited,
    BaseScored,
    BaseNoticeStarted,
    BaseNoticeObjected,
    BaseInquiryOpened,
    BaseObjectionSettled,
    BaseResolved,
    BaseApproved,
    BaseRefused,
    BasePlaqueGranted,
    BaseCommitted,
    BaseCommitmentFulfilled,
    BaseCommitmentMissed,
)
