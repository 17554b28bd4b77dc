"""The events of a member: applied, verified, registered or refused, confirmed every year, erased in the end."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from domain.event import PERSONAL, DomainEvent, example
from domain.events.senders import INTAKE
from domain.fields import Channel, CreditCode, Group, Groups, Identifier, Line, Mobile, Name, Town, Version, Year
from domain.texts import zh

RefusalReason = Literal["outside_county", "not_in_groups", "minor", "duplicate", "no_consent"]
"""The closed list of reasons; `domain.people.REFUSAL_REASONS` holds their sentences."""

NAME: Final = zh("姓名")
GROUPS: Final = zh("所属类别(主要类别在前)")
ADULT: Final = zh("已满十八周岁")
TOWN: Final = zh("所在乡镇(街道)代码")

Application = Annotated[Identifier, Field(title=zh("申请编号"))]
ChannelField = Annotated[Channel, Field(title=zh("来源渠道"))]
ConsentVersion = Annotated[Version, Field(title=zh("告知书版本"))]
TownField = Annotated[Town, Field(title=TOWN)]
NameField = Annotated[Name, Field(title=NAME), PERSONAL]
GroupsField = Annotated[Groups, Field(title=GROUPS), PERSONAL]
MainGroupField = Annotated[Group | None, Field(title=zh("主要类别(不填则取所属类别的第一项)"))]
"""Plain, unlike the groups of a person: a single code names nobody, and says which office verifies."""
AdultField = Annotated[bool, Field(title=ADULT), PERSONAL]
MobileField = Annotated[Mobile | None, Field(title=zh("手机号码")), PERSONAL]
OrganisationField = Annotated[Line | None, Field(title=zh("工作单位")), PERSONAL]
CreditCodeField = Annotated[CreditCode | None, Field(title=zh("统一社会信用代码")), PERSONAL]
JobTitleField = Annotated[Line | None, Field(title=zh("职务")), PERSONAL]
YearField = Annotated[Year | None, Field(title=zh("年度"))]


class AboutMember(DomainEvent):
    """What the events of member registration share: the application is the case and the person's key."""

    KEY: ClassVar[str] = "application"
    PERSON: ClassVar[str | None] = "application"

    application: Application


def _with_main_group(data: Any) -> Any:
    """The main group is the first of the groups, so a sender need not name it; one that differs is refused."""
    groups = data.get("groups") if isinstance(data, Mapping) else None
    first = groups[0] if isinstance(groups, list | tuple) and groups else None
    if first not in get_args(Group):
        return data
    named = data.get("main_group")
    if named is not None and named != first:
        raise ValidationError.from_exception_data("main_group", [_NOT_THE_FIRST_GROUP])
    return {**data, "main_group": first}


_NOT_THE_FIRST_GROUP = InitErrorDetails(
    type=PydanticCustomError("main_group", "is not the first of 'groups': name the main group first, or leave it out"),
    loc=("main_group",),
    input=None,
)


class MemberApplied(AboutMember):
    TYPE = "member.applied.v1"
    TITLE = zh("提交会员登记申请")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(
        application="example-0001",
        town="330226105",
        channel="self",
        joins_association=False,
        consented=True,
        consent_version="2026-01",
        name="样例·甲",
        groups=["2", "3"],
        organisation="样例社会工作服务中心",
        credit_code="52330226MJ0000026D",
        job_title="样例项目主管",
        adult=True,
    )

    town: TownField
    channel: ChannelField
    joins_association: Annotated[bool, Field(title=zh("申请加入新联会"))] = False
    consented: Annotated[bool, Field(title=zh("已阅知并同意"))]
    consent_version: ConsentVersion
    name: NameField
    mobile: MobileField = None
    groups: GroupsField
    main_group: MainGroupField = None
    organisation: OrganisationField = None
    credit_code: CreditCodeField = None
    job_title: JobTitleField = None
    adult: AdultField

    _main_group = model_validator(mode="before")(_with_main_group)


class ConsentGiven(AboutMember):
    TYPE = "consent.given.v1"
    TITLE = zh("本人同意处理个人信息")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(application="example-0001", channel="self", consent_version="2026-01")

    channel: ChannelField
    consent_version: ConsentVersion


class ConsentWithdrawn(AboutMember):
    TYPE = "consent.withdrawn.v1"
    TITLE = zh("本人撤回同意")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(application="example-0001", channel="self")

    channel: ChannelField


class MemberSupplemented(AboutMember):
    TYPE = "member.supplemented.v1"
    TITLE = zh("补正申请材料")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(application="example-0001", organisation="样例社会工作服务中心", job_title="样例项目主管")

    town: Annotated[Town | None, Field(title=TOWN)] = None
    name: Annotated[Name | None, Field(title=NAME), PERSONAL] = None
    mobile: MobileField = None
    groups: Annotated[Groups | None, Field(title=GROUPS), PERSONAL] = None
    main_group: MainGroupField = None
    organisation: OrganisationField = None
    credit_code: CreditCodeField = None
    job_title: JobTitleField = None
    adult: Annotated[bool | None, Field(title=ADULT), PERSONAL] = None

    _main_group = model_validator(mode="before")(_with_main_group)


class MemberWithdrawn(AboutMember):
    TYPE = "member.withdrawn.v1"
    TITLE = zh("本人撤回申请")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(application="example-0001", channel="self")

    channel: ChannelField


class MemberVerified(AboutMember):
    TYPE = "member.verified.v1"
    TITLE = zh("类别核实通过")
    EXAMPLE = example(application="example-0001")


class MemberRegistered(AboutMember):
    TYPE = "member.registered.v1"
    TITLE = zh("完成会员登记")
    EXAMPLE = example(application="example-0001")


class MemberRefused(AboutMember):
    TYPE = "member.refused.v1"
    TITLE = zh("不予登记")
    EXAMPLE = example(application="example-0001", reason="outside_county")

    reason: Annotated[RefusalReason, Field(title=zh("不予登记的原因"))]


class MemberConfirmationDue(AboutMember):
    TYPE = "member.confirmation_due.v1"
    TITLE = zh("年度确认到期")
    EXAMPLE = example(application="example-0001", year=2027)

    year: YearField = None


class MemberConfirmed(AboutMember):
    TYPE = "member.confirmed.v1"
    TITLE = zh("本人完成年度确认")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(application="example-0001", channel="self", year=2027)

    channel: ChannelField
    year: YearField = None


class MemberDormant(AboutMember):
    TYPE = "member.dormant.v1"
    TITLE = zh("会员转为休眠")
    EXAMPLE = example(application="example-0001")


class MemberRetentionEnded(AboutMember):
    TYPE = "member.retention_ended.v1"
    TITLE = zh("保存期限届满")
    EXAMPLE = example(application="example-0001")


class MemberErased(AboutMember):
    TYPE = "member.erased.v1"
    TITLE = zh("个人信息已删除")
    EXAMPLE = example(application="example-0001")


EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    MemberApplied,
    ConsentGiven,
    ConsentWithdrawn,
    MemberSupplemented,
    MemberWithdrawn,
    MemberVerified,
    MemberRegistered,
    MemberRefused,
    MemberConfirmationDue,
    MemberConfirmed,
    MemberDormant,
    MemberRetentionEnded,
    MemberErased,
)
