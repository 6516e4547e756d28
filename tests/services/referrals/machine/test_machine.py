"""Every command in any order through the real API on a real database: refusals leave no trace, and what must hold holds.

`make custody COUNT=50` runs as many sequences of a hundred steps and prints what was tried; docs/custody.md has the figures.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import httpx2
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from services.referrals.main import create_app, worker_parts
from services.referrals.settings import ReferralsSettings
from shared.contracts.codes import Service
from shared.settings import Profile
from tests.fixtures.databases import ServiceDatabase, empty
from tests.fixtures.tokens import ISSUER, TokenFor, VerifierFor
from tests.services.referrals.guard_double import running_guard, within_scope
from tests.services.referrals.machine.everything import HouseMachine
from tests.services.referrals.machine.network import Doors

COUNT = int(os.environ.get("CUSTODY_COUNT", "5"))
STEPS = int(os.environ.get("CUSTODY_STEPS", "50"))


@asynccontextmanager
async def open_doors(
    database: ServiceDatabase, *, verifier_for: VerifierFor, token_for: TokenFor, system_token_for: TokenFor
) -> AsyncIterator[Doors]:
    """The API, its worker's parts, and a look at the rows; the broker is down, so every bell is lost."""
    async with running_guard() as guard:
        configured = ReferralsSettings(
            HANDRAIL_PROFILE=Profile.DEMO,
            database_url=database.runtime_url,
            redis_url="redis://127.0.0.1:1/0",
            cursor_key="a key for tests only",
            token_issuer=ISSUER,
            scope_guard_url=guard.url,
        )
        app = create_app(configured)
        rows = await asyncpg.connect(database.owner_url)
        async with app.router.lifespan_context(app):
            app.state.token_verifier = verifier_for(Service.REFERRALS)
            transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
            async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
                yield Doors(
                    app=app,
                    http=http,
                    database=database,
                    rows=rows,
                    guard=guard,
                    worker=worker_parts(configured, resources=app.state.resources),
                    token_for=token_for,
                    system_token_for=system_token_for,
                )
        await rows.close()


def test_custody_under_every_command(
    cloned_database: Callable[[str], ServiceDatabase],
    verifier_for: VerifierFor,
    token_for: TokenFor,
    system_token_for: TokenFor,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database, loop = cloned_database("referrals"), asyncio.new_event_loop()
    opened = open_doors(database, verifier_for=verifier_for, token_for=token_for, system_token_for=system_token_for)
    doors = loop.run_until_complete(opened.__aenter__())

    class Machine(HouseMachine):
        def __init__(self) -> None:
            loop.run_until_complete(empty(database))
            doors.guard.fault, doors.guard.judge = None, within_scope
            super().__init__()

    Machine.doors, Machine.loop = doors, loop
    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=COUNT,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # on a real database shrinking takes minutes; a sequence can be read as it is
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()
        with capsys.disabled():
            if "CUSTODY_COUNT" in os.environ:
                print("\n" + doors.counts.table())
    assert doors.counts.accepted.total() > COUNT
