"""Who acts for somebody today, and for whom somebody acts: said above the inbox, so that nobody waits for the other."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.texts import _
from adapters.titles import Names, titles_of
from domain.proxies import StandIn
from domain.roster import holders_on


def delegations(names: Names, user: str) -> tuple[str, ...]:
    """The sentences about a user on the day of `names`; none when nobody stands in for anybody."""
    today = holders_on(names.roster, names.day)
    away = (_away(names, one) for one in today.get(user, ()))
    return (*away, *_for_others(names, user))


def _away(names: Names, one: StandIn) -> str:
    values = {"who": names.user(one.user), "what": _what(names, one)}
    if one.leaver:
        return _("您的待办已移交%(who)s（%(what)s）。", **values)
    return _("您的待办今天由%(who)s代办（%(what)s），您自己也可以办理。", **values)


def _for_others(names: Names, user: str) -> Iterator[str]:
    for absent, found in sorted(holders_on(names.roster, names.day).items()):
        for one in found:
            if one.user == user:
                values = {"who": names.user(absent), "what": _what(names, one)}
                yield _("您今天代%(who)s办理（%(what)s）。", **values)


def _what(names: Names, one: StandIn) -> str:
    if one.workflow is None:
        return _("全部流程")
    return titles_of(one.workflow, names.roster).workflow(one.workflow, names.language)
