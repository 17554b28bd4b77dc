"""The two gateways that need no broker: the embedded feed file and notices."""

import json
from pathlib import Path

from adapters.gateways.feed_file import FeedFile
from adapters.gateways.notices import Notices
from tests.integration.celery.outbox import Clock, engine_with, file_effects, memory_units, publish_effect, row
from workflows.machine.case import Effect, Lane
from workflows.memory.rows import NOTICES
from workflows.moves.deliver import deliver


def test_without_a_broker_published_events_are_lines_of_a_file(tmp_path: Path) -> None:
    units = memory_units(Clock())
    file_effects(units, publish_effect(1), publish_effect(2))

    sent = deliver(engine_with(units, publish=FeedFile(tmp_path / "published.jsonl")), Lane.INTERACTIVE)

    lines = (tmp_path / "published.jsonl").read_text().splitlines()
    assert sent == 2
    assert [json.loads(line)["id"] for line in lines] == ["e-1", "e-2"]


def test_a_line_torn_by_a_crash_spoils_no_other_line(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    path.write_bytes(b'{"id":"e-0","sp')
    units = memory_units(Clock())
    file_effects(units, publish_effect(1))

    deliver(engine_with(units, publish=FeedFile(path)), Lane.INTERACTIVE)

    torn, whole = path.read_text().splitlines()
    assert torn == '{"id":"e-0","sp'
    assert json.loads(whole)["id"] == "e-1"


def test_a_file_that_cannot_be_written_is_said_and_tried_again(tmp_path: Path) -> None:
    units = memory_units(Clock())
    file_effects(units, publish_effect(1))

    sent = deliver(engine_with(units, publish=FeedFile(tmp_path / "nowhere" / "published.jsonl")), Lane.INTERACTIVE)

    assert sent == 0
    assert "nowhere/published.jsonl: No such file or directory" in str(row(units, "publish-1").error)


def test_a_notice_sent_twice_stands_once_in_the_inbox() -> None:
    clock = Clock()
    units = memory_units(clock)
    notice = Effect("notice-1", "c-1", "notice", {"to": ["user:u-1"], "template": "reminder", "case": "c-1"})
    file_effects(units, notice)
    leased = units.run(lambda unit: unit.lease_effects(1, 30))

    Notices(units).send(leased)
    clock.turn(31)
    sent = deliver(engine_with(units, notice=Notices(units)), Lane.INTERACTIVE)

    assert sent == 1
    assert len(list(units.read(lambda unit: list(unit.tx.all(NOTICES))))) == 1
