"""Composition root: the only reader of settings, and the only place where parts are put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from celery import Celery
from fastapi import FastAPI

from services.scope_guard.adapters.policy_files import load_judge
from services.scope_guard.adapters.queries import PostgresBoundaryEvents
from services.scope_guard.adapters.repositories import PostgresDecisionLog
from services.scope_guard.adapters.tables import outbox
from services.scope_guard.adapters.unit_of_work import PostgresDecisionChain
from services.scope_guard.api.dependencies import GuardParts
from services.scope_guard.api.errors import PROBLEMS
from services.scope_guard.api.routes import boundary_events, decision_log, decisions, policy
from services.scope_guard.settings import ScopeGuardSettings
from services.scope_guard.worker.schedule import RELAY
from services.scope_guard.worker.tasks import WorkerParts, register_tasks
from shared.contracts.codes import Service
from shared.loaded_memory import set_loaded_memory_aside
from shared.metrics import OUTBOX_FIGURES
from shared.outbox import Relay
from shared.service import Resources, create_service_app, open_resources, use_resources
from shared.task_queue import Bell, WorkerLoop, create_celery

ROUTERS = (decisions.router, boundary_events.router, policy.router, decision_log.router)


class RelayBell:
    """`Doorbell` that asks this service's worker to relay what waits."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell

    def ring(self) -> None:
        """Ring for the relay."""
        self._bell.ring(RELAY)


def create_app(settings: ScopeGuardSettings) -> FastAPI:
    """The HTTP application. The policy is read and checked before the process says that it is ready."""
    judge = load_judge()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(Service.SCOPE_GUARD, settings) as resources:
            use_resources(app, resources)
            app.state.guard = GuardParts(
                judge=judge,
                log=PostgresDecisionLog(resources.engine),
                events=PostgresBoundaryEvents(resources.engine),
                chain=PostgresDecisionChain(resources.engine, clock=resources.clock),
                clock=resources.clock,
                cursors=resources.cursors,
                digest_key=settings.text_digest_key.get_secret_value().encode(),
                doorbell=RelayBell(resources.bell),
            )
            yield

    app = create_service_app(
        figures=(OUTBOX_FIGURES,),
        service=Service.SCOPE_GUARD,
        title="Handrail scope guard",
        lifespan=lifespan,
        problem_table=PROBLEMS,
    )
    for router in ROUTERS:
        app.include_router(router)
    return app


def create_worker(settings: ScopeGuardSettings) -> Celery:
    """The Celery application of this service's queue, with its tasks."""

    @asynccontextmanager
    async def open_parts() -> AsyncIterator[WorkerParts]:
        async with open_resources(Service.SCOPE_GUARD, settings) as resources:
            yield worker_parts(settings, resources=resources)

    application = create_celery(Service.SCOPE_GUARD, redis_url=settings.redis_url.get_secret_value())
    register_tasks(application, loop=WorkerLoop(open_parts))
    return application


def worker_parts(settings: ScopeGuardSettings, *, resources: Resources) -> WorkerParts:
    """What the tasks work with in one worker child."""
    consumers = {Service.NOTIFICATIONS: resources.client(Service.NOTIFICATIONS, url=settings.notifications_url)}
    return WorkerParts(
        relay=Relay(engine=resources.engine, table=outbox, consumers=consumers, clock=resources.clock),
        chain=PostgresDecisionChain(resources.engine, clock=resources.clock),
    )


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.scope_guard.main:app_from_environment`."""
    app = create_app(ScopeGuardSettings())
    set_loaded_memory_aside()
    return app
