"""评论 on every store: what is known of them, what is shown of what was taken back, and two who come at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, cast

import pytest

from adapters.sql.units import SqlUnits
from tests.contract.racing import standing, wait_until_blocked
from tests.contract.test_attachments import NOTE, begun, case_of, judged, staged
from workflows.machine.attachment import AttachmentState
from workflows.machine.comment import Comment
from workflows.moves.acting import Answer
from workflows.moves.attaching import fetch
from workflows.reads import Reads
from workflows.showing import within_rights
from workflows.testkit import Office, Store, staff

MakeStore = Callable[..., Store]
FIRST, SECOND, THIRD = "样例：初次说的话", "样例：更正后的话", "样例：再次更正的话"
EVERYBODY = ("jin", "wei", "he", "person:t1")


@pytest.fixture(params=[True, False], ids=["about a person", "about none"])
def office(make_store: MakeStore, request: pytest.FixtureRequest) -> Office:
    """Two judges are asked about a case."""
    return begun(make_store, judged(person=request.param))


def say(here: Office, user: str = "jin", words: str = FIRST, *files: str, **fields: Any) -> int:
    """A comment; the entry that it is."""
    answer = here.act(user, case_of(here), "comment", opinion=words, fields=fields, attachments=files)
    assert answer.status == 200, answer
    return int(str(answer.body["seq"]))


def correct(here: Office, seq: int, words: str, *files: str, user: str = "jin", **fields: Any) -> Answer:
    named = {"comment": seq, **fields}
    return here.act(user, case_of(here), "correct", opinion=words, fields=named, attachments=files)


def retract(here: Office, seq: int, user: str = "jin", words: str = "", key: str | None = None) -> Answer:
    return here.act(user, case_of(here), "retract", opinion=words, fields={"comment": seq}, key=key)


def known(here: Office) -> dict[int, Comment]:
    case = case_of(here)
    return here.store.units.read(lambda unit: unit.comments([case])[case])


def shown(here: Office) -> Reads:
    return within_rights(here.store.reads, here.library)


def everything_shown(here: Office, user: str) -> str:
    """All that any query tells somebody of a case."""
    reads, case, viewer = shown(here), case_of(here), here.viewer(user)
    files = reads.attachments(viewer, case, "样例")
    each = [reads.attachment(viewer, case, one.id, "样例") for one in files]
    told = (reads.case(viewer, case), reads.history(viewer, case), reads.told(viewer, case), reads.notices(viewer))
    return repr((told, reads.personal(viewer, case, "样例"), files, each))


# -- what is known -----------------------------------------------------------------------------------------


def test_a_store_knows_the_comments_of_each_case_and_of_no_other(make_store: MakeStore) -> None:
    here = begun(make_store, judged(person=False))
    [other] = here.send(here.event("trial.began.v1", key="t2")).cases
    here.act("jin", other, "comment", opinion='样例 "what":"act:retract"')
    case = next(one.case.id for one in here.cases() if one.case.id != other)
    first = here.act("jin", case, "comment", opinion=FIRST, fields={"visible": "officers", "mentions": ["wei"]})
    here.act("jin", here.inbox("jin")[0], "agree", opinion='样例 "what":"act:comment"')
    seq = int(str(first.body["seq"]))
    here.act("jin", case, "correct", opinion=SECOND, fields={"comment": seq, "mentions": ["he"]})

    both = here.store.units.read(lambda unit: unit.comments([case, other, "nothing"]))

    assert [list(both), list(both[other]), both["nothing"]] == [[case, other, "nothing"], [2], {}]
    [one] = both[case].values()
    assert (one.seq, one.by, one.at, one.visible) == (seq, "jin", here.store.reads.now(), "officers")
    assert (one.mentioned, one.versions[0], len(one.versions), one.stands) == (("wei", "he"), seq, 2, True)


def with_a_stranger(make_store: MakeStore) -> Office:
    """Two cases, and somebody of a department that has nothing to do with them."""
    here, far = staff(jin="judge", he="office_head"), staff("far", yuan="clerk")
    parts = ("departments", "posts", "appointments")
    both = replace(here, **{name: getattr(here, name) + getattr(far, name) for name in parts})
    office = Office([judged(person=False)], both, store=make_store)
    for key in ("t1", "t2"):
        office.send(office.event("trial.began.v1", key=key))
    return office


def test_a_store_knows_whom_each_case_is_shared_with(make_store: MakeStore) -> None:
    here = with_a_stranger(make_store)
    case, other = (one.case.id for one in here.cases())
    here.act("jin", case, "copy", fields={"users": ["yuan"]})

    audiences = here.store.units.read(lambda unit: unit.audiences([case, other, "nothing"]))

    assert audiences[case] - audiences[other] == {"user:yuan"}
    assert {"user:jin", "department:office"} <= audiences[other]
    assert audiences["nothing"] == frozenset()


def test_nobody_is_mentioned_who_may_not_see_the_case(make_store: MakeStore) -> None:
    here = with_a_stranger(make_store)
    case, mentioned = case_of(here), {"mentions": ["he", "yuan"]}

    before = here.act("jin", case, "comment", opinion=FIRST, fields=mentioned)
    here.act("jin", case, "copy", fields={"users": ["yuan"]})
    after = here.act("jin", case, "comment", opinion=FIRST, fields=mentioned)
    here.act("jin", case, "uncopy", fields={"user": "yuan"})
    again = here.act("jin", case, "comment", opinion=FIRST, fields=mentioned)

    assert (before.status, before.body["code"], before.body["field"]) == (422, "may_not_see", "mentions")
    assert (after.status, again.status) == (200, 422)


def test_whoever_may_read_a_comment_reads_every_version_of_it(office: Office) -> None:
    seq = say(office)
    correct(office, seq, SECOND)

    for user in ("jin", "wei"):
        told = everything_shown(office, user)
        assert (FIRST in told, SECOND in told) == (True, True)


def test_a_correction_of_what_is_for_officers_is_kept_from_whoever_applied(make_store: MakeStore) -> None:
    here = begun(make_store, judged())
    seq = say(here, visible="officers")
    correct(here, seq, SECOND)

    told = everything_shown(here, "person:t1")

    assert (FIRST in told, SECOND in told) == (False, False)
    assert SECOND in everything_shown(here, "jin")


# -- taken back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["jin", "he"])
def test_what_was_taken_back_is_shown_to_nobody_on_any_path_and_the_chain_verifies(office: Office, user: str) -> None:
    first = staged(office, "jin", "初稿样例.pdf")
    seq = say(office, "jin", FIRST, first, mentions=["wei"])
    second = staged(office, "jin", "改稿样例.pdf", NOTE + b"2")
    correct(office, seq, SECOND, second, mentions=["he"])
    correct(office, seq, THIRD)

    answer = retract(office, seq, user, "样例：误发")

    assert answer.status == 200
    for reader in EVERYBODY:
        told = everything_shown(office, reader)
        assert not [one for one in (FIRST, SECOND, THIRD, "初稿", "改稿", "mentioned=") if one in told]
        for file in (first, second):
            got = fetch(office.engine, shown(office), office.viewer(reader), (case_of(office), file), "样例")
            assert isinstance(got, Answer)
            assert (got.status, got.body["code"]) in {(410, "withdrawn"), (404, "not_found")}
    office.drain()
    assert office.store.reads.verify().where is None


def test_a_tombstone_says_who_said_it_when_and_who_took_it_back_when(office: Office) -> None:
    at = office.store.reads.now()
    seq = say(office, mentions=["wei"])
    office.turn(hours=1)
    correct(office, seq, SECOND)
    office.turn(hours=1)
    retract(office, seq, "he", "样例：误发")

    entries = {one.seq: one for one in shown(office).history(office.viewer("wei"), case_of(office))}

    gone = [one for one in entries.values() if "retracted" in one.body["delta"]]
    assert [(one.seq, one.body["actor"], one.body["delta"]["hidden"]) for one in gone] == [
        (seq, "jin", ["mentioned", "opinion"]),
        (max(entries) - 1, "jin", ["opinion"]),
    ]
    assert gone[0].at == at
    by, when = gone[0].body["delta"]["retracted"]
    assert (by, when) == ("he", entries[max(entries)].at.isoformat())
    # Kept as it was said: what the chain goes over is not what is shown.
    kept = {one.seq: one for one in office.history(case_of(office))}
    assert kept[seq].hash == entries[seq].hash
    assert kept[seq].body["delta"]["mentioned"] == ["wei"]


def test_other_comments_are_shown_as_before(office: Office) -> None:
    seq, other = say(office), say(office, "wei", "样例：别的话")
    retract(office, seq)

    assert "样例：别的话" in everything_shown(office, "jin")
    assert retract(office, other).body["code"] == "not_yours"


def test_who_was_faster_is_told_to_whoever_comes_later(office: Office) -> None:
    seq = say(office)
    retract(office, seq)
    at = office.store.reads.now()
    office.turn(hours=1)

    for late in (retract(office, seq), correct(office, seq, SECOND), retract(office, seq, "he", "样例")):
        assert (late.status, late.body["code"]) == (409, "retracted")
        assert (late.body["by"], late.body["at"]) == ("jin", at.isoformat())


def test_a_comment_is_retracted_although_its_person_was_erased(make_store: MakeStore) -> None:
    here = begun(make_store, judged())
    seq = say(here)
    here.store.units.run(lambda unit: unit.erase(["person:t1"]))

    answer = retract(here, seq)

    assert answer.status == 200
    assert not known(here)[seq].stands
    assert here.store.reads.verify().where is None


def test_a_file_that_was_withdrawn_before_stays_withdrawn_by_whoever_did_it(office: Office) -> None:
    one = staged(office, "jin")
    seq = say(office, "jin", FIRST, one)
    office.act("jin", case_of(office), "detach", opinion="样例", fields={"attachment": one})
    retract(office, seq, "he", "样例")

    [file] = shown(office).attachments(office.viewer("jin"), case_of(office), "样例")

    assert (file.state, file.withdrawn_by, file.name) == (AttachmentState.WITHDRAWN, "jin", "")


# -- at once -----------------------------------------------------------------------------------------------


def test_of_two_who_take_it_back_at_once_one_does_and_the_other_learns_who_and_when(make_store: MakeStore) -> None:
    here = begun(make_store, judged())
    seq, ready = say(here), Barrier(2)

    def take_back(user: str) -> Answer:
        ready.wait()
        return retract(here, seq, user, "样例", key=f"race-{user}")

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take_back, ("jin", "he")), key=lambda one: one.status)

    taken_back = known(here)[seq].retracted
    assert taken_back is not None
    assert [one.status for one in answers] == [200, 409]
    assert answers[1].body["code"] == "retracted"
    assert (answers[1].body["by"], answers[1].body["at"]) == (taken_back.by, taken_back.at.isoformat())
    assert [one.body["what"] for one in here.history(case_of(here))].count("act:retract") == 1


def test_whoever_waits_for_a_retraction_finds_it_done(make_store: MakeStore, store: str) -> None:
    if store != "postgres":
        pytest.skip("only there do two units hold rows at once")
    here = begun(make_store, judged())
    seq, units, case = say(here), cast("SqlUnits", here.store.units), case_of(here)

    with ThreadPoolExecutor(1) as thread:
        with standing(units, lambda unit: unit.hold_cases([case])) as holder:
            waiting = thread.submit(retract, here, seq, "he", "样例")
            wait_until_blocked(units)
            holder.commit()
        first = waiting.result()
    second = correct(here, seq, SECOND)

    assert (first.status, second.status, second.body["by"]) == (200, 409, "he")


def test_nobody_who_only_sees_the_case_is_shown_what_was_taken_back(make_store: MakeStore) -> None:
    here = begun(make_store, judged(person=False))
    case = case_of(here)
    here.act("jin", case, "copy", fields={"users": ["lin"]})
    seq = say(here)
    assert FIRST in everything_shown(here, "lin")

    retract(here, seq)

    assert FIRST not in everything_shown(here, "lin")
    assert FIRST not in repr(shown(here).history(replace(here.viewer("lin"), sees_all=True), case))
