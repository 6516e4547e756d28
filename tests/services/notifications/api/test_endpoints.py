"""Endpoints as administrators manage them: registered, rotated, removed; secrets shown once."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from services.notifications.adapters import tables
from shared.contracts.codes import AccessRole
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.webhook_receiver import WEBHOOK_SETTINGS, Receiver, happen, wanted


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return dict(WEBHOOK_SETTINGS)


@pytest.fixture
def me(administrator: dict[str, str]) -> dict[str, str]:
    return administrator


async def test_the_secret_is_shown_once_and_kept_nowhere(
    house: House, http: httpx2.AsyncClient, me: dict[str, str], registered: dict[str, Any], receiver: Receiver
) -> None:
    (row,) = await house.rows(tables.webhook_endpoints)
    secret = base64.b64decode(registered["secret"].removeprefix("whsec_"))
    assert registered["secret"] not in str(row)
    assert secret not in [value for value in row if isinstance(value, bytes)]
    listed = await http.get("/webhooks", headers=me)
    assert [one["url"] for one in listed.json()] == [receiver.url]
    assert "whsec" not in listed.text
    again = await http.post("/webhooks", json=wanted(receiver), headers=me)
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")


async def test_rotated_with_a_day_of_grace(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    path = f"/webhooks/{registered['endpoint_id']}/rotate"
    assert (await http.post(path, headers=me)).status_code == 428
    rotated = await http.post(path, headers=me | {"If-Match": '"1"'})
    assert (rotated.status_code, rotated.headers["ETag"]) == (200, '"2"')
    assert (await http.post(path, headers=me | {"If-Match": '"1"'})).status_code == 412
    new, old = rotated.json()["secret"], registered["secret"]
    assert new != old
    await happen(house, tenant_id)
    assert receiver.last_verifies_with(new)
    assert receiver.last_verifies_with(old)
    house.clock.advance(timedelta(hours=24))
    await happen(house, tenant_id)
    assert receiver.last_verifies_with(new)
    assert not receiver.last_verifies_with(old)


async def test_removed_is_never_called_again(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    path = f"/webhooks/{registered['endpoint_id']}"
    assert (await http.delete(path, headers=me | {"If-Match": '"1"'})).status_code == 204
    await happen(house, tenant_id)
    assert receiver.heard == []
    assert (await http.get("/webhooks", headers=me)).json() == []
    assert (await http.post(f"{path}/pause", headers=me | {"If-Match": '"2"'})).status_code == 404
    assert (await http.post("/webhooks", json=wanted(receiver), headers=me)).status_code == 201


async def test_only_administrators_and_only_of_this_tenant(
    http: httpx2.AsyncClient, token_for: Any, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver
) -> None:
    path = f"/webhooks/{registered['endpoint_id']}"
    for role in AccessRole:
        if role in (AccessRole.ADMINISTRATOR, AccessRole.SYSTEM):
            continue
        other = bearer(token_for(role, tenant_id=tenant_id, worker_id=uuid4()))
        assert (await http.get("/webhooks", headers=other)).status_code == 403
        assert (await http.post("/webhooks", json=wanted(receiver), headers=other)).status_code == 403
        assert (await http.post(f"{path}/rotate", headers=other | {"If-Match": '"1"'})).status_code == 403
    stranger = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=uuid4()))
    assert (await http.get("/webhooks", headers=stranger)).json() == []
    assert (await http.get(f"{path}/calls", headers=stranger)).json()["items"] == []
    assert (await http.post(f"{path}/rotate", headers=stranger | {"If-Match": '"1"'})).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "ftp://zebra.example/"}, "/url"),
        ({"url": "http://zebra:canary@hooks.example/"}, "/url"),
        ({"event_types": ["consent.revoked"]}, "/event_types"),
        ({"event_types": ["zebra"]}, "/event_types/0"),
        ({"event_types": []}, "/event_types"),
        ({"organization_id": "zebra"}, "/organization_id"),
        ({"zebra": 1}, ""),
    ],
)
async def test_what_cannot_be_used_is_named_and_never_repeated(
    http: httpx2.AsyncClient, me: dict[str, str], receiver: Receiver, change: dict[str, Any], pointer: str
) -> None:
    answer = await http.post("/webhooks", json=wanted(receiver) | change, headers=me)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "zebra" not in answer.text
