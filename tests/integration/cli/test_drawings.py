"""`workflows diagram` and `workflows export`: what is written, and what is said beside it."""

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Liaison
from workflows.catalogue.member_registration import DEFINITION
from workflows.language.files import from_json, from_yaml

NAME = "member_registration"


def test_a_workflow_is_written_as_mermaid(liaison: Liaison) -> None:
    result = liaison("workflows", "diagram", NAME, "--format", "mermaid")

    assert result.exit_code == 0
    assert result.stdout.startswith("flowchart TD\n")


def test_a_workflow_is_written_as_bpmn_and_what_is_beyond_bpmn_is_told(liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "w.bpmn"

    result = liaison("workflows", "diagram", NAME, "--format", "bpmn", "-o", str(path))

    assert result.exit_code == 0
    assert "<bpmn:process" in path.read_text(encoding="utf-8")
    assert "steps/completeness: term" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("kind", "read"), [("yaml", from_yaml), ("json", from_json)])
def test_an_exported_definition_reads_back_equal(liaison: Liaison, tmp_path: Path, kind: str, read: object) -> None:
    path = tmp_path / "w"

    assert liaison("workflows", "export", NAME, "--format", kind, "-o", str(path)).exit_code == 0

    assert callable(read)
    assert read(path.read_text(encoding="utf-8")) == DEFINITION


def test_a_place_that_cannot_be_written_is_named(liaison: Liaison, tmp_path: Path) -> None:
    result = liaison("workflows", "export", NAME, "-o", str(tmp_path / "nowhere" / "w.yaml"))

    assert result.exit_code == 2
    assert "无法写入" in result.stderr
