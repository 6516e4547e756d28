"""What was told on the strength of a consent, written down in the transaction that reads it.

No answer leaves before the commit, so nobody is told without a trace. One row a day for each worker, referral and
consent: the account that a person may ask for wants dates, not every look at a page.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.consent_tables import disclosures
from services.referrals.adapters.handoff_tables import transitions
from services.referrals.adapters.handoff_visibility import handoffs_that_open_records
from services.referrals.adapters.referral_disclosure import DisclosureRule, basis_of
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.sheet_tables import handoff_disclosures
from services.referrals.domain.actor import Actor
from services.referrals.domain.redisclosure import Basis, description_of
from services.referrals.domain.referral_states import WORKING


async def note_disclosures(connection: AsyncConnection, told: Mapping[UUID, Basis | None], *, by: Actor) -> None:
    """Note on which consent the caller was told of each referral; where it is None, they needed none."""
    rows = [
        disclosure_row(basis, by=by) | {"referral_id": referral_id}
        for referral_id, basis in told.items()
        if basis is not None
    ]
    if rows:
        await connection.execute(insert(disclosures).values(rows).on_conflict_do_nothing())


async def note_handoffs_told(connection: AsyncConnection, told: Mapping[UUID, Basis | None], *, by: Actor) -> None:
    """The same for handoffs."""
    rows = [
        disclosure_row(basis, by=by) | {"handoff_id": handoff_id}
        for handoff_id, basis in told.items()
        if basis is not None
    ]
    if rows:
        await connection.execute(insert(handoff_disclosures).values(rows).on_conflict_do_nothing())


async def people_told_of(
    connection: AsyncConnection, person_ids: Collection[UUID], *, by: Actor, disclosure: DisclosureRule
) -> Mapping[UUID, Basis]:
    """By referral: the consents on which the caller, who has taken it, may know these people."""
    if by.worker_id is None or not person_ids:
        return {}
    taken = referral_parties.alias("taken")
    basis = disclosure.basis(referrals).label("basis")
    query = (
        sa.select(referrals.c.id, basis)
        .join(taken, sa.and_(taken.c.tenant_id == referrals.c.tenant_id, taken.c.referral_id == referrals.c.id))
        .where(
            referrals.c.tenant_id == by.tenant_id,
            referrals.c.person_id.in_(person_ids),
            referrals.c.deidentified,
            referrals.c.status.in_([status.value for status in WORKING]),
            taken.c.role == "recipient",
            taken.c.worker_id == by.worker_id,
        )
    )
    return {row.id: basis_of(row.basis) for row in await connection.execute(query) if row.basis is not None}


async def people_handed_on(
    connection: AsyncConnection, person_ids: Collection[UUID], *, by: Actor
) -> Mapping[UUID, Basis]:
    """By handoff: the consents on which the caller, with whom it lies, may know these people."""
    if by.worker_id is None or not person_ids:
        return {}
    query = handoffs_that_open_records(by.worker_id).where(
        transitions.c.tenant_id == by.tenant_id, transitions.c.person_id.in_(person_ids)
    )
    return {row.id: basis_of(row.basis) for row in await connection.execute(query) if row.basis is not None}


def disclosure_row(basis: Basis, *, by: Actor) -> dict[str, Any]:
    """What a row says whatever it was that let the caller know."""
    now = sa.func.statement_timestamp()
    return {
        "tenant_id": by.tenant_id,
        "consent_id": basis.consent_id,
        "to_worker_id": by.acting_worker(),
        "disclosed_on": sa.cast(sa.func.timezone("UTC", now), sa.Date),
        "person_id": basis.person_id,
        "from_organization_id": basis.from_organization_id,
        "to_organization_id": basis.to_organization_id,
        "description": description_of(basis),
        "purposes": [purpose.value for purpose in basis.purposes],
        "occurred_at": now,
        "recorded_at": now,
    }
