"""Composition root: the only reader of settings, and the only place where parts are put together."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aiohttp
from celery import Celery
from fastapi import FastAPI
from pydantic import SecretStr

from services.notifications.adapters import tables
from services.notifications.adapters.claim_book import PostgresClaims
from services.notifications.adapters.contact_book import PostgresContactBook
from services.notifications.adapters.deliveries import PostgresDeliveries
from services.notifications.adapters.email_channel import EmailChannel, MailServer
from services.notifications.adapters.endpoints import PostgresEndpoints
from services.notifications.adapters.event_handlers import EventHandlers
from services.notifications.adapters.gate_book import PostgresGates
from services.notifications.adapters.ladder_files import read_ladders
from services.notifications.adapters.letters import PostgresLetters, PostgresSummaries
from services.notifications.adapters.live_figures import FIGURES
from services.notifications.adapters.live_hints import ValkeyHints
from services.notifications.adapters.message_book import PostgresMessageBook, PostgresOptOuts
from services.notifications.adapters.number_plans import why_not_texted
from services.notifications.adapters.queries import PostgresDeliveryReader, PostgresInbox
from services.notifications.adapters.referrals_client import ReferralsEntitlements
from services.notifications.adapters.retention import forget_messages
from services.notifications.adapters.silences import PostgresSilences
from services.notifications.adapters.sms_channel import SmsChannel, SmsProvider
from services.notifications.adapters.webhook_calls import PostgresCalls
from services.notifications.adapters.webhook_channel import HttpWebhookChannel, guarded_session
from services.notifications.api import routes
from services.notifications.api.dependencies import Parts, SmsCallbacks, WebhookParts
from services.notifications.api.errors import PROBLEMS
from services.notifications.domain.codes import Channel
from services.notifications.settings import NotificationsSettings
from services.notifications.use_cases.claim_links import Links
from services.notifications.use_cases.ports import MessageChannel
from services.notifications.worker.rounds import Rounds, WebhookWork
from services.notifications.worker.tasks import register_tasks
from shared import inbox, outbox
from shared.breaker_board import BreakerBoard
from shared.contracts.codes import Service
from shared.database import transaction
from shared.inbox import InboxProcessor
from shared.loaded_memory import set_loaded_memory_aside
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
        figures=FIGURES,
        service=Service.NOTIFICATIONS,
        title="Handrail notifications",
        lifespan=lifespan,
        problem_table=PROBLEMS,
    )
    for router in routes.ROUTERS:
        app.include_router(router)
    return app


def install(app: FastAPI, resources: Resources) -> None:
    """Give the application its parts."""
    use_resources(app, resources)
    settings = resources.settings
    assert isinstance(settings, NotificationsSettings)
    app.state.breaker_board = _board(resources)
    app.state.parts = Parts(
        inbox=PostgresInbox(resources.engine),
        deliveries=PostgresDeliveryReader(resources.engine),
        claims=PostgresClaims(resources.engine),
        contact_book=PostgresContactBook(resources.engine),
        number_plans=why_not_texted,
        messages=PostgresMessageBook(resources.engine),
        opt_outs=PostgresOptOuts(resources.engine),
        gates=PostgresGates(resources.engine, per_minute=limits(settings)),
        endpoints=PostgresEndpoints(resources.engine),
        calls=PostgresCalls(resources.engine),
        sms_callbacks=_sms_callbacks(settings),
        webhooks=_webhook_parts(settings),
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
        strangers = guarded_session(strict=not settings.is_demo)
        try:
            yield rounds_of(resources, settings=settings, hints=hints, strangers=strangers)
        finally:
            await strangers.close()
            await hints.close()


def rounds_of(
    resources: Resources, *, settings: NotificationsSettings, hints: ValkeyHints, strangers: aiohttp.ClientSession
) -> Rounds:
    """Put a worker's parts together. `strangers` is the session for addresses that other people chose."""
    engine, clock = resources.engine, resources.clock
    referrals = resources.client(
        Service.REFERRALS, url=settings.referrals_url, timeout_seconds=settings.referrals_timeout_seconds
    )
    handlers = EventHandlers(ladders=read_ladders(with_demo=settings.is_demo), clock=clock)
    processor = InboxProcessor(
        engine=engine,
        table=tables.event_inbox,
        handlers=handlers.by_type(),
        batch_handlers=handlers.by_type_together(),
        after_rollback=handlers.forget,
        clock=clock,
    )
    relay = Relay(engine=engine, table=tables.outbox, consumers={Service.REFERRALS: referrals}, clock=clock)

    async def forget_old() -> int:
        async with transaction(engine, tenant_id=None) as connection:
            forgotten = await inbox.purge(connection, tables.event_inbox, clock=clock)
            forgotten += await forget_messages(connection, clock=clock)
            return forgotten + await outbox.purge(connection, tables.outbox, clock=clock)

    async def say_breakers() -> None:
        await _board(resources).say(resources.clients)

    return Rounds(
        apply_events=processor.run_once,
        take_changed=handlers.take_changed,
        take_to_show=handlers.take_to_show,
        relay_facts=relay.drain,
        forget_old=forget_old,
        deliveries=PostgresDeliveries(engine),
        silences=PostgresSilences(engine),
        entitlements=ReferralsEntitlements(referrals),
        senders=senders_of(resources, settings=settings),
        book=PostgresMessageBook(engine),
        gates=PostgresGates(engine, per_minute=limits(settings)),
        summaries=PostgresSummaries(engine),
        letters=PostgresLetters(engine),
        most_in_window=settings.most_messages_in_a_minute,
        webhooks=_webhook_work(resources, settings=settings, strangers=strangers),
        links=_links(resources, settings=settings),
        hints=hints,
        ring=resources.bell.ring,
        say_breakers=say_breakers,
        clock=clock,
    )


def _board(resources: Resources) -> BreakerBoard:
    return BreakerBoard(Service.NOTIFICATIONS, redis_url=resources.settings.redis_url.get_secret_value())


def _links(resources: Resources, *, settings: NotificationsSettings) -> Links | None:
    if not settings.console_url:
        return None
    key = settings.cursor_key.get_secret_value().encode()
    return Links(console_url=settings.console_url, book=PostgresClaims(resources.engine), key=key)


def senders_of(resources: Resources, *, settings: NotificationsSettings) -> dict[Channel, MessageChannel]:
    """The ways out of the house that are set up."""
    email = EmailChannel(mail_server(settings), clock=resources.clock)
    provider = sms_provider(settings)
    if provider is None:
        return {Channel.EMAIL: email}
    sms = SmsChannel(provider, session=resources.session, clock=resources.clock)
    return {Channel.EMAIL: email, Channel.SMS: sms}


def limits(settings: NotificationsSettings) -> dict[Channel, int]:
    """Messages per minute of each provider that is set up."""
    found = {Channel.EMAIL: settings.smtp_messages_per_minute}
    return found if settings.sms_url is None else found | {Channel.SMS: settings.sms_messages_per_minute}


def sms_provider(settings: NotificationsSettings) -> SmsProvider | None:
    """The provider of texts as the settings name it, if they do."""
    if settings.sms_url is None:
        return None
    return SmsProvider(
        url=settings.sms_url,
        sender=settings.sms_sender,
        timeout_seconds=settings.sms_timeout_seconds,
        callback_url=settings.sms_callback_url,
        username=settings.sms_username,
        password=_revealed(settings.sms_password),
        token=_revealed(settings.sms_token),
    )


def _sms_callbacks(settings: NotificationsSettings) -> SmsCallbacks | None:
    secret = _revealed(settings.sms_callback_secret)
    if settings.sms_callback_url is None or secret is None:
        return None
    return SmsCallbacks(url=settings.sms_callback_url.rstrip("/"), secret=secret.encode())


def _webhook_parts(settings: NotificationsSettings) -> WebhookParts | None:
    key = _revealed(settings.webhook_key)
    return WebhookParts(key=key.encode(), strict=not settings.is_demo) if key else None


def _webhook_work(
    resources: Resources, *, settings: NotificationsSettings, strangers: aiohttp.ClientSession
) -> WebhookWork | None:
    parts = _webhook_parts(settings)
    if parts is None:
        return None
    channel = HttpWebhookChannel(
        session=strangers,
        timeout_seconds=settings.webhook_timeout_seconds,
        strict=parts.strict,
        clock=resources.clock,
    )
    return WebhookWork(
        calls=PostgresCalls(resources.engine),
        endpoints=PostgresEndpoints(resources.engine),
        channel=channel,
        key=parts.key,
    )


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() or None if secret is not None else None


def mail_server(settings: NotificationsSettings) -> MailServer:
    """The mail server as the settings name it."""
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        timeout_seconds=settings.smtp_timeout_seconds,
        use_tls=settings.smtp_tls,
        username=settings.smtp_username,
        password=_revealed(settings.smtp_password),
    )


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.notifications.main:app_from_environment`."""
    app = create_app(NotificationsSettings())
    set_loaded_memory_aside()
    return app
