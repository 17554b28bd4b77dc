"""Why something is due on its day, in words: each day that counts or does not, each pause, the result.

`because_of` is the data, `because_lines` the sentences, `because_view` what the machine API gives, `because_html` the
same as a <details> for pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape
from itertools import groupby
from typing import Any, Final

from adapters.explaining import Saying
from adapters.texts import ENGLISH, _, current_language, moment, ngettext
from domain.calendar import of_department
from domain.clocks import PauseReason, from_text
from domain.counting import Because, CountedDay, CountedPause, DayKind, because
from domain.texts import zh
from workflows.machine.case import SYSTEM
from workflows.ports import Library

REASONS: Final = {
    PauseReason.SUPPLEMENT: zh("补正"),
    PauseReason.INQUIRY: zh("异议核查"),
    PauseReason.HEARING: zh("听证"),
    PauseReason.INSPECTION: zh("检验检测"),
    PauseReason.APPRAISAL: zh("鉴定"),
    PauseReason.EXPERT_REVIEW: zh("专家评审"),
    PauseReason.SUSPENSION: zh("挂起"),
}
_KINDS: Final = {
    DayKind.WEEKEND: zh("%(days)s周末，不计"),
    DayKind.HOLIDAY: zh("%(days)s%(name)s放假，不计"),
    DayKind.MAKE_UP: zh("%(days)s%(name)s调休上班，计入"),
    DayKind.CLOSED: zh("%(days)s本地放假，不计"),
    DayKind.OPENED: zh("%(days)s本地上班，计入"),
}


def because_of(rule: str, library: Library) -> Because | None:
    """The count behind a due date, on the version that it was counted on; None where no rule counted it.

    Args:
        rule: the clock that an item keeps, as text.
        library: knows the versions of the calendar.
    """
    clock = from_text(rule)
    if clock is None:
        return None
    known = {one.calendar.version: one.calendar for one in library.calendars()}
    calendar = known.get(clock.calendar, library.calendar())
    return because(clock, of_department(calendar, clock.department))


def because_lines(found: Because, said: Saying) -> tuple[str, ...]:
    """The count as sentences in the current language, in the order of counting."""
    lines = [_received(found, said), _calendar(found, said), *_days(found), _base(found, said)]
    lines += [_pause(one, found.per_day, said) for one in found.pauses]
    if found.provisional:
        lines.append(_("其中有放假安排尚未公布的日期，按周一至周五暂定；公布后自动重新计算。"))
    if found.stands_since is None:
        lines.append(_("因此时限为%(due)s。", due=moment(found.due_at, said.now)))
    return tuple(lines)


def because_view(found: Because, said: Saying) -> dict[str, Any]:
    """The count as data, with its sentences."""
    clock = found.clock
    return {
        "days": clock.days,
        "on": clock.on,
        "number": clock.name or None,
        "received": clock.start,
        "department": clock.department or None,
        "calendar": found.calendar,
        "provisional": found.provisional,
        "counted": [_day_view(one) for one in found.days if one.kind is not DayKind.WORKDAY],
        "pauses": [_pause_view(one) for one in found.pauses],
        "due_without_pauses": found.base,
        "due_at": found.due_at,
        "sentences": list(because_lines(found, said)),
    }


def because_html(found: Because, said: Saying) -> str:
    """The count as a <details>, safe to put into a page as it is."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in because_lines(found, said))
    return f'<details class="because"><summary>{escape(_("时限怎样算出"))}</summary><ol>{lines}</ol></details>'


def recounted_lines(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    """What a new calendar did to the due dates of a case, as its history tells it."""
    for path, _round, _seat, before, after, provisional in delta.get("recounted", ()):
        old, new = (moment(datetime.fromisoformat(at), said.now) for at in (before, after))
        values = {"step": said.step(str(path)), "old": old, "new": new}
        if before != after:
            yield _("“%(step)s”的时限由%(old)s改为%(new)s", **values) + (_("（暂定）") if provisional else "")
        elif provisional:
            yield _("“%(step)s”的时限%(new)s仍为暂定", **values)
        else:
            yield _("“%(step)s”的时限确定为%(new)s", **values)


# -- sentences ---------------------------------------------------------------------------------------------


def _received(found: Because, said: Saying) -> str:
    at = moment(found.clock.start, said.now)
    if found.clock.on is not None:
        return _("%(at)s收到，时限为指定的日期%(day)s。", at=at, day=_day(found.clock.on))
    if found.clock.days == 0:
        return _("%(at)s收到，当日办结。", at=at)
    return ngettext(
        "%(at)s收到，从下一个工作日起计算，时限%(n)s个工作日。",
        "%(at)s收到，从下一个工作日起计算，时限%(n)s个工作日。",
        found.clock.days,
        at=at,
    )


def _calendar(found: Because, said: Saying) -> str:
    if not found.clock.department:
        return _("按全县工作日历（%(version)s）计算。", version=found.calendar)
    name = said.names.titles.department(found.clock.department, said.names.language)
    return _("按%(department)s的工作日历（%(version)s）计算。", department=name, version=found.calendar)


def _days(found: Because) -> Iterator[str]:
    """What is not plain Monday to Friday, days that belong together in one sentence."""
    for _key, group in groupby(found.days, key=lambda one: (one.kind, one.name, one.known)):
        days = list(group)
        if days[0].kind is DayKind.WORKDAY:
            continue
        sentence = _KINDS[days[0].kind]
        name = _(days[0].name) if days[0].name else ""
        yield _(sentence, days=_span(days), name=_spaced(name)) + ("" if days[0].known else _("（暂定）")) + _("。")


def _spaced(name: str) -> str:
    return f"{name} " if name and current_language() == ENGLISH else name


def _span(days: Sequence[CountedDay]) -> str:
    first, last = _day(days[0].day), _day(days[-1].day)
    return first if first == last else _("%(first)s至%(last)s", first=first, last=last)


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _base(found: Because, said: Saying) -> str:
    at = moment(found.base, said.now)
    last = next((one.number for one in reversed(found.days) if one.number is not None), None)
    if last is None:
        return _("到%(at)s下班为止。", at=at)
    return _("第%(n)s个工作日下班：%(at)s。", n=last, at=at)


def _pause(one: CountedPause, per_day: int, said: Saying) -> str:
    reason = REASONS[one.pause.reason]
    values = {
        "since": moment(one.pause.since, said.now),
        "reason": _(reason),
        "by": _("系统按规则") if one.pause.by in {"", SYSTEM} else said.names.principal(one.pause.by),
    }
    if one.pause.until is None or one.minutes is None or one.moved_to is None:
        expected = one.pause.expected
        start = _("自%(since)s起因%(reason)s停止计时（%(by)s）", **values)
        return start + (_("，预计%(at)s恢复。", at=moment(expected, said.now)) if expected is not None else _("。"))
    return _(
        "%(since)s至%(until)s因%(reason)s停止计时（%(by)s），其间工作时间%(time)s不计，时限顺延至%(to)s。",
        **values,
        until=moment(one.pause.until, said.now),
        time=_exactly(one.minutes, per_day),
        to=moment(one.moved_to, said.now),
    )


def _exactly(minutes: int, per_day: int) -> str:
    """Working minutes to the minute: days, hours, minutes, whichever there are."""
    days, rest = divmod(minutes, per_day)
    hours, left = divmod(rest, 60)
    parts = [
        ngettext("%(n)s个工作日", "%(n)s个工作日", days) if days else "",
        ngettext("%(n)s个工作小时", "%(n)s个工作小时", hours) if hours else "",
        ngettext("%(n)s分钟", "%(n)s分钟", left) if left or not minutes else "",
    ]
    return (" " if current_language() == ENGLISH else "").join(part for part in parts if part)


def _day_view(one: CountedDay) -> dict[str, Any]:
    return {
        "date": one.day,
        "kind": one.kind.value,
        "works": one.works,
        "number": one.number,
        "layer": one.level.value,
        "name": _(one.name) if one.name else "",
        "known": one.known,
    }


def _pause_view(one: CountedPause) -> dict[str, Any]:
    return {
        "reason": one.pause.reason.value,
        "by": one.pause.by or SYSTEM,
        "since": one.pause.since,
        "until": one.pause.until,
        "expected": one.pause.expected,
        "minutes": one.minutes,
        "due_at": one.moved_to,
    }
