"""Whatever is sent: never a 500, never an echo, nothing half-written."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifications.adapters.tables import contact_points, event_inbox, webhook_endpoints
from shared.contracts.codes import AccessRole, Service
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey

CANARY = "zebracanary"
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.just(CANARY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
fields = [
    "email",
    "email_on",
    "quiet_start",
    "quiet_end",
    "time_zone",
    "urgent_passes_quiet_hours",
    "phone",
    "sms_on",
    "channel_order",
    CANARY,
]
together = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@together
@given(body=st.dictionaries(st.sampled_from(fields), anything, max_size=5) | anything)
async def test_contact_points_take_or_refuse(
    http: httpx2.AsyncClient, token_for: Any, house: House, body: object
) -> None:
    tenant, worker = uuid4(), uuid4()
    me = bearer(token_for(AccessRole.PEER, tenant_id=tenant, worker_id=worker))
    answer = await http.put(f"/workers/{worker}/contact-points", json=body, headers=me | {"If-Match": '"1"'})
    assert answer.status_code in (200, 400, 422)
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert CANARY not in answer.text
        assert await house.rows(contact_points, worker_id=worker) == []


@pytest.mark.parametrize(
    "raw", ['{"email": Infinity}', '{"email": NaN}', "{", "", "[[[[", '{"email": "\\ud800"}', "\x00"]
)
async def test_text_that_is_hardly_json(http: httpx2.AsyncClient, token_for: Any, raw: str) -> None:
    worker = uuid4()
    me = bearer(token_for(AccessRole.PEER, tenant_id=uuid4(), worker_id=worker))
    headers = me | {"If-Match": '"1"', "Content-Type": "application/json"}
    answer = await http.put(f"/workers/{worker}/contact-points", content=raw.encode(), headers=headers)
    assert answer.status_code in (400, 422)


@together
@given(
    path=st.sampled_from(["/inbox", "/deliveries"]),
    query=st.dictionaries(
        st.sampled_from(["state", "channel", "worker_id", "subject_id", "cursor", "limit"]),
        st.text(max_size=20) | st.just(CANARY) | st.integers().map(str),
        max_size=4,
    ),
)
async def test_lists_take_or_refuse(http: httpx2.AsyncClient, token_for: Any, path: str, query: dict[str, str]) -> None:
    me = bearer(token_for(AccessRole.SUPERVISOR, tenant_id=uuid4(), worker_id=uuid4()))
    answer = await http.get(path, params=query, headers=me)
    assert answer.status_code in (200, 400, 422)
    assert CANARY not in answer.text


@together
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/?#\x00"), min_size=1, max_size=30))
async def test_ids_take_or_refuse(http: httpx2.AsyncClient, token_for: Any, text: str) -> None:
    from urllib.parse import quote

    me = bearer(token_for(AccessRole.PEER, tenant_id=uuid4(), worker_id=uuid4()))
    answer = await http.post(f"/inbox/{quote(text, safe='')}/seen", headers=me)
    assert answer.status_code in (404, 405, 422)


@together
@given(
    body=st.dictionaries(
        st.sampled_from(["url", "event_types", "organization_id", "contact_worker_id", CANARY]), anything, max_size=5
    )
    | anything
)
async def test_webhooks_take_or_refuse(http: httpx2.AsyncClient, token_for: Any, house: House, body: object) -> None:
    me = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=uuid4()))
    answer = await http.post("/webhooks", json=body, headers=me)
    assert answer.status_code in (400, 409, 422)  # 409: no key is set here
    assert CANARY not in answer.text
    assert await house.rows(webhook_endpoints) == []


@together
@given(body=st.binary(max_size=200), path=st.sampled_from(["", f"/{uuid4()}/{uuid4()}", "/zebra/canary"]))
async def test_callbacks_nobody_asked_for(http: httpx2.AsyncClient, body: bytes, path: str) -> None:
    answer = await http.post(f"/callbacks/sms{path}", content=body)
    assert answer.status_code in (400, 404, 422)


@together
@given(
    change=st.dictionaries(
        st.sampled_from(["id", "type", "subject", "time", "data", "source", CANARY]), anything, max_size=3
    )
)
async def test_any_event_is_kept_and_blocks_nobody(
    http: httpx2.AsyncClient, system_token_for: Any, house: House, change: dict[str, Any]
) -> None:
    neighbour = bearer(system_token_for(Service.REFERRALS, audience=Service.NOTIFICATIONS))
    good = Journey().offered(uuid4(), version=2)
    strange = Journey().offered(uuid4(), version=2).model_dump(mode="json") | change
    body = {"events": [strange, good.model_dump(mode="json")]}
    answer = await http.post("/internal/events", json=body, headers=neighbour)
    assert answer.status_code in (200, 400, 422), answer.text
    assert CANARY not in answer.text
    await house.process()
    if answer.status_code == 200:
        shown = await house.items(subject_id=good.read().handoff_id)  # type: ignore[attr-defined]
        assert [row.state for row in shown] == ["open"]
        assert "pending" not in {row.state for row in await house.rows(event_inbox) if row.last_error is None}
