"""The rare states that a seed reached: a run that has not seen all of them proves less than it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.simulation.looking import Seen
from tests.simulation.world import World
from workflows.language.words import ForEach, Loop, Parallel, PublicNotice, Step, Vote, Workflow
from workflows.machine.nodes import index
from workflows.machine.turn import step_path
from workflows.reads import HistoryView

SOMETIMES: Final = (
    *(f"word {word}" for word in ("sequence", "choice", "parallel", "for_each", "loop", "race", "exclusive")),
    *(f"word {word}" for word in ("approve", "carry_out", "vote", "public_notice", "call", "wait")),
    *(f"signal:{sign}" for sign in ("called", "child_ended", "parent_ended", "granted", "resumed")),
    *(f"timer:{kind}" for kind in ("ladder", "silence", "lasts")),
    *(f"act:{verb}" for verb in ("agree", "reject", "return", "complete", "abstain", "withdraw", "suspend", "resume")),
    *(f"act:{verb}" for verb in ("transfer", "delegate", "answer", "add-signers", "claim", "open", "recuse")),
    *(f"act:{verb}" for verb in ("urge", "copy", "comment", "correct", "retract", "reopen", "terminate", "void")),
    *(f"vote {result}" for result in ("passed", "failed", "tied", "no_quorum")),
    "act:cast",
    "act:set-urgency",
    "a secret vote was opened",
    "silence decided",
    "an item was handed over",
    "a ladder jumped",
    "a loop turned again",
    "a for-each grew",
    "the rest of a join was cancelled",
    "a join went on without its rest",
    "a race was decided",
    "a handler interrupted",
    "a handler ran beside",
    "a supplement was asked for",
    "a notice was paused",
    "a resource was waited for",
    "a sub-case went with its parent",
    "refused: not_now",
    "refused: suspended",
    "refused: item_closed",
    "refused: case_ended",
)
"""Every one of them at least once in a run of the size that the tests ask for."""


def states(world: World, seen: Seen) -> Counter[str]:
    """What the seed reached."""
    found = Counter(one for case, entry in seen.entries() for one in _of_entry(seen.definitions[case], entry))
    found["a secret vote was opened"] = sum(
        is_opened_in_secret(seen, case, entry) and any(entry.body["delta"]["vote"][2:])
        for case, entry in seen.entries()
    )
    found.update(f"refused: {answer.body['code']}" for answer in world.client.answers.values() if answer.status >= 400)
    found["a sub-case went with its parent"] = sum(
        view.head.outcome == "withdrawn_with_parent" for view in seen.views.values()
    )
    found["a resource was waited for"] = sum(
        "resource" in one.values and not one.resume
        for live in seen.slices.values()
        for one in live.activations.values()
    )
    return +found


def is_opened_in_secret(seen: Seen, case: str, entry: HistoryView) -> bool:
    """Whether the ballots of a secret vote are counted in this entry."""
    if entry.body["what"] != "timer:silence" or "vote" not in entry.body["delta"]:
        return False
    step = _step(seen.definitions[case], entry.body["path"])
    return isinstance(step, Vote) and step.secret


def _of_entry(definition: Workflow, entry: HistoryView) -> Iterator[str]:
    delta = entry.body["delta"]
    if not entry.body["what"].startswith("event:"):
        yield entry.body["what"]
    if "vote" in delta:
        yield f"vote {delta['vote'][0]}"
    if entry.body["what"] == "timer:ladder":
        yield from _of_rung(delta)
    rows = [(row["path"], row["round"], row) for row in delta.get("activations", ())]
    rows += [(path, round_, {}) for path, round_, _ in delta.get("passed", ())]
    for path, _, row in rows:
        yield from _of_step(_step(definition, path), path, row)
    yield from (_ended_by(row.get("closed_by") or "") for row in delta.get("items", ()))


def _of_rung(delta: Mapping[str, Any]) -> Iterator[str]:
    if "deemed" in delta:
        yield "silence decided"
    if any(row["state"] == "transferred" for row in delta.get("items", ())):
        yield "an item was handed over"
    if "rewind" in delta:
        yield "a ladder jumped"


def _of_step(step: Step | None, path: str, row: dict[str, object]) -> Iterator[str]:
    yield "a supplement was asked for" if step is None else f"word {step.word}"
    last = path.rpartition("/")[2]
    if path.rpartition("/")[0].endswith("on") and "#" in last:
        yield "a handler ran beside"
    match step:
        case Loop() if int(str(row.get("resume", 0))) > 1:
            yield "a loop turned again"
        case ForEach(over=over) if row.get("agree") == 0 and step.grows_on is not None and over == 2 and row["n"] != 2:
            yield "a for-each grew"
        case Parallel() | ForEach() if row.get("resume") == 1:
            yield "a join went on without its rest"
        case PublicNotice() if row.get("resume"):
            yield "a notice was paused"


def _ended_by(why: str) -> str:
    if why.startswith("interrupted:"):
        return "a handler interrupted"
    return {"joined": "the rest of a join was cancelled", "another way came first": "a race was decided"}.get(
        why, "an item was closed"
    )


def _step(definition: Workflow, path: str) -> Step | None:
    node = index(definition).get(step_path(path))
    return None if node is None else node.step
