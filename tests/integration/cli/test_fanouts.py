"""fanouts: announce, list, show and undo what concerns many cases at once."""

from tests.integration.cli.conftest import Liaison, in_json
from tests.integration.doors.offices import Doors
from workflows.moves.running import drain

AS_HEAD = ("--as", "sample.office_head")


def test_what_was_announced_is_listed_shown_and_undone(doors: Doors, liaison: Liaison) -> None:
    made = in_json(liaison("fanouts", "announce", "样例：统一提交材料", "--json", *AS_HEAD))["id"]
    drain(doors.kit.engine)

    listed = liaison("fanouts", "list", *AS_HEAD)
    shown = liaison("fanouts", "show", made, *AS_HEAD)
    undone = liaison("fanouts", "undo", made, "--reason", "样例：发错了", *AS_HEAD)
    drain(doors.kit.engine)

    assert "已发出 0 / 0 件" in listed.stdout
    assert made in shown.stdout
    assert undone.exit_code == 0
    assert in_json(liaison("fanouts", "show", made, "--json", *AS_HEAD))["state"] == "undone"


def test_a_clerk_may_not_announce(liaison: Liaison) -> None:
    result = liaison("fanouts", "announce", "样例", "--as", "sample.centre_clerk_1")

    assert result.exit_code == 4
