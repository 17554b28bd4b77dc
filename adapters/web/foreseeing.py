"""What an act would do, in a sentence: said before it is done."""

from __future__ import annotations

from adapters.explaining import Saying, chosen
from adapters.texts import ENGLISH, _, current_language, moment, ngettext
from workflows.machine.case import State
from workflows.machine.following import Consequences, Opened
from workflows.moves.acting import Answer


def foreseen(told: Consequences | Answer, said: Saying) -> str:
    """The consequences in words; empty where the machine cannot say them before more is filled in."""
    if isinstance(told, Answer):
        return ""
    parts = [_end(told, said), *_openings(told, said), _notices(told, said), *_lost(told)]
    between = " " if current_language() == ENGLISH else ""
    return between.join(part for part in parts if part)


def _end(told: Consequences, said: Saying) -> str:
    if told.state in {None, State.RUNNING.value}:
        return ""
    outcome = said.names.titles.outcome(told.outcome or "", said.names.language)
    return _("办件将办结：%(outcome)s。", outcome=outcome)


def _openings(told: Consequences, said: Saying) -> list[str]:
    """Each step once, however many seats it has."""
    by_step: dict[str, list[Opened]] = {}
    for one in told.opened:
        by_step.setdefault(one.path, []).append(one)
    return [_opening(path, seats, said) for path, seats in by_step.items()]


def _opening(path: str, seats: list[Opened], said: Saying) -> str:
    by = next((one.chosen_by for one in seats if one.chosen_by is not None), None)
    who = chosen(by, said.names.all(tuple(who for one in seats for who in one.who)), said)
    values = {"step": said.step(path), "who": who}
    due = min((one.due_at for one in seats if one.due_at is not None), default=None)
    if due is None:
        return _("将转入“%(step)s”，由%(who)s办理。", **values)
    return _("将转入“%(step)s”，由%(who)s在%(due)s前办理。", **values, due=moment(due, said.now))


def _notices(told: Consequences, said: Saying) -> str:
    names = tuple(dict.fromkeys(who for _template, to in told.told for who in to))
    return _("将告知%(who)s。", who=said.names.all(names)) if names else ""


def _lost(told: Consequences) -> list[str]:
    """What nobody answers any more, and what has been answered for nothing."""
    cancelled, superseded, withdrawn = len(told.cancelled), len(told.superseded), told.withdraws
    return [
        ngettext("另有%(n)s项待办随之取消。", "另有%(n)s项待办随之取消。", cancelled) if cancelled else "",
        ngettext("%(n)s项已作的意见不再有效。", "%(n)s项已作的意见不再有效。", superseded) if superseded else "",
        ngettext("%(n)s件子流程随之结束。", "%(n)s件子流程随之结束。", withdrawn) if withdrawn else "",
    ]
