"""Show operators what was sent, what was not, and why."""

from uuid import UUID

from services.notifications.use_cases.ports import DeliveryFilter, DeliveryReader, DeliveryView


async def list_deliveries(
    tenant_id: UUID, *, only: DeliveryFilter, after: UUID | None, limit: int, deliveries: DeliveryReader
) -> tuple[list[DeliveryView], UUID | None]:
    """At most `limit` deliveries, newest first, and the id to continue behind, if there are more."""
    found = await deliveries.page(tenant_id, only=only, after=after, limit=limit + 1)
    if len(found) > limit:
        return found[:limit], found[limit - 1].delivery_id
    return found, None
