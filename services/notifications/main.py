"""Composition root: the only reader of settings, and the only place where parts are put together."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from celery import Celery
from fastapi import FastAPI

from services.notifications.adapters import tables
from services.notifications.adapters.contact_book import PostgresContactBook
from services.notifications.adapters.deliveries import PostgresDeliveries
from services.notifications.adapters.email_channel import EmailChannel, MailServer
from services.notifications.adapters.event_handlers import EventHandlers
from services.notifications.adapters.ladder_files import read_ladders
from services.notifications.adapters.live_hints import ValkeyHints
from services.notifications.adapters.queries import PostgresDeliveryReader, PostgresInbox
from services.notifications.adapters.referrals_client import ReferralsEntitlements
from services.notifications.adapters.silences import PostgresSilences
from services.notifications.api import routes
from services.notifications.api.dependencies import Parts
from services.notifications.api.errors import PROBLEMS
from services.notifications.settings import NotificationsSettings
from services.notifications.worker.rounds import Rounds
from services.notifications.worker.tasks import register_tasks
from shared import inbox, outbox
from shared.contracts.codes import Service
from shared.database import transaction
from shared.inbox import InboxProcessor
from shared.outbox import Relay
from shared.service import Resources, create_service_app, open_resources, use_resources
from shared.task_queue import WorkerLoop, create_celery


def create_app(settings: NotificationsSettings) -> FastAPI:
    """The HTTP application. Connections are made when it starts and closed when it stops."""
    read_ladders(with_demo=settings.is_demo)  # a wrong ladder file is found at the start of every process

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(Service.NOTIFICATIONS, settings) as resources:
            install(app, resources)
            yield

    app = create_service_app(
        service=Service.NOTIFICATIONS, title="Handrail notifications", lifespan=lifespan, problem_table=PROBLEMS
    )
    for router in routes.ROUTERS:
        app.include_router(router)
    return app


def install(app: FastAPI, resources: Resources) -> None:
    """Give the application its parts."""
    use_resources(app, resources)
    app.state.parts = Parts(
        inbox=PostgresInbox(resources.engine),
        deliveries=PostgresDeliveryReader(resources.engine),
        contact_book=PostgresContactBook(resources.engine),
        clock=resources.clock,
        cursors=resources.cursors,
    )


def create_worker(settings: NotificationsSettings) -> Celery:
    """The Celery application of this service's queue; connections are made in each child after the fork."""
    celery = create_celery(Service.NOTIFICATIONS, redis_url=settings.redis_url.get_secret_value())
    read_ladders(with_demo=settings.is_demo)

    def open_child() -> AbstractAsyncContextManager[Rounds]:
        return open_rounds(settings)

    register_tasks(celery, WorkerLoop(open_child))
    return celery


@asynccontextmanager
async def open_rounds(settings: NotificationsSettings) -> AsyncIterator[Rounds]:
    """What one worker child works with."""
    async with open_resources(Service.NOTIFICATIONS, settings) as resources:
        hints = ValkeyHints(settings.redis_url.get_secret_value())
        try:
            yield rounds_of(resources, settings=settings, hints=hints)
        finally:
            await hints.close()


def rounds_of(resources: Resources, *, settings: NotificationsSettings, hints: ValkeyHints) -> Rounds:
    """Put a worker's parts together."""
    engine, clock = resources.engine, resources.clock
    referrals = resources.client(
        Service.REFERRALS, url=settings.referrals_url, timeout_seconds=settings.referrals_timeout_seconds
    )
    handlers = EventHandlers(ladders=read_ladders(with_demo=settings.is_demo), clock=clock)
    processor = InboxProcessor(engine=engine, table=tables.event_inbox, handlers=handlers.by_type(), clock=clock)
    relay = Relay(engine=engine, table=tables.outbox, consumers={Service.REFERRALS: referrals}, clock=clock)

    async def forget_old() -> int:
        async with transaction(engine, tenant_id=None) as connection:
            forgotten = await inbox.purge(connection, tables.event_inbox, clock=clock)
            return forgotten + await outbox.purge(connection, tables.outbox, clock=clock)

    return Rounds(
        apply_events=processor.drain,
        take_changed=handlers.take_changed,
        relay_facts=relay.drain,
        forget_old=forget_old,
        deliveries=PostgresDeliveries(engine),
        silences=PostgresSilences(engine),
        entitlements=ReferralsEntitlements(referrals),
        sender=EmailChannel(mail_server(settings), clock=clock),
        hints=hints,
        clock=clock,
    )


def mail_server(settings: NotificationsSettings) -> MailServer:
    """The mail server as the settings name it."""
    password = settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        timeout_seconds=settings.smtp_timeout_seconds,
        use_tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=password.get_secret_value() if password is not None else None,
    )


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.notifications.main:app_from_environment`."""
    return create_app(NotificationsSettings())
