"""Who stands in for whom on a day: proxies of those who are absent, successors of those who left. Pure.

A proxy stands beside the one who is absent, a successor in the place of the one who left. Nothing is passed on a
second time (1 hop): the proxy of a proxy gets nothing, and a successor must not have left by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.organisation import Handover, Proxy, is_valid

Standing = Proxy | Handover


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who acts for another one that day.

    Args:
        user: who acts.
        workflow: the only workflow in which they do; None means all.
        leaver: whether they take the place for good (离职转交); otherwise both may act.
        rule: names the entry of the roster, for the history.
    """

    user: str
    workflow: str | None
    leaver: bool
    rule: str

    def covers(self, workflow: str) -> bool:
        """Whether it counts in the cases of a workflow."""
        return self.workflow in (None, workflow)


def stand_ins(entries: Iterable[Standing], day: date) -> Mapping[str, tuple[StandIn, ...]]:
    """Whoever is absent or has left, with those who act for them that day, in the order of the roster."""
    found: dict[str, tuple[StandIn, ...]] = {}
    for one in entries:
        if is_valid(one, day):
            found[one.user] = (*found.get(one.user, ()), _stand_in(one))
    return found


def _stand_in(entry: Standing) -> StandIn:
    if isinstance(entry, Handover):
        return StandIn(entry.successor, entry.workflow, leaver=True, rule=f"handover:{entry.user}:{entry.since}")
    return StandIn(entry.proxy, entry.workflow, leaver=False, rule=f"proxy:{entry.user}:{entry.since}")


def circle_of(entries: Sequence[Standing]) -> tuple[str, ...]:
    """The users of a circle that passes work around among those who are all away on one day; empty where there is none.

    A circle exists from the last first day among its entries, so only first days need to be looked at.
    """
    for day in sorted({one.since for one in entries}):
        there = [one for one in entries if is_valid(one, day)]
        for workflow in sorted({one.workflow or "" for one in there}):
            circle = _circle([one for one in there if one.workflow in (None, workflow)])
            if circle:
                return circle
    return ()


def _circle(entries: Sequence[Standing]) -> tuple[str, ...]:
    to: dict[str, list[str]] = {}
    for one in entries:
        to.setdefault(one.user, []).append(one.successor if isinstance(one, Handover) else one.proxy)
    done: set[str] = set()
    for first in sorted(to):
        circle = _walk(first, to, (), done)
        if circle:
            return circle
    return ()


def _walk(user: str, to: Mapping[str, Sequence[str]], way: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    if user in way:
        return (*way[way.index(user) :], user)
    if user in done:
        return ()
    for following in sorted(to.get(user, ())):
        circle = _walk(following, to, (*way, user), done)
        if circle:
            return circle
    done.add(user)
    return ()
