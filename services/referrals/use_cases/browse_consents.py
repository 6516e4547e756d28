"""Look at the consents of a person, as far as the caller may know of them."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent import Consent
from services.referrals.use_cases.consent_ports import ConsentWork
from services.referrals.use_cases.ports import WorkSource


async def show_consent(consent_id: UUID, *, by: Actor, works: WorkSource[ConsentWork]) -> Consent:
    """The consent. Raises NotFound, also for one that the caller may not know of."""
    async with works.begin(by.tenant_id) as work:
        return await work.consents.get(consent_id, by=by)


async def list_consents(
    person_id: UUID, *, by: Actor, works: WorkSource[ConsentWork], after: UUID | None, limit: int
) -> Sequence[Consent]:
    """Up to `limit` of the person's consents, newest first, the ended ones among them."""
    async with works.begin(by.tenant_id) as work:
        return await work.consents.page(person_id, by=by, after=after, limit=limit)
