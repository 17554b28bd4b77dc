"""暂存 on every store: a draft is its holder's alone, survives what others do meanwhile, and goes with its item."""

from collections.abc import Callable
from typing import Any

import pytest

from workflows.language.words import (
    Form,
    FormField,
    Mode,
    Workflow,
    approve,
    end,
    remind,
    role,
    sequence,
    workflow,
)
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer
from workflows.moves.drafting import Merge, changed_since, merges_of, save_draft
from workflows.ports.drafts import Draft
from workflows.testkit import Office, Store, staff

MakeStore = Callable[..., Store]
GRADED = Form(
    name="grade.v1",
    fields=(
        FormField(name="grade", type="text", required=False),
        FormField(name="remark", type="text", required=False),
    ),
)


def graded(*before: Any, mode: Mode = Mode.ALL) -> Workflow:
    grade = approve(
        "grade",
        by=role("judge"),
        mode=mode,
        within=3,
        overdue=(remind(0),),
        form="grade.v1",
        on_reject=end("refused", "rejected"),
    )
    steps = sequence(grade, *before, end("done", "approved"))
    return workflow("graded", starts_on="trial.began.v1", about="trial", person=True, steps=steps, forms=(GRADED,))


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    """Two judges are asked about a case."""
    return begun(make_store, graded())


def begun(make_store: MakeStore, definition: Workflow) -> Office:
    here = Office([definition], staff(jin="judge", wei="judge", lin="clerk"), store=make_store)
    here.send(here.event("trial.began.v1", key="t1", person="person:t1", personal={"name": "样例"}))
    return here


def save(here: Office, user: str, of: str | None = None, **form: Any) -> Answer:
    item = here.inbox(of or user)[0].item
    viewer = here.viewer(user)
    return save_draft(
        here.engine,
        Act(
            key="",
            case=item.case,
            item=item.id,
            verb="save",
            actor=user,
            principals=viewer.principals,
            seen=None,
            opinion="样例意见",
            form=form,
        ),
    )


def draft(here: Office, user: str, item: str) -> Draft | None:
    return here.store.reads.draft(here.viewer(user), item)


def test_a_draft_is_found_by_whoever_saved_it_and_by_nobody_else(office: Office) -> None:
    item = office.inbox("jin")[0].item.id

    answer = save(office, "jin", grade="A")

    found = draft(office, "jin", item)
    assert answer.status == 200
    assert found is not None
    assert (found.values["opinion"], found.values["form"]) == ("样例意见", {"grade": "A"})
    assert [draft(office, other, item) for other in ("wei", "lin")] == [None, None]


def test_saving_again_replaces_the_draft_and_changes_neither_item_nor_history(office: Office) -> None:
    item = office.inbox("jin")[0].item
    before = office.history(item.case), office.case(item.case)

    save(office, "jin", grade="A")
    save(office, "jin", grade="B")

    found = draft(office, "jin", item.id)
    assert found is not None
    assert found.values["form"] == {"grade": "B"}
    assert (office.history(item.case), office.case(item.case)) == before


def test_a_draft_survives_what_a_peer_does_and_names_the_fields_that_were_changed(office: Office) -> None:
    item = office.inbox("jin")[0].item
    save(office, "jin", grade="A")

    office.act("wei", office.inbox("wei")[0], "agree", form={"remark": "样例"})

    found, view = draft(office, "jin", item.id), office.case(item.case)
    assert found is not None
    assert changed_since(found, office.library.by_hash(view.head.workflow_hash), view.head, item.path) == ("remark",)


def test_a_merge_shows_what_stood_there_what_a_peer_wrote_and_what_the_draft_says(office: Office) -> None:
    item = office.inbox("jin")[0].item
    save(office, "jin", grade="A")

    office.act("wei", office.inbox("wei")[0], "agree", form={"grade": "B"})

    found, view = draft(office, "jin", item.id), office.case(item.case)
    assert found is not None
    definition = office.library.by_hash(view.head.workflow_hash)
    assert merges_of(found, definition, view.head, item.path) == (Merge("grade", None, "B", "A"),)


@pytest.mark.parametrize("ends", ["agree", "reject"])
def test_a_draft_goes_with_its_item_also_where_a_peer_ended_it(office: Office, ends: str) -> None:
    item = office.inbox("jin")[0].item
    save(office, "jin", grade="A")

    office.act(
        {"agree": "jin", "reject": "wei"}[ends],
        office.inbox({"agree": "jin", "reject": "wei"}[ends])[0],
        ends,
        opinion="样例",
    )

    assert draft(office, "jin", item.id) is None
    assert office.store.units.read(lambda unit: unit.drafts.find(item.id, "jin")) is None


def test_a_draft_cannot_be_read_once_its_person_is_erased(office: Office) -> None:
    item = office.inbox("jin")[0].item
    save(office, "jin", grade="A")

    office.store.units.run(lambda unit: unit.erase(["person:t1"]))

    assert draft(office, "jin", item.id) is None


def test_a_draft_cannot_be_read_once_its_case_forgot_the_person(office: Office) -> None:
    item = office.inbox("jin")[0].item
    save(office, "jin", grade="A")

    office.store.units.run(lambda unit: unit.forget([item.case]))

    assert draft(office, "jin", item.id) is None


@pytest.mark.parametrize(
    ("user", "form", "status", "code"),
    [
        ("lin", {}, 403, "not_holder"),
        ("jin", {"nobody_knows": 1}, 422, "closed_field"),
        ("jin", {"grade": {}}, 422, "bad_value"),
    ],
)
def test_who_may_not_answer_saves_nothing_and_no_field_is_kept_that_may_not_be_written(
    office: Office, user: str, form: dict[str, Any], status: int, code: str
) -> None:
    item = office.inbox("jin")[0].item

    answer = save(office, user, "jin", **form)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert draft(office, user, item.id) is None


def test_nothing_is_saved_for_an_item_that_is_closed(office: Office) -> None:
    item = office.inbox("jin")[0].item
    office.act("jin", item, "agree")
    viewer = office.viewer("jin")

    answer = save_draft(
        office.engine,
        Act(key="", case=item.case, item=item.id, verb="save", actor="jin", principals=viewer.principals, seen=None),
    )

    assert answer.status == 409
