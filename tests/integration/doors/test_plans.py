"""The machine API on what comes later and on numbers that were given."""

from dataclasses import replace
from datetime import timedelta

from tests.contract.samples import a_case, a_plan
from tests.integration.doors.offices import Doors
from workflows.machine.case import Plan
from workflows.ports import Changes
from workflows.ports.serials import Serial

HEAD = "user:sample.office_head"
CLERK = "user:sample.centre_clerk_1"


def planned(doors: Doors, *plans: Plan) -> None:
    units = doors.kit.engine.units
    units.run(lambda unit: unit.add_cases([replace(a_case("c1"), county=units.county)]))
    units.run(lambda unit: unit.write(Changes(plans=list(plans))))


def test_plans_are_listed_the_soonest_first_and_page_by_page(doors: Doors) -> None:
    later = a_plan("p2")
    planned(doors, a_plan("p1"), replace(later, due_at=later.due_at + timedelta(days=1)))

    first = doors.get("/api/plans", key=HEAD, params={"limit": 1}).json()
    second = doors.get("/api/plans", key=HEAD, params={"limit": 1, "cursor": first["cursor"]}).json()

    assert [one["id"] for one in (*first["plans"], *second["plans"])] == ["p1", "p2"]
    assert first["plans"][0]["every"] == {"n": 12, "unit": "months"}
    assert second["cursor"] is None


def test_a_cursor_that_no_page_gave_is_refused(doors: Doors) -> None:
    planned(doors, a_plan("p1"))

    answer = doors.get("/api/plans", key=HEAD, params={"cursor": "nonsense"})

    assert answer.status_code == 422


def test_who_may_not_see_the_case_sees_no_plan_of_it(doors: Doors) -> None:
    planned(doors, a_plan("p1"))

    assert doors.get("/api/plans", key=CLERK).json()["plans"] == []


def test_numbers_that_were_given_are_listed_for_those_who_see_all(doors: Doors) -> None:
    units = doors.kit.engine.units
    given = Serial("plaque", 2026, 1, "2026-001", "c1", "steps/number_it", "a1", units.read(lambda unit: unit.now))
    units.run(lambda unit: unit.serials.keep([given]))

    shown = doors.get("/api/serials", key=HEAD, params={"series": "plaque"}).json()["serials"]

    assert [(one["text"], one["case"]) for one in shown] == [("2026-001", "c1")]
    assert doors.get("/api/serials", key=CLERK).json() == {"serials": []}
