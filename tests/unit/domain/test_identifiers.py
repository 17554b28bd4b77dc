import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import (
    UNITS,
    derived_id,
    is_bank_card,
    is_credit_code,
    is_id_number,
    is_unit,
    mask_forbidden,
    masked_mobile,
    normal_credit_code,
    normal_mobile,
)

CREDIT_CODES = [
    "91110000600037341L",
    "121200004013590816",
    "91152201078377449P",
    "9144030071526726XG",
    "51330226MJ0000018M",
    "52330226MJ0000026D",
    "53330226MJ00000345",
    "31330226MD0000040P",
    "91330226MA00000585",
    "N2330226MF00000809",
]
# The examples of GB 11643-1999 itself and of public test files; none belongs to this county.
ID_NUMBERS = ["11010519491231002X", "440524188001010014", "360426199101010071", "44011320141005001X"]
BANK_CARDS = ["4111111111111111", "6222021234567890128"]


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_a_valid_credit_code_passes(code: str) -> None:
    assert is_credit_code(code)
    assert normal_credit_code(f" {code.lower()} ") == code


@pytest.mark.parametrize("code", ["51330226MJ0000018N", "51330226MJ0000018I", "51330226MJ0000018", "", "5" * 18])
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    assert not is_credit_code(code)
    with pytest.raises(ValueError, match="social credit code"):
        normal_credit_code(code)


@settings(deadline=None)
@given(st.sampled_from(CREDIT_CODES), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_never_passes(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]

    assert is_credit_code(changed) is (changed == code)


@pytest.mark.parametrize("number", ["13800138000", "+8613800138000", "0086 138 0013 8000", "+86 138-0013-8000"])
def test_a_mobile_number_is_brought_to_eleven_digits(number: str) -> None:
    assert normal_mobile(number) == "13800138000"


@pytest.mark.parametrize(
    "number", ["12800138000", "1380013800", "0574-65512345", "138001380001", "１３８００１３８０００", ""]
)
def test_what_is_no_mobile_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(ValueError, match="no mobile number") as refused:
        normal_mobile(number)

    assert number == "" or number not in str(refused.value)


def test_a_mobile_number_is_shown_masked() -> None:
    assert masked_mobile("13800138000") == "138****8000"


@pytest.mark.parametrize("number", ID_NUMBERS)
def test_an_id_number_is_recognised_and_covered(number: str) -> None:
    assert is_id_number(number)
    assert mask_forbidden(f"号码{number}。") == f"号码{'*' * 18}。"


@pytest.mark.parametrize("text", ["110105194912310021", "11010519491331002X", "1101051949123100", "x" * 18])
def test_what_is_no_id_number_is_not_taken_for_one(text: str) -> None:
    assert not is_id_number(text)


@pytest.mark.parametrize("number", BANK_CARDS)
def test_a_bank_card_is_recognised_and_covered(number: str) -> None:
    assert is_bank_card(number)
    assert number not in mask_forbidden(f"卡 {number} 谢谢")


@pytest.mark.parametrize(
    "text",
    [
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002x",
        "4111-1111-1111-1111",
        "13800138000 4111111111111111",
        "ID11010519491231002X",
        "4111111111111111 4111111111111111",
    ],
)
def test_no_spelling_hides_a_forbidden_number(text: str) -> None:
    covered = mask_forbidden(text)

    assert len(covered) == len(text)
    assert "4111" not in covered
    assert "1949" not in covered
    assert "１９４９" not in covered


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026年3月2日",
        "电话0574-65512345",
        "13800138000",
        "91110000600037341L",
        "宁统〔2026〕12号",
        "编号 20260302-0001-0002",
    ],
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert mask_forbidden(text) == text


def test_a_derived_id_is_stable() -> None:
    assert derived_id("330226", "member_registration", 1) == derived_id("330226", "member_registration", 1)
    assert derived_id("a") == "4ngr7n37jg53mh6aegrblxubz4"


@settings(deadline=None)
@given(st.lists(st.text() | st.integers(), max_size=4), st.lists(st.text() | st.integers(), max_size=4))
def test_different_parts_give_different_ids(some: list[str | int], others: list[str | int]) -> None:
    typed = [[(type(part), part) for part in parts] for parts in (some, others)]

    assert (derived_id(*some) == derived_id(*others)) is (typed[0] == typed[1])


def test_a_derived_id_fits_everywhere() -> None:
    assert len(derived_id("a", 1)) == 26
    assert derived_id("a", 1).isalnum()
    assert derived_id("a", 1).islower()


def test_the_county_has_eighteen_units() -> None:
    assert len(UNITS) == 18
    assert (UNITS["330226105"], UNITS["330226106"], UNITS["330226111"]) == ("岔路镇", "前童镇", "西店镇")
    assert not is_unit("330226103")
