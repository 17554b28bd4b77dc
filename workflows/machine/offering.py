"""What somebody may do now: every verb is tried on the case as it stands, by the same function that would carry it out.

So there is no second list of rights. What a verb asks for beside words is tried as well: a verb is offered when the
machine would take it with some choice, and a choice of a step, of an item or of a closed list is shown only where it
would be taken. A form that still has to be filled in is no obstacle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final, Literal

from domain.roster import post_of
from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Vote, Workflow
from workflows.machine.case import JSON, Slice
from workflows.machine.comment import MENTIONS
from workflows.machine.commenting import seeing
from workflows.machine.deadlines import local_day
from workflows.machine.decide import decide
from workflows.machine.decision import Decision, Refused
from workflows.machine.facts import Facts
from workflows.machine.following import Consequences, told
from workflows.machine.nodes import index, step_path
from workflows.machine.operations import ON_CASES, ON_ITEMS, TO_APPLICANT, Asked, Operation
from workflows.machine.stimuli import Act

WORDS: Final = "…"
"""The opinion that a verb is tried with."""
NOT_OF_THE_STEP: Final = frozenset({"unknown_verb", "verb_not_offered"})
"""Refusals of a verb that the step, or the workflow, does not know at all."""
STOPPED: Final = Refused(409, "quarantined", zh("办件已隔离，请联系管理员"))
NOT_YET: Final = Refused(409, "busy", zh("办件正被他人办理，请稍后再试"))
"""Of a case that is just being started."""
MOST_TURNS: Final = 50
"""Turns of loops and for-eaches that are tried as a place to go back to: what lies further back is named by hand."""
MOST_COMMENTS: Final = 50
"""Comments that are tried, in the same way."""
_REASON: Final = "reason"
_OF_THE_FORM: Final = "form/"
_PEOPLE: Final = frozenset({"user", "users"})
_ONE_IS_ENOUGH: Final = _PEOPLE | {"signature"}
"""Of these kinds the first value that would be taken is looked for, and no other."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A verb, and whether it may be pressed now.

    `refused` says why not, None where it may. `fields` are values of what the verb itself asks for that would be taken,
    `reason` one of the closed list, `choices` all values of a field that would be taken, for each field that names a step,
    an item or one of a list, `people` the users who may be named in a field, where not every officer may; `words` whether an opinion is needed, taken or not; `follows` what would come of the act with these values, None where a form decides that.
    """

    operation: Operation
    refused: Refused | None = None
    fields: Mapping[str, JSON] = field(default_factory=dict)
    reason: str | None = None
    choices: Mapping[str, tuple[JSON, ...]] = field(default_factory=dict)
    words: Literal["needed", "may", "none"] = "may"
    follows: Consequences | None = None
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it may be pressed."""
        return self.refused is None

    @property
    def is_known(self) -> bool:
        """Whether the step or the workflow knows the verb, even where it cannot be pressed now."""
        return self.refused is None or self.refused.code not in NOT_OF_THE_STEP


def offered(definition: Workflow, whole: Slice, asking: Act, facts: Facts, now: datetime) -> tuple[Offered, ...]:
    """What the actor of `asking` may do to its item, or (where it names none) to the case, in the order of the table.

    Args:
        definition: the workflow that the case pinned.
        whole: the whole live slice, with its past.
        asking: who asks, with which principals, and about what; its verb and all that goes with it are tried in turn.
        facts: the versions to decide on.
        now: aware UTC.

    Raises:
        ValueError: the slice is not whole, or the definition does not come to rest.
    """
    operations = (ON_CASES if asking.item is None else ON_ITEMS).values()
    trial = _Trial(definition, whole, facts, now)
    return tuple(trial.of(operation, asking) for operation in operations)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A case that acts are tried on; nothing is ever done to it."""

    definition: Workflow
    whole: Slice
    facts: Facts
    now: datetime

    def of(self, operation: Operation, asking: Act) -> Offered:
        """Whether an operation is offered, and with which choices."""
        words = "" if operation.opinion == "none" else WORDS
        first = {one.name: next(iter(self._values(one, asking))) for one in operation.asks if one.required}
        full = plain = replace(asking, verb=operation.verb, opinion=words, fields=first)
        choices: dict[str, tuple[JSON, ...]] = {}
        for one in operation.asks:
            taken, refused = self._taken(full, one)
            if not taken:
                return Offered(operation, refused)
            given = [value for value in taken if value is not None]
            full, plain = _with(full, one.name, (*given, None)[0]), _with(plain, one.name, taken[0])
            if one.kind not in _PEOPLE:
                choices[one.name] = tuple(given)
        act, found = self._with_reason(plain)
        if isinstance(found, Refused) and not (found.field or "").startswith(_OF_THE_FORM):
            return Offered(operation, found)
        follows = found if isinstance(found, Consequences) else None
        people = {one.name: self._seeing(act) for one in operation.asks if one.name == MENTIONS}
        return Offered(operation, None, act.fields, act.reason, choices, self._words(act, operation), follows, people)

    def _press(self, act: Act) -> Consequences | Refused:
        match decide(self.definition, self.whole, act, self.facts, self.now):
            case Decision() as decision:
                return told(self.whole, decision)
            case Refused() as refused:
                return refused
            case other:
                message = f"case {self.whole.head.id}: '{act.verb}' cannot be tried ({type(other).__name__})"
                raise ValueError(message)

    def _taken(self, act: Act, asked: Asked) -> tuple[list[JSON], Refused | None]:
        """The values for a field that would be taken, of people only the first; and why none is, where none is."""
        if asked.kind == "picture":
            return [None], None  # it is sent with the answer, and there is none to try it with
        taken: list[JSON] = []
        refusals: list[Refused] = []
        for value in (*(() if asked.required else (None,)), *self._values(asked, act)):
            found = self._press(_with(act, asked.name, value))
            if isinstance(found, Consequences) or _is_about_another(found, asked.name):
                taken.append(value)
            else:
                refusals.append(found)
            if asked.kind in _ONE_IS_ENOUGH and (taken or not _is_about_whom(refusals[-1], asked.name)):
                break  # no other value would change it
        return taken, next((one for one in refusals if one.field != asked.name), next(iter(refusals), None))

    def _with_reason(self, act: Act) -> tuple[Act, Consequences | Refused]:
        """The act with a reason of the closed list, where it needs one."""
        found = self._press(act)
        for reason in self._reasons(act):
            if isinstance(found, Refused) and found.field == _REASON:
                act = replace(act, reason=reason)
                found = self._press(act)
        return act, found

    def _words(self, act: Act, operation: Operation) -> Literal["needed", "may", "none"]:
        if operation.opinion == "none":
            return "none"
        found = self._press(replace(act, opinion=""))
        return "needed" if isinstance(found, Refused) and found.field == "opinion" else "may"

    def _reasons(self, act: Act) -> tuple[str, ...]:
        item = self.whole.items.get(act.item or "")
        node = None if item is None else index(self.definition).get(step_path(item.path))
        return node.step.reasons if node is not None and isinstance(node.step, Approve) else ()

    def _values(self, asked: Asked, act: Act) -> Iterable[JSON]:
        """What may be tried for a field; where there is nothing, what the machine refuses by its own words."""
        match asked.kind:
            case "user":
                return self._users() or ("",)
            case "users":
                return [[one] for one in self._users()] or ([""],)
            case "step":
                return self._steps()
            case "item" | "attachment" | "comment":
                return self._beside(asked.kind, act)
            case "choice":
                return asked.choices
            case _:
                return self._simple(asked, act)

    def _simple(self, asked: Asked, act: Act) -> Iterable[JSON]:
        match asked.kind:
            case "day":
                return (local_day(self.facts.calendar, self.now).isoformat(),)
            case "number":
                return (1,)
            case "text":
                return (WORDS,)
            case "signature":
                return (act.actor,)
            case _:
                return ()

    def _users(self) -> list[str]:
        roster, day = self.facts.roster, local_day(self.facts.calendar, self.now)
        return [one for one in dict.fromkeys(seat.user for seat in roster.appointments) if post_of(roster, one, day)]

    def _seeing(self, act: Act) -> tuple[str, ...]:
        day = local_day(self.facts.calendar, self.now)
        return seeing(self._users(), self.facts.roster, day, act.audience)

    def _beside(self, kind: Literal["item", "attachment", "comment"], act: Act) -> Iterable[JSON]:
        """What the case has of a kind."""
        match kind:
            case "item":
                return list(self.whole.items) or ("",)
            case "attachment":
                return list(act.files) or ("",)
            case "comment":
                return self._comments(act) or (0,)

    def _comments(self, act: Act) -> list[int]:
        """The comments that stand, the last ones first: what lies further back is named by hand."""
        standing = (one.seq for one in reversed(list(act.comments.values())) if one.stands)
        return list(islice(standing, MOST_COMMENTS))

    def _steps(self) -> list[str]:
        """The steps of the workflow that ask somebody, in which of their turns people were asked last, and the applicant."""
        nodes = index(self.definition).items()
        steps = [path for path, node in nodes if isinstance(node.step, Approve | CarryOut | Vote)]
        turns = dict.fromkeys(one.path for one in reversed(self.whole.past or ()) if one.path not in steps)
        return [*steps, *islice(turns, MOST_TURNS), TO_APPLICANT]


def _is_about_another(found: Refused, name: str) -> bool:
    """Whether a refusal says that something else is still to be filled in or chosen."""
    return found.field not in {None, "verb", "version", name}


def _is_about_whom(found: Refused, name: str) -> bool:
    """Whether a refusal depends on the person who was chosen: it is about that field, or says who was there before."""
    return found.field == name or found.by is not None


def _with(act: Act, name: str, value: JSON) -> Act:
    return act if value is None else replace(act, fields={**act.fields, name: value})
