"""Applications for membership as CloudEvents: the event that starts the first workflow of the catalogue."""

from __future__ import annotations

from typing import Any

from domain.events.members import MemberApplied
from domain.identifiers import COUNTY, derived_id

SOURCE = "urn:liaison:sample:service_centre"
WORKFLOW = "member_registration"


def application(name: str) -> dict[str, Any]:
    """The application with this name."""
    return {
        "specversion": "1.0",
        "id": name,
        "source": SOURCE,
        "type": f"liaison.{MemberApplied.TYPE}",
        "datacontenttype": "application/json",
        # A name of its own: thousands of people of one name would each be compared with all the others.
        "data": {**MemberApplied.EXAMPLE, "application": name, "name": f"样例·{name}"},
    }


def applications(prefix: str, count: int) -> list[dict[str, Any]]:
    """So many applications, no two alike."""
    return [application(f"{prefix}-{number:06}") for number in range(count)]


def case_of(name: str) -> str:
    """The id of the case that the application with this name starts."""
    return derived_id(COUNTY, WORKFLOW, name, SOURCE, name)
