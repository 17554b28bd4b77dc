"""Settings: wrong ones stop the start, secrets come from files, the office's own secret is made once."""

from pathlib import Path

import pytest

from adapters.settings import WrongSettings, office_secret, open_data_dir, read_settings, shown


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATA_DIR", "DATABASE_URL", "BROKER_URL", "SECRET_KEY", "LANGUAGE", "KEY"):
        monkeypatch.delenv(f"LIAISON_{name}", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_without_a_setting_everything_is_embedded_below_the_data_folder(tmp_path: Path) -> None:
    settings = read_settings()

    assert settings.data_dir == tmp_path / "liaison"
    assert settings.database_url == f"sqlite:///{tmp_path}/liaison/liaison.sqlite3"
    assert (settings.embedded, settings.on_sqlite) == (True, True)
    assert (settings.county, settings.time_zone, settings.language) == ("330226", "Asia/Shanghai", "zh_CN")


def test_a_plain_postgresql_url_gets_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_DATABASE_URL", "postgresql://office:word@db:5432/liaison")

    assert read_settings().database_url == "postgresql+psycopg://office:word@db:5432/liaison"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DATABASE_URL", "mysql://h/x", "postgresql+psycopg://"),
        ("DATABASE_URL", "sqlite://", "sqlite:////"),
        ("DATABASE_URL", "nothing", "postgresql+psycopg://"),
        ("BROKER_URL", "redis://h", "amqp://"),
        ("BASE_URL", "liaison", "https://"),
        ("TIME_ZONE", "Mars/Base", "Asia/Shanghai"),
        ("LANGUAGE", "fr", "zh_CN"),
        ("LOG_FORMAT", "xml", "json"),
        ("COUNTY", "33", "[0-9]"),
        ("CRYPTO", "sm", "aes"),
        ("COLOUR", "red", "config show"),
        ("ATTACHMENT_MAX_MB", "101", "100"),
        ("ATTACHMENT_TYPES", "pdf,svg", "pdf, ofd"),
        ("ATTACHMENT_TYPES", "", "pdf, ofd"),
        ("ATTACHMENT_KEEP_STAGED_HOURS", "0", "1"),
        ("ATTACHMENT_STORE", "https://store", "s3://bucket"),
        ("ATTACHMENT_STORE", "s3://bucket", "LIAISON_S3_SECRET_KEY"),
        ("S3_ENDPOINT", "store:9000", "https://"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(f"LIAISON_{name}", value)

    with pytest.raises(WrongSettings) as wrong:
        read_settings()

    (finding,) = wrong.value.findings
    assert finding.startswith(f"LIAISON_{name}={value}")
    assert remedy in finding


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_COUNTY", "x")
    monkeypatch.setenv("LIAISON_TIME_ZONE", "x")
    monkeypatch.setenv("LIAISON_NOSUCH", "x")

    with pytest.raises(WrongSettings) as wrong:
        read_settings()

    assert len(wrong.value.findings) == 3


def test_settings_of_the_tests_are_not_settings_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_TEST_ANYTHING", "x")

    assert read_settings()


def test_a_secret_never_stands_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_SECRET_KEY", "short-secret")
    monkeypatch.setenv("LIAISON_DATABASE_URL", "mysql://office:pass-word@db/x")

    with pytest.raises(WrongSettings) as wrong:
        read_settings()

    assert "short-secret" not in str(wrong.value)
    assert "pass-word" not in str(wrong.value)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("s" * 40 + "\n")
    monkeypatch.setenv("LIAISON_SECRET_KEY_FILE", str(path))

    settings = read_settings()

    assert office_secret(settings) == "s" * 40
    assert {one.name: one.origin for one in shown(settings)}["LIAISON_SECRET_KEY"] == f"file {path}"


def test_a_secret_that_is_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("s" * 40)
    monkeypatch.setenv("LIAISON_SECRET_KEY_FILE", str(path))
    monkeypatch.setenv("LIAISON_SECRET_KEY", "t" * 40)

    with pytest.raises(WrongSettings, match="LIAISON_SECRET_KEY_FILE"):
        read_settings()


def test_a_secret_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIAISON_BROKER_URL_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(WrongSettings, match=f"LIAISON_BROKER_URL_FILE={tmp_path}/nowhere"):
        read_settings()


def test_the_office_makes_its_secret_once_for_its_owner_alone() -> None:
    settings = read_settings()

    first, second = office_secret(settings), office_secret(settings)

    path = settings.data_dir / "secret.key"
    assert first == second == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700


def test_what_is_shown_masks_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_BROKER_URL", "amqp://office:pass-word@mq:5672/v")
    monkeypatch.setenv("LIAISON_KEY", "the-key-of-a-department")

    text = repr(shown(read_settings()))

    assert "amqp://office:***@mq:5672/v" in text
    assert "pass-word" not in text
    assert "the-key" not in text


def test_a_data_folder_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LIAISON_DATA_DIR", str(tmp_path / "file" / "below"))

    with pytest.raises(WrongSettings, match="LIAISON_DATA_DIR"):
        open_data_dir(read_settings())


def test_an_s3_store_is_set_with_its_keys_and_shown_without_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "s3"
    secret.write_text("secret-of-the-store\n")
    monkeypatch.setenv("LIAISON_ATTACHMENT_STORE", "s3://bucket/files/")
    monkeypatch.setenv("LIAISON_S3_ACCESS_KEY", "name-of-the-key")
    monkeypatch.setenv("LIAISON_S3_SECRET_KEY_FILE", str(secret))

    settings = read_settings()

    told = {one.name: one.value for one in shown(settings)}
    assert settings.s3_secret_key is not None
    assert settings.s3_secret_key.get_secret_value() == "secret-of-the-store"
    assert told["LIAISON_ATTACHMENT_STORE"] == "s3://bucket/files"
    assert (told["LIAISON_S3_ACCESS_KEY"], told["LIAISON_S3_SECRET_KEY"]) == ("********", "********")
