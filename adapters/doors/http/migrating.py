"""POST /api/workflows/{name}/migrate: running cases move to another version, each with its own outcome, and back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.doors.http.acting import KeyOf, PreviewOf, not_found_body, outcome_body
from adapters.doors.http.answers import json_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ActorOf
from adapters.doors.http.workflows import version_of
from adapters.texts import _
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act_together
from workflows.moves.migrating import Foreseen, came_from, foresee_migration, migration
from workflows.policy import Viewer

router = APIRouter(prefix="/api/workflows", tags=["workflows"])

Outcome = dict[str, Any]
Target = Callable[[str], str | None]
"""The version that a case is to move to, by its id; None where there is none."""


class Back(BaseModel):
    """Which cases, a hundred at most so that nobody waits long, and why in words."""

    model_config = ConfigDict(extra="forbid")

    cases: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=100)]
    opinion: Annotated[str, Field(max_length=2000)] = ""


class Move(Back):
    """The same, and the version to move to, by its hash or how it begins."""

    to: Annotated[str, Field(max_length=64)]


Moved = Callable[[Office, list[Act]], list[Outcome]]


def _moved_of(*, preview: PreviewOf = False) -> Moved:
    """What becomes of a list of moves: they are made, or (`?preview=true`) only looked at."""
    return _foreseen if preview else _moved


MovedOf = Annotated[Moved, Depends(_moved_of)]


@router.post("/{name}/migrate")
def migrate_cases(  # an act is what FastAPI takes from path, header, query and body
    office: OfficeOf,
    viewer: ActorOf,
    name: str,
    key: KeyOf,
    moved: MovedOf,
    body: Move,
) -> Response:
    """Move running cases to a version; a case whose live steps it does not keep is refused with every reason.

    Each move is in the history of its case, and `migrate/undo` takes it back.
    """
    to_hash, _definition = version_of(office, name, body.to)
    return json_response(
        {"to": to_hash, "results": _results(office, viewer, name, key, body, lambda _case: to_hash, moved)}
    )


@router.post("/{name}/migrate/undo")
def take_back(  # as above
    office: OfficeOf,
    viewer: ActorOf,
    name: str,
    key: KeyOf,
    moved: MovedOf,
    body: Back,
) -> Response:
    """Move cases back to the version that each came from with its last move, by the same rule."""

    def before(case: str) -> str | None:
        return came_from(office.reads.history(viewer, case))

    return json_response({"results": _results(office, viewer, name, key, body, before, moved)})


def _results(  # what a list of moves is made of
    office: Office, viewer: Viewer, name: str, key: str, body: Back, target: Target, moved: Moved
) -> list[Outcome]:
    """What came of each case, or would, in the order of the list."""
    cases = list(dict.fromkeys(body.cases))
    told = {case: one for case in cases if (one := _refused_unseen(office, viewer, name, case)) is not None}
    targets = {case: target(case) for case in cases if case not in told}
    told |= {case: _never_moved(case) for case, to_hash in targets.items() if to_hash is None}
    wanted = [
        migration(case, to_hash, viewer, body.opinion, key=f"{key}:{case}")
        for case, to_hash in targets.items()
        if to_hash is not None
    ]
    told |= dict(zip([one.case for one in wanted], moved(office, wanted), strict=True))
    return [told[case] for case in cases]


def _moved(office: Office, wanted: list[Act]) -> list[Outcome]:
    answers = act_together(office.engine, wanted)
    # A refusal is looked at once more, for every reason and not the first alone.
    return [
        _outcome(one, found, foresee_migration(office.engine, one) if found.status == 409 else None)  # noqa: PLR2004  # its state forbids it
        for one, found in zip(wanted, answers, strict=True)
    ]


def _foreseen(office: Office, wanted: list[Act]) -> list[Outcome]:
    found = [(one, foresee_migration(office.engine, one)) for one in wanted]
    return [_outcome(one, seen.refusal or Answer(200, {"preview": True}), seen) for one, seen in found]


def _outcome(wanted: Act, found: Answer, seen: Foreseen | None) -> Outcome:
    obstacles = () if seen is None else seen.obstacles
    reasons = [{"code": one.code, "path": one.path, "detail": _(one.message)} for one in obstacles]
    return {"case": wanted.case, "to": wanted.form["to"], **outcome_body(found), "obstacles": reasons}


def _refused_unseen(office: Office, viewer: Viewer, name: str, case: str) -> Outcome | None:
    found = office.reads.case(viewer, case)
    if found is None:
        return {"case": case, **not_found_body(case)}
    if found.head.workflow != name:
        detail = _("办件属于另一流程：%(workflow)s", workflow=found.head.workflow)
        return {"case": case, "status": 422, "code": "other_workflow", "detail": detail}
    return None


def _never_moved(case: str) -> Outcome:
    return {"case": case, "status": 409, "code": "never_moved", "detail": _("办件没有迁移过，无法撤销")}
