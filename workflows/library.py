"""The definitions that come with the product, each in a file of `catalogue/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from workflows.catalogue import (
    base_call,
    base_commitment,
    base_creation,
    base_inquiry,
    consent_withdrawal,
    contact_list,
    contact_pair,
    contact_reassignment,
    member_confirmation,
    member_registration,
    member_retention,
    visit,
    visit_record,
)
from workflows.language.files import logic_hash
from workflows.language.words import Workflow

CATALOGUE: Final[tuple[Workflow, ...]] = (
    member_registration.DEFINITION,
    member_confirmation.DEFINITION,
    member_retention.DEFINITION,
    consent_withdrawal.DEFINITION,
    base_call.DEFINITION,
    base_creation.DEFINITION,
    base_inquiry.DEFINITION,
    base_commitment.DEFINITION,
    contact_list.DEFINITION,
    contact_pair.DEFINITION,
    contact_reassignment.DEFINITION,
    visit.DEFINITION,
    visit_record.DEFINITION,
)


@cache
def current() -> Mapping[str, Workflow]:
    """The definitions that new cases follow, by the hash of their logic."""
    return MappingProxyType({logic_hash(definition): definition for definition in CATALOGUE})
