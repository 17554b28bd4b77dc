"""POST /api/workflows/check: what is wrong with a file, on which line, and what to do."""

from typing import Any

from tests.integration.doors.offices import Doors
from workflows.catalogue.member_registration import DEFINITION
from workflows.language.files import canonical_json, to_yaml
from workflows.language.words import Workflow, call, end, sequence, workflow

SILENT = """
name: visiting
starts_on: base.visited.v1
about: base
steps:
  word: sequence
  steps:
  - word: carry_out
    name: visit
    by: {who: role, name: section_officer}
  - {word: end, outcome: done}
"""


def checked(doors: Doors, content: bytes, media: str = "application/yaml") -> Any:
    headers = {"Authorization": "Bearer user:sample.office_head", "Content-Type": media}
    return doors.http.post("/api/workflows/check", content=content, headers=headers)


def calling(name: str) -> Workflow:
    gives = {one: one for one in ("town", "name", "mobile", "groups", "main_group", "adult")}
    return workflow(
        "again",
        starts_on="member.applied.v1",
        about="member",
        person=True,
        steps=sequence(call("other", workflow=name, gives=gives), end("done")),
    )


def test_a_current_definition_has_no_finding(doors: Doors) -> None:
    assert checked(doors, to_yaml(DEFINITION).encode()).json()["findings"] == []


def test_a_finding_in_yaml_tells_its_line(doors: Doors) -> None:
    found = checked(doors, SILENT.encode()).json()["findings"]

    assert ("no_silence", "steps/visit", 8) in [(one["code"], one["path"], one["line"]) for one in found]
    assert all(one["problem"] and one["remedy"] for one in found)


def test_a_file_that_is_no_definition_is_refused_with_its_line(doors: Doors) -> None:
    answer = checked(doors, SILENT.replace("name: visit\n", "nom: visit\n").encode())

    assert answer.status_code == 422
    assert "line 8" in answer.json()["detail"]


def test_a_call_is_checked_against_the_current_definitions(doors: Doors) -> None:
    known = checked(doors, canonical_json(calling("member_registration")), "application/json").json()["findings"]
    unknown = checked(doors, canonical_json(calling("nothing_such")), "application/json").json()["findings"]

    assert "unknown_workflow" not in {one["code"] for one in known}
    assert [(one["code"], one["path"]) for one in unknown] == [("unknown_workflow", "steps/other")]
