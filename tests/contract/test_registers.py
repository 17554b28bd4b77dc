"""Registers and acts: looked up in sets, stored once."""

from tests.contract.samples import an_event
from workflows.ports import ActRow, Conflict, RegisterRow, Unit, Units


def test_register_rows_are_found_by_key_and_replaced(units: Units) -> None:
    units.run(lambda unit: unit.put_registers([RegisterRow("member", "M-1", "f1", {"state": "new", "n": 1})]))
    units.run(lambda unit: unit.put_registers([RegisterRow("member", "M-1", "f2", {"state": "member"})]))

    found = units.read(lambda unit: unit.registers([("member", "M-1"), ("member", "absent"), ("base", "M-1")]))

    assert found == {("member", "M-1"): RegisterRow("member", "M-1", "f2", {"state": "member"})}


def test_twins_share_a_fingerprint_within_one_register(units: Units) -> None:
    rows = [
        RegisterRow("member", "M-2", "f1", {}),
        RegisterRow("member", "M-1", "f1", {}),
        RegisterRow("member", "M-3", None, {}),
        RegisterRow("base", "B-1", "f1", {}),
    ]
    units.run(lambda unit: unit.put_registers(rows))

    found = units.read(lambda unit: unit.twins([("member", "f1"), ("member", "f9")]))

    assert found == {("member", "f1"): ("M-1", "M-2"), ("member", "f9"): ()}


def test_an_act_is_stored_once_and_its_answer_found_again(units: Units) -> None:
    row = ActRow("k1", "user:a", "h1", {"status": 200, "body": {"case": "c1", "意见": "同意"}})

    units.run(lambda unit: unit.add_acts([row]))

    assert units.read(lambda unit: unit.find_acts(["k1"]).get("k1")) == row
    assert units.read(lambda unit: unit.find_acts(["k2"]).get("k2")) is None


def test_an_act_whose_key_is_there_already_runs_again_and_finds_the_answer(units: Units) -> None:
    first = ActRow("k1", "user:a", "h1", {"status": 200})
    units.run(lambda unit: unit.add_acts([first]))
    seen: list[ActRow | None] = []

    def answer_or_act(unit: Unit) -> None:
        unit.key_events([an_event(f"try-{len(seen)}")])
        seen.append(unit.find_acts(["k1"]).get("k1") if seen else None)
        if seen[-1] is None:
            unit.add_acts([ActRow("k1", "user:b", "h2", {"status": 409})])

    units.run(answer_or_act)

    assert seen == [None, first]
    assert units.run(lambda unit: unit.key_events([an_event("try-0")]))[0].status == "new"


def test_a_conflict_that_never_ends_is_the_callers(units: Units) -> None:
    tries: list[int] = []

    def lose(unit: Unit) -> None:
        tries.append(1)
        raise Conflict("lost again")

    try:
        units.run(lose)
    except Conflict as error:
        said = str(error)

    assert said == "lost again"
    assert 2 <= len(tries) <= 10
