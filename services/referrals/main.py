"""Composition root: the only reader of settings, and the only place where parts are put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from celery import Celery
from fastapi import APIRouter, FastAPI
from shared.service import create_service_app
from shared.task_queue import Bell, create_celery

from services.referrals.adapters.unit_of_work import PostgresWorks
from services.referrals.api.dependencies import Resources
from services.referrals.api.errors import PROBLEMS, install_replays
from services.referrals.settings import ReferralsSettings
from shared.clock import SystemClock
from shared.contracts.codes import Service
from shared.database import create_engine, is_reachable
from shared.paging import CursorSigner
from shared.tokens import TokenVerifier

ROUTERS: tuple[APIRouter, ...] = ()
"""One per module in api/routes; a new module adds its `router` here."""


def create_app(settings: ReferralsSettings) -> FastAPI:
    """The HTTP application. Connections are made when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            application_name="referrals-api",
        )
        bell = Bell(settings.redis_url.get_secret_value())
        async with aiohttp.ClientSession() as session:
            app.state.token_verifier = TokenVerifier(
                jwks_url=f"{settings.identity_url}/.well-known/jwks.json",
                issuer=settings.token_issuer,
                audience=Service.REFERRALS,
                session=session,
            )
            app.state.readiness_checks = {"database": lambda: is_reachable(engine)}
            app.state.resources = Resources(
                works=PostgresWorks(engine, after_commit=lambda: bell.ring("referrals.relay", queue=Service.REFERRALS)),
                clock=SystemClock(),
                cursors=CursorSigner(settings.cursor_key.get_secret_value()),
            )
            try:
                yield
            finally:
                await engine.dispose()

    app = create_service_app(service=Service.REFERRALS, settings=settings, lifespan=lifespan, problem_table=PROBLEMS)
    install_replays(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def create_worker(settings: ReferralsSettings) -> Celery:
    """The Celery application of this service's queue."""
    return create_celery(Service.REFERRALS, settings.redis_url.get_secret_value())


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.referrals.main:app_from_environment`."""
    return create_app(ReferralsSettings())
