"""How neighbours are asked: what is asked twice at once is answered twice alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web

from services.console.adapters import neighbour as asking
from services.console.adapters.neighbour import Neighbour
from services.console.adapters.numbers import NumbersOverHttp
from services.console.domain.told import Account
from services.console.use_cases.ports import Refused
from services.identity.api.dependencies import rendered
from services.identity.api.schemas import AccountAnswer
from shared.contracts.codes import AccessRole, Service
from tests.services.console.fakes import PROGRAMME, session_of


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[Neighbour]:
    """An application on a free port, and a neighbour that asks it."""
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            address = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield Neighbour(service=Service.REFERRALS, base_url=address, session=session, timeout_seconds=5)
    finally:
        await runner.cleanup()


def test_an_account_of_nobody_who_works_is_read_as_identity_writes_it() -> None:
    written = AccountAnswer(
        account_id=PROGRAMME,
        tenant_id=PROGRAMME,
        email="ada@example.org",
        display_name="Ada Example",
        access_role=AccessRole.ADMINISTRATOR,
        worker_id=None,
        organization_id=None,
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
        disabled_at=None,
        version=1,
    )
    read = Account.model_validate_json(rendered(written, status=200).body)
    assert (read.display_name, read.worker_id) == ("Ada Example", None)


IN_FLIGHT = {"code": "request_in_flight", "status": 409}


@pytest.mark.parametrize(("busy_times", "key", "asked_times"), [(2, "a-key", 3), (2, None, 1), (99, "a-key", 4)])
async def test_a_second_press_waits_for_the_first_ones_answer(
    busy_times: int, key: str | None, asked_times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(asking, "_TIMES_AGAIN", 3)
    heard: list[str] = []

    async def accept(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Idempotency-Key", ""))
        busy = len(heard) <= busy_times
        return web.json_response(IN_FLIGHT if busy else {}, status=409 if busy else 200)

    app = web.Application()
    app.router.add_post("/handoffs/1/accept", accept)
    async with serving(app) as neighbour:
        told = neighbour.tell("/handoffs/1/accept", {}, by=session_of(AccessRole.PEER), version=1, key=key)
        if asked_times == busy_times + 1:
            await told
        else:
            with pytest.raises(Refused) as refused:
                await told
            assert refused.value.code == "request_in_flight"
    assert heard == [key or ""] * asked_times


async def test_a_question_may_have_words_that_are_ours_as_well() -> None:
    heard: list[dict[str, str]] = []

    async def at_risk(request: web.Request) -> web.Response:
        heard.append(dict(request.query))
        return web.json_response({"as_of": "2026-11-22T18:00:00Z", "items": [], "left_off": 0})

    app = web.Application()
    app.router.add_get("/follow-up/at-risk", at_risk)
    async with serving(app) as neighbour:
        numbers = NumbersOverHttp(neighbour=neighbour)
        by = session_of(AccessRole.SUPERVISOR)
        found = await numbers.at_risk(by, programme_id=PROGRAMME, until=None)
    assert found.left_off == 0
    assert [UUID(one["programme_id"]) for one in heard] == [PROGRAMME]
    assert list(heard[0]) == ["programme_id"]
