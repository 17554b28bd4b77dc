"""One sentence that says why a case waits, for whom, since when, and what would move it; shared by all doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from adapters.texts import ENGLISH, _, current_language, day, moment, ngettext, working_time
from adapters.titles import Names, event_title, rule_title, titles_of
from domain.calendar import Light
from domain.roster import Roster
from domain.texts import zh
from workflows.language.words import Workflow
from workflows.machine.byitself import ByItself
from workflows.machine.confirming import is_proposal
from workflows.machine.explain import Around, Explanation, Reason, Why, explain
from workflows.machine.operations import ON_CASES, ON_ITEMS
from workflows.ports import Library
from workflows.presentation import step_title
from workflows.reads import CaseView


def verb_title(verb: str) -> str:
    """What a verb is called on a button."""
    operation = ON_ITEMS.get(verb) or ON_CASES.get(verb)
    return verb if operation is None else _(operation.title)


@dataclass(frozen=True, slots=True)
class Saying:
    """What a sentence is said with: the workflow, the names of people, and the moment."""

    definition: Workflow
    names: Names
    now: datetime

    def step(self, path: str) -> str:
        """The title of the step at `path`; of a proposal, which stands at none, what it asks for."""
        if is_proposal(path):
            return _("由第二人确认")
        return step_title(self.names.titles, self.definition, path, self.names.language)

    def named(self, name: str) -> str:
        """The title of the step that the definition calls so."""
        return self.names.titles.step(name, name, self.names.language)

    def role(self, name: str) -> str:
        """What a role is called."""
        return self.names.titles.role(name, self.names.language)

    def steps(self, paths: tuple[str, ...]) -> str:
        """The titles of several steps."""
        return _("、").join(self.step(path) for path in paths)

    def events(self, types: tuple[str, ...]) -> str:
        """What is awaited, in words."""
        return _("或").join(event_title(one, self.names.titles, self.names.language) for one in types)


def saying(definition: Workflow, roster: Roster, zone: str, now: datetime) -> Saying:
    """What sentences about cases of `definition` are said with, in the current language."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Saying(definition, Names(roster, titles_of(definition.name, roster), today, current_language()), now)


def who_and_when(by: str | None, at: datetime | None, said: Saying) -> str:
    """Who was faster, by post or department, and when; empty where nobody was."""
    if by is None:
        return _("最近一次更新：%(at)s。", at=moment(at, said.now)) if at else ""
    who = closer(by, said.names)
    if at is not None and by.startswith("rule:"):
        return _("%(why)s（%(at)s）。", why=who, at=moment(at, said.now))
    return _("%(who)s已于%(at)s办理。", who=who, at=moment(at, said.now)) if at else _("%(who)s已办理。", who=who)


_CLOSERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "decided": zh("已由他人决定"),
        "returned": zh("已由他人退回"),
        "event": zh("收到事件"),
        "silence": zh("逾期未答复"),
        "interrupted": zh("原流程中止"),
        "ended": zh("办件已办结"),
    }
)


def closer(by: str, names: Names) -> str:
    """Who closed an item, by post, or why nobody had to any more."""
    why, _colon, rest = by.partition(":")
    if why == "rule":
        return rule_title(rest)
    return _(_CLOSERS[why]) if why in _CLOSERS else names.principal(by)


def explained(library: Library, view: CaseView, now: datetime) -> tuple[Explanation, str]:
    """Why the case of `view` waits: the data for programs, and the sentence in the current language."""
    definition, calendar = library.by_hash(view.head.workflow_hash), library.calendar()
    found = explain(definition, view, calendar, now)
    return found, sentence(found, saying(definition, library.roster(), calendar.zone, now))


def sentence(explanation: Explanation, said: Saying) -> str:
    """The most pressing reason in one sentence, and how many others there are."""
    others = len(explanation.reasons) - 1
    rest = ngettext("另有%(n)s项同时等待。", "另有%(n)s项同时等待。", others) if others else ""
    own = _("本次票决由本人投票，代理人不能代投。") if explanation.first.in_person else ""
    parts = (_reason(explanation.first, said), own, _surroundings(explanation.around, said), rest)
    between = " " if current_language() == ENGLISH else ""
    return between.join(part.strip() for part in parts if part)


def _reason(reason: Reason, said: Saying) -> str:
    match reason.why:
        case Why.ITEM:
            return _item(reason, said)
        case Why.VOTE:
            return _vote(reason, said)
        case Why.EVENT:
            return _event(reason, said)
        case Why.NOTICE:
            return _notice(reason, said)
        case Why.CALL:
            return _call(reason, said)
        case Why.RESOURCE:
            return _resource(reason, said)
        case _:
            return _standstill(reason, said)


def _standstill(reason: Reason, said: Saying) -> str:
    """Nobody has anything to do with it, whatever step it stands in."""
    since = day(reason.since, said.now)
    match reason.why:
        case Why.GATE:
            return _(
                "自%(since)s起挂起（%(why)s），恢复办理后继续；期间收到的内容依次保留。", since=since, why=reason.detail
            )
        case Why.QUARANTINED:
            return _("自%(since)s起已隔离，等待系统管理员处理：%(why)s。", since=since, why=reason.detail or "")
        case Why.ENDED:
            outcome = said.names.titles.outcome(reason.detail or "", said.names.language)
            return _("已于%(at)s办结：%(outcome)s。", at=since, outcome=outcome)
        case _:
            return _("系统正在处理，将自动推进，无需任何人办理。")


def _item(reason: Reason, said: Saying) -> str:
    holders = chosen(reason.chosen_by, said.names.all(reason.holders) or _("联席会议办公室"), said)
    values = {"since": day(reason.since, said.now), "who": holders, "step": said.step(reason.path or "")}
    return _("自%(since)s起等待%(who)s办理“%(step)s”，", **values) + _term(reason, said) + _what_moves(reason, said)


def chosen(by: str | None, who: str, said: Saying) -> str:
    """Those who hold something, and by whom they were chosen where somebody did (自选)."""
    return who if by is None else _("%(who)s（由%(by)s选定）", who=who, by=said.names.principal(by))


def _term(reason: Reason, said: Saying) -> str:
    if reason.due_at is None or reason.remaining is None:
        return _("未设时限；")
    due = moment(reason.due_at, said.now) + (_("（暂定）") if reason.provisional else "")
    if reason.light is Light.RED:
        return _("已于%(due)s到期，逾期%(late)s；", due=due, late=working_time(-reason.remaining))
    return _("%(due)s前办结，剩余%(left)s；", due=due, left=working_time(reason.remaining))


def _what_moves(reason: Reason, said: Saying) -> str:
    verbs = [verb_title(verb) for verb in reason.verbs]
    moves = _("%(verbs)s即可推进。", verbs=_either(verbs))
    if reason.events:
        moves = _("%(verbs)s，或收到“%(events)s”，即可推进。", verbs=_either(verbs), events=said.events(reason.events))
    if reason.chooses:
        moves += _("办理时选择“%(steps)s”的办理人。", steps=said.steps(reason.chooses))
    if reason.escalates_at is not None and reason.escalates_to is not None:
        role = said.names.titles.role(reason.escalates_to, said.names.language)
        moves += _("%(at)s起%(role)s也可办理。", at=moment(reason.escalates_at, said.now), role=role)
    return moves + by_itself(reason.by_itself, said)


def by_itself(ahead: Iterable[ByItself], said: Saying) -> str:
    """What the system will do, and when, if nobody answers before; empty where it does nothing."""
    return "".join(_by_itself(one, moment(one.at, said.now), said) for one in ahead)


def _by_itself(one: ByItself, at: str, said: Saying) -> str:
    match one.rung, one.to:
        case "deem", "agree":
            return _("%(at)s仍未答复，将自动视为同意。", at=at)
        case "deem", _:
            return _("%(at)s仍未答复，将自动视为不同意。", at=at)
        case "jump", to:
            return _("%(at)s仍未办理，将自动转到“%(step)s”。", at=at, step=said.named(str(to)))
        case _, None:
            return _("%(at)s仍未办理，将自动移交上级办理。", at=at)
        case _, to:
            return _("%(at)s仍未办理，将自动移交%(role)s办理。", at=at, role=said.role(str(to)))


def _either(verbs: list[str]) -> str:
    *first, last = verbs
    return _("%(first)s或%(last)s", first=_("、").join(first), last=last) if first else last


def _event(reason: Reason, said: Saying) -> str:
    values = {"since": day(reason.since, said.now), "events": said.events(reason.events)}
    if reason.due_at is None:
        return _("自%(since)s起等待“%(events)s”，收到即可推进。", **values)
    until = moment(reason.due_at, said.now)
    return _("自%(since)s起等待“%(events)s”，收到即可推进；%(until)s后按未答复处理。", until=until, **values)


# -- what stands on its own, or is waited for together -----------------------------------------------------


def _vote(reason: Reason, said: Saying) -> str:
    who = said.names.all(reason.holders) or _("联席会议办公室")
    start = _(
        "自%(since)s起票决“%(step)s”，已投%(done)s票、共%(of)s席，至少%(needs)s席投票有效；尚待%(who)s投票，",
        since=day(reason.since, said.now),
        step=said.step(reason.path or ""),
        done=reason.done,
        of=reason.of,
        needs=reason.needs,
        who=who,
    )
    return start + _term(reason, said) + _("结果确定即可推进。")


def _notice(reason: Reason, said: Saying) -> str:
    values = {"since": day(reason.since, said.now), "step": said.step(reason.path or "")}
    if reason.due_at is not None:
        return _(
            "“%(step)s”自%(since)s起公示，%(until)s期满即可推进。", **values, until=moment(reason.due_at, said.now)
        )
    by = said.steps(reason.paths)
    if reason.remaining is not None:
        left = working_time(reason.remaining)
        return _(
            "“%(step)s”自%(since)s起公示，因“%(by)s”停止计时，尚余%(left)s，办结后继续计时。",
            **values,
            by=by,
            left=left,
        )
    return _("“%(step)s”自%(since)s起公示，现已期满，“%(by)s”办结即可推进。", **values, by=by)


def _call(reason: Reason, said: Saying) -> str:
    start = _(
        "自%(since)s起等待“%(step)s”的子流程，已办结%(done)s件、共%(of)s件，",
        since=day(reason.since, said.now),
        step=said.step(reason.path or ""),
        done=reason.done,
        of=reason.of,
    )
    if reason.needs == reason.of:
        return start + _("全部办结即可推进。")
    return start + _("办结%(needs)s件即可推进。", needs=reason.needs)


def _resource(reason: Reason, said: Saying) -> str:
    values = {
        "since": day(reason.since, said.now),
        "step": said.step(reason.path or ""),
        "resource": said.names.titles.label(reason.resource or "", said.names.language),
    }
    if not reason.ahead:
        return _("自%(since)s起“%(step)s”排队等待：%(resource)s正在使用，轮到本事项即可推进。", **values)
    return _(
        "自%(since)s起“%(step)s”排队等待：%(resource)s正在使用，前面有%(ahead)s件，轮到本事项即可推进。",
        **values,
        ahead=reason.ahead,
    )


def _surroundings(block: Around | None, said: Saying) -> str:
    """The block that the first reason stands in: what has arrived, or what may come first."""
    if block is None:
        return ""
    step = said.step(block.path)
    if block.paths:
        return _("“%(step)s”中%(ways)s，先到者为准。", step=step, ways=_quoted_either(block.paths, said))
    if block.needs == block.of:
        return _("“%(step)s”已完成%(done)s项、共%(of)s项。", step=step, done=block.done, of=block.of)
    return _(
        "“%(step)s”已完成%(done)s项、共%(of)s项，满%(needs)s项即继续。",
        step=step,
        done=block.done,
        of=block.of,
        needs=block.needs,
    )


def _quoted_either(paths: tuple[str, ...], said: Saying) -> str:
    return _either([_("“%(step)s”", step=said.step(path)) for path in paths])
