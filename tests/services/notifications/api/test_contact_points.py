"""Contact points over HTTP: versions, who may, and what cannot be used."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from shared.contracts.codes import AccessRole
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.api.test_inbox import bearer, offer
from tests.services.notifications.conftest import House

FULL = {
    "email": "rowan@people.example",
    "email_on": True,
    "quiet_start": "22:00",
    "quiet_end": "07:00",
    "time_zone": "Europe/Berlin",
    "urgent_passes_quiet_hours": True,
    "phone": "+12125550143",
    "sms_on": True,
    "channel_order": ["sms", "email"],
    "weekly_summary_on": False,
}


@pytest.fixture
def worker_id() -> UUID:
    return uuid4()


@pytest.fixture
def me(token_for: Any, tenant_id: UUID, worker_id: UUID) -> dict[str, str]:
    return bearer(token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=worker_id))


async def test_set_read_change_and_be_told_there(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    worker_id: UUID,
    smtp_server: SmtpServer,
) -> None:
    path = f"/workers/{worker_id}/contact-points"
    unset = await http.get(path, headers=me)
    assert (unset.status_code, unset.headers["ETag"]) == (200, '"1"')
    assert unset.json()["email"] is None
    first = await http.put(path, json=FULL, headers=me | {"If-Match": unset.headers["ETag"]})
    assert (first.status_code, first.headers["ETag"], first.json()) == (200, '"2"', FULL)
    assert (await http.get(path, headers=me)).json() == FULL
    moved = FULL | {"email": "rowan@elsewhere.example", "quiet_start": None, "quiet_end": None}
    second = await http.put(path, json=moved, headers=me | {"If-Match": '"2"'})
    assert second.headers["ETag"] == '"3"'
    stale = await http.put(path, json=FULL, headers=me | {"If-Match": '"2"'})
    assert (stale.status_code, stale.headers["ETag"], stale.json()["code"]) == (412, '"3"', "stale_version")
    await offer(house, tenant_id, worker_id)
    assert [mail.recipients for mail in smtp_server.messages] == [("rowan@elsewhere.example",)]


async def test_of_two_changes_at_once_one_wins(http: httpx2.AsyncClient, me: dict[str, str], worker_id: UUID) -> None:
    path = f"/workers/{worker_id}/contact-points"
    for version in ('"1"', '"2"'):
        answers = await asyncio.gather(
            *(http.put(path, json=FULL, headers=me | {"If-Match": version}) for _ in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({}, 428, "if_match_required"), ({"If-Match": "*"}, 400, "if_match_malformed"), ({"If-Match": '"9"'}, 412, None)],
)
async def test_a_change_says_which_version_it_saw(
    http: httpx2.AsyncClient,
    me: dict[str, str],
    worker_id: UUID,
    headers: dict[str, str],
    status: int,
    code: str | None,
) -> None:
    answer = await http.put(f"/workers/{worker_id}/contact-points", json=FULL, headers=me | headers)
    assert answer.status_code == status
    assert code in (None, answer.json()["code"])


async def test_who_may(http: httpx2.AsyncClient, tenant_id: UUID, worker_id: UUID, token_for: Any) -> None:
    path = f"/workers/{worker_id}/contact-points"
    for role in (AccessRole.PEER, AccessRole.CLINICIAN, AccessRole.CASE_MANAGER, AccessRole.PRIVACY_OFFICER):
        other = bearer(token_for(role, tenant_id=tenant_id, worker_id=uuid4()))
        assert (await http.get(path, headers=other)).status_code == 403
        assert (await http.put(path, json=FULL, headers=other | {"If-Match": '"1"'})).status_code == 403
    supervisor = bearer(token_for(AccessRole.SUPERVISOR, tenant_id=tenant_id, worker_id=uuid4()))
    assert (await http.put(path, json=FULL, headers=supervisor | {"If-Match": '"1"'})).status_code == 200
    elsewhere = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=uuid4()))
    assert (await http.get(path, headers=elsewhere)).json()["email"] is None  # another tenant's worker of that id


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "zebra-canary"}, "/email"),
        ({"email": "zebra-canary@x.example\r\nBcc: a@b.example"}, "/email"),
        ({"time_zone": "Zebra/Canary"}, "/time_zone"),
        ({"quiet_start": "25:00"}, "/quiet_start"),
        ({"quiet_end": None}, "/quiet_end"),
        ({"quiet_end": "22:00"}, "/quiet_end"),
        ({"email_on": "zebra-canary"}, "/email_on"),
        ({"zebra_canary": 1}, ""),
        ({"phone": "zebra-canary"}, "/phone"),
        ({"phone": "+1 212 555 0143"}, "/phone"),
        ({"phone": "2125550143"}, "/phone"),
        ({"phone": "+11115550143"}, "/phone"),
        ({"phone": "+9991234567"}, "/phone"),
        ({"phone": "+911"}, "/phone"),
        ({"phone": "+19005550143"}, "/phone"),
        ({"channel_order": ["sms"]}, "/channel_order"),
        ({"channel_order": ["inbox", "sms"]}, "/channel_order"),
        ({"channel_order": ["zebra", "sms"]}, "/channel_order/0"),
    ],
)
async def test_what_cannot_be_used_is_named_and_never_repeated(
    http: httpx2.AsyncClient, me: dict[str, str], worker_id: UUID, change: dict[str, Any], pointer: str
) -> None:
    answer = await http.put(
        f"/workers/{worker_id}/contact-points", json=FULL | change, headers=me | {"If-Match": '"1"'}
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "zebra" not in answer.text.lower()
    assert (await http.get(f"/workers/{worker_id}/contact-points", headers=me)).headers["ETag"] == '"1"'
