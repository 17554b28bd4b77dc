"""`up --sample --until-idle`: a year of the sample county, played through the doors on a turned clock."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import worker
from adapters.cli.house import Rooms
from adapters.cli.program import command
from adapters.sample.playing import choose
from tests.integration.doors.offices import START
from workflows.testkit import staff

ROOMS = Rooms(
    store=worker.store,
    doors=worker.doors,
    embedded=worker.embedded,
    turned=worker.turned,
    work=lambda _: 0,
    sweep=lambda _: 0,
    begun=worker.begun,
    blobs=worker.blobs_of,
)


@pytest.mark.timeout(300)
def test_a_year_of_the_sample_county_ends_with_nothing_stuck_and_nothing_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "KEY"):
        monkeypatch.delenv(f"LIAISON_{name}", raising=False)
    monkeypatch.setenv("LIAISON_LANGUAGE", "en")
    monkeypatch.setenv("LIAISON_DATA_DIR", str(tmp_path))

    found = CliRunner().invoke(command(), ["up", "--sample", "--until-idle"], obj=ROOMS)

    assert found.exit_code == 0, found.output
    assert "member_registration" in found.output
    assert ", 0 refused" in found.output
    assert not list(tmp_path.iterdir()), "the year was not played in a database of its own"


def item(**more: object) -> dict[str, object]:
    return {
        "id": "i1",
        "version": 1,
        "holders": [{"who": "role:clerk:", "capacity": "candidate"}],
        "verbs": ["complete"],
        "form": {"fields": [{"name": "grade", "type": "choice", "choices": ["good"], "required": True}]},
        **more,
    }


def test_a_sample_person_fills_in_what_is_required() -> None:
    found = choose(item(), staff(chen="clerk"), START.date(), ())

    assert found is not None
    assert (found.user, found.verb, found.body["form"]) == ("chen", "complete", {"grade": "good"})


def test_the_same_item_is_answered_in_the_same_way_and_nobody_answers_what_nobody_holds() -> None:
    asked, here = item(verbs=["agree", "reject"]), staff(a="clerk", b="clerk")

    assert choose(asked, here, START.date(), ("minor",)) == choose(asked, here, START.date(), ("minor",))
    assert choose(item(holders=[]), here, START.date(), ()) is None
