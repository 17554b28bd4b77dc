"""Titles as this office uses them: what comes with a workflow, and the names of events, departments and posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from adapters.texts import _, in_english
from domain import bases, people
from domain.events import EVENT_TYPES, WIRE_PREFIX
from domain.roster import Roster, post_of
from domain.texts import zh
from workflows.machine.case import SYSTEM
from workflows.presentation import Presentation, Title, merged, presentation_of

Named = tuple[tuple[str, str, str], ...]

REFUSAL_REASONS = {**people.REFUSAL_REASONS, **bases.REFUSAL_REASONS}
"""Of every noun: no two of them use a code for different things."""


@lru_cache(maxsize=64)
def _titles(workflow: str, version: str, departments: Named, posts: Named) -> Presentation:
    events = {name: Title(zh=event.TITLE, en=in_english(event.TITLE)) for name, event in EVENT_TYPES.items()}
    names = {code: Title(zh=zh, en=en) for code, zh, en in departments}
    titles = {code: Title(zh=zh, en=en) for code, zh, en in posts}
    # A town's or street's department carries its area code.
    towns = {f"town.{code}": title for code, title in names.items() if code.isdigit()}
    reasons = {name: Title(zh=text, en=in_english(text)) for name, text in REFUSAL_REASONS.items()}
    house = Presentation(
        revision=version, events=events, departments=names, posts=titles, choices=towns, reasons=reasons
    )
    return merged(house, presentation_of(workflow))


def titles_of(workflow: str, roster: Roster) -> Presentation:
    """The titles of a workflow, with the events' and this roster's departments' and posts' names."""
    departments = tuple((one.code, one.name_zh, one.name_en) for one in roster.departments)
    posts = tuple((one.code, one.title_zh, one.title_en) for one in roster.posts)
    return _titles(workflow, roster.version, departments, posts)


@dataclass(frozen=True, slots=True)
class Names:
    """How principals are called on a day: by post, role and department, never by a person's name."""

    roster: Roster
    titles: Presentation
    day: date
    language: str

    def principal(self, who: str) -> str:
        """The name of a principal ("user:…", "role:NAME:SCOPE", "department:CODE", "person:KEY") or an actor."""
        kind, _colon, rest = who.partition(":")
        match kind:
            case "user":
                return self.user(rest)
            case "role":
                return self._role(*rest.split(":", 1))
            case "department":
                return self.titles.department(rest, self.language)
            case "person":
                return _("申请人本人")
            case _:
                return _("系统") if who == SYSTEM else self.user(who)

    def user(self, user: str) -> str:
        """The post of a user, with its department where the title does not say it."""
        code = post_of(self.roster, user, self.day)
        post = next((one for one in self.roster.posts if one.code == code), None)
        if post is None:
            return _("系统管理员") if user == "operator" else user
        return post.title_en if self.language == "en" else post.title_zh

    def all(self, principals: tuple[str, ...]) -> str:
        """Several principals, each once, in order."""
        return _("、").join(dict.fromkeys(self.principal(one) for one in principals))

    def _role(self, name: str, scope: str = "") -> str:
        title = self.titles.role(name, self.language)
        if not scope:
            return title
        within = self.titles.departments.get(scope) or self.titles.choices.get(f"groups.{scope}")
        return _("%(role)s（%(scope)s）", role=title, scope=within.said(self.language) if within else scope)


_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ladder": zh("到时未办，按规则处理"),
        "nobody.pass": zh("无人可办，按规则通过"),
        "nobody.reject": zh("无人可办，按规则作为不同意"),
        "own_case.skip": zh("发起人本人的席位，按规则跳过"),
        "dedup.consecutive": zh("前一环节刚由本人同意，内容未变，按规则跳过"),
        "dedup.round": zh("本轮已由本人同意，内容未变，按规则跳过"),
        "superiors.vacant": zh("该级主管空缺，按规则跳过"),
        "superiors.same": zh("该主管已在另一级办理，不重复"),
    }
)


def rule_title(rule: str) -> str:
    """Why nobody was asked for a seat, in words: the rule that its item was closed by ("nobody.pass")."""
    known = _RULES.get(rule.partition(":")[0])
    return _("按规则处理") if known is None else _(known)


def event_title(type: str, titles: Presentation, language: str) -> str:  # noqa: A002  # CloudEvents' own name
    """What happened, in words, with or without the wire's prefix."""
    return titles.event(type.removeprefix(WIRE_PREFIX), language)
