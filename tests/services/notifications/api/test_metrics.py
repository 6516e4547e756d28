"""Breakers: those of the workers, who have no port, and those before providers, as whoever watches reads them."""

from datetime import timedelta

import httpx2
import redis

from services.notifications.domain.codes import Channel, DeliveryCode
from services.notifications.domain.gates import TRIES_TO_OPEN
from services.notifications.domain.outcomes import Outcome, RetryAfter
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.referrals_double import Mood, ReferralsDouble

OPEN = 'handrail_worker_breakers_open{target="referrals"} 1.0'
CLOSED = 'handrail_worker_breakers_open{target="referrals"} 0.0'


async def test_a_neighbour_that_workers_do_not_ask_any_more_is_seen_by_whoever_watches(
    house: House, http: httpx2.AsyncClient, referrals: ReferralsDouble, valkey_url: str
) -> None:
    await house.sweep()
    assert CLOSED in (await http.get("/metrics")).text
    referrals.mood = Mood.ERROR
    journey = Journey()
    await house.hear(journey.offered(journey.handoff_id, version=2))
    for _ in range(10):  # each sweep asks anew, until nobody asks any more
        await house.wait(timedelta(seconds=5))
    text = (await http.get("/metrics")).text
    assert OPEN in text
    assert str(journey.handoff_id) not in text
    with redis.Redis.from_url(valkey_url) as board:
        (key,) = board.scan_iter(match="breakers:notifications:*")
        assert 0 < board.ttl(key) <= 60, "who is gone says nothing for ever"


async def test_a_provider_that_is_not_tried_any_more_is_seen_too(house: House, http: httpx2.AsyncClient) -> None:
    for _ in range(TRIES_TO_OPEN):
        silent: list[Outcome] = [RetryAfter(DeliveryCode.TIMED_OUT)]
        await house.rounds.gates.learn({Channel.EMAIL: silent}, now=house.clock.now())
    assert 'handrail_provider_gate_open{channel="email"} 1.0' in (await http.get("/metrics")).text
