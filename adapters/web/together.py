"""Several items of the inbox at once (批量审批): agreed to in one press, or looked at together and then answered.

Each item has its own outcome. What does not go together with the first one is named before anything is done.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from adapters.doors.http.answers import Refuse, not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.problems import Problem
from adapters.explaining import Saying, verb_title
from adapters.offering import asking
from adapters.texts import _
from adapters.web.cases import said_of, seen
from adapters.web.fields import WrongForm
from adapters.web.foreseeing import foreseen
from adapters.web.operations import Filled, Offer, filled, menu_of
from adapters.web.rendering import page
from adapters.web.tables import Line, mine_line
from adapters.web.visitors import PageRoute, PersonOf, Posted, Visitor, field
from domain.identifiers import derived_id
from workflows.machine.offering import WORDS
from workflows.machine.stimuli import Act
from workflows.moves.acting import PROBLEM, Answer
from workflows.moves.previewing import foresee
from workflows.moves.together import MOST, answer_items, refusals_of
from workflows.reads import ItemView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

AGREE: Final = "agree"
_NOTHING: Final = Filled({}, {}, "", None)
_VERBS: Final = frozenset({AGREE, "reject", "abstain", "complete"})
"""The answers that say the same of one item as of many: a return or a secret ballot is about one."""


@dataclass(frozen=True, slots=True)
class Picked:
    """An item that was ticked: as it is now, its line, and the version that was looked at."""

    view: ItemView
    line: Line
    version: int | None

    @property
    def tick(self) -> str:
        """The value of its box."""
        return f"{self.view.item.id}:{'' if self.version is None else self.version}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several items."""

    line: Line
    done: bool
    detail: str


# -- in one press ------------------------------------------------------------------------------------------


@router.post("/inbox/agree")
def agree(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted) -> Response:
    """Agree to the chosen items; each has its own outcome, and one that is refused stops no other."""
    picked = _picked(office, visitor, form)
    if not picked:
        return RedirectResponse("/inbox", 303)
    return _answered(request, office, visitor, form, picked, AGREE, _NOTHING)


# -- looked at first ---------------------------------------------------------------------------------------


@router.post("/inbox/together")
def look(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted) -> Response:
    """What may be answered to the chosen items together, and which of them do not go together with the first."""
    picked = _picked(office, visitor, form)
    if not picked:
        return RedirectResponse("/inbox", 303)
    return _looked_at(request, office, visitor, picked)


@router.post("/inbox/together/{verb}")
def answer(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted, verb: str) -> Response:
    """Answer the chosen items together; each has its own outcome."""
    if verb not in _VERBS:
        raise not_found()
    picked = _picked(office, visitor, form)
    if not picked:
        return RedirectResponse("/inbox", 303)
    able, _refused = _parted(office, picked)
    offer = next((one for one in _offers(office, visitor, able) if one.verb == verb), None)
    try:
        given = _NOTHING if offer is None else _filled(office, visitor, form, offer, able[0])
    except WrongForm as wrong:
        typed: Mapping[str, Any] = {name: form.getlist(name) for name in form}
        return _looked_at(request, office, visitor, picked, 422, wrong=wrong, typed=typed, tried=verb)
    return _answered(request, office, visitor, form, picked, verb, given)


def _looked_at(
    request: Request, office: Office, visitor: Visitor, picked: Sequence[Picked], status: int = 200, **more: Any
) -> Response:
    able, refused = _parted(office, picked)
    values: dict[str, Any] = {
        "offers": _offers(office, visitor, able),
        "able": [one.line for one in able],
        "refused": [Outcome(one.line, done=False, detail=_(str(why.body["detail"]))) for one, why in refused],
        "picks": [one.tick for one in able],
        "place": "/inbox/together",
        "version": "",
        "key": secrets.token_urlsafe(16),
        "csrf": visitor.csrf,
        "draft": None,
        "looked": None,
        "wrong": None,
        "typed": {},
        "tried": "",
    }
    return page("together.html", request, office, status, **(values | more))


def _parted(office: Office, picked: Sequence[Picked]) -> tuple[list[Picked], list[tuple[Picked, Answer]]]:
    """Those that go together, and those that do not with why not."""
    refusals = refusals_of(office.engine, [one.view for one in picked])
    pairs = list(zip(picked, refusals, strict=True))
    able = [one for one, why in pairs if why is None]
    return able, [(one, why) for one, why in pairs if why is not None]


def _offers(office: Office, visitor: Visitor, able: Sequence[Picked]) -> list[Offer]:
    """What the first of them offers: they stand at one step of one version. What cannot be undone is told for all."""
    if not able:
        return []
    first = able[0].view
    view = seen(office, visitor.viewer, first.case.id)
    said = said_of(office, view)
    offers = menu_of(office, view, first.item, visitor.viewer, said).offers
    together = [one for one in offers if one.verb in _VERBS]
    return [
        replace(
            one,
            depends=False,
            takes_files=False,
            # One that is alone may want a signature, but nothing is sent from this page that is a file.
            fields=tuple(each for each in one.fields if each.kind != "picture"),
            foreseen=_foreseen(office, visitor, able, one, said) if one.weighty else "",
        )
        for one in together
    ]


def _foreseen(office: Office, visitor: Visitor, able: Sequence[Picked], offer: Offer, said: Saying) -> str:
    """What would come of it for all of them: the same sentence once, with how many it is about."""
    reason = next((one.choices[0].value for one in offer.fields if one.name == "reason"), None)
    told = Counter(_would(office, visitor, one, offer, reason, said) for one in able)
    return " ".join(_("%(n)s项：%(told)s", n=n, told=sentence) for sentence, n in told.items() if sentence)


def _would(office: Office, visitor: Visitor, one: Picked, offer: Offer, reason: str | None, said: Saying) -> str:
    view = seen(office, visitor.viewer, one.view.case.id)
    wanted = replace(asking(view, one.view.item, visitor.viewer), verb=offer.verb, opinion=WORDS, reason=reason)
    return foreseen(foresee(office.engine, wanted), said)


def _filled(office: Office, visitor: Visitor, form: FormData, offer: Offer, first: Picked) -> Filled:
    view = seen(office, visitor.viewer, first.view.case.id)
    return filled(form, offer, view, first.view.item, said_of(office, view))


# -- both --------------------------------------------------------------------------------------------------


def _picked(office: Office, visitor: Visitor, form: FormData) -> list[Picked]:
    """The ticked items that the visitor may see, each once."""
    return list(_seen_now(office, visitor, [str(one).rpartition(":") for one in form.getlist("pick")][:MOST]))


def _seen_now(office: Office, visitor: Visitor, ticks: Sequence[tuple[str, str, str]]) -> Iterator[Picked]:
    now = office.reads.now()
    for item, version in {item: version for item, _colon, version in ticks}.items():
        view = office.reads.item(visitor.viewer, item)
        if view is not None:
            line = mine_line(view, visitor.viewer, office.engine.library, now)
            yield Picked(view, line, int(version) if version.isdecimal() else None)


def _answered(  # what a batch is made of
    request: Request,
    office: Office,
    visitor: Visitor,
    form: FormData,
    picked: Sequence[Picked],
    verb: str,
    given: Filled,
) -> Response:
    key = field(form, "key")
    if not key:
        raise Refuse(Problem(400, "no-idempotency-key", _("表单不完整，请刷新页面后重试")))
    batch = derived_id("batch", f"{visitor.viewer.user}:{key}") if len(picked) > 1 else None
    acts = [(one.view, replace(_act(visitor, key, one, verb, given), batch=batch)) for one in picked]
    answers = answer_items(office.engine, acts)
    outcomes = [_outcome(one.line, told) for one, told in zip(picked, answers, strict=True)]
    done = sum(one.done for one in outcomes)
    return page("answered.html", request, office, outcomes=outcomes, done=done, verb=verb_title(verb))


def _act(visitor: Visitor, key: str, one: Picked, verb: str, given: Filled) -> Act:
    viewer = visitor.viewer
    return Act(
        key=f"{viewer.user}:{key}.{one.view.item.id}.{verb}",
        case=one.view.case.id,
        item=one.view.item.id,
        verb=verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=one.version,
        opinion=given.opinion,
        reason=given.reason,
        form=given.form,
        fields=given.fields,
        department=viewer.department,
        post=viewer.post,
    )


def _outcome(line: Line, told: Answer) -> Outcome:
    done = told.status < PROBLEM
    return Outcome(line, done, "" if done else _(str(told.body["detail"])))
