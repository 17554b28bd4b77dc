"""Run any workflow in memory, with a clock you turn and a roster you write (contract.md §6).

    from workflows.testkit import Office, staff

    office = Office(workflows=[MY_WORKFLOW], roster=staff(chen="town_clerk", he="office_head"))
    case = office.send(office.event("trial.applied.v1", key="b1", town="T1")).cases[0]
    office.turn(days=7)                                      # the term is over: the head was told
    item = office.inbox("he")[0].item
    office.act("he", item, "agree", opinion="同意")
    assert office.case(case).head.state == "approved"
    assert [effect.gateway for effect in office.effects()] == ["notice", "publish"]

Nothing is simulated but the store, the clock and the way out: events pass through `accept`, people through `act`, and
everything else through the moves, as in production.
"""

from workflows.testkit.office import MONDAY, Office
from workflows.testkit.people import staff
from workflows.testkit.surroundings import Clock, KnownSecret, Outside, Store, memory_store

__all__ = ["MONDAY", "Clock", "KnownSecret", "Office", "Outside", "Store", "memory_store", "staff"]
