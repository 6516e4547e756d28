"""What waits, and for how long, is answered by the live database."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from services.notifications.adapters.tables import deliveries
from shared.clock import SystemClock
from shared.database import transaction
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


async def _oldest(http: httpx2.AsyncClient, what: str) -> float:
    text = (await http.get("/metrics")).text
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return next(one.value for one in samples if one.name == f"handrail_{what}_oldest_seconds")


async def _age(house: House, **values: Any) -> None:
    """Figures are asked by the database's own clock, so ages are written down."""
    ages = {name: SystemClock().now() - age for name, age in values.items()}
    async with transaction(house.resources.engine, tenant_id=None) as connection:
        await connection.execute(sa.update(deliveries).values(state="planned", code=None, **ages))


@pytest.mark.parametrize(("channel", "items", "messages"), [("inbox", 3600, 0), ("email", 0, 60)])
async def test_items_are_watched_apart_from_messages_and_each_since_it_could_have_gone(
    house: House, http: httpx2.AsyncClient, channel: str, items: int, messages: int
) -> None:
    """An item is late since it was due, however often it was looked at; a message since it was to be tried again."""
    await house.live(Journey().offered(uuid4(), version=2))
    async with transaction(house.resources.engine, tenant_id=None) as connection:
        await connection.execute(sa.delete(deliveries).where(deliveries.c.channel != channel))
    await _age(house, due_at=timedelta(hours=1), next_at=timedelta(minutes=1))
    assert await _oldest(http, "items") == pytest.approx(items, abs=30)
    assert await _oldest(http, "deliveries") == pytest.approx(messages, abs=30)
    await _age(house, due_at=timedelta(hours=1), next_at=-timedelta(hours=7))
    assert await _oldest(http, "items") == pytest.approx(items, abs=30)
    assert await _oldest(http, "deliveries") == 0, "it waits for the end of somebody's night"
