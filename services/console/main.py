"""Composition root: the only reader of settings, and the only place where parts are put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import aiohttp
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.console.adapters.administration import AdministrationOverHttp
from services.console.adapters.consents import ConsentsOverHttp
from services.console.adapters.help_directory import HelpDirectoryOverHttp
from services.console.adapters.live_hints import LiveHints
from services.console.adapters.matching import MatchingOverHttp
from services.console.adapters.neighbour import Neighbour
from services.console.adapters.numbers import NumbersOverHttp
from services.console.adapters.others import IdentityOverHttp, NotificationsOverHttp, ScopeGuardOverHttp
from services.console.adapters.referrals import ReferralsOverHttp
from services.console.adapters.referring import ReferringOverHttp
from services.console.adapters.session_cookie import SessionCookie
from services.console.adapters.sheets import SheetsOverHttp
from services.console.adapters.teams import TeamsOverHttp
from services.console.adapters.word_files import read_words
from services.console.api import routes
from services.console.api.assets import Assets
from services.console.api.dependencies import ConsoleParts
from services.console.api.errors import install_error_pages
from services.console.api.gate import Gate
from services.console.api.headers import ProtectiveHeaders
from services.console.api.pages import Pages
from services.console.settings import ConsoleSettings
from services.console.use_cases.ports import Neighbours
from shared.clock import SystemClock
from shared.contracts.codes import Service
from shared.http_client import new_session
from shared.loaded_memory import set_loaded_memory_aside
from shared.logs import configure_logs
from shared.service import create_service_app
from shared.tokens import TokenVerifier, jwks_over_http
from shared.visitor_address import VisitorSeal


def create_app(settings: ConsoleSettings) -> FastAPI:
    """The HTTP application. Connections are made when it starts and closed when it stops."""
    words, assets = read_words(), Assets()  # a broken catalogue or a missing file is found at the start

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        configure_logs(Service.CONSOLE.value, level=settings.log_level)
        hints_url = settings.live_hints_url
        hints = LiveHints(hints_url.get_secret_value() if hints_url is not None else None)
        async with new_session() as session, hints.listening():
            neighbours = neighbours_of(settings, session=session)
            pages = Pages(
                words=words,
                assets=assets,
                clock=SystemClock(),
                neutral_page=settings.neutral_page,
                is_demo=settings.is_demo,
            )
            gate = Gate(cookies=SessionCookie(settings.cookie_key.get_secret_value()), identity=neighbours.identity)
            install(app, ConsoleParts(pages=pages, assets=assets, gate=gate, neighbours=neighbours, hints=hints))
            yield

    app = create_service_app(service=Service.CONSOLE, title="Handrail", lifespan=lifespan)
    for router in routes.routers(demo=settings.is_demo):
        app.include_router(router)
    install_error_pages(app)
    app.add_middleware(ProtectiveHeaders, over_tls=not settings.is_demo)
    if settings.trusted_proxies:
        # uvicorn's own switch stays off (handrail/runtime/processes.py): it would believe everybody on this machine
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
    return app


def install(app: FastAPI, parts: ConsoleParts) -> None:
    """Give the application its parts."""
    app.state.parts = parts
    app.state.session_gate = parts.gate


def neighbours_of(settings: ConsoleSettings, *, session: aiohttp.ClientSession) -> Neighbours:
    """The four neighbours over one HTTP session."""

    def neighbour(service: Service, url: str) -> Neighbour:
        return Neighbour(
            service=service, base_url=url, session=session, timeout_seconds=settings.neighbour_timeout_seconds
        )

    referrals = neighbour(Service.REFERRALS, settings.referrals_url)
    known, teams = ReferralsOverHttp(neighbour=referrals), TeamsOverHttp(neighbour=referrals)

    def forget(tenant_id: UUID) -> None:
        known.forget_programmes(tenant_id)
        teams.forget(tenant_id)

    keys = jwks_over_http(settings.identity_url.rstrip("/") + "/.well-known/jwks.json", session=session)
    return Neighbours(
        identity=IdentityOverHttp(
            neighbour=neighbour(Service.IDENTITY, settings.identity_url),
            verifier=TokenVerifier(audience=Service.CONSOLE, issuer=settings.token_issuer, keys=keys),
            seal=VisitorSeal(settings.visitor_key.get_secret_value()) if settings.visitor_key is not None else None,
        ),
        referrals=known,
        referring=ReferringOverHttp(neighbour=referrals),
        teams=teams,
        administration=AdministrationOverHttp(neighbour=referrals, forget=forget),
        consents=ConsentsOverHttp(neighbour=referrals),
        matching=MatchingOverHttp(neighbour=referrals),
        sheets=SheetsOverHttp(neighbour=referrals),
        help=HelpDirectoryOverHttp(neighbour=referrals),
        numbers=NumbersOverHttp(neighbour=referrals),
        scope_guard=ScopeGuardOverHttp(neighbour=neighbour(Service.SCOPE_GUARD, settings.scope_guard_url)),
        notifications=NotificationsOverHttp(neighbour=neighbour(Service.NOTIFICATIONS, settings.notifications_url)),
    )


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.console.main:app_from_environment`."""
    app = create_app(ConsoleSettings())
    set_loaded_memory_aside()
    return app
