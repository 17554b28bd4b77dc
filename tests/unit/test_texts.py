"""Sentences in two languages, times as the office writes them, working time in words."""

from contextvars import copy_context
from datetime import UTC, datetime

import pytest

from adapters.texts import (
    _,
    current_language,
    day,
    full_moment,
    moment,
    nearest_language,
    ngettext,
    speaking,
    use_language,
    working_time,
)

NOW = datetime(2026, 11, 3, 1, 30, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


def test_the_chinese_sentence_is_the_source() -> None:
    assert _("同意") == "同意"
    assert current_language() == "zh"


def test_english_is_spoken_inside_the_block_only() -> None:
    with speaking("en_GB"):
        assert _("同意") == "Agree"

    assert _("同意") == "同意"


def test_a_language_holds_for_its_own_context() -> None:
    copy_context().run(use_language, "en")

    assert current_language() == "zh"


@pytest.mark.parametrize(
    ("code", "language"), [("zh_CN", "zh"), ("zh-Hans", "zh"), ("EN-us", "en"), ("fr", "zh"), ("", "zh")]
)
def test_any_code_leads_to_one_of_two_languages(code: str, language: str) -> None:
    assert nearest_language(code) == language


def test_values_are_filled_in_after_translating() -> None:
    with speaking("en"):
        assert _("剩%(time)s", time="3 h") == "3 h left"


def test_what_has_no_translation_is_said_in_chinese() -> None:
    unknown = "此句没有译文"

    with speaking("en"):
        assert _(unknown) == unknown


@pytest.mark.parametrize(("n", "words"), [(1, "1 working day"), (2, "2 working days"), (0, "0 working days")])
def test_english_counts(n: int, words: str) -> None:
    with speaking("en"):
        assert ngettext("%(n)s个工作日", "%(n)s个工作日", n) == words


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "不到1分钟", "less than a minute"),
        (59, "59分钟", "59 minutes"),
        (60, "1个工作小时", "1 working hour"),
        (419, "6个工作小时", "6 working hours"),
        (420, "1个工作日", "1 working day"),
        (1259, "2个工作日", "2 working days"),
    ],
)
def test_working_time_is_said_in_the_largest_unit_that_is_full(minutes: int, chinese: str, english: str) -> None:
    assert working_time(minutes) == chinese
    with speaking("en"):
        assert working_time(minutes) == english


def test_times_are_those_of_china_and_show_the_year_only_where_it_differs() -> None:
    assert day(NOW, NOW) == "11月3日"
    assert moment(NOW, NOW) == "11月3日09:30"
    assert moment(NEW_YEAR, NOW) == "2027年1月1日01:00"
    assert full_moment(NOW) == "2026年11月3日09:30:00"
    with speaking("en"):
        assert moment(NOW, NOW) == "3 Nov, 09:30"
        assert day(NEW_YEAR, NOW) == "1 Jan 2027"
