"""The inbox over HTTP: own items only, pages, seeing."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from shared.contracts.codes import AccessRole, Service
from shared.contracts.events import EventType
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def offer(house: House, tenant_id: UUID, worker_id: UUID) -> Journey:
    journey = Journey(tenant_id=tenant_id)
    await house.live(journey.offered(worker_id, version=2))
    return journey


async def test_an_item_as_its_owner_sees_it(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    worker = uuid4()
    journey = await offer(house, tenant_id, worker)
    me = bearer(token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=worker))
    answer = await http.get("/inbox", headers=me)
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert item["title"] == "New handoff"
    assert (item["subject_kind"], item["subject_id"]) == ("handoff", str(journey.handoff_id))
    assert (item["state"], item["seen_at"], item["ended_reason"]) == ("open", None, None)
    house.clock.advance(timedelta(seconds=30))
    first = (await http.post(f"/inbox/{item['item_id']}/seen", headers=me)).json()
    assert first["seen_at"] is not None
    assert first["state"] == "open"
    house.clock.advance(timedelta(seconds=30))
    again = (await http.post(f"/inbox/{item['item_id']}/seen", headers=me)).json()
    assert again == first
    assert await house.outbox() == []
    assert {row.state for row in await house.deliveries(step=2)} == {"planned"}  # seeing stops nothing


async def test_open_first_then_closed_newest_first_in_pages(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    worker = uuid4()
    journeys = [await offer(house, tenant_id, worker) for _ in range(5)]
    for closed in (journeys[4], journeys[1]):
        await house.live(closed.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker))
    withdrawn = await offer(house, tenant_id, worker)
    await house.live(withdrawn.step(EventType.HANDOFF_WITHDRAWN, version=3))
    me = bearer(token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=worker))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await http.get("/inbox", params=query, headers=me)).json()
        seen += [item["subject_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    expected = [journeys[place].handoff_id for place in (3, 2, 0, 4, 1)]
    assert seen == [str(handoff_id) for handoff_id in expected]
    only_closed = (await http.get("/inbox?state=closed", headers=me)).json()["items"]
    assert [item["subject_id"] for item in only_closed] == seen[3:]
    only_open = (await http.get("/inbox?state=open&limit=3", headers=me)).json()
    assert [item["subject_id"] for item in only_open["items"]] == seen[:3]
    assert only_open["next_cursor"] is None


async def test_other_peoples_items_do_not_exist(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    worker = uuid4()
    await offer(house, tenant_id, worker)
    (item,) = await house.items()
    strangers = [
        token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=uuid4()),
        token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id, worker_id=uuid4()),
        token_for(AccessRole.PEER, tenant_id=uuid4(), worker_id=worker),
    ]
    for token in strangers:
        assert (await http.get("/inbox", headers=bearer(token))).json()["items"] == []
        assert (await http.post(f"/inbox/{item.item_id}/seen", headers=bearer(token))).status_code == 404
    assert [row.seen_at for row in await house.items()] == [None]


async def test_an_item_that_is_not_shown_cannot_be_seen(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    worker = uuid4()
    await house.hear(Journey(tenant_id=tenant_id).offered(worker, version=2))
    await house.rounds.apply_events()
    (item,) = await house.items()
    me = bearer(token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=worker))
    assert (await http.get("/inbox", headers=me)).json()["items"] == []
    assert (await http.post(f"/inbox/{item.item_id}/seen", headers=me)).status_code == 404


async def test_an_account_without_a_worker_has_no_inbox(
    http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    answer = await http.get("/inbox", headers=bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id)))
    assert (answer.status_code, answer.json()["code"]) == (403, "worker_required")


@pytest.mark.parametrize("path", ["/inbox", "/deliveries", f"/workers/{UUID(int=1)}/contact-points"])
async def test_nobody_reads_without_a_token(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 401


async def test_a_cursor_of_another_list_or_nobody_is_refused(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    worker = uuid4()
    me = bearer(token_for(AccessRole.SUPERVISOR, tenant_id=tenant_id, worker_id=worker))
    await offer(house, tenant_id, worker)
    foreign = (await http.get("/deliveries?limit=1", headers=me)).json()["next_cursor"]
    for path in (f"/inbox?cursor={foreign}", "/inbox?cursor=abc", "/deliveries?cursor=abc"):
        answer = await http.get(path, headers=me)
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
    mine = (await http.get("/deliveries?limit=1", headers=me)).json()["next_cursor"]
    assert (await http.get(f"/deliveries?cursor={mine}", headers=me)).status_code == 200


async def test_events_come_in_over_http_and_only_from_neighbours(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any, system_token_for: Any
) -> None:
    worker = uuid4()
    body = {"events": [Journey(tenant_id=tenant_id).offered(worker, version=2).model_dump(mode="json")]}
    person = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id))
    assert (await http.post("/internal/events", json=body, headers=person)).status_code == 403
    console = bearer(system_token_for(Service.CONSOLE, audience=Service.NOTIFICATIONS))
    assert (await http.post("/internal/events", json=body, headers=console)).status_code == 403
    neighbour = bearer(system_token_for(Service.REFERRALS, audience=Service.NOTIFICATIONS))
    answer = await http.post("/internal/events", json=body, headers=neighbour)
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "already_known": 0})
    await house.process()
    assert [row.state for row in await house.items()] == ["open"]
