"""Resources that steps of several cases share, in a unit: a queue for each, whose first has it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Executable, and_, delete, exists, literal, select

from adapters.sql.dialects import Dialect, among, same
from adapters.sql.doors import lock_correlations
from adapters.sql.rows import claim_of, claim_values
from adapters.sql.tables import claim
from adapters.sql.transaction import Transaction
from workflows.machine.decision import Claim

_ahead = claim.alias("ahead")


def claim_resources(tx: Transaction, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
    """The locks come first: whoever waits for them reads what the one before left in the queue."""
    resources = sorted({one.resource for one in (*claims, *releases)})
    lock_correlations(tx, [("resource", one) for one in resources])
    before = _first(tx, resources)
    tx.run_of(_leave, [(one.resource, one.case, one.path) for one in releases])
    places = tx.next_numbers("claim_no", len(claims))
    tx.insert_new(claim, [claim_values(one, place) for one, place in zip(claims, places, strict=True)])
    after = _first(tx, resources)
    return [one for place, one in after.items() if place not in before]


def _first(tx: Transaction, resources: Sequence[str]) -> dict[int, Claim]:
    """Who has each of the resources, by the number of its place."""
    return {row.no: claim_of(row) for row in tx.rows_of(_holders, [(one,) for one in resources])}


def _holders(dialect: Dialect) -> Executable:
    given = dialect.given(claim.c.resource)
    earlier = and_(_ahead.c.county == claim.c.county, _ahead.c.resource == claim.c.resource, _ahead.c.no < claim.c.no)
    return (
        select(claim)
        .join(given, same(claim, given, "resource"))
        .where(~exists(select(literal(1)).where(earlier)))
        .order_by(claim.c.resource)
    )


def _leave(dialect: Dialect) -> Executable:
    given = dialect.given(claim.c.resource, claim.c.case, claim.c.path)
    return delete(claim).where(among(claim, given, "resource", "case", "path"))
