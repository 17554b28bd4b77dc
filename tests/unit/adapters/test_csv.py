import pytest

from adapters.exports.csv import csv_text


def test_chinese_opens_in_a_spreadsheet() -> None:
    assert (
        csv_text(
            ["办件"],
            [
                [
                    "一",
                ]
            ],
        )
        == "\ufeff办件\r\n一\r\n"
    )


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_is_run_as_a_formula(cell: str) -> None:
    assert csv_text(["h"], [[cell]]).split("\r\n", 1)[1].lstrip('"').startswith("'")


def test_an_empty_cell_stays_empty() -> None:
    assert csv_text(["a", "b"], [["", "x"]]).endswith(",x\r\n")
