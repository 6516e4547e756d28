"""What operators see: every message, why it was or was not sent, and whether it will be tried again."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from shared.contracts.codes import AccessRole
from shared.contracts.entitlements import EntitlementReason
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.api.test_inbox import bearer, offer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.referrals_double import ReferralsDouble


async def test_every_state_is_told_in_plain_words(
    house: House,
    http: httpx2.AsyncClient,
    tenant_id: UUID,
    token_for: Any,
    referrals: ReferralsDouble,
    smtp_server: SmtpServer,
) -> None:
    reached, withheld, unreachable = uuid4(), uuid4(), uuid4()
    for worker in (reached, withheld, unreachable):
        await house.reach(tenant_id, worker)
    accepted = await offer(house, tenant_id, reached)
    await house.live(accepted.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=reached))
    secret = Journey(tenant_id=tenant_id)
    referrals.deny(withheld, secret.handoff_id, reason=EntitlementReason.CONSENT_MISSING)
    await house.live(secret.offered(withheld, version=2))
    smtp_server.fail_with(451)
    greylisted = await offer(house, tenant_id, unreachable)
    supervisor = bearer(token_for(AccessRole.SUPERVISOR, tenant_id=tenant_id, worker_id=uuid4()))

    async def told(**filters: str) -> list[tuple[str, str]]:
        page = (await http.get("/deliveries", params=filters, headers=supervisor)).json()
        return [(entry["state"], entry["explanation"]) for entry in reversed(page["items"])]

    assert await told(subject_id=str(accepted.handoff_id)) == [
        ("delivered", "Sent. It will not be sent again."),
        ("delivered", "Sent. It will not be sent again."),
        ("cancelled", "Not sent: the handoff was accepted. It will not be tried again."),
        ("cancelled", "Not sent: the handoff was accepted. It will not be tried again."),
    ]
    assert (await told(worker_id=str(withheld)))[0] == (
        "suppressed",
        "Not sent: there is no consent to tell this worker. It will not be tried again.",
    )
    assert (await told(subject_id=str(greylisted.handoff_id), channel="email"))[0] == (
        "retry",
        "Not sent yet: the provider asked to try later. It will be tried again.",
    )
    assert {state for state, _ in await told(state="planned")} == {"planned"}
    assert len(await told(state="failed")) == 0


async def test_pages_go_through_all_of_them_once(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any
) -> None:
    for _ in range(3):
        await offer(house, tenant_id, uuid4())
    await offer(house, uuid4(), uuid4())  # another tenant's
    me = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        query = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        page = (await http.get("/deliveries", params=query, headers=me)).json()
        seen += [entry["delivery_id"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 12
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "role", [AccessRole.PEER, AccessRole.CLINICIAN, AccessRole.CASE_MANAGER, AccessRole.PRIVACY_OFFICER]
)
async def test_only_supervisors_and_administrators(
    http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any, role: AccessRole
) -> None:
    answer = await http.get("/deliveries", headers=bearer(token_for(role, tenant_id=tenant_id, worker_id=uuid4())))
    assert answer.status_code == 403


async def test_a_delivery_in_quiet_hours_says_when(
    house: House, http: httpx2.AsyncClient, tenant_id: UUID, token_for: Any, smtp_server: SmtpServer
) -> None:
    from datetime import time

    worker = uuid4()
    await house.reach(tenant_id, worker, quiet_start=time(7), quiet_end=time(8, 30), time_zone="America/New_York")
    await offer(house, tenant_id, worker)  # 12:00 UTC is 07:00 in New York
    me = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id))
    page = (await http.get("/deliveries?channel=email&state=retry", headers=me)).json()
    (entry,) = page["items"]
    assert entry["next_try_at"] == "2026-03-02T13:30:00Z"
    assert "quiet hours" in entry["explanation"]
    assert smtp_server.messages == []
    await house.wait(timedelta(hours=1, minutes=30))
    assert len(smtp_server.messages) == 1
