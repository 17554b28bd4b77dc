"""What people read: the Chinese sentence is the source, English its translation; times as the office writes them.

`_` and `ngettext` answer in the language of the current request or command (`use_language`). The English
catalogue is read from its .po file at first use; there is nothing to compile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from domain.texts import zh

CHINESE = "zh"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
DEFAULT_ZONE = "Asia/Shanghai"

_PATTERNS = {
    CHINESE: {
        "day": "M月d日",
        "day of year": "y年M月d日",
        "moment": "M月d日HH:mm",
        "moment of year": "y年M月d日HH:mm",
        "full": "y年M月d日HH:mm:ss",
    },
    ENGLISH: {
        "day": "d MMM",
        "day of year": "d MMM y",
        "moment": "d MMM, HH:mm",
        "moment of year": "d MMM y, HH:mm",
        "full": "d MMM y, HH:mm:ss",
    },
}
_LOCALES = {CHINESE: "zh_CN", ENGLISH: "en_GB"}

_language: ContextVar[str] = ContextVar("language", default=CHINESE)
_zone: ContextVar[str] = ContextVar("zone", default=DEFAULT_ZONE)


def nearest_language(code: str) -> str:
    """The language of this house that is nearest to a code such as zh_CN, zh-Hans or en-GB; Chinese for any other."""
    return ENGLISH if code.lower().startswith(ENGLISH) else CHINESE


def current_language() -> str:
    """The language that `_` answers in now: zh or en."""
    return _language.get()


def use_language(code: str, zone: str | None = None) -> None:
    """Answer in this language, and write times in this zone (IANA name), until told otherwise in this context."""
    _language.set(nearest_language(code))
    if zone is not None:
        _zone.set(zone)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Answer in this language inside the block only."""
    before = _language.set(nearest_language(code))
    try:
        yield
    finally:
        _language.reset(before)


def _(msgid: str, **values: object) -> str:
    """The sentence in the current language with its values filled in; the Chinese where English is missing."""
    return _filled(_translated(msgid) if current_language() == ENGLISH else msgid, values)


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The sentence for `n` things; `n` itself may be used in it as %(n)s."""
    chosen = (one if n == 1 else many) if current_language() == CHINESE else _translated_plural(one, n)
    return _filled(chosen, {"n": n, **values})


def in_english(msgid: str) -> str:
    """The English of a sentence, whatever the current language."""
    return _translated(msgid)


@cache
def _english() -> Catalog:
    with (files("adapters") / "locales" / ENGLISH / "LC_MESSAGES" / "liaison.po").open("rb") as file:
        return read_po(file, locale=ENGLISH)


def _translated(msgid: str) -> str:
    return _strings(msgid)[0] or msgid


def _translated_plural(msgid: str, n: int) -> str:
    return _strings(msgid)[0 if n == 1 else -1] or msgid


def _strings(msgid: str) -> tuple[str, ...]:
    message = _english().get(msgid)
    found = message.string if message else None
    return (found,) if isinstance(found, str) else tuple(found or ("",))


def _filled(sentence: str, values: dict[str, object]) -> str:
    return sentence % values if values else sentence


def day(at: datetime, now: datetime) -> str:
    """The day of a moment, with the year only where it is not this year's."""
    return _written(at, "day" if _same_year(at, now) else "day of year")


def moment(at: datetime, now: datetime) -> str:
    """The day and time of a moment, with the year only where it is not this year's."""
    return _written(at, "moment" if _same_year(at, now) else "moment of year")


def full_moment(at: datetime) -> str:
    """The moment to the second, with its year."""
    return _written(at, "full")


def _same_year(at: datetime, now: datetime) -> bool:
    zone = ZoneInfo(_zone.get())
    return at.astimezone(zone).year == now.astimezone(zone).year


def _written(at: datetime, pattern: str) -> str:
    language = current_language()
    zone = ZoneInfo(_zone.get())
    return format_datetime(at, _PATTERNS[language][pattern], tzinfo=zone, locale=_LOCALES[language])


WORKING_DAY_MINUTES = 7 * 60
"""A working day of 8:30-12:00 and 13:30-17:00."""


def working_time(minutes: int, per_day: int = WORKING_DAY_MINUTES) -> str:
    """Working minutes in words, rounded to what an office counts in: days from one day up, else hours, else minutes."""
    if minutes >= per_day:
        return ngettext("%(n)s个工作日", "%(n)s个工作日", minutes // per_day)
    if minutes >= 60:  # noqa: PLR2004  # minutes of an hour
        return ngettext("%(n)s个工作小时", "%(n)s个工作小时", minutes // 60)
    if minutes:
        return ngettext("%(n)s分钟", "%(n)s分钟", minutes)
    return _("不到1分钟")


def file_size(size: int) -> str:
    """Bytes as people read them."""
    kib, mib = 1024, 1024 * 1024
    return f"{max(1, round(size / kib))} KiB" if size < mib else f"{size / mib:.1f} MiB"


__all__ = [
    "CHINESE",
    "DEFAULT_ZONE",
    "ENGLISH",
    "LANGUAGES",
    "_",
    "current_language",
    "day",
    "file_size",
    "full_moment",
    "in_english",
    "moment",
    "nearest_language",
    "ngettext",
    "speaking",
    "use_language",
    "working_time",
    "zh",
]
