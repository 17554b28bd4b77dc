"""Blobs on every store: memory, files, and S3 as a server of its own."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from adapters.blobs.files import FileBlobs
from adapters.blobs.s3 import S3Blobs
from tests.s3 import BUCKET, KEY, REGION, SECRET, s3_server
from workflows.memory.blobs import MemoryBlobs
from workflows.ports import Blobs, BlobsUnavailable

ONE, OTHER = "a" * 32, "b" * 32
LARGE = bytes(range(256)) * 4 * 1024 * 20
"""Twenty MiB, the most that an office takes by default: above the size from which a client may send parts."""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3") / "server.log") as address:
        yield address


def on_s3(address: str, prefix: str = "330226", secret: str = SECRET, bucket: str = BUCKET) -> S3Blobs:
    return S3Blobs(bucket, prefix, address, REGION, KEY, secret)


@pytest.fixture(params=["memory", "files", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "memory":
        return MemoryBlobs()
    if request.param == "files":
        return FileBlobs(tmp_path / "attachments")
    return on_s3(request.getfixturevalue("s3"), prefix=tmp_path.name)


def test_what_was_put_is_got_byte_for_byte_and_nothing_else(blobs: Blobs) -> None:
    blobs.put(ONE, LARGE)
    blobs.put(OTHER, b"")

    assert blobs.get(ONE) == LARGE
    assert blobs.get(OTHER) == b""
    assert blobs.get("c" * 32) is None


def test_what_is_put_again_is_what_was_put_last(blobs: Blobs) -> None:
    blobs.put(ONE, b"first")
    blobs.put(ONE, b"second")

    assert blobs.get(ONE) == b"second"


def test_what_is_deleted_is_gone_and_can_be_deleted_again(blobs: Blobs) -> None:
    blobs.put(ONE, b"content")
    blobs.put(OTHER, b"stays")

    blobs.delete([ONE, "d" * 32])
    blobs.delete([ONE])

    assert (blobs.get(ONE), blobs.get(OTHER)) == (None, b"stays")


def test_of_two_who_put_at_once_the_bytes_of_one_are_kept_whole(blobs: Blobs) -> None:
    contents = [bytes([number]) * 100_000 for number in range(8)]
    threads = [threading.Thread(target=blobs.put, args=(ONE, content)) for content in contents]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert blobs.get(ONE) in contents


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "short", "a" * 16 + "/x", "." + "a" * 20, "a" * 101])
def test_what_is_no_key_of_the_house_names_no_file(key: str, tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "attachments")

    with pytest.raises(ValueError, match="is no key of a blob"):
        blobs.put(key, b"content")

    assert list(tmp_path.iterdir()) == []


def test_files_lie_two_folders_deep_for_their_owner_alone(tmp_path: Path) -> None:
    FileBlobs(tmp_path / "attachments").put(ONE, b"content")

    path = tmp_path / "attachments" / "aa" / "aa" / ONE
    assert path.read_bytes() == b"content"
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)


def test_a_folder_that_cannot_be_written_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "attachments").write_text("a file stands where the folder should be")

    with pytest.raises(BlobsUnavailable, match=r"attachments.*LIAISON_DATA_DIR"):
        FileBlobs(tmp_path / "attachments").put(ONE, b"content")


def test_an_s3_store_that_is_away_is_told_with_its_address_and_never_its_secret(tmp_path: Path) -> None:
    with s3_server(tmp_path / "server.log") as address:
        blobs = on_s3(address)
        blobs.put(ONE, b"content")

    for work in (partial(blobs.put, OTHER, b"x"), partial(blobs.get, ONE), partial(blobs.delete, [ONE])):
        with pytest.raises(BlobsUnavailable, match=f"{BUCKET}.*{address}.*LIAISON_ATTACHMENT_STORE") as told:
            work()
        assert SECRET not in str(told.value)


def test_a_bucket_that_is_not_there_is_no_blob_that_is_not_there(s3: str) -> None:
    blobs = on_s3(s3, bucket="nobody-made-it")

    for work in (partial(blobs.put, ONE, b"x"), partial(blobs.get, ONE)):
        with pytest.raises(BlobsUnavailable, match="nobody-made-it"):
            work()


def test_two_prefixes_of_one_bucket_do_not_see_each_other(s3: str) -> None:
    on_s3(s3, prefix="330226").put(ONE, b"content")

    assert on_s3(s3, prefix="330227").get(ONE) is None
