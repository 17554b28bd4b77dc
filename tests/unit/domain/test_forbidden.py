import pytest

from domain.forbidden import CHINESE, ENGLISH, forbidden_fields, is_forbidden_name


@pytest.mark.parametrize("name", sorted(ENGLISH | CHINESE))
def test_every_name_of_the_list_is_refused_alone_and_inside_a_longer_name(name: str) -> None:
    assert is_forbidden_name(name)
    assert is_forbidden_name(f"member_{name}_2")


@pytest.mark.parametrize(
    "name",
    [
        "idNumber",
        "ID_NUMBER",
        "id-number",
        "IDNumber",
        "idnumber",
        "Bank Account",
        "birthDate",
        "shenfenzheng",
        "成员民族",
    ],
)
def test_spelling_does_not_help(name: str) -> None:
    assert is_forbidden_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "mobile",
        "page",
        "stage",
        "package",
        "family_name",
        "face_to_face",
        "企业微信",
        "invoice_id",
        "town",
        "note",
    ],
)
def test_ordinary_fields_pass(name: str) -> None:
    assert not is_forbidden_name(name)


def test_nested_fields_are_found_with_their_path() -> None:
    data = {"a": {"b": [{"income": 1}, {"fine": {"religion": {"faith": 2}}}]}, "c": "income"}

    assert forbidden_fields(data) == (("a", "b", 0, "income"), ("a", "b", 1, "fine", "religion"))
