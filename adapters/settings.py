"""Every setting of the program: the only place that reads the environment (docs: `liaison config show`)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.texts import _, use_language
from domain.attachments import TYPES
from domain.identifiers import COUNTY

PREFIX = "LIAISON_"
MOST_MIB = 100
"""The most that an office may allow for one attachment: it is held in memory while it is sealed."""
TESTS_PREFIX = "LIAISON_TEST_"
SHORTEST_SECRET = 32
FROM_FILES = ("database_url", "broker_url", "secret_key", "key", "s3_secret_key")
"""Settings that may hold a secret: each can be given as a file, NAME_FILE=path."""


class WrongSettings(Exception):  # noqa: N818  # said to a person at the start, with every wrong setting
    """The program cannot start: one line per wrong setting with its name, its value and what to do."""

    def __init__(self, findings: list[str]) -> None:
        self.findings = findings
        super().__init__("\n".join(findings))


def _database(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(_("不是数据库地址：请写 postgresql+psycopg://user@host:5432/name")) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"postgresql+psycopg", "sqlite"}:
        raise ValueError(_("不支持这种数据库：请用 postgresql+psycopg://，或去掉这项设置以使用 SQLite"))
    if parsed.drivername == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ValueError(_("没有写明文件：数据库要比进程活得久，请写 sqlite:////path/to/file"))
    return parsed.render_as_string(hide_password=False)


def _broker(url: str) -> str:
    if urlsplit(url).scheme not in {"amqp", "amqps"}:
        raise ValueError(_("不是 RabbitMQ 地址：请写 amqp://user:password@host:5672/vhost，或去掉这项设置"))
    return url


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(_("不是网址：请写成 https://liaison.example.gov.cn 这样"))
    return url.rstrip("/")


def _attachment_store(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or parts.username or parts.query:
        raise ValueError(_("不是附件库：请写 s3://bucket 或 s3://bucket/prefix，或去掉这项设置以存放在数据目录里"))
    return url.rstrip("/")


def _attachment_types(endings: str) -> str:
    wanted = [one.strip().lower() for one in endings.split(",") if one.strip()]
    unknown = sorted(set(wanted) - set(TYPES))
    if unknown or not wanted:
        known, wrong = ", ".join(TYPES), ", ".join(unknown)
        raise ValueError(_("不能接受这些文件类型：%(wrong)s；可选：%(known)s", wrong=wrong, known=known))
    return ",".join(dict.fromkeys(wanted))


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(_("不是时区：请写成 Asia/Shanghai 这样")) from None
    return name


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(_("太短：至少 %(n)s 个字符，可用 openssl rand -hex 32 生成", n=SHORTEST_SECRET))
    return secret


def _crypto_at_hand(name: str) -> str:
    if name == "sm":
        raise ValueError(_("本版本还没有国密算法：请用 aes"))
    return name


def _home_of_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    return Path(base) / "liaison"


class SecretFiles(PydanticBaseSettingsSource):
    """Settings given as NAME_FILE=path: the file's content without the newline at its end."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(_variable(field_name) + "_FILE")
        return (None if path is None else _content(path)), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(None, name)[0] for name in FROM_FILES}
        return {name: value for name, value in found.items() if value is not None}


def _content(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        # Found by `_unreadable_files` with its name; here the value only has to be there.
        return ""


class Settings(BaseSettings):
    """What the office may set. Each is read from LIAISON_<NAME>, those in FROM_FILES also from LIAISON_<NAME>_FILE."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True)

    data_dir: Path = Field(default_factory=_home_of_data)
    database_url: Annotated[str, AfterValidator(_database)] = ""
    broker_url: Annotated[str, AfterValidator(_broker)] | None = None
    base_url: Annotated[str, AfterValidator(_web_address)] = "http://127.0.0.1:8000"
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] | None = None
    county: Annotated[str, Field(pattern=r"^[0-9]{6}$")] = COUNTY
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "Asia/Shanghai"
    language: Literal["zh_CN", "en"] = "zh_CN"
    log_format: Literal["console", "json"] = "console"
    crypto: Annotated[Literal["aes", "sm"], AfterValidator(_crypto_at_hand)] = "aes"
    attachment_max_mb: Annotated[int, Field(ge=1, le=MOST_MIB)] = 20
    """MiB that an attachment may have."""
    attachment_types: Annotated[str, AfterValidator(_attachment_types)] = ",".join(TYPES)
    """The file types that may be attached, by their endings."""
    attachment_keep_staged_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24
    """How long a file is kept that nobody has submitted."""
    s3_endpoint: Annotated[str, AfterValidator(_web_address)] | None = None
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    attachment_store: Annotated[str, AfterValidator(_attachment_store)] | None = None
    """The bucket of an S3 store; in the data folder, where it is not set."""
    key: SecretStr | None = None
    """The key that the command line uses for `submit` and `act`."""

    @field_validator("database_url", mode="before")
    @classmethod
    def _sqlite_by_default(cls, url: str, info: ValidationInfo) -> str:
        return url or f"sqlite:///{info.data.get('data_dir', Path())}/liaison.sqlite3"

    @field_validator("attachment_store")
    @classmethod
    def _with_keys(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is not None and not (info.data.get("s3_access_key") and info.data.get("s3_secret_key")):
            raise ValueError(_("还缺密钥：请一并设置 LIAISON_S3_ACCESS_KEY 和 LIAISON_S3_SECRET_KEY"))
        return url

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # no .env file: one origin less to look for
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic's own files have fixed names
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)

    @property
    def embedded(self) -> bool:
        """True when the moves run inside `liaison up` itself: there is no broker."""
        return self.broker_url is None

    @property
    def on_sqlite(self) -> bool:
        """True when the database is a file of this machine."""
        return self.database_url.startswith("sqlite")

    @property
    def socket(self) -> Path:
        """Where the command line finds the running process."""
        return self.data_dir / "liaison.sock"


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        WrongSettings: naming every unknown, doubled, unreadable or wrong one.
    """
    use_language(os.environ.get(_variable("language"), "zh_CN"))
    findings = [*_unknown(), *_doubled(), *_unreadable_files()]
    try:
        settings = Settings()
    except ValidationError as error:
        findings += [_finding(one) for one in error.errors()]
        raise WrongSettings(findings) from None
    if findings:
        raise WrongSettings(findings)
    return settings


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _known() -> set[str]:
    return {_variable(name) for name in Settings.model_fields} | {f"{_variable(name)}_FILE" for name in FROM_FILES}


def _unknown() -> list[str]:
    known = _known()
    given = (name for name in os.environ if name.startswith(PREFIX) and not name.startswith(TESTS_PREFIX))
    remedy = _("没有这项设置：liaison config show 列出全部设置，请改正名称或去掉")
    return [f"{name}={_shown(name, os.environ[name])}  {remedy}" for name in sorted(set(given) - known)]


def _doubled() -> list[str]:
    names = [_variable(name) for name in FROM_FILES]
    return [
        _("%(name)s 和 %(name)s_FILE 都设置了：请只留一个", name=name)
        for name in names
        if name in os.environ and f"{name}_FILE" in os.environ
    ]


def _unreadable_files() -> list[str]:
    paths = {f"{_variable(name)}_FILE": os.environ.get(f"{_variable(name)}_FILE") for name in FROM_FILES}
    return [
        f"{name}={path}  " + _("文件无法读取：请写明本用户可读的 UTF-8 文本文件")
        for name, path in paths.items()
        if path is not None and not os.access(path, os.R_OK)
    ]


def _finding(error: ErrorDetails) -> str:
    name = str(error["loc"][0])
    what = str(error["ctx"]["error"]) if error["type"] == "value_error" else _("取值有误（%(why)s）", why=error["msg"])
    return f"{_variable(name)}={_shown(_variable(name), str(error['input']))}  {what}"


def _shown(variable: str, value: str) -> str:
    """A value as a person may see it: secrets are masked, also in names that do not exist."""
    name = variable.removeprefix(PREFIX).lower()
    if name.endswith("_url"):
        return _without_password(value)
    return "********" if any(word in name for word in ("key", "secret", "password", "token")) else value


def _without_password(url: str) -> str:
    head, at, rest = url.rpartition("@")
    if not at:
        return url
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{rest}"


# -- what `liaison config show` prints ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as it is shown: `origin` is the variable, the file, or "default"."""

    name: str
    value: str
    origin: str


def shown(settings: Settings) -> list[Shown]:
    """Every setting with its value, secrets masked, and where it comes from."""
    return [
        Shown(_variable(name), _plain(name, getattr(settings, name)), _origin(name)) for name in Settings.model_fields
    ]


def _plain(name: str, value: object) -> str:
    if value is None:
        return ""
    return "********" if isinstance(value, SecretStr) else _shown(_variable(name), str(value))


def _origin(name: str) -> str:
    variable = _variable(name)
    if variable in os.environ:
        return "environment"
    if f"{variable}_FILE" in os.environ:
        return f"file {os.environ[f'{variable}_FILE']}"
    return "default"


# -- the data folder ---------------------------------------------------------------------------------------


def open_data_dir(settings: Settings) -> Path:
    """Create the data folder, readable by its owner alone.

    Raises:
        WrongSettings: when it cannot be made.
    """
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        line = (
            f"{PREFIX}DATA_DIR={settings.data_dir}: cannot be made ({error.strerror}); name a folder you may write to"
        )
        raise WrongSettings([line]) from error
    return settings.data_dir


def office_secret(settings: Settings) -> str:
    """The secret of the office: the setting, else the one kept in the data folder, made at the first start."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = open_data_dir(settings) / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_secret(path)
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_hex(SHORTEST_SECRET)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def _kept_secret(path: Path) -> str:
    secret = path.read_text(encoding="utf-8").strip()
    if len(secret) < SHORTEST_SECRET:
        why = _("里面没有可用的密钥：请从备份恢复，没有它就读不出任何个人信息")
        raise WrongSettings([f"{path}  {why}"])
    return secret


def environment() -> Mapping[str, str]:
    """The environment for a child process: what this process was given."""
    return dict(os.environ)
