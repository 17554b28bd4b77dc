"""The events of named contacts (列名联系): a list is drafted and approved, a person is paired with an officer's post.

A contact is known by its person, under whose key alone anything personal is kept. An officer is a post, never a name.
"""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from domain.event import DomainEvent, example
from domain.events.senders import INTAKE, OFFICE
from domain.fields import Day, EachOnce, Identifier, Line, Year
from domain.texts import zh

POSTS: Final = frozenset({OFFICE, "organisation_department"})
"""Who may report that an officer's post ended: the office, and the department that keeps the posts."""

EndReason = Literal["member_left", "person_asked", "expired", "not_renewed"]
"""The closed list of reasons; `domain.contacts.END_REASONS` holds their sentences."""

ContactList = Annotated[Identifier, Field(title=zh("名单编号"))]
Member = Annotated[Identifier, Field(title=zh("会员申请编号"))]
Officer = Annotated[Identifier, Field(title=zh("联系领导岗位"))]
DocumentNumber = Annotated[Line, Field(title=zh("名单文号"))]
Until = Annotated[Day, Field(title=zh("名单有效期至"))]


class AboutList(DomainEvent):
    """What the events of a list share."""

    KEY: ClassVar[str] = "contact_list"

    contact_list: ContactList


class AboutContact(DomainEvent):
    """What the events of a contact share: the person is the key, and whom it is about."""

    KEY: ClassVar[str] = "member"
    PERSON: ClassVar[str | None] = "member"

    member: Member
    contact_list: ContactList


class WithOfficer(AboutContact):
    """An event that says which officer."""

    officer: Officer


_PAIR = {"member": "example-0001", "contact_list": "contacts-2027"}
_OFFICER = {"officer": "contact_officer_1"}


class ContactListDrafted(AboutList):
    TYPE = "contact_list.drafted.v1"
    TITLE = zh("拟定列名联系名单")
    DEPARTMENTS = frozenset({OFFICE})
    EXAMPLE = example(
        contact_list="contacts-2027", year=2027, members=["example-0001", "example-0002"], until="2027-12-31"
    )

    year: Annotated[Year, Field(title=zh("年度"))]
    members: Annotated[
        tuple[Identifier, ...], Field(strict=False, min_length=1, max_length=200, title=zh("联系对象")), EachOnce
    ]
    until: Until


class ContactListApproved(AboutList):
    TYPE = "contact_list.approved.v1"
    TITLE = zh("列名联系名单已批准")
    EXAMPLE = example(contact_list="contacts-2027", document_number="样例统〔2027〕1号", until="2027-12-31")

    document_number: DocumentNumber
    until: Until


class ContactListRefused(AboutList):
    TYPE = "contact_list.refused.v1"
    TITLE = zh("列名联系名单未获批准")
    EXAMPLE = example(contact_list="contacts-2027")


class ContactListSummedUp(AboutList):
    TYPE = "contact_list.summed_up.v1"
    TITLE = zh("列名联系年终小结已完成")
    EXAMPLE = example(contact_list="contacts-2027")


class ContactListSuperseded(AboutList):
    TYPE = "contact_list.superseded.v1"
    TITLE = zh("列名联系名单已由新名单替代")
    EXAMPLE = example(contact_list="contacts-2027")


class ContactProposed(WithOfficer):
    TYPE = "contact.proposed.v1"
    TITLE = zh("拟定列名联系")
    DEPARTMENTS = frozenset({OFFICE})
    EXAMPLE = example(**_PAIR, **_OFFICER)


class ContactConfirmed(WithOfficer):
    TYPE = "contact.confirmed.v1"
    TITLE = zh("联系领导已确认")
    EXAMPLE = example(**_PAIR, **_OFFICER)


class ContactDeclined(WithOfficer):
    TYPE = "contact.declined.v1"
    TITLE = zh("本人不同意列名联系")
    EXAMPLE = example(**_PAIR, **_OFFICER)


class ContactSettled(AboutContact):
    TYPE = "contact.settled.v1"
    TITLE = zh("列名联系的意见已齐")
    EXAMPLE = example(**_PAIR, agreed=True)

    agreed: Annotated[bool, Field(title=zh("双方同意"))]


class ContactApproved(WithOfficer):
    TYPE = "contact.approved.v1"
    TITLE = zh("列名联系已列入名单")
    EXAMPLE = example(**_PAIR, **_OFFICER, document_number="样例统〔2027〕1号", until="2027-12-31")

    document_number: DocumentNumber
    until: Until


class ContactOfficerLeft(DomainEvent):
    TYPE = "contact.officer_left.v1"
    TITLE = zh("联系领导离任")
    DEPARTMENTS = POSTS
    KEY = "officer"
    EXAMPLE = example(**_OFFICER)

    officer: Officer


class ContactReassignmentDue(WithOfficer):
    TYPE = "contact.reassignment_due.v1"
    TITLE = zh("须调整联系领导")
    EXAMPLE = example(**_PAIR, **_OFFICER)


class ContactReassigned(WithOfficer):
    TYPE = "contact.reassigned.v1"
    TITLE = zh("已调整联系领导")
    EXAMPLE = example(**_PAIR, officer="contact_officer_2")


class ContactEnded(AboutContact):
    TYPE = "contact.ended.v1"
    TITLE = zh("列名联系结束")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(**_PAIR, reason="person_asked")

    reason: Annotated[EndReason, Field(title=zh("结束原因"))]


EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    ContactListDrafted,
    ContactListApproved,
    ContactListRefused,
    ContactListSummedUp,
    ContactListSuperseded,
    ContactProposed,
    ContactConfirmed,
    ContactDeclined,
    ContactSettled,
    ContactApproved,
    ContactOfficerLeft,
    ContactReassignmentDue,
    ContactReassigned,
    ContactEnded,
)
