import pytest

from domain.numbers import Numbers, dump_numbers, parse_numbers, value

NUMBERS = Numbers("1", {"member.check_days": 2})


def test_a_number_of_the_office_outranks_the_default() -> None:
    assert value(NUMBERS, "member.check_days", 9) == 2


def test_an_unset_number_is_the_default() -> None:
    assert value(NUMBERS, "member.approve_days", 3) == 3


def test_numbers_survive_writing_and_reading() -> None:
    assert parse_numbers(dump_numbers(NUMBERS)) == NUMBERS


@pytest.mark.parametrize("wrong", ["2", 2.5, True, None])
def test_a_number_that_is_not_whole_is_refused_by_name(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"member\.check_days"):
        parse_numbers({"version": "1", "values": {"member.check_days": wrong}})
