"""`workflows add`, `diff`, `versions` and `migrate`, on an office behind its real doors."""

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Liaison, in_json
from tests.integration.doors.offices import Doors, cloud_event
from workflows.catalogue.member_registration import DEFINITION
from workflows.language.files import logic_hash, to_yaml
from workflows.language.words import Sequence, Workflow, message, role, sequence, workflow
from workflows.moves.running import drain

HEAD = ("--as", "sample.office_head")


def changed(*, at: int, text: str = "told_later") -> Workflow:
    """Member registration with one message more."""
    assert isinstance(DEFINITION.steps, Sequence)
    steps = list(DEFINITION.steps.steps)
    steps.insert(at, message(text, to=role("office_head")))
    return DEFINITION.model_copy(update={"steps": DEFINITION.steps.model_copy(update={"steps": tuple(steps)})})


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A version of member registration that differs behind its first step."""
    path = tmp_path / "later.yaml"
    path.write_text(to_yaml(changed(at=1)), encoding="utf-8")
    return path


@pytest.fixture
def case(doors: Doors) -> str:
    """A running registration."""
    doors.http.post(
        "/api/events",
        json=cloud_event(),
        headers={"Authorization": "Bearer service_centre", "Content-Type": "application/cloudevents+json"},
    )
    drain(doors.kit.engine)
    found: str = doors.kit.cases()[0].case.id
    return found


def version_of(doors: Doors, case: str) -> str:
    return doors.kit.case(case).head.workflow_hash


def test_a_sound_file_becomes_the_current_version_once(liaison: Liaison, doors: Doors, later: Path, case: str) -> None:
    first = in_json(liaison("workflows", "add", str(later), "--json"))["workflows"][0]
    again = in_json(liaison("workflows", "add", str(later), "--json"))["workflows"][0]

    assert (first["added"], again["added"]) == (True, False)
    assert dict(doors.kit.library.current())[first["hash"]].name == "member_registration"
    assert len(in_json(liaison("workflows", "versions", "member_registration", "--json"))["versions"]) == 2
    assert version_of(doors, case) == logic_hash(DEFINITION)


def test_a_file_with_findings_is_refused_with_each_of_them(liaison: Liaison, doors: Doors, tmp_path: Path) -> None:
    before = doors.kit.library.current()
    path = tmp_path / "bad.yaml"
    path.write_text(to_yaml(workflow("bad", starts_on="nothing.such.v1", about="base", steps=sequence())))

    result = liaison("workflows", "add", str(path))

    assert result.exit_code == 1
    assert "nothing.such.v1" in result.stdout
    assert f"{path}:1" in result.stdout
    assert doors.kit.library.current() == before


def test_only_the_office_head_and_the_administrator_add(liaison: Liaison, later: Path) -> None:
    assert liaison("workflows", "add", str(later), "--as", "sample.town_clerk_1").exit_code == 4
    assert liaison("workflows", "add", str(later), *HEAD).exit_code == 0


def test_an_event_that_nobody_hears_is_a_note_and_no_finding(liaison: Liaison) -> None:
    result = liaison("workflows", "check", "--json")

    bodies = in_json(result)["workflows"]
    assert result.exit_code == 0
    assert {one["code"] for body in bodies for one in body["notes"]} <= {"nobody_listens"}


def test_the_difference_of_a_version_and_a_file_is_told_by_step(liaison: Liaison, later: Path) -> None:
    plain = liaison("workflows", "diff", "member_registration", str(later))
    data = in_json(liaison("workflows", "diff", logic_hash(DEFINITION)[:12], str(later), "--json"))

    assert "+ steps/told_later  message" in plain.stdout
    assert [(one["kind"], one["path"]) for one in data["differences"]] == [("added", "steps/told_later")]


def test_a_running_case_moves_and_moves_back(liaison: Liaison, doors: Doors, later: Path, case: str) -> None:
    new = in_json(liaison("workflows", "add", str(later), "--json"))["workflows"][0]["hash"]
    words = ("workflows", "migrate", "member_registration")

    looked = liaison(*words, "--to", new[:12], "--reason", "样例：更正", "--dry-run", *HEAD)
    before = version_of(doors, case)
    moved = liaison(*words, "--to", new[:12], "--reason", "样例：更正", *HEAD)
    there = version_of(doors, case)
    back = liaison(*words, "--undo", "--reason", "样例：撤销", *HEAD)

    assert [one.exit_code for one in (looked, moved, back)] == [0, 0, 0]
    assert (before, there, version_of(doors, case)) == (logic_hash(DEFINITION), new, logic_hash(DEFINITION))
    assert [one.body["what"] for one in doors.kit.history(case)][-2:] == ["act:migrate", "act:migrate"]
    assert case in moved.stdout


def test_a_case_that_cannot_move_is_refused_with_every_reason(liaison: Liaison, doors: Doors, case: str) -> None:
    assert isinstance(DEFINITION.steps, Sequence)
    rest = DEFINITION.steps.model_copy(update={"steps": DEFINITION.steps.steps[-1:]})
    other = DEFINITION.model_copy(update={"steps": rest})
    doors.kit.library.adopt(other)

    result = liaison(
        "workflows",
        "migrate",
        "member_registration",
        "--to",
        logic_hash(other),
        "--reason",
        "样例：更正",
        "--json",
        *HEAD,
    )

    [found] = in_json(result)["results"]
    assert (result.exit_code, found["status"], found["case"]) == (1, 409, case)
    assert "step_lost" in {one["code"] for one in found["obstacles"]}
    assert version_of(doors, case) == logic_hash(DEFINITION)


def test_the_way_ahead_of_a_case_is_a_table_of_steps(liaison: Liaison, case: str) -> None:
    plain = liaison("preview", case)
    data = in_json(liaison("preview", case, "--json"))

    assert plain.exit_code == 0
    assert "一定经过" in plain.stdout
    assert {"live", "certain", "possible"} == {one["sure"] for one in data["steps"]}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("workflows", "migrate", "member_registration"), 2),
        (("workflows", "migrate", "member_registration", "--to", "00000000", "--case", "x", *HEAD), 3),
        (("workflows", "diff", "nothing_such", "member_registration"), 3),
        (("workflows", "diff", "/nowhere.yaml", "member_registration"), 2),
        (("workflows", "versions", "nothing_such"), 3),
    ],
)
def test_what_is_not_there_ends_with_its_code(liaison: Liaison, arguments: tuple[str, ...], code: int) -> None:
    assert liaison(*arguments).exit_code == code
