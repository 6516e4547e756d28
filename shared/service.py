"""What every service's process is made of: engine, HTTP session, tokens, clock, bell, and the HTTP application's frame."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import Clock, SystemClock
from shared.contracts.codes import Service
from shared.database import create_engine, is_reachable
from shared.http_client import ServiceClient, new_session
from shared.logs import configure_logs
from shared.metrics import LiveFigures, Metrics, metrics_router
from shared.paging import CursorSigner
from shared.problems import ProblemTable, install_problem_handlers
from shared.request_frame import MAX_BODY_BYTES, RequestFrame
from shared.settings import ServiceSettings
from shared.task_queue import Bell
from shared.tokens import OPEN_TO_ALL, SystemTokenSource, TokenVerifier, jwks_over_http

__all__ = [
    "MAX_BODY_BYTES",
    "ReadinessCheck",
    "RequestFrame",
    "Resources",
    "create_service_app",
    "open_resources",
    "use_resources",
]

ReadinessCheck = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What one process of a service holds open. `tokens` is absent where the service has no key of its own."""

    service: Service
    settings: ServiceSettings
    engine: AsyncEngine
    session: aiohttp.ClientSession
    verifier: TokenVerifier
    tokens: SystemTokenSource | None
    clock: Clock
    bell: Bell
    cursors: CursorSigner
    clients: list[ServiceClient] = field(default_factory=list)
    """Every client made from here, for whoever watches their breakers."""

    def client(self, target: Service, *, url: str, timeout_seconds: float = 2.0) -> ServiceClient:
        """A client for one neighbour, over this process's session."""
        made = ServiceClient(
            base_url=url, target=target, session=self.session, tokens=self.tokens, timeout_seconds=timeout_seconds
        )
        self.clients.append(made)
        return made


@asynccontextmanager
async def open_resources(service: Service, settings: ServiceSettings) -> AsyncIterator[Resources]:
    """Open what a process needs and close it again. Nothing here waits for a neighbour to be up."""
    configure_logs(service.value, level=settings.log_level)
    engine = create_engine(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool_size,
        application_name=f"handrail-{service.value}",
    )
    session = new_session()
    tokens = None
    if settings.client_private_key_file is not None:
        tokens = SystemTokenSource(
            identity_url=settings.identity_url,
            issuer=settings.token_issuer,
            client=service,
            private_key_file=settings.client_private_key_file,
            session=session,
        )
    keys = jwks_over_http(settings.identity_url.rstrip("/") + "/.well-known/jwks.json", session=session)
    try:
        yield Resources(
            service=service,
            settings=settings,
            engine=engine,
            session=session,
            verifier=TokenVerifier(audience=service, issuer=settings.token_issuer, keys=keys),
            tokens=tokens,
            clock=SystemClock(),
            bell=Bell(service, redis_url=settings.redis_url.get_secret_value()),
            cursors=CursorSigner(settings.cursor_key.get_secret_value()),
        )
    finally:
        await session.close()
        await engine.dispose()


def create_service_app(
    *,
    service: Service,
    title: str,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    problem_table: ProblemTable | None = None,
    figures: Sequence[LiveFigures] = (),
) -> FastAPI:
    """The HTTP frame: health, metrics, problems, body limit, access log. Routers are added by the service.

    The lifespan sets `app.state` with `use_resources` (or a test does, with parts of its own).
    """
    app = FastAPI(title=title, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.readiness_checks = {}
    install_problem_handlers(app, problem_table)

    @app.get("/health/live", dependencies=[OPEN_TO_ALL])
    async def live() -> dict[str, str]:
        return {"service": service.value, "status": "live"}

    @app.get("/health/ready", dependencies=[OPEN_TO_ALL])
    async def ready(request: Request) -> JSONResponse:
        checks: dict[str, ReadinessCheck] = request.app.state.readiness_checks
        results = {name: await check() for name, check in checks.items()}
        is_ready = all(results.values())
        content = {"service": service.value, "status": "ready" if is_ready else "not_ready", "checks": results}
        return JSONResponse(content, status_code=200 if is_ready else 503)

    metrics = Metrics(figures=figures)
    # The console's port may be open to the world; whoever comes through it looks like somebody of this network.
    app.include_router(metrics_router(metrics, only_loopback=service is Service.CONSOLE))
    app.add_middleware(RequestFrame, measure=metrics.answered)
    return app


def use_resources(app: FastAPI, resources: Resources) -> None:
    """Put the process's resources where routes, guards and readiness look for them."""
    app.state.resources = resources
    app.state.engine = resources.engine
    app.state.clock = resources.clock
    app.state.bell = resources.bell
    app.state.cursors = resources.cursors
    app.state.token_verifier = resources.verifier

    async def database() -> bool:
        return await is_reachable(resources.engine)

    app.state.readiness_checks["database"] = database
