"""The board of those who supervise: how many cases there are and how late, by workflow and by department.

Every number opens its list. No figure is of a person, and a share is said only of five cases and more (domain.md §4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.problems import Problem
from adapters.raised import GROUNDS, RaisedLine, by_department
from adapters.texts import _, current_language
from adapters.titles import titles_of
from adapters.web.addresses import Asked
from adapters.web.rendering import fragment, page
from adapters.web.tables import LIGHTS, SIGNS, STATES, workflow_titles
from adapters.web.visitors import PageRoute, VisitorOf
from domain.visits import Counts, Quarter, standing
from workflows.machine.case import State
from workflows.machine.deadlines import local_day
from workflows.machine.urgency import month_of, quota_of
from workflows.policy import Viewer
from workflows.reads import Tally

router = APIRouter(route_class=PageRoute, include_in_schema=False)

RUNNING: Final = State.RUNNING.value
LATE_FIRST: Final = ("red", "yellow", "green", "grey")
FEWEST: Final = 5
"""A share of fewer cases than these would be a judgement on one or two people."""
_LIST: Final = Asked("/cases", {"workflow": "", "state": "", "light": "", "department": "", "text": "", "cursor": ""})


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, what it counts, the list behind it, and the light that colours it."""

    n: int
    label: str
    address: str
    light: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the board; `share` is how much of what runs is late, None where there are too few to say."""

    title: str
    numbers: tuple[Number, ...]
    share: int | None = None


@router.get("/board")
def board(request: Request, office: OfficeOf, visitor: VisitorOf, part: str = "") -> Response:
    """The figures of this moment; `part=live` is what the script of the page fetches."""
    if not visitor.viewer.sees_all:
        raise Refuse(Problem(403, "not-permitted", _("看板供联席会议办公室和审计人员使用；您的待办在“待办”中。")))
    counts, tallies = office.reads.counts(visitor.viewer), office.reads.board(visitor.viewer)
    # STATES begins with what runs.
    states = [state for state in STATES if state == RUNNING or any(of == state for _name, of in counts)]
    values: dict[str, Any] = {
        "columns": [_(STATES[RUNNING]), *map(_lit, LATE_FIRST)],
        "ended": [_(STATES[one]) for one in states if one != RUNNING],
        "workflows": list(_workflows(office, counts, tallies, states)),
        "totals": _row(_("合计"), "workflow", "", counts, tallies, states),
        "departments": list(_departments(office, tallies)),
        "any": bool(counts),
        "raised": _raised(office, visitor.viewer),
        "visits": _visits(office, visitor.viewer),
        "quota": quota_of(office.engine.library.numbers()),
        "now": office.reads.now(),
        "fewest": FEWEST,
    }
    if part:
        return fragment("_board.html", request, **values)
    return page("board.html", request, office, **values)


@dataclass(frozen=True, slots=True)
class RaisedRow:
    """A department that made cases urgent this month: its figures, and its grounds in words."""

    title: str
    line: RaisedLine
    grounds: str


def _raised(office: Office, viewer: Viewer) -> list[RaisedRow]:
    library = office.engine.library
    titles, language = titles_of("", library.roster()), current_language()
    month = month_of(library.calendar(), office.reads.now())
    return [
        RaisedRow(
            titles.department(one.department, language),
            one,
            _("、").join(_("%(ground)s%(n)s件", ground=_(GROUNDS[name]), n=n) for name, n in one.grounds.items()),
        )
        for one in by_department(office.reads.raised(viewer, month))
    ]


def _visits(office: Office, viewer: Viewer) -> list[tuple[str, Counts]]:
    """The contact officers, by post and in their order, with what their visits stand at this quarter."""
    library = office.engine.library
    titles, language = titles_of("", library.roster()), current_language()
    quarter = Quarter.of(local_day(library.calendar(), office.reads.now()))
    found = standing(office.reads.visits(viewer), quarter)
    return [(titles.post(officer, language), counts) for officer, counts in found.items()]


def _lit(light: str) -> str:
    return f"{SIGNS[light]} {_(LIGHTS[light])}"


def _workflows(
    office: OfficeOf, counts: Mapping[tuple[str, str], int], tallies: Iterable[Tally], states: list[str]
) -> Iterable[Row]:
    titles = workflow_titles(office.engine.library, {name for name, _state in counts})
    for name, title in titles.items():
        mine = {key: n for key, n in counts.items() if key[0] == name}
        yield _row(title, "workflow", name, mine, [one for one in tallies if one.workflow == name], states)


def _departments(office: OfficeOf, tallies: Iterable[Tally]) -> Iterable[Row]:
    titles, language = titles_of("", office.engine.library.roster()), current_language()
    codes = Counter[str]()
    running = [one for one in tallies if one.state == RUNNING]
    for one in running:
        codes[one.department] += one.open
    for code, n in sorted(codes.items(), key=lambda found: (-found[1], found[0])):
        mine = [one for one in running if one.department == code]
        yield _row(titles.department(code, language), "department", code, {("", RUNNING): n}, mine, [RUNNING])


def _row(
    title: str,
    by: str,
    value: str,
    counts: Mapping[tuple[str, str], int],
    tallies: Iterable[Tally],
    states: list[str],
) -> Row:
    """A line: what runs, how it stands, and how many ended in each way."""
    in_state, lit = Counter[str](), Counter[str]()
    for (_name, state), n in counts.items():
        in_state[state] += n
    for one in tallies:
        if one.state == RUNNING:
            lit.update(red=one.overdue, yellow=one.near_due, green=one.on_time, grey=one.paused)
    address = {by: value}
    of_state = [Number(in_state[one], _(STATES[one]), _LIST.address(state=one, **address)) for one in states]
    running, *ended = of_state
    lights = [
        Number(lit[one], _lit(one), _LIST.address(state=RUNNING, light=one, **address), one) for one in LATE_FIRST
    ]
    share = round(100 * lit["red"] / running.n) if running.n >= FEWEST else None
    return Row(title, (running, *lights, *ended), share)
