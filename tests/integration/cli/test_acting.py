"""Every verb of the table of operations can be said on the command line, with its fields."""

import json
from typing import Any

import pytest

from tests.acceptance.bases import call, up_to_office_check, visitors
from tests.integration.cli.conftest import Liaison
from tests.integration.doors.offices import Doors, cloud_event
from workflows.machine.operations import ON_CASES, ON_ITEMS, Operation
from workflows.moves.running import drain

CLERK, HEAD = ("--as", "sample.centre_clerk_1"), ("--as", "sample.office_head")
EVERY = (*ON_ITEMS.values(), *ON_CASES.values())
MACHINE_ANSWERED = {0, 1, 4}
"""Done; refused as the case stands; refused as it is not theirs."""
DOOR_REFUSED = ("没有这一字段", "字段缺少或取值不符合要求", "unknown verb")
VALUES = {"user": "sample.office_head", "users": "sample.office_head,sample.chalu_clerk", "number": "3", "comment": "3"}


@pytest.fixture
def item(doors: Doors) -> dict[str, Any]:
    """What the centre's clerk is asked first."""
    headers = {"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"}
    doors.http.post("/api/events", json=cloud_event(), headers=headers)
    drain(doors.kit.engine)
    found: dict[str, Any] = doors.get("/api/work-items", key="user:sample.centre_clerk_1").json()["items"][0]
    return found


def own_fields(operation: Operation) -> list[str]:
    """A value of the right kind for each field of the verb, as options."""
    return [
        part
        for one in operation.asks
        for part in ("--with", f"{one.name}={(*one.choices, VALUES.get(one.kind, 'steps/approval'))[0]}")
    ]


@pytest.mark.parametrize("operation", EVERY, ids=lambda one: one.verb)
def test_every_verb_and_its_fields_reach_the_machine(
    liaison: Liaison, doors: Doors, item: dict[str, Any], operation: Operation
) -> None:
    on = item["id"] if operation.on == "item" else item["case"]
    arguments = ("act", on, operation.verb, "--opinion", "样例", *own_fields(operation), *HEAD, "--json")

    said = liaison(*arguments)

    assert said.exit_code in MACHINE_ANSWERED, said.stderr
    assert not [one for one in DOOR_REFUSED if one in said.stderr], said.stderr


def test_an_item_is_handed_on_and_signers_are_added(liaison: Liaison, doors: Doors, item: dict[str, Any]) -> None:
    signers = ("--with", "users=sample.office_head", "--with", "where=before")
    added = liaison("act", item["id"], "add-signers", *signers, *CLERK, "--json")

    ended = liaison("act", item["case"], "terminate", "--opinion", "样例", *HEAD, "--json")

    assert (added.exit_code, json.loads(added.stdout)["item_state"]) == (0, "waiting")
    assert (ended.exit_code, json.loads(ended.stdout)["state"]) == (0, "terminated")


def test_a_preview_tells_what_would_follow_and_does_nothing(
    liaison: Liaison, doors: Doors, item: dict[str, Any]
) -> None:
    told = liaison("act", item["case"], "terminate", "--opinion", "样例", "--preview", *HEAD)

    assert json.loads(told.stdout)["state"] == "terminated"
    assert doors.get(f"/api/cases/{item['case']}").json()["state"] == "running"


@pytest.mark.parametrize("own", ["to", "nobody=sample.office_head"])
def test_a_field_that_is_no_pair_or_that_the_verb_does_not_know_is_refused(
    liaison: Liaison, item: dict[str, Any], own: str
) -> None:
    assert liaison("act", item["id"], "transfer", "--with", own, *CLERK).exit_code in {1, 2}


def test_people_are_chosen_in_a_form_with_commas(liaison: Liaison, doors: Doors) -> None:
    call(doors.kit)
    case = up_to_office_check(doors.kit)
    [item] = doors.get("/api/work-items", key="user:sample.office_clerk").json()["items"]
    clerk = ("--as", "sample.office_clerk", "--json")

    few = liaison("act", item["id"], "agree", "--field", "visitors=sample.panel_member_1", *clerk)
    done = liaison(
        "act", item["id"], "agree", "--field", "visitors=sample.panel_member_1,sample.panel_member_4", *clerk
    )
    drain(doors.kit.engine)

    assert (few.exit_code, "选择的人数不足" in few.stderr) == (1, True)
    assert done.exit_code == 0
    assert sorted(visitors(doors.kit, case)) == ["sample.panel_member_1", "sample.panel_member_4"]


def test_an_explanation_says_what_may_be_pressed_and_why_the_rest_may_not(
    liaison: Liaison, doors: Doors, item: dict[str, Any]
) -> None:
    by_clerk = liaison("explain", item["case"], *CLERK).stdout
    by_head = liaison("explain", item["case"], *HEAD).stdout

    assert f"您现在可以办理待办 {item['id']}（材料核对）：agree 同意、reject 不同意(reason)（不能撤销）" in by_clerk
    assert "terminate 终止(opinion)（不能撤销）" in by_head
    assert "void 作废：只有已办结、尚未作废的办件可以作废" in by_head


def test_what_is_not_finished_is_saved_for_oneself(liaison: Liaison, doors: Doors, item: dict[str, Any]) -> None:
    said = liaison("act", item["id"], "save", "--opinion", "样例：未写完", *CLERK)

    mine = doors.get(f"/api/work-items/{item['id']}", key="user:sample.centre_clerk_1").json()["draft"]
    others = doors.get(f"/api/work-items/{item['id']}", key="user:sample.centre_clerk_2").json()["draft"]
    assert (said.exit_code, said.stdout.strip()) == (0, "已暂存，只有您看得到")
    assert (mine["opinion"], others) == ("样例：未写完", None)
