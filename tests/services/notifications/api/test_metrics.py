"""What waits, and for how long, is answered by the live database."""

from uuid import uuid4

import httpx2

from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey


async def test_waiting_facts_and_deliveries_are_counted_and_named_by_codes(
    house: House, http: httpx2.AsyncClient
) -> None:
    journey, peer = Journey(), uuid4()
    await house.live(journey.offered(peer, version=2))
    await house.hear(Journey().offered(uuid4(), version=2))
    text = (await http.get("/metrics")).text
    for line in (
        "handrail_live_figures_up 1.0",
        "handrail_inbox_pending 1.0",
        "handrail_inbox_quarantined 0.0",
        "handrail_outbox_waiting 0.0",
        'handrail_deliveries{channel="inbox",state="delivered"} 1.0',
    ):
        assert line in text
    for identifier in (journey.handoff_id, journey.tenant_id, peer):
        assert str(identifier) not in text
