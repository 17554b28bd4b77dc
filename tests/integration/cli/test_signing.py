"""手写签名 on the command line: the name with the act, and a picture that is sent before it."""

import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Liaison
from tests.integration.doors.offices import Doors
from workflows.language.words import approve, end, role, workflow

OFFICER = "sample.section_officer"
AS_OFFICER = ("--as", OFFICER)
SIGNED = workflow(
    "signed",
    starts_on="trial.signed.v1",
    about="base",
    steps=approve("decision", by=role("section_officer"), on_reject=end("refused", "rejected"), signature=True),
)


@pytest.fixture
def item(doors: Doors) -> str:
    doors.kit.library.adopt(SIGNED)
    doors.kit.send(doors.kit.event("trial.signed.v1", key="k1"))
    return next(one.item.id for one in doors.kit.inbox(OFFICER) if one.case.workflow == SIGNED.name)


def test_an_act_is_signed_with_a_picture(liaison: Liaison, doors: Doors, item: str, tmp_path: Path) -> None:
    path = tmp_path / "签名.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n invented")

    unsigned = liaison("act", item, "agree", *AS_OFFICER)
    signed = liaison(
        "act", item, "agree", "--with", f"signature={OFFICER}", "--signature-picture", str(path), *AS_OFFICER, "--json"
    )

    assert unsigned.exit_code != 0
    assert "请签名" in unsigned.stderr
    assert signed.exit_code == 0, signed.stderr
    told = doors.kit.history(json.loads(signed.stdout)["case"])[-1].body["delta"]
    assert (told["signature"]["name"], told["attachments"][0][1]) == (OFFICER, "image/png")
