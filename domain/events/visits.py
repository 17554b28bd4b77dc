"""The events of visits (走访联系): planned so long after the last one, due, held, put on record, or late.

What was talked about is a code of a closed list; the note alone is in words, is the person's to read and to correct,
and is kept under the person's key.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.event import DomainEvent, example
from domain.events.contacts import AboutContact, WithOfficer
from domain.events.senders import INTAKE, OFFICE
from domain.fields import Day, EachOnce
from domain.texts import zh

VisitMode = Literal["face_to_face", "online", "phone"]
Topic = Literal["policy", "business", "employment", "public_services", "rights", "learning", "social_service", "other"]
"""The closed list of what a visit may be about: services and matters, never opinions."""
Excuse = Literal["officer_absent", "person_asked", "force_majeure"]

DueOn = Annotated[Day, Field(title=zh("应联系日期"))]
HeldOn = Annotated[Day, Field(title=zh("实际联系日期"))]
Mode = Annotated[VisitMode, Field(title=zh("联系方式"))]
Attending = Literal["officer", "secretary", "office", "town"]
"""Which posts took part; no names."""
Posts = Annotated[tuple[Attending, ...], Field(strict=False, max_length=4), EachOnce]
Topics = Annotated[tuple[Topic, ...], Field(strict=False, max_length=8), EachOnce]

_VISIT = {"member": "example-0001", "contact_list": "contacts-2027", "officer": "contact_officer_1"}


class AboutVisit(WithOfficer):
    """What the events of a visit share."""


class VisitPlanned(AboutVisit):
    TYPE = "visit.planned.v1"
    TITLE = zh("列入联系计划")
    DEPARTMENTS = frozenset({OFFICE})
    EXAMPLE = example(**_VISIT, due_on="2027-04-15", face_to_face=True)

    due_on: DueOn
    face_to_face: Annotated[bool, Field(title=zh("须当面联系"))] = True


class VisitDue(AboutVisit):
    TYPE = "visit.due.v1"
    TITLE = zh("联系临近到期")
    EXAMPLE = example(**_VISIT, due_on="2027-04-15")

    due_on: DueOn


class VisitOverdue(AboutVisit):
    TYPE = "visit.overdue.v1"
    TITLE = zh("联系逾期")
    EXAMPLE = example(**_VISIT, due_on="2027-04-15")

    due_on: DueOn


class VisitHeld(AboutVisit):
    TYPE = "visit.held.v1"
    TITLE = zh("已进行联系")
    EXAMPLE = example(
        **_VISIT, due_on="2027-04-15", held_on="2027-04-08", mode="face_to_face", counted=True, log_by="2027-04-15"
    )

    due_on: DueOn
    held_on: HeldOn
    mode: Mode
    counted: Annotated[bool, Field(title=zh("计入计划"))]
    log_by: Annotated[Day, Field(title=zh("记录期限"))]


class VisitExcused(AboutContact):
    TYPE = "visit.excused.v1"
    TITLE = zh("本次联系经同意顺延")
    DEPARTMENTS = frozenset({OFFICE})
    EXAMPLE = example(member="example-0001", contact_list="contacts-2027", reason="officer_absent")

    reason: Annotated[Excuse, Field(title=zh("顺延原因"))]


class VisitCancelled(AboutVisit):
    TYPE = "visit.cancelled.v1"
    TITLE = zh("联系计划取消")
    EXAMPLE = example(**_VISIT, due_on="2027-04-15")

    due_on: DueOn


class VisitLogged(AboutVisit):
    TYPE = "visit.logged.v1"
    TITLE = zh("已记录联系情况")
    EXAMPLE = example(
        **_VISIT,
        held_on="2027-04-08",
        mode="face_to_face",
        attending=["officer", "secretary"],
        topics=["business", "public_services"],
    )

    held_on: HeldOn
    mode: Mode
    attending: Annotated[Posts, Field(title=zh("参加岗位"))] = ()
    topics: Annotated[Topics, Field(title=zh("交流事项"))]
    issues: Annotated[Topics, Field(title=zh("提出诉求的事项"))] = ()


class VisitIssueRaised(AboutVisit):
    TYPE = "visit.issue_raised.v1"
    TITLE = zh("联系中提出诉求")
    EXAMPLE = example(**_VISIT, held_on="2027-04-08", topic="public_services")

    held_on: HeldOn
    topic: Annotated[Topic, Field(title=zh("诉求事项"))]


class VisitErasureAsked(AboutContact):
    TYPE = "visit.erasure_asked.v1"
    TITLE = zh("本人要求删除联系记录")
    DEPARTMENTS = INTAKE
    EXAMPLE = example(member="example-0001", contact_list="contacts-2027")


class VisitErased(AboutVisit):
    TYPE = "visit.erased.v1"
    TITLE = zh("联系记录已删除")
    EXAMPLE = example(**_VISIT, held_on="2027-04-08")

    held_on: HeldOn


EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    VisitPlanned,
    VisitDue,
    VisitOverdue,
    VisitHeld,
    VisitExcused,
    VisitCancelled,
    VisitLogged,
    VisitIssueRaised,
    VisitErasureAsked,
    VisitErased,
)
