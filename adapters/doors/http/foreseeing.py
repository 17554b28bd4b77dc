"""What the machine API shows of what is not done yet: the way ahead of a case, and what an act would do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from adapters.explaining import Saying, by_itself, chosen
from adapters.texts import _
from adapters.titles import event_title
from domain.event import WIRE_PREFIX
from workflows.language.words import Choice, Parallel
from workflows.machine.coming import Coming
from workflows.machine.following import Consequences, Opened
from workflows.machine.nodes import index
from workflows.machine.preview import Ahead
from workflows.machine.resolving import chooser_among
from workflows.pictures.wording import Wording

View = dict[str, Any]


def ahead_view(found: Ahead, said: Saying) -> View:
    """The steps in the order of the definition; `branch` is the way that a possible step stands in."""
    return {"ends": found.ends, "steps": [_coming(one, said) for one in found.steps]}


def _coming(one: Coming, said: Saying) -> View:
    return {
        "path": one.path,
        "kind": one.kind,
        "sure": one.sure.value,
        "who": list(one.who),
        "fallback": one.fallback,
        "blocked": one.blocked,
        "rules": list(one.rules),
        "who_unknown": one.who_unknown,
        "chosen_by": chooser_among(one.rules),
        "chosen_at": list(one.chosen_at),
        "due_at": one.due_at,
        "calls": one.calls,
        "branch": one.branch,
        "by_itself": [asdict(later) for later in one.by_itself],
        "titles": {
            "step": said.step(one.title),
            "who": _who(one, said),
            "branch": None if one.branch is None else _branch(one.branch, said),
            "by_itself": by_itself(one.by_itself, said),
        },
    }


def _who(one: Coming, said: Saying) -> str:
    """Who would be asked; where somebody has still to choose them, at which step that is."""
    if one.chosen_at:
        return _("由“%(steps)s”的办理人选定", steps=said.steps(one.chosen_at))
    return chosen(chooser_among(one.rules), said.names.all(one.who), said)


def _branch(path: str, said: Saying) -> str:
    """What a way is called: the block that divides, and what this way of it depends on."""
    nodes = index(said.definition)
    above = nodes.get(path.rpartition("/")[0])
    if above is None or not isinstance(above.step, Choice | Parallel):
        return said.step(path if above is None else above.path)
    condition = Wording(said.names.titles, said.names.language).branch(nodes[path], above.step)
    return f"{said.step(above.path)}: {condition}" if condition else said.step(above.path)


def consequences_view(found: Consequences, said: Saying) -> View:
    """What would follow, in short. `withdraws` is how many sub-cases would go with the case."""
    return {
        "state": found.state,
        "outcome": found.outcome,
        "entered": list(found.entered),
        "passed": list(found.passed),
        "opened": [_opened(one, said) for one in found.opened],
        "cancelled": list(found.cancelled),
        "kept": list(found.kept),
        "superseded": list(found.superseded),
        "told": [{"template": template, "to": list(to)} for template, to in found.told],
        "says": [WIRE_PREFIX + event for event in found.says],
        "starts": list(found.starts),
        "withdraws": found.withdraws,
        "fields": dict(found.fields or {}),
        "attachments": list(found.attachments),
        "titles": _in_words(found, said),
    }


def _opened(one: Opened, said: Saying) -> View:
    titles = {"step": said.step(one.path), "who": chosen(one.chosen_by, said.names.all(one.who), said)}
    return {
        "path": one.path,
        "round": one.round,
        "kind": one.kind,
        "who": list(one.who),
        "chosen_by": one.chosen_by,
        "due_at": one.due_at,
        "titles": titles,
    }


def _in_words(found: Consequences, said: Saying) -> View:
    names, language = said.names, said.names.language
    return {
        "outcome": None if found.outcome is None else names.titles.outcome(found.outcome, language),
        "entered": [said.step(path) for path in found.entered],
        "cancelled": [said.step(path) for path in found.cancelled],
        "kept": [said.step(path) for path in found.kept],
        "superseded": [said.step(path) for path in found.superseded],
        "told": [f"{names.titles.template(template, language)} → {names.all(to)}" for template, to in found.told],
        "says": [event_title(event, names.titles, language) for event in found.says],
        "starts": [names.titles.workflow(one, language) for one in found.starts],
    }
