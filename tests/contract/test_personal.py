"""Personal values: under the key of the person they are about, gone for good when that key is destroyed."""

from dataclasses import replace

import pytest

from tests.contract.samples import a_case, a_plan, an_entry, an_event, stored
from workflows.ports import Changes, Units
from workflows.reads import Reads

NAME = {"name": "样例一"}


def about(units: Units, person: str, case: str) -> int:
    """An event and a case about somebody, with an opinion in the case's history; the number of the event."""
    event = an_event(f"about-{case}", person=person, personal=NAME)
    (keyed,) = units.run(lambda unit: unit.key_events([event]))
    units.run(lambda unit: unit.add_events([stored(keyed.no, event)]))
    entry = an_entry(case, 1, opinion="同意")
    head = a_case(case, person=person, personal=NAME, version=1, seq=1, prev_hash=entry.hash)
    units.run(lambda unit: unit.add_cases([head]))
    units.run(lambda unit: unit.write(Changes(history=[entry])))
    return keyed.no


def test_an_erased_person_reads_back_as_empty_everywhere_and_nobody_else_does(units: Units, reads: Reads) -> None:
    gone, stays = about(units, "P-1", "c1"), about(units, "P-2", "c2")

    units.run(lambda unit: unit.erase(["P-1"]))

    events = units.read(lambda unit: unit.events([gone, stays]))
    assert [events[no].event.personal for no in (gone, stays)] == [{}, NAME]
    slices = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert [slices[case].head.personal for case in ("c1", "c2")] == [{}, NAME]


def test_what_is_left_of_an_erased_person_is_unchanged_and_the_chain_still_verifies(units: Units, reads: Reads) -> None:
    no = about(units, "P-1", "c1")
    units.run(lambda unit: unit.seal(9))
    before = units.read(lambda unit: unit.load(["c1"]))["c1"].head

    units.run(lambda unit: unit.erase(["P-1"]))

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head == replace(before, personal={})
    assert units.read(lambda unit: unit.events([no]))[no].event.person == "P-1"
    assert reads.verify().where is None


def test_nothing_leads_back_to_an_erased_person_and_nothing_is_planned_about_one(units: Units) -> None:
    event = replace(an_event("e-1", person="P-1", personal=NAME), fingerprint="f1")
    (keyed,) = units.run(lambda unit: unit.key_events([event]))
    units.run(lambda unit: unit.add_events([stored(keyed.no, event)]))
    plans = [a_plan("gone", person="P-1"), a_plan("stays", person="P-2")]
    units.run(lambda unit: unit.write(Changes(plans=plans)))

    units.run(lambda unit: unit.erase(["P-1"]))

    assert units.read(lambda unit: unit.events([keyed.no]))[keyed.no].event.fingerprint is None
    assert [one.id for one in units.run(lambda unit: unit.due_plans(9))] == ["stays"]


def test_an_erasure_that_is_rolled_back_erased_nothing(units: Units) -> None:
    about(units, "P-1", "c1")

    def erase_and_fail(unit: object) -> None:
        unit.erase(["P-1"])  # type: ignore[attr-defined]  # a unit of any store
        raise LookupError("after the erasure")

    with pytest.raises(LookupError):
        units.run(erase_and_fail)

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head.personal == NAME


def test_a_person_who_comes_back_after_an_erasure_brings_new_values_and_no_old_ones(units: Units) -> None:
    old = about(units, "P-1", "c1")
    units.run(lambda unit: unit.erase(["P-1"]))

    new = about(units, "P-1", "c2")

    events = units.read(lambda unit: unit.events([old, new]))
    assert [events[no].event.personal for no in (old, new)] == [{}, NAME]
    slices = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert [slices[case].head.personal for case in ("c1", "c2")] == [{}, NAME]


def test_erasing_somebody_unknown_does_nothing(units: Units) -> None:
    about(units, "P-1", "c1")

    units.run(lambda unit: unit.erase(["nobody"]))

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head.personal == NAME


def test_a_save_replaces_the_personal_values_of_its_case(units: Units) -> None:
    about(units, "P-1", "c1")
    head = units.read(lambda unit: unit.load(["c1"]))["c1"].head

    changed = replace(head, version=2, personal={"name": "样例二", "title": "经理"})
    units.run(lambda unit: unit.save_heads([(1, changed)]))
    emptied = replace(changed, version=3, personal={})

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head == changed
    units.run(lambda unit: (unit.load(["c1"]), unit.save_heads([(2, emptied)])))
    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head == emptied


def test_a_save_in_a_unit_that_did_not_load_the_case_can_still_empty_it(units: Units) -> None:
    about(units, "P-1", "c1")
    head = units.read(lambda unit: unit.load(["c1"]))["c1"].head

    units.run(lambda unit: unit.save_heads([(1, replace(head, version=2, personal={}))]))

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head.personal == {}


def test_what_one_case_kept_about_somebody_is_forgotten_and_the_rest_stays(units: Units) -> None:
    about(units, "P-1", "c1")
    about(units, "P-1", "c2")

    units.run(lambda unit: unit.forget(["c1"]))

    slices = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert [slices[case].head.personal for case in ("c1", "c2")] == [{}, NAME]
