"""The live table of cases and the inbox, as plain rows that a template only has to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from adapters.explaining import Saying, saying
from adapters.texts import _, current_language, working_time
from adapters.titles import titles_of
from domain.calendar import Light, light, minutes_between
from domain.texts import zh
from workflows.machine.case import Capacity, Case, ItemState, State, WorkItem
from workflows.machine.deadlines import is_provisional
from workflows.moves.together import goes_together
from workflows.policy import Viewer
from workflows.ports import Library
from workflows.presentation import Presentation
from workflows.reads import CaseFilter, CaseRow, ItemView, NoticeView, stands_still

STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "running": zh("办理中"),
        "approved": zh("已通过"),
        "rejected": zh("未通过"),
        "withdrawn": zh("已撤回"),
        "completed": zh("已办结"),
        "terminated": zh("已终止"),
        "revoking": zh("撤销审批中"),
        "revoked": zh("已撤销"),
        "void": zh("已作废"),
    }
)
LIGHTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "green": zh("时限正常"),
        "yellow": zh("临近到期"),
        "red": zh("已逾期"),
        "grey": zh("时限暂停"),
        "blue": zh("逾期办结"),
    }
)
URGENCIES: Final[Mapping[str, str]] = MappingProxyType({"urgent": zh("加急"), "most_urgent": zh("特急")})
SIGNS: Final[Mapping[str, str]] = MappingProxyType({"green": "●", "yellow": "▲", "red": "■", "grey": "Ⅱ", "blue": "◆"})
"""A sign of its own for each light: nobody has to tell colours apart."""

ITEM_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": zh("待办理"),
        "waiting": zh("等待中"),
        "out": zh("委派中"),
        "approved": zh("已同意"),
        "rejected": zh("未同意"),
        "completed": zh("已完成"),
        "returned": zh("已退回"),
        "abstained": zh("已弃权"),
        "transferred": zh("已转办"),
        "cancelled": zh("已取消"),
        "skipped": zh("按规则跳过"),
        "expired": zh("逾期关闭"),
        "deemed_agreed": zh("逾期未答复，视为同意"),
        "deemed_rejected": zh("逾期未答复，视为不同意"),
    }
)
CAPACITIES: Final[Mapping[Capacity, str]] = MappingProxyType(
    {Capacity.PROXY: zh("代办"), Capacity.ESCALATED: zh("升级办理")}
)
"""In which capacity somebody holds an item, where it is not the ordinary one."""

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light with its sign, its words, and how much working time is left.

    `words` say all of it at once: what is left where that is known, else the title of the light.
    """

    colour: str
    sign: str
    title: str
    left: str
    due_at: datetime | None

    @property
    def words(self) -> str:
        """What stands beside the sign."""
        return self.left or self.title


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table of cases or of the inbox."""

    case: str
    key: str
    workflow: str
    place: str
    state: str
    state_title: str
    quarantined: bool
    step: str
    holders: str
    lamp: Lamp | None
    since: datetime
    sample: bool
    sender: str = ""
    item: str = ""
    version: int = 0
    capacity: str = ""
    shared: bool = False
    together: bool = False
    closed: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A line below the inbox."""

    words: str
    case: str | None
    at: datetime


def lamp_of(item: WorkItem | None, head: Case, library: Library, now: datetime) -> Lamp | None:
    """The light of an item, None where there is nothing to be late with."""
    if item is None or item.due_at is None or item.state is ItemState.CANCELLED:
        return None
    colour = light(now, item.yellow_at, item.due_at, stands_still(item, head), item.closed_at)
    in_time = item.closed_at is not None and colour is Light.GREEN
    title = _("按时办结") if in_time else _(LIGHTS[colour.value])
    return Lamp(colour.value, SIGNS[colour.value], title, _left(item, colour, library, now), item.due_at)


def _left(item: WorkItem, colour: Light, library: Library, now: datetime) -> str:
    if item.due_at is None or item.closed_at is not None:
        return ""
    if colour is Light.RED:
        late = minutes_between(library.calendar(), item.due_at, now)
        return _("逾期%(time)s", time=working_time(late)) if late else ""
    left = _("剩%(time)s", time=working_time(minutes_between(library.calendar(), now, item.due_at)))
    return left + (_("（暂定）") if is_provisional(item.due_rule) else "")


def case_line(row: CaseRow, library: Library, now: datetime) -> Line:
    """A case as a line of the table: its most urgent item, or what it waits for."""
    said = _said(row.case, library, now)
    line = _line(row.case, row.item, said, library, now)
    if row.item is None:
        return replace(line, step=_no_item(row.case, said), since=row.case.last_at)
    return replace(line, holders=said.names.all(row.holders))


def inbox_line(view: ItemView, library: Library, now: datetime) -> Line:
    """An item of the inbox."""
    said = _said(view.case, library, now)
    holders = said.names.all(tuple(one.who for one in view.holders))
    return replace(_line(view.case, view.item, said, library, now), holders=holders, item=view.item.id)


def mine_line(view: ItemView, viewer: Viewer, library: Library, now: datetime) -> Line:
    """An item that waits for the viewer, or that the viewer decided, with why it is the viewer's."""
    said = _said(view.case, library, now)
    held = [one for one in view.holders if one.who in viewer.principals]
    return replace(
        inbox_line(view, library, now),
        version=view.item.version,
        capacity=_capacity(view, viewer, said),
        shared=bool(held)
        and view.item.claimed_by is None
        and not any(one.who.startswith("user:") for one in view.holders),
        together=view.item.state is ItemState.OPEN and goes_together(said.definition, view.item),
        closed=item_state(view.item.state),
        urgency=urgency_mark(view.case),
        since=view.item.closed_at or view.item.opened_at,
    )


def _capacity(view: ItemView, viewer: Viewer, said: Saying) -> str:
    """In which capacity the viewer holds an item where it is not the ordinary one, or whom of the pool it was given to."""
    mine = [one.capacity for one in view.holders if one.who in viewer.principals]
    named = [one.who for one in view.holders if one.capacity is Capacity.OWNER]
    if named and set(mine) == {Capacity.CANDIDATE}:
        return _("指定给%(who)s", who=said.names.all(tuple(named)))
    return next((_(CAPACITIES[one]) for one in mine if one in CAPACITIES), "")


def urgency_mark(head: Case) -> str:
    """What marks a case that is urgent; nothing for the others."""
    return _(URGENCIES[head.urgency.value]) if head.urgency.value in URGENCIES else ""


def item_state(state: ItemState) -> str:
    """The state of an item in words."""
    return _(ITEM_STATES[state.value]) if state.value in ITEM_STATES else state.value


def notice_line(notice: NoticeView, library: Library) -> Notice:
    """A notice in words."""
    titles = titles_of(str(notice.body.get("workflow", "")), library.roster())
    words = titles.template(str(notice.body.get("template", "")), current_language())
    return Notice(words, notice.body.get("case"), notice.at)


def _said(case: Case, library: Library, now: datetime) -> Saying:
    definition = library.by_hash(case.workflow_hash)
    return saying(definition, library.roster(), library.calendar().zone, now)


def _line(case: Case, item: WorkItem | None, said: Saying, library: Library, now: datetime) -> Line:
    titles, language = said.names.titles, said.names.language
    return Line(
        case=case.id,
        key=case.key,
        workflow=titles.workflow(case.workflow, language),
        place=place_of(case, titles, language),
        state=case.state.value,
        state_title=_(STATES[case.state.value]),
        quarantined=case.quarantine is not None,
        step="" if item is None else said.step(item.path),
        holders="",
        lamp=lamp_of(item, case, library, now),
        since=case.last_at if item is None else item.opened_at,
        sample=case.sample,
        sender=titles.department(case.department, language),
    )


def place_of(case: Case, titles: Presentation, language: str) -> str:
    """What the town that a case is about is called, else the department that sent it."""
    town = case.fields.get("town")
    return (
        titles.choice("town", town, language) if isinstance(town, str) else titles.department(case.department, language)
    )


def _no_item(case: Case, said: Saying) -> str:
    if case.state is State.RUNNING:
        return _("等待事件")
    return said.names.titles.outcome(case.outcome or "", said.names.language)


# -- filters and counts ------------------------------------------------------------------------------------


def filter_of(workflow: str, state: str, light: str, department: str, text: str) -> CaseFilter:
    """The filter that the address of the page asks for; what does not exist restricts nothing."""
    return CaseFilter(
        workflow=workflow or None,
        state=state if state in STATES else None,
        light=light if light in LIGHTS else None,
        department=department or None,
        text=text or None,
    )


def counted(counts: Mapping[tuple[str, str], int], workflow: str) -> dict[str, int]:
    """How many cases there are in each state, of one workflow or of all."""
    return {
        state: sum(n for (name, of), n in counts.items() if of == state and workflow in {"", name}) for state in STATES
    }


def workflow_titles(library: Library, names: Iterable[str]) -> dict[str, str]:
    """The titles of workflows, for a choice."""
    roster, language = library.roster(), current_language()
    return {name: titles_of(name, roster).workflow(name, language) for name in sorted(names)}
