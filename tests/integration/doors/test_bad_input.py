"""Every operation, wrongly used through the API, is refused and changes no row.

The cells come from the table of operations: a new verb is tried in all of them once `WAYS` says how it is used rightly,
and fails by name until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from domain.approval import Mode
from domain.roster import Roster
from tests.integration.doors.offices import Doors, behind_doors
from workflows import testkit
from workflows.language.words import (
    Workflow,
    approve,
    carry_out,
    end,
    returns,
    revocation,
    role,
    sequence,
    vote,
    workflow,
)
from workflows.machine.answering import AFTER_THE_END, WHILE_SUSPENDED
from workflows.machine.case import State
from workflows.machine.operations import ON_CASES, ON_ITEMS, Asked, Operation
from workflows.memory import rows

EVERY = {**ON_ITEMS, **ON_CASES}
READERS_MAY = {"comment", "copy"}
"""Whoever may read the case may do this at any time, and again."""
ABOUT_COPIES = {"read", "uncopy"}
"""Who has a copy reads it at any time."""
ABOUT_COMMENTS = {"correct", "retract"}
"""Whoever wrote a comment puts it right, or takes it back, at any time."""
AT_ANY_TIME = {*READERS_MAY, *ABOUT_COPIES, *ABOUT_COMMENTS, "detach"}
"""What may be done while the case is under way, and after its end."""
REFUSED = {403, 404, 409}
VOTERS: dict[str, Any] = dict.fromkeys(("v1", "v2", "v3", "v4", "v5"), "voter")
TABLES = [one for one in vars(rows).values() if type(one).__name__ == "Table"]


def matter(name: str = "matter", **heading: Any) -> Workflow:
    """A step of a pool, then a panel that may return, then the end."""
    no = end("refused", "rejected")
    steps = sequence(
        carry_out("first", by=role("clerk")),
        approve("decide", by=role("panel"), mode=Mode.ALL, on_reject=no, returns=returns(), abstains="counts"),
        approve("last", by=role("officer"), on_reject=no),
        end("done", "approved"),
    )
    return workflow(name, starts_on=f"{name}.began.v1", about="trial", person=True, steps=steps, **heading)


def people() -> Roster:
    """The meeting's office, the department that sent the matter, and one that has nothing to do with it."""
    here = testkit.staff(
        clerk="clerk",
        mate="clerk",
        a="panel",
        b="panel",
        officer="officer",
        helper="helper",
        head="office_head",
        **VOTERS,
    )
    for one in (testkit.staff("centre", sender="sender", reader="reader"), testkit.staff("far", stranger="stranger")):
        more = {name: getattr(here, name) + getattr(one, name) for name in ("departments", "posts", "appointments")}
        here = replace(here, **more)
    return here


@dataclass(frozen=True)
class Way:
    """How a verb is used rightly: by whom, where, after which other uses (verb, who, step)."""

    who: str
    step: str | None = None
    after: tuple[tuple[str, str, str | None], ...] = ()
    of: str = "matter"


DONE_FIRST = (("complete", "clerk", "first"),)
WITHDRAWN = (("withdraw", "sender", None),)
COPIED = (("copy", "head", None),)
COMMENTED = (("comment", "head", None),)
APPROVED = (*DONE_FIRST, ("agree", "a", "decide"), ("agree", "b", "decide"), ("agree", "officer", "last"))

WAYS = {
    "agree": Way("a", "decide", DONE_FIRST),
    "reject": Way("a", "decide", DONE_FIRST),
    "return": Way("a", "decide", DONE_FIRST),
    "abstain": Way("a", "decide", DONE_FIRST),
    "cast": Way("v1", "ballot", of="secret"),
    "complete": Way("clerk", "first"),
    "take-back": Way("clerk", "first", DONE_FIRST),
    "transfer": Way("clerk", "first"),
    "delegate": Way("clerk", "first"),
    "answer": Way("helper", "first", (("delegate", "clerk", "first"),)),
    "add-signers": Way("a", "decide", DONE_FIRST),
    "remove-signer": Way("a", "decide", (*DONE_FIRST, ("add-signers", "a", "decide"))),
    "claim": Way("clerk", "first"),
    "unclaim": Way("clerk", "first", (("claim", "clerk", "first"),)),
    "open": Way("clerk", "first"),
    "recuse": Way("a", "decide", DONE_FIRST),
    "withdraw": Way("sender"),
    "suspend": Way("head"),
    "resume": Way("head", None, (("suspend", "head", None),)),
    "revoke": Way("sender", None, APPROVED),
    "reopen": Way("sender", None, WITHDRAWN),
    "jump": Way("head", None, DONE_FIRST),
    "urge": Way("sender"),
    "copy": Way("head"),
    "read": Way("helper", None, COPIED),
    "uncopy": Way("head", None, COPIED),
    "comment": Way("head"),
    "correct": Way("head", None, COMMENTED),
    "retract": Way("head", None, COMMENTED),
    "detach": Way("head"),
    "set-urgency": Way("head"),
    "terminate": Way("head"),
    "void": Way("head", None, WITHDRAWN),
}


class Matter:
    """One case behind the doors, and what people do to it."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        kit = doors.kit
        self._cases = {
            name: kit.send(kit.event(f"{name}.began.v1", key="k1", person="p1", department="centre")).cases[0]
            for name in ("matter", "secret")
        }
        self.case = self._cases["matter"]
        self._keys = 0

    def right(self, verb: str) -> Press:
        """The verb as it is used rightly, at the moment when it may be."""
        way = WAYS[verb]
        self.case = self._cases[way.of]
        for earlier, who, step in way.after:
            answer = self.send(self.press(earlier, who, step))
            assert answer.status_code == 200, answer.text
        return self.press(verb, way.who, way.step)

    def press(self, verb: str, who: str, step: str | None) -> Press:
        fields = {one.name: self._value(one) for one in EVERY[verb].asks if one.required}
        place, version = self._place(verb, who, step)
        words = {} if EVERY[verb].opinion == "none" else {"opinion": "样例"}
        self._keys += 1
        return Press(who, f"{place}/{verb}", {"version": version, **words, **fields}, f"key{self._keys}")

    def send(self, press: Press) -> Any:
        headers = {"Authorization": f"Bearer user:{press.who}", "Idempotency-Key": press.key}
        answer = self.doors.http.post(press.path, json=press.body, headers=headers)
        self.doors.kit.drain()
        return answer

    def dump(self) -> dict[str, Any]:
        """Every row of every table."""
        units: Any = self.doors.kit.store.units
        found: dict[str, Any] = units.read(
            lambda unit: {one.name: sorted(unit.tx.all(one), key=repr) for one in TABLES}
        )
        return found

    def _place(self, verb: str, who: str, step: str | None) -> tuple[str, int]:
        if step is None:
            return f"/api/cases/{self.case}", self._live().head.version
        item = self._item(who, step, closed=verb == "take-back")
        return f"/api/work-items/{item.id}", item.version

    def _item(self, who: str, step: str, *, closed: bool) -> Any:
        live = self._live()
        if closed:
            past = self.doors.kit.store.units.read(lambda unit: unit.past([self.case])[self.case])
            return next(one for one in past if one.closed_by == who and one.path == f"steps/{step}")
        principals = self.doors.kit.viewer(who).principals
        mine = [one for one in live.items.values() if any(held.who in principals for held in live.holders[one.id])]
        return next(one for one in mine if one.path == f"steps/{step}")

    def _live(self) -> Any:
        return self.doors.kit.store.units.read(lambda unit: unit.load([self.case])[self.case])

    def _value(self, asked: Asked) -> Any:
        values: dict[str, Any] = {
            "user": "helper",
            "users": ["helper"],
            "step": "steps/first",
            "choice": asked.choices[-1] if asked.choices else None,
            "text": "样例",
            "day": "2026-03-02",
            "number": 1,
            "signature": "样例",
            "picture": "nothing",
        }
        found_here = {"item": self._added, "attachment": self._attached, "comment": self._commented}
        return found_here[asked.kind]() if asked.kind in found_here else values[asked.kind]

    def _attached(self) -> str:
        """A file that the head of the office has laid beside the case."""
        kit = self.doors.kit
        known = kit.store.units.read(lambda unit: unit.attachments.of_case(self.case))
        if known:
            return known[0].id
        one = str(kit.attach("head", self.case, "note.pdf", b"%PDF-1.7 invented").body["id"])
        kit.act("head", self.case, "comment", opinion="样例", attachments=[one])
        return one

    def _commented(self) -> int:
        """The entry of what was said first."""
        known = self.doors.kit.store.units.read(lambda unit: unit.comments([self.case])[self.case])
        return next(iter(known), 1)

    def _added(self) -> str:
        return next((one.id for one in self._live().items.values() if one.link is not None), "nothing")


@dataclass(frozen=True)
class Press:
    """One request."""

    who: str
    path: str
    body: dict[str, Any]
    key: str

    def by(self, who: str) -> Press:
        return Press(who, self.path, self.body, f"{self.key}-{who}")

    def again(self) -> Press:
        """The same, pressed anew by somebody who does not look."""
        return Press(self.who, self.path, {**self.body, "version": None}, f"{self.key}-again")

    def stale(self) -> Press:
        return Press(self.who, self.path, {**self.body, "version": self.body["version"] - 1}, f"{self.key}-stale")


@pytest.fixture
def here() -> Iterator[Matter]:
    undoing = workflow(
        "undoing",
        starts_on="undoing.began.v1",
        about="trial",
        person=True,
        steps=sequence(approve("agree", by=role("officer"), on_reject=end("no", "rejected")), end("yes", "approved")),
    )
    ballot = vote(
        "ballot", by=role("voter"), quorum="1/2", passes="1/2", within=5, fails=end("no", "rejected"), secret=True
    )
    secret = workflow(
        "secret",
        starts_on="secret.began.v1",
        about="trial",
        person=True,
        steps=sequence(ballot, end("yes", "approved")),
    )
    kit = testkit.Office([matter(revocation=revocation("undoing", within=5)), undoing, secret], people())
    doors = behind_doors(kit)
    yield Matter(doors)
    doors.office.committer.stop()


def verbs(but: set[str] | frozenset[str] = frozenset()) -> list[str]:
    return sorted(EVERY.keys() - but)


def refused(here: Matter, press: Press) -> int:
    """The status of what is refused, which must leave every row as it was."""
    before = here.dump()
    answer = here.send(press)
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    assert here.dump() == before
    status: int = answer.status_code
    return status


def test_every_operation_has_a_right_way() -> None:
    assert WAYS.keys() == EVERY.keys()


@pytest.mark.parametrize("verb", verbs())
def test_used_rightly_it_is_carried_out_and_with_the_same_key_it_is_only_told_again(here: Matter, verb: str) -> None:
    press = here.right(verb)

    first = here.send(press)
    before = here.dump()
    second = here.send(press)

    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
    assert here.dump() == before


@pytest.mark.parametrize("verb", verbs({*READERS_MAY, "correct"}))
def test_twice(here: Matter, verb: str) -> None:
    press = here.right(verb)
    here.send(press)

    assert refused(here, press.again()) in REFUSED


@pytest.mark.parametrize("verb", verbs())
def test_somebody_who_has_nothing_to_do_with_the_case_does_not_even_see_it(here: Matter, verb: str) -> None:
    press = here.right(verb)

    assert refused(here, press.by("stranger")) == 404


@pytest.mark.parametrize("verb", verbs({*READERS_MAY, "read"}))
def test_somebody_who_may_only_read_the_case(here: Matter, verb: str) -> None:
    press = here.right(verb)
    share = here.press("copy", "head", None)
    here.send(Press(share.who, share.path, {**share.body, "users": ["stranger"]}, share.key))

    assert refused(here, Press("stranger", press.path, {**press.body, "version": None}, "key-reader")) in {403, 409}


@pytest.mark.parametrize("verb", verbs({"open"}))
def test_on_a_stale_version(here: Matter, verb: str) -> None:
    """Not `open`: that somebody has looked is true whatever version was looked at."""
    press = here.right(verb)

    assert refused(here, press.stale()) == 409


@pytest.mark.parametrize("verb", verbs(WHILE_SUSPENDED | AFTER_THE_END))
def test_while_the_case_stands_still(here: Matter, verb: str) -> None:
    press = here.right(verb)
    here.send(here.press("suspend", "head", None))

    assert refused(here, press.again()) == 409


@pytest.mark.parametrize("verb", sorted(READERS_MAY))
def test_people_speak_while_the_case_stands_still(here: Matter, verb: str) -> None:
    here.send(here.press("suspend", "head", None))

    assert here.send(here.right(verb)).status_code == 200


def test_what_is_started_again_twice_is_one_case(here: Matter) -> None:
    press = here.right("reopen")

    here.send(press)

    assert refused(here, press.again()) == 409
    assert len([one for one in here.doors.kit.cases() if one.case.workflow == "matter"]) == 2


@pytest.mark.parametrize("verb", verbs(AFTER_THE_END))
def test_after_the_end(here: Matter, verb: str) -> None:
    press = here.right(verb)
    here.send(here.press("resume", "head", None))
    here.send(here.press("terminate", "head", None))

    assert here._live().head.state is State.TERMINATED
    assert refused(here, press.again()) == 409


@pytest.mark.parametrize("verb", sorted(AFTER_THE_END - AT_ANY_TIME))
def test_before_the_end(here: Matter, verb: str) -> None:
    press = here.press(verb, WAYS[verb].who, None)

    assert refused(here, press) == 409


@pytest.mark.parametrize("verb", sorted(AFTER_THE_END - AT_ANY_TIME - {"reopen"}))
def test_after_it_was_voided(here: Matter, verb: str) -> None:
    press = here.right("void")
    here.send(press)

    assert refused(here, here.press(verb, WAYS[verb].who, None)) == 409


@pytest.mark.parametrize("verb", sorted(ON_ITEMS))
def test_on_an_item_that_is_not_there(here: Matter, verb: str) -> None:
    press = here.right(verb)

    assert refused(here, Press(press.who, f"/api/work-items/nothing/{verb}", press.body, "key-nothing")) == 404


@pytest.mark.parametrize("operation", EVERY.values(), ids=lambda one: one.verb)
def test_without_a_key_of_its_own(here: Matter, operation: Operation) -> None:
    press = here.right(operation.verb)

    assert refused(here, Press(press.who, press.path, press.body, "")) == 400
