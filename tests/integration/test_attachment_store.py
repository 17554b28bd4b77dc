"""Where the settings say that attachments lie, there they lie."""

import json
from contextvars import copy_context
from pathlib import Path

import pytest
from typer.testing import CliRunner

import worker
from adapters.cli.house import Rooms
from adapters.cli.program import command
from adapters.settings import read_settings
from tests.s3 import BUCKET, KEY, SECRET, s3_server

ONE = "a" * 26


@pytest.fixture(autouse=True)
def only_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "LANGUAGE", "ATTACHMENT_STORE"):
        monkeypatch.delenv(f"LIAISON_{name}", raising=False)
    monkeypatch.setenv("LIAISON_DATA_DIR", str(tmp_path / "data"))


def test_without_a_setting_they_lie_in_the_data_folder(tmp_path: Path) -> None:
    files = worker.files_of(read_settings())

    files.blobs.put(ONE, b"sealed")

    assert (tmp_path / "data" / "attachments" / "aa" / "aa" / ONE).read_bytes() == b"sealed"
    assert (files.most_bytes, files.kept_staged.total_seconds()) == (20 * 1024 * 1024, 24 * 3600)


def test_in_an_s3_store_they_lie_below_the_county(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with s3_server(tmp_path / "server.log") as address:
        monkeypatch.setenv("LIAISON_ATTACHMENT_STORE", f"s3://{BUCKET}/liaison")
        monkeypatch.setenv("LIAISON_S3_ENDPOINT", address)
        monkeypatch.setenv("LIAISON_S3_ACCESS_KEY", KEY)
        monkeypatch.setenv("LIAISON_S3_SECRET_KEY", SECRET)
        monkeypatch.setenv("LIAISON_ATTACHMENT_MAX_MB", "5")
        monkeypatch.setenv("LIAISON_ATTACHMENT_TYPES", "pdf, JPG")

        files = worker.files_of(read_settings())
        files.blobs.put(ONE, b"sealed")
        monkeypatch.setenv("LIAISON_COUNTY", "330227")
        elsewhere = worker.files_of(read_settings())

        assert files.blobs.get(ONE) == b"sealed"
        assert elsewhere.blobs.get(ONE) is None
        assert f"PUT /{BUCKET}/liaison/330226/{ONE}" in (tmp_path / "server.log").read_text()
        assert (files.most_bytes, files.types) == (5 * 1024 * 1024, frozenset({"pdf", "jpg"}))


def test_the_doctor_says_whether_the_store_can_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    well = doctor()
    with s3_server(tmp_path / "server.log") as address:
        monkeypatch.setenv("LIAISON_ATTACHMENT_STORE", "s3://nobody-made-it")
        monkeypatch.setenv("LIAISON_S3_ENDPOINT", address)
        monkeypatch.setenv("LIAISON_S3_ACCESS_KEY", KEY)
        monkeypatch.setenv("LIAISON_S3_SECRET_KEY", SECRET)
        ill = doctor()

    assert well == (True, "可以写入、读出和删除")
    assert ill[0] is False
    assert "nobody-made-it" in ill[1]
    assert [path for path in (tmp_path / "data" / "attachments").rglob("*") if path.is_file()] == []


def doctor() -> tuple[bool, str]:
    """What `liaison doctor` finds about the store of attachments."""
    rooms = Rooms(
        store=worker.store,
        doors=worker.doors,
        embedded=worker.embedded,
        turned=worker.turned,
        work=lambda _: 0,
        sweep=lambda _: 0,
        begun=worker.begun,
        blobs=worker.blobs_of,
    )
    # A context of its own: the language that a command chooses ends with it.
    said = copy_context().run(CliRunner().invoke, command(), ["doctor", "--json"], obj=rooms)
    (found,) = [one for one in json.loads(said.stdout) if one["what"] == "附件库"]
    return found["well"], found["found"]
