"""The composition: refusing weak settings, tidying up by itself."""

import asyncio

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from services.identity.adapters.tables import spent_assertions
from services.identity.main import create_app
from services.identity.settings import IdentitySettings
from shared.settings import Profile
from tests.fixtures.databases import ServiceDatabase
from tests.services.identity.api.conftest import settings_for
from tests.services.identity.fakes import NOON


def production(**fields: object) -> IdentitySettings:
    good = {"database_url": "postgresql://x", "redis_url": "redis://x", "cursor_key": "c" * 32, "key_secret": "k" * 32}
    return IdentitySettings(HANDRAIL_PROFILE=Profile.PRODUCTION, **(good | fields))


def test_production_takes_sound_settings() -> None:
    assert production().password_memory_kib >= 19456


@pytest.mark.parametrize("weak", [{"password_memory_kib": 1024}, {"password_time_cost": 1}, {"key_secret": "short"}])
def test_production_refuses_weak_settings_without_repeating_secrets(weak: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        production(**weak)
    assert "kkkk" not in str(refused.value)
    assert "short'" not in str(refused.value)


async def test_the_application_removes_what_has_expired_by_itself(identity_database: ServiceDatabase) -> None:
    settings = settings_for(identity_database, purge_interval_seconds=0.01)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        engine = app.state.engine
        async with engine.begin() as connection:
            expired = {"service": "referrals", "digest": b"d", "expires_at": NOON.replace(year=2020)}
            await connection.execute(spent_assertions.insert().values(**expired))

        async def removed() -> None:
            while True:
                async with engine.connect() as connection:
                    if (await connection.execute(sa.select(spent_assertions))).first() is None:
                        return

        await asyncio.wait_for(removed(), timeout=10)


async def test_a_database_that_is_away_does_not_end_the_tidying(identity_database: ServiceDatabase) -> None:
    settings = settings_for(identity_database, purge_interval_seconds=0.01, database_pool_size=2)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        engine = app.state.engine
        failed = asyncio.Event()

        def away(*_: object) -> None:
            if not failed.is_set():
                failed.set()
                raise sa.exc.OperationalError("away", {}, Exception("away"))

        sa.event.listen(engine.sync_engine, "before_cursor_execute", away)
        await asyncio.wait_for(failed.wait(), timeout=10)
        async with engine.begin() as connection:
            expired = {"service": "referrals", "digest": b"d", "expires_at": NOON.replace(year=2020)}
            await connection.execute(spent_assertions.insert().values(**expired))

        async def removed() -> None:
            while True:
                async with engine.connect() as connection:
                    if (await connection.execute(sa.select(spent_assertions))).first() is None:
                        return

        await asyncio.wait_for(removed(), timeout=10)
