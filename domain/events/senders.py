"""Who may send what: the departments that speak for others at a door."""

from typing import Final

from domain.identifiers import UNITS

OFFICE: Final = "united_front"
CENTRE: Final = "service_centre"
ASSOCIATION: Final = "association"
INTAKE: Final = frozenset({OFFICE, CENTRE, ASSOCIATION, *UNITS})
"""Who may speak for a person: the office, the centre, the association, towns and streets."""
