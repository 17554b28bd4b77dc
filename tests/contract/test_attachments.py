"""附件 on every store: staged, linked by the act that names them, withdrawn, collected when nobody linked them."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any, cast

import pytest

from adapters.blobs.files import FileBlobs
from adapters.sql import personal
from adapters.sql.units import SqlUnit, SqlUnits
from tests.contract.racing import standing, wait_until_blocked
from workflows.language.words import (
    Mode,
    Workflow,
    approve,
    end,
    nothing,
    role,
    sequence,
    to_applicant,
    vote,
    workflow,
)
from workflows.machine.attachment import Attachment, AttachmentState
from workflows.machine.following import Consequences
from workflows.machine.stimuli import Act
from workflows.memory.blobs import MemoryBlobs
from workflows.memory.personal import reveal
from workflows.memory.unit import MemoryUnit
from workflows.moves import collecting
from workflows.moves.acting import Answer
from workflows.moves.attaching import MOST_WAITING, Fetched, fetch
from workflows.moves.collecting import collect
from workflows.moves.previewing import foresee
from workflows.ports import Blobs
from workflows.showing import within_rights
from workflows.testkit import Office, Store, staff

MakeStore = Callable[..., Store]
NOTE = b"%PDF-1.7 an invented note\n"
DAY = timedelta(hours=25)


def judged(*, person: bool = True, mode: Mode = Mode.ALL) -> Workflow:
    judge = approve("judge", by=role("judge"), mode=mode, on_reject=end("refused", "rejected"))
    steps = sequence(judge, approve("last", by=role("head"), on_reject=end("no", "rejected")), end("done", "approved"))
    return workflow("judged", starts_on="trial.began.v1", about="trial", person=person, steps=steps)


PEOPLE = {"jin": "judge", "wei": "judge", "lin": "clerk", "he": ("office_head", "head")}


def begun(make_store: MakeStore, definition: Workflow, **people: Any) -> Office:
    here = Office([definition], staff(**(PEOPLE | people)), store=make_store)
    person, values = ("person:t1", {"name": "样例"}) if definition.person else (None, {})
    here.send(here.event("trial.began.v1", key="t1", person=person, personal=values))
    return here


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    """Two judges are asked about a case of a person."""
    return begun(make_store, judged())


def case_of(here: Office) -> str:
    return here.cases()[0].case.id


def staged(here: Office, user: str, name: str = "note.pdf", content: bytes = NOTE, key: str | None = None) -> str:
    answer = here.attach(user, case_of(here), name, content, key=key)
    assert answer.status == 201, answer
    return str(answer.body["id"])


def agree(here: Office, user: str, *files: str, key: str | None = None) -> Answer:
    return here.act(user, here.inbox(user)[0], "agree", opinion="样例意见", attachments=files, key=key)


def row(here: Office, one: str) -> Attachment | None:
    return here.store.units.read(lambda unit: unit.attachments.find([one])).get(one)


def state(here: Office, one: str) -> AttachmentState | None:
    found = row(here, one)
    return None if found is None else found.state


def stored(here: Office) -> dict[str, bytes]:
    assert isinstance(here.engine.files.blobs, MemoryBlobs)
    return here.engine.files.blobs.kept


def keep_in(here: Office, blobs: Blobs) -> None:
    """Let the office keep its files elsewhere."""
    here.engine = replace(here.engine, files=replace(here.engine.files, blobs=blobs))


def read(here: Office, user: str, one: str) -> Fetched | Answer:
    reads = within_rights(here.store.reads, here.library)
    return fetch(here.engine, reads, here.viewer(user), (case_of(here), one), "test")


def listed(here: Office, user: str) -> list[tuple[str, str]]:
    found = here.store.reads.attachments(here.viewer(user), case_of(here), "test")
    return [(one.id, one.name) for one in found]


# -- staged ------------------------------------------------------------------------------------------------


def test_a_file_is_stored_sealed_before_its_id_is_answered(office: Office) -> None:
    one = staged(office, "jin")

    found = row(office, one)
    assert found is not None
    assert (found.state, found.name, found.size) == (AttachmentState.STORED, "note.pdf", len(NOTE))
    assert (found.media_type, found.sha256) == ("application/pdf", sha256(NOTE).hexdigest())
    assert list(stored(office)) == [one]


def test_the_same_key_and_file_are_the_same_attachment_and_another_file_is_refused(office: Office) -> None:
    first = staged(office, "jin", key="k1")

    again = staged(office, "jin", key="k1")
    other = office.attach("jin", case_of(office), "note.pdf", NOTE + b"more", key="k1")

    assert again == first
    assert (other.status, other.body["code"]) == (422, "key_reused")
    assert list(stored(office)) == [first]


def test_what_was_cut_off_between_the_row_and_the_bytes_is_completed_by_the_same_key(office: Office) -> None:
    blobs = office.engine.files.blobs
    assert isinstance(blobs, MemoryBlobs)
    blobs.away = True
    cut_off = office.attach("jin", case_of(office), "note.pdf", NOTE, key="k1")
    blobs.away = False

    one = staged(office, "jin", key="k1")

    assert (cut_off.status, cut_off.body["code"]) == (503, "blobs_away")
    assert state(office, one) is AttachmentState.STORED


def test_a_file_that_lapsed_while_its_bytes_were_on_their_way_leaves_nothing(office: Office) -> None:
    class Slow(MemoryBlobs):
        """A day passes before the bytes arrive."""

        def put(self, key: str, content: bytes) -> None:
            office.turn_to(office.clock() + DAY)
            super().put(key, content)

    keep_in(office, slow := Slow())

    answer = office.attach("jin", case_of(office), "note.pdf", NOTE)

    assert (answer.status, answer.body["code"]) == (409, "lapsed")
    assert slow.kept == {}


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("../note.pdf", NOTE, 422, "bad_name"),
        ("a\\b.pdf", NOTE, 422, "bad_name"),
        ("note\u202efdp.exe.pdf", NOTE, 422, "bad_name"),
        (".pdf", NOTE, 422, "bad_name"),
        ("n" * 200 + ".pdf", NOTE, 422, "bad_name"),
        ("note.exe", b"MZ", 415, "unknown_type"),
        ("note", NOTE, 415, "unknown_type"),
        ("drawing.svg", b"<svg onload='alert(1)'/>", 415, "unknown_type"),
        ("page.html", b"<script>alert(1)</script>", 415, "unknown_type"),
        ("note.pdf", b"", 422, "empty"),
        ("note.pdf", b"MZ no pdf", 415, "wrong_content"),
        ("page.txt", b" <!DOCTYPE html><script>", 415, "wrong_content"),
        ("photo.jpg", b"\x89PNG\r\n\x1a\n", 415, "wrong_content"),
        ("sheet.xlsx", b"PK\x03\x04 no workbook PK\x05\x06", 415, "wrong_content"),
        ("note.pdf", b"%PDF-" + b"x" * 2000, 413, "too_large"),
    ],
)
def test_what_is_not_taken_leaves_neither_row_nor_bytes(
    office: Office, name: str, content: bytes, status: int, code: str
) -> None:
    office.engine = replace(office.engine, files=replace(office.engine.files, most_bytes=1000))

    answer = office.attach("jin", case_of(office), name, content)

    assert (answer.status, answer.body["code"], answer.body["field"]) == (status, code, "file")
    assert stored(office) == {}
    assert office.store.units.read(lambda unit: unit.attachments.of_key("file1")) is None


def test_nobody_fills_the_store_with_what_waits_for_no_act(office: Office) -> None:
    for number in range(MOST_WAITING):
        staged(office, "jin", content=NOTE + bytes([number]))

    refused = office.attach("jin", case_of(office), "note.pdf", NOTE)

    assert (refused.status, refused.body["code"]) == (409, "too_many")
    assert office.attach("wei", case_of(office), "note.pdf", NOTE).status == 201
    office.turn(hours=25)
    assert office.attach("jin", case_of(office), "note.pdf", NOTE).status == 201


def test_an_id_number_in_the_name_of_a_file_is_covered(office: Office) -> None:
    one = staged(office, "jin", name="11010519491231002X.pdf")

    found = row(office, one)
    assert found is not None
    assert found.name == "******************.pdf"


# -- linked ------------------------------------------------------------------------------------------------


def test_a_file_goes_with_the_act_that_names_it_and_its_entry_says_so(office: Office) -> None:
    one = staged(office, "jin")
    item = office.inbox("jin")[0].item.id

    answer = agree(office, "jin", one)

    entry = office.history(case_of(office))[-1]
    found = row(office, one)
    assert answer.status == 200
    assert found is not None
    assert (found.state, found.seq, found.item, found.linked_at) == (
        AttachmentState.LINKED,
        entry.seq,
        item,
        entry.at,
    )
    assert entry.body["delta"]["attachments"] == [[one, "application/pdf", len(NOTE)]]
    assert "note" not in str(entry.body)
    assert office.store.reads.verify().where is None


def test_the_hash_that_the_record_commits_to_is_that_of_what_is_downloaded(office: Office) -> None:
    content = bytes(range(256)) * 300
    one = staged(office, "jin", content=b"%PDF-" + content)
    agree(office, "jin", one)

    fetched = read(office, "wei", one)

    assert isinstance(fetched, Fetched)
    assert fetched.content == b"%PDF-" + content
    assert sha256(fetched.content).hexdigest() == fetched.one.sha256


@pytest.mark.parametrize("size", [0, 1, 63, 64 * 1024, 3 * 1024 * 1024 + 1])
def test_for_any_file_the_entry_the_row_and_the_download_agree_on_the_hash(
    office: Office, store: str, size: int
) -> None:
    content = b"%PDF-" + random.Random(size).randbytes(size)
    one = staged(office, "jin", content=content)
    agree(office, "jin", one)
    found, fetched = row(office, one), read(office, "wei", one)

    assert found is not None
    assert isinstance(fetched, Fetched)
    assert fetched.content == content
    committed = personal_part(office, store, found.seq or 0)["@attachments"][one]
    assert {committed["sha256"], found.sha256, fetched.one.sha256} == {sha256(content).hexdigest()}


def personal_part(office: Office, store: str, seq: int) -> Any:
    """What an entry keeps under the key of the person, and commits to."""
    case = case_of(office)
    if store == "memory":
        return office.store.units.read(lambda unit: reveal(cast("MemoryUnit", unit).tx, "history", f"{case}/{seq}"))[
            "values"
        ]
    ref = f"history/{case}/{seq}"
    return office.store.units.read(lambda unit: personal.read(cast("SqlUnit", unit).tx, [ref]))[ref]["values"]


def test_bytes_that_somebody_changed_are_not_given_out(office: Office) -> None:
    one, other = staged(office, "jin"), staged(office, "jin", content=NOTE + b"other")
    agree(office, "jin", one, other)

    blobs = stored(office)
    blobs[one] = blobs[other]

    answer = read(office, "wei", one)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body["code"]) == (503, "damaged")


def test_the_same_key_gets_the_same_answer_and_other_files_under_it_are_another_request(office: Office) -> None:
    one, other = staged(office, "jin"), staged(office, "jin", content=NOTE + b"other")
    item = office.inbox("jin")[0]
    first = office.act("jin", item, "agree", attachments=[one], key="k")

    again = office.act("jin", item, "agree", attachments=[one], key="k")
    different = office.act("jin", item, "agree", attachments=[other], key="k")

    assert again == first
    assert (different.status, different.body["code"]) == (422, "key_reused")


@pytest.mark.parametrize("why", ["unknown", "of somebody else", "of another case", "not stored", "linked", "dropped"])
def test_what_cannot_be_linked_is_refused_by_name_and_changes_nothing(office: Office, why: str) -> None:
    one = _unfit(office, why)
    before = office.history(case_of(office)), row(office, one)
    item = next(one for one in office.inbox("jin") if one.case.id == case_of(office))

    answer = office.act("jin", item, "agree", opinion="样例", attachments=[one])

    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "attachment", "attachments")
    assert (office.history(case_of(office)), row(office, one)) == before


def _unfit(office: Office, why: str) -> str:
    match why:
        case "unknown":
            return "0" * 32
        case "of somebody else":
            return staged(office, "wei")
        case "of another case":
            mine = case_of(office)
            office.send(office.event("trial.began.v1", key="t2", person="person:t2", personal={"name": "样例"}))
            other = next(one.case.id for one in office.cases() if one.case.id != mine)
            one = str(office.attach("jin", other, "note.pdf", NOTE).body["id"])
            # So that the first case is the one that was changed last.
            office.act("lin", mine, "comment", opinion="样例")
            return one
        case "not stored":
            blobs = office.engine.files.blobs
            assert isinstance(blobs, MemoryBlobs)
            blobs.away = True
            office.attach("jin", case_of(office), "note.pdf", NOTE, key="cut off")
            blobs.away = False
            found = office.store.units.read(lambda unit: unit.attachments.of_key("cut off"))
            assert found is not None
            return found.id
        case "linked":
            one = staged(office, "jin")
            office.act("jin", case_of(office), "comment", opinion="样例", attachments=[one])
            return one
        case _:
            one = staged(office, "jin")
            office.clock.turn_to(office.clock() + DAY)
            office.store.units.run(lambda unit: unit.attachments.claim_due(10, unit.now + DAY))
            return one


def test_an_act_that_comes_too_late_is_told_that_and_leaves_its_file_for_another_one(make_store: MakeStore) -> None:
    office = begun(make_store, judged(mode=Mode.ANY))
    one = staged(office, "jin")
    item = office.inbox("jin")[0]
    office.act("wei", office.inbox("wei")[0], "agree")

    late = office.act("jin", item, "agree", attachments=[one])

    assert (late.status, late.body["code"]) == (409, "item_closed")
    assert state(office, one) is AttachmentState.STORED
    assert office.act("jin", case_of(office), "comment", opinion="样例", attachments=[one]).status == 200


def test_eleven_files_are_too_many_for_one_act(office: Office) -> None:
    files = [staged(office, "jin", content=NOTE + bytes([n])) for n in range(11)]

    assert agree(office, "jin", *files).body["code"] == "attachment"
    assert agree(office, "jin", *files[:10]).status == 200


def test_a_secret_ballot_takes_no_file(make_store: MakeStore) -> None:
    panel = {f"v{n}": "voter" for n in range(5)}
    cast = vote(
        "cast", by=role("voter"), quorum="1/2", passes="1/2", secret=True, within=5, fails=end("no", "rejected")
    )
    steps = sequence(cast, end("done", "approved"))
    ballot = workflow("ballot", starts_on="trial.began.v1", about="trial", person=True, steps=steps)
    office = begun(make_store, ballot, **panel)
    one = staged(office, "v1")

    answer = office.act("v1", office.inbox("v1")[0], "cast", fields={"choice": "agree"}, attachments=[one])

    assert (answer.status, answer.body["code"]) == (422, "attachment")
    assert state(office, one) is AttachmentState.STORED


def test_a_preview_names_the_files_and_links_none(office: Office) -> None:
    one, item, viewer = staged(office, "jin"), office.inbox("jin")[0].item, office.viewer("jin")
    wanted = Act("", item.case, item.id, "agree", "jin", viewer.principals, item.version, attachments=(one,))

    told = foresee(office.engine, wanted)

    assert isinstance(told, Consequences)
    assert told.attachments == (one,)
    assert state(office, one) is AttachmentState.STORED


def test_of_two_acts_that_name_the_same_file_at_once_one_gets_it(make_store: MakeStore) -> None:
    office = begun(make_store, judged())
    office.send(office.event("trial.began.v1", key="t2", person="person:t2", personal={"name": "样例"}))
    one, case, ready = staged(office, "jin"), case_of(office), Barrier(2)

    def comment(number: int) -> Answer:
        ready.wait()
        return office.act("jin", case, "comment", opinion="样例", attachments=[one], key=f"race{number}")

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(comment, range(2)), key=lambda one: one.status)

    assert [one.status for one in answers] == [200, 422]
    linked = [one.body["delta"].get("attachments") for one in office.history(case)]
    assert sum(each is not None for each in linked) == 1


# -- withdrawn ---------------------------------------------------------------------------------------------


def test_whoever_attached_a_file_withdraws_it_and_its_bytes_stay(office: Office) -> None:
    one = staged(office, "jin")
    agree(office, "jin", one)

    answer = office.act("jin", case_of(office), "detach", opinion="传错了", fields={"attachment": one})

    found = row(office, one)
    assert answer.status == 200
    assert found is not None
    assert (found.state, found.withdrawn_by) == (AttachmentState.WITHDRAWN, "jin")
    assert office.history(case_of(office))[-1].body["delta"]["detached"] == [one]
    assert [listed(office, user) for user in ("jin", "wei")] == [[(one, "note.pdf")], [(one, "")]]
    assert isinstance(read(office, "jin", one), Fetched)
    refused = read(office, "wei", one)
    assert isinstance(refused, Answer)
    assert (refused.status, refused.body["code"]) == (410, "withdrawn")
    assert collect(office.engine) == 0


def test_the_head_of_the_office_withdraws_a_file_and_still_reads_it(office: Office) -> None:
    one = staged(office, "jin")
    agree(office, "jin", one)
    agree(office, "wei")

    answer = office.act("he", case_of(office), "detach", opinion="不宜公开", fields={"attachment": one})

    assert answer.status == 200
    assert isinstance(read(office, "he", one), Fetched)


@pytest.mark.parametrize(
    ("user", "times", "status"),
    [("wei", 1, 403), ("jin", 2, 409), ("he", 0, 422)],
)
def test_nobody_else_withdraws_a_file_and_nobody_twice(office: Office, user: str, times: int, status: int) -> None:
    one = staged(office, "jin")
    agree(office, "jin", one)
    for _ in range(times - 1):
        office.act("jin", case_of(office), "detach", opinion="样例", fields={"attachment": one})
    before = office.history(case_of(office))

    wanted = one if times else "0" * 32
    answer = office.act(user, case_of(office), "detach", opinion="样例", fields={"attachment": wanted})

    assert answer.status == status
    assert office.history(case_of(office)) == before


# -- read --------------------------------------------------------------------------------------------------


def test_a_reader_of_a_copy_is_told_of_a_file_and_not_what_it_is_called(office: Office) -> None:
    one = staged(office, "jin")
    agree(office, "jin", one)
    office.act("jin", case_of(office), "copy", opinion="", fields={"users": ["lin"]})

    answer = read(office, "lin", one)

    assert listed(office, "lin") == [(one, "")]
    assert isinstance(answer, Answer)
    assert answer.status == 403


def test_an_applicant_reads_what_goes_with_comments_for_everybody_and_their_own(make_store: MakeStore) -> None:
    asked = to_applicant(within=3, takes=("town",), once=True, silence=nothing())
    check = approve("check", by=role("judge"), on_reject=end("no", "rejected"), on_return=asked)
    definition = workflow(
        "judged", starts_on="trial.began.v1", about="trial", person=True, steps=sequence(check, end("yes", "approved"))
    )
    office = begun(make_store, definition)
    case, person = case_of(office), "person:person:t1"
    with_return, for_all, for_officers = (staged(office, "jin", content=NOTE + bytes([n])) for n in range(3))
    office.act("jin", office.inbox("jin")[0], "return", opinion="样例", attachments=[with_return])
    office.act("jin", case, "comment", opinion="样例", attachments=[for_all])
    office.act("jin", case, "comment", opinion="样例", fields={"visible": "officers"}, attachments=[for_officers])
    own = staged(office, person)
    office.act(person, case, "comment", opinion="样例", fields={"visible": "officers"}, attachments=[own])

    may = {one: isinstance(read(office, person, one), Fetched) for one in (with_return, for_all, for_officers, own)}

    assert may == {with_return: False, for_all: True, for_officers: False, own: True}
    assert all(isinstance(read(office, "jin", one), Fetched) for one in may)


def test_whoever_may_not_see_the_case_is_told_of_nothing(office: Office) -> None:
    one = staged(office, "jin")
    agree(office, "jin", one)

    answer = read(office, "person:t9", one)

    assert listed(office, "person:t9") == []
    assert isinstance(answer, Answer)
    assert answer.status == 404


def test_a_file_that_is_only_staged_is_its_senders_alone(office: Office) -> None:
    one = staged(office, "jin")

    answer = read(office, "wei", one)

    assert isinstance(answer, Answer)
    assert answer.status == 404
    assert isinstance(read(office, "jin", one), Fetched)
    assert listed(office, "jin") == []


def test_without_the_blob_store_nothing_is_read_and_what_is_staged_is_linked(office: Office) -> None:
    one = staged(office, "jin")
    blobs = office.engine.files.blobs
    assert isinstance(blobs, MemoryBlobs)
    blobs.away = True

    linked = agree(office, "jin", one)

    answer = read(office, "jin", one)
    assert linked.status == 200
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body["code"]) == (503, "blobs_away")


# -- collected ---------------------------------------------------------------------------------------------


def test_what_nobody_linked_within_a_day_is_collected_and_what_was_linked_stays(office: Office) -> None:
    lost, kept = staged(office, "jin"), staged(office, "jin", content=NOTE + b"kept")
    agree(office, "jin", kept)

    office.turn(hours=23)
    assert set(stored(office)) == {lost, kept}
    office.turn(hours=2)

    assert set(stored(office)) == {kept}
    assert (row(office, lost), state(office, kept)) == (None, AttachmentState.LINKED)


def test_a_key_may_be_used_again_after_its_file_was_collected_and_is_another_attachment(office: Office) -> None:
    first = staged(office, "jin", key="k1")
    office.turn(hours=25)

    second = staged(office, "jin", key="k1")

    assert first != second
    assert set(stored(office)) == {second}


def test_a_store_that_is_away_is_asked_again_later_and_not_at_once(office: Office) -> None:
    staged(office, "jin")
    blobs = office.engine.files.blobs
    assert isinstance(blobs, MemoryBlobs)
    office.clock.turn_to(office.clock() + DAY)
    blobs.away = True
    assert collect(office.engine) == 0
    blobs.away = False

    at_once = collect(office.engine)
    office.clock.turn_to(office.clock() + collecting.AGAIN)

    assert (at_once, collect(office.engine), blobs.kept) == (0, 1, {})


@pytest.mark.parametrize("cut", ["after the mark", "after the bytes"])
def test_a_collection_that_was_cut_off_is_done_again(office: Office, cut: str) -> None:
    one = staged(office, "jin")
    office.clock.turn_to(office.clock() + DAY)
    due = office.store.units.run(lambda unit: unit.attachments.claim_due(10, unit.now + collecting.AGAIN))
    if cut == "after the bytes":
        office.engine.files.blobs.delete(due)

    office.clock.turn_to(office.clock() + collecting.AGAIN)

    assert list(due) == [one]
    assert collect(office.engine) == 1
    assert (row(office, one), stored(office)) == (None, {})


def test_a_collector_that_stood_still_cannot_take_a_file_that_was_sent_again(office: Office) -> None:
    staged(office, "jin", key="k1")
    office.clock.turn_to(office.clock() + DAY)
    due = office.store.units.run(lambda unit: unit.attachments.claim_due(10, unit.now + collecting.AGAIN))
    office.turn(hours=1)
    second = staged(office, "jin", key="k1")

    office.engine.files.blobs.delete(due)
    office.store.units.run(lambda unit: unit.attachments.clear(due))

    assert agree(office, "jin", second).status == 200
    assert isinstance(read(office, "jin", second), Fetched)


def test_a_file_is_linked_or_collected_and_never_both(make_store: MakeStore) -> None:
    office = begun(make_store, judged())
    case = case_of(office)
    office.engine = replace(office.engine, files=replace(office.engine.files, kept_staged=timedelta()))
    for number in range(10):
        one, ready = staged(office, "jin", content=NOTE + bytes([number])), Barrier(2)

        def comment(one: str = one, ready: Barrier = ready, number: int = number) -> Answer:
            ready.wait()
            return office.act("jin", case, "comment", opinion="样例", attachments=[one], key=f"race{number}")

        def collected(ready: Barrier = ready) -> int:
            ready.wait()
            return collect(office.engine)

        with ThreadPoolExecutor(2) as pool:
            answer, _ = pool.submit(comment), pool.submit(collected)
        collect(office.engine)

        linked = answer.result().status == 200
        assert answer.result().status in {200, 422}
        assert (state(office, one) is AttachmentState.LINKED) == linked
        assert (one in stored(office)) == linked


def test_the_collector_passes_over_what_an_act_holds(make_store: MakeStore, store: str) -> None:
    if store != "postgres":
        pytest.skip("only there do two units hold rows at once")
    office = begun(make_store, judged())
    one, units = staged(office, "jin"), cast("SqlUnits", office.store.units)
    office.clock.turn_to(office.clock() + DAY)

    with standing(units, lambda unit: unit.attachments.hold([one])) as act:
        passed = collect(office.engine)
        act.commit()

    assert passed == 0
    assert collect(office.engine) == 1


def test_an_act_that_waits_for_the_collector_finds_the_file_dropped(make_store: MakeStore, store: str) -> None:
    if store != "postgres":
        pytest.skip("only there do two units hold rows at once")
    office = begun(make_store, judged())
    one, units = staged(office, "jin"), cast("SqlUnits", office.store.units)
    office.clock.turn_to(office.clock() + DAY)

    def claim(unit: SqlUnit) -> object:
        return unit.attachments.claim_due(10, unit.now + DAY)

    with standing(units, claim) as collector, ThreadPoolExecutor(1) as thread:
        act = thread.submit(office.act, "jin", case_of(office), "comment", opinion="样例", attachments=[one])
        wait_until_blocked(units)
        collector.commit()

    assert (act.result().status, act.result().body["code"]) == (422, "attachment")


# -- erased ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("erases", ["the person", "the case"])
def test_erasing_takes_files_along_and_leaves_a_chain_that_verifies(office: Office, erases: str) -> None:
    one, waiting = staged(office, "jin"), staged(office, "jin", content=NOTE + b"waiting")
    agree(office, "jin", one)
    case = case_of(office)

    office.store.units.run(lambda unit: unit.erase(["person:t1"]) if erases == "the person" else unit.forget([case]))

    answer = read(office, "wei", one)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body["code"]) == (410, "erased")
    assert listed(office, "jin") == [(one, "")]
    office.drain()
    assert stored(office) == {}
    assert (state(office, one), row(office, waiting)) == (AttachmentState.DROPPED, None)
    assert office.store.reads.verify().where is None


def test_nothing_is_taken_in_for_somebody_erased(office: Office, store: str) -> None:
    if store == "memory":
        pytest.skip("memory gives a new key to whoever comes back")
    office.store.units.run(lambda unit: unit.erase(["person:t1"]))

    answer = office.attach("jin", case_of(office), "note.pdf", NOTE)

    assert (answer.status, answer.body["code"]) == (410, "erased")
    assert stored(office) == {}


def test_a_file_beside_a_case_about_nobody_is_read_as_any_other(make_store: MakeStore) -> None:
    office = begun(make_store, judged(person=False))
    one = staged(office, "jin")
    agree(office, "jin", one)

    assert isinstance(read(office, "wei", one), Fetched)


def test_nothing_of_a_file_is_readable_on_the_disk_and_nothing_is_left_after_erasing(
    office: Office, store: str, tmp_path: Path
) -> None:
    if store == "memory":
        pytest.skip("memory only marks what it seals: it is on no disk")
    keep_in(office, FileBlobs(tmp_path / "attachments"))
    one = staged(office, "jin", name="Zhang-Yangli.pdf")
    agree(office, "jin", one)

    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    office.store.units.run(lambda unit: unit.erase(["person:t1"]))
    office.drain()

    assert len(written) >= 1
    assert not any(word in content for content in written for word in (NOTE, b"invented note", b"Zhang-Yangli"))
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == []
