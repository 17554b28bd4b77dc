"""One sentence that says why a case waits, for whom, since when, and what would move it; shared by all doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from adapters.texts import _, current_language, day, moment, ngettext, working_time
from adapters.titles import Names, event_title, titles_of
from domain.calendar import Light
from domain.roster import Roster
from domain.texts import zh
from workflows.language.words import Workflow
from workflows.machine.explain import Explanation, Reason, Why, explain
from workflows.ports import Library
from workflows.presentation import step_title
from workflows.reads import CaseView

VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "agree": zh("同意"),
        "reject": zh("不同意"),
        "return": zh("退回补正"),
        "complete": zh("完成"),
        "withdraw": zh("撤回"),
    }
)


def verb_title(verb: str) -> str:
    """What a verb is called on a button."""
    return _(VERBS[verb]) if verb in VERBS else verb


@dataclass(frozen=True, slots=True)
class Saying:
    """What a sentence is said with: the workflow, the names of people, and the moment."""

    definition: Workflow
    names: Names
    now: datetime

    def step(self, path: str) -> str:
        """The title of the step at `path`."""
        return step_title(self.names.titles, self.definition, path, self.names.language)

    def events(self, types: tuple[str, ...]) -> str:
        """What is awaited, in words."""
        return _("或").join(event_title(one, self.names.titles, self.names.language) for one in types)


def saying(definition: Workflow, roster: Roster, zone: str, now: datetime) -> Saying:
    """What sentences about cases of `definition` are said with, in the current language."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Saying(definition, Names(roster, titles_of(definition.name, roster), today, current_language()), now)


def explained(library: Library, view: CaseView, now: datetime) -> tuple[Explanation, str]:
    """Why the case of `view` waits: the data for programs, and the sentence in the current language."""
    definition, calendar = library.by_hash(view.head.workflow_hash), library.calendar()
    found = explain(definition, view, calendar, now)
    return found, sentence(found, saying(definition, library.roster(), calendar.zone, now))


def sentence(explanation: Explanation, said: Saying) -> str:
    """The most pressing reason in one sentence, and how many others there are."""
    others = len(explanation.reasons) - 1
    first = _reason(explanation.first, said)
    if not others:
        return first.strip()
    return (first + ngettext("另有%(n)s项同时等待。", "另有%(n)s项同时等待。", others)).strip()


def _reason(reason: Reason, said: Saying) -> str:
    since = day(reason.since, said.now)
    match reason.why:
        case Why.ITEM:
            return _item(reason, said)
        case Why.EVENT:
            return _event(reason, said)
        case Why.GATE:
            return _("自%(since)s起暂停办理，恢复后继续。", since=since)
        case Why.QUARANTINED:
            return _("自%(since)s起已隔离，等待系统管理员处理：%(why)s。", since=since, why=reason.detail or "")
        case Why.ENDED:
            outcome = said.names.titles.outcome(reason.detail or "", said.names.language)
            return _("已于%(at)s办结：%(outcome)s。", at=day(reason.since, said.now), outcome=outcome)
        case Why.UNDER_WAY:
            return _("系统正在处理，将自动推进，无需任何人办理。")


def _item(reason: Reason, said: Saying) -> str:
    holders = said.names.all(reason.holders) or _("联席会议办公室")
    values = {"since": day(reason.since, said.now), "who": holders, "step": said.step(reason.path or "")}
    return _("自%(since)s起等待%(who)s办理“%(step)s”，", **values) + _term(reason, said) + _what_moves(reason, said)


def _term(reason: Reason, said: Saying) -> str:
    if reason.due_at is None or reason.remaining is None:
        return _("未设时限；")
    due = moment(reason.due_at, said.now)
    if reason.light is Light.RED:
        return _("已于%(due)s到期，超期%(late)s；", due=due, late=working_time(-reason.remaining))
    return _("%(due)s前办结，剩余%(left)s；", due=due, left=working_time(reason.remaining))


def _what_moves(reason: Reason, said: Saying) -> str:
    verbs = [verb_title(verb) for verb in reason.verbs]
    moves = _("%(verbs)s即可推进。", verbs=_either(verbs))
    if reason.events:
        moves = _("%(verbs)s，或收到“%(events)s”，即可推进。", verbs=_either(verbs), events=said.events(reason.events))
    if reason.escalates_at is None or reason.escalates_to is None:
        return moves
    role = said.names.titles.role(reason.escalates_to, said.names.language)
    return moves + _("%(at)s起%(role)s也可办理。", at=moment(reason.escalates_at, said.now), role=role)


def _either(verbs: list[str]) -> str:
    *first, last = verbs
    return _("%(first)s或%(last)s", first=_("、").join(first), last=last) if first else last


def _event(reason: Reason, said: Saying) -> str:
    values = {"since": day(reason.since, said.now), "events": said.events(reason.events)}
    if reason.due_at is None:
        return _("自%(since)s起等待“%(events)s”，收到即可推进。", **values)
    until = moment(reason.due_at, said.now)
    return _("自%(since)s起等待“%(events)s”，收到即可推进；%(until)s后按未答复处理。", until=until, **values)
