"""A workflow as a picture, as Mermaid and as BPMN, over the machine API."""

import xml.etree.ElementTree as ET

import pytest

from tests.integration.doors.offices import Doors

PLACE = "/api/workflows/member_registration"


def test_mermaid_is_text_in_the_language_that_is_asked_for(doors: Doors) -> None:
    answer = doors.get(f"{PLACE}/diagram.mermaid", params={"lang": "en"})

    assert answer.headers["content-type"].startswith("text/vnd.mermaid")
    assert answer.text.startswith("flowchart TD\n")
    assert "Completeness check" in answer.text


def test_bpmn_is_a_file_to_keep(doors: Doors) -> None:
    answer = doors.get(f"{PLACE}/bpmn")

    assert answer.headers["content-disposition"] == 'attachment; filename="member_registration.bpmn"'
    assert ET.fromstring(answer.text).tag == "{http://www.omg.org/spec/BPMN/20100524/MODEL}definitions"


def test_who_accepts_json_gets_the_list_of_what_bpmn_cannot_say(doors: Doors) -> None:
    headers = {"Authorization": "Bearer user:sample.auditor", "Accept": "application/json"}

    body = doors.http.get(f"{PLACE}/bpmn", headers=headers).json()

    assert body["xml"].startswith("<?xml")
    assert "steps/completeness: term" in body["extended"]


@pytest.mark.parametrize("part", ["diagram.svg", "diagram.mermaid", "bpmn"])
def test_a_workflow_that_is_not_there_has_no_picture(doors: Doors, part: str) -> None:
    assert doors.get(f"/api/workflows/nowhere/{part}").status_code == 404
