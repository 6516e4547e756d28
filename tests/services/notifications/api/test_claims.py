"""Links in messages: for one worker, about one item, once, for a day; worthless to anybody else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from services.notifications.adapters.claim_book import PostgresClaims
from services.notifications.adapters.tables import claim_links
from services.notifications.use_cases.claim_links import Links
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey

PAGES = "https://pages.example"


@pytest.fixture
def worker() -> UUID:
    return uuid4()


@pytest.fixture
def me(token_for: Any, tenant_id: UUID, worker: UUID) -> dict[str, str]:
    return bearer(token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=worker))


@pytest.fixture
async def journey(house: House, tenant_id: UUID, worker: UUID) -> Journey:
    """Somebody was asked, by a message with a link."""
    house.rounds = replace(
        house.rounds, links=Links(console_url=PAGES + "/", book=PostgresClaims(house.resources.engine), key=b"k" * 32)
    )
    await house.reach(tenant_id, worker)
    found = Journey(tenant_id=tenant_id)
    await house.live(found.offered(worker, version=2))
    return found


@pytest.fixture
def token(journey: Journey, smtp_server: SmtpServer) -> str:
    (mail,) = smtp_server.messages
    said, link = mail.message.get_content().split()[:-1], mail.message.get_content().split()[-1]
    assert " ".join(said) == "You have 1 new handoff. Sign in to see it."
    assert link.startswith(f"{PAGES}/claim/")
    return str(link.rpartition("/")[2])


async def use(http: httpx2.AsyncClient, token: str, headers: dict[str, str]) -> tuple[int, Any]:
    answer = await http.post("/claims", json={"token": token}, headers=headers)
    return answer.status_code, answer.json()


async def test_a_link_leads_to_its_item_once_and_accepts_nothing(
    house: House, http: httpx2.AsyncClient, journey: Journey, me: dict[str, str], token: str
) -> None:
    before = await house.deliveries()
    status, item = await use(http, token, me)
    assert (status, item["subject_id"]) == (200, str(journey.handoff_id))
    assert (item["state"], item["seen_at"]) == ("open", None), "seeing is another thing, and accepting a third"
    assert await house.deliveries() == before
    assert await house.outbox() == []
    status, problem = await use(http, token, me)
    assert (status, problem["code"]) == (409, "link_used")


async def test_of_two_uses_at_once_one_comes_second(http: httpx2.AsyncClient, me: dict[str, str], token: str) -> None:
    answers = await asyncio.gather(*(use(http, token, me) for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]


async def test_nobody_else_can_use_it_and_trying_uses_nothing_up(
    http: httpx2.AsyncClient, me: dict[str, str], token: str, token_for: Any, tenant_id: UUID, worker: UUID
) -> None:
    colleague = bearer(token_for(AccessRole.SUPERVISOR, tenant_id=tenant_id, worker_id=uuid4()))
    elsewhere = bearer(token_for(AccessRole.PEER, tenant_id=uuid4(), worker_id=worker))
    for headers in (colleague, elsewhere):
        status, problem = await use(http, token, headers)
        assert (status, problem["code"]) == (404, "link_unknown")
    assert (await http.post("/claims", json={"token": token})).status_code == 401
    assert (await use(http, token, me))[0] == 200


async def test_a_forged_link_leads_nowhere(http: httpx2.AsyncClient, me: dict[str, str], token: str) -> None:
    for forged in (token[:-1], token + "A", token.swapcase(), "x"):
        status, problem = await use(http, forged, me)
        assert (status, problem["code"]) == (404, "link_unknown")
        assert forged not in str(problem) or forged == "x"


async def test_a_link_is_over_after_a_day_or_with_what_it_led_to(
    house: House, http: httpx2.AsyncClient, journey: Journey, me: dict[str, str], token: str, worker: UUID
) -> None:
    await house.live(journey.step(EventType.HANDOFF_WITHDRAWN, version=3))
    status, problem = await use(http, token, me)
    assert (status, problem["code"]) == (410, "link_expired")
    assert journey.tenant_id == (await house.rows(claim_links))[0].tenant_id
    house.clock.advance(timedelta(hours=24))
    assert (await use(http, token, me))[0] == 410


async def test_after_a_day_an_open_item_is_reached_by_the_inbox_only(
    house: House, http: httpx2.AsyncClient, me: dict[str, str], token: str
) -> None:
    house.clock.advance(timedelta(hours=24))
    status, problem = await use(http, token, me)
    assert (status, problem["code"]) == (410, "link_expired")


async def test_the_token_is_kept_nowhere(house: House, token: str) -> None:
    (row,) = await house.rows(claim_links)
    assert token not in str(row)
    assert len(row.digest) == 64


async def test_a_message_about_several_things_carries_no_link(
    house: House, journey: Journey, smtp_server: SmtpServer, worker: UUID
) -> None:
    two = [Journey(tenant_id=journey.tenant_id).offered(worker, version=2) for _ in range(2)]
    await house.live(*two)
    assert "claim" not in smtp_server.messages[-1].message.get_content()
    assert len(await house.rows(claim_links)) == 1
