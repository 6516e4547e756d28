"""Composition root: the only reader of settings, and the only place where parts are put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.identity.adapters.argon2_passwords import Argon2Passwords
from services.identity.adapters.keyed_digests import KeyedDigests
from services.identity.adapters.rsa_signing import RsaAssertions, RsaSigner
from services.identity.adapters.unit_of_work import PostgresWorks
from services.identity.api.dependencies import IdentityParts
from services.identity.api.errors import PROBLEMS, install_replays
from services.identity.api.routes import accounts, sign_in, token
from services.identity.domain.errors import NoSigningKey
from services.identity.settings import IdentitySettings
from services.identity.use_cases.bootstrap_tenant import BootstrapTenant
from services.identity.use_cases.change_password import ChangePassword
from services.identity.use_cases.create_account import CreateAccount
from services.identity.use_cases.disable_account import DisableAccount
from services.identity.use_cases.enable_account import EnableAccount
from services.identity.use_cases.ensure_signing_key import EnsureSigningKey
from services.identity.use_cases.issue_system_token import IssueSystemToken
from services.identity.use_cases.list_accounts import ListAccounts
from services.identity.use_cases.ports import VisitorAddresses
from services.identity.use_cases.publish_keys import PublishKeys
from services.identity.use_cases.purge_expired import PurgeExpired
from services.identity.use_cases.read_account import ReadAccount
from services.identity.use_cases.refresh_session import RefreshSession
from services.identity.use_cases.register_client import RegisterClient
from services.identity.use_cases.rotate_keys import RotateKeys
from services.identity.use_cases.sign_in import SignIn
from services.identity.use_cases.sign_out import SignOut
from shared.clock import Clock, SystemClock
from shared.contracts.codes import Service
from shared.database import create_engine
from shared.loaded_memory import set_loaded_memory_aside
from shared.logs import get_logger
from shared.paging import CursorSigner
from shared.service import ReadinessCheck, create_service_app, open_resources, use_resources
from shared.tokens import TokenVerifier
from shared.visitor_address import VisitorSeal

_log = get_logger()


def create_app(settings: IdentitySettings, *, clock: Clock | None = None) -> FastAPI:
    """The HTTP application. Connections are made when it starts and closed when it stops."""
    time = clock or SystemClock()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(Service.IDENTITY, settings) as resources:
            use_resources(app, resources)
            works = PostgresWorks(resources.engine)
            app.state.identity = _parts(settings, works=works, clock=time, cursors=resources.cursors)
            app.state.token_verifier = _own_verifier(app.state.identity.publish_keys, issuer=settings.token_issuer)
            signer = _signer(settings)
            await EnsureSigningKey(works=works, signer=signer, clock=time)()
            app.state.readiness_checks["signing_key"] = _can_sign(works, signer=signer, clock=time)
            purge = PurgeExpired(works=works, clock=time)
            purging = asyncio.create_task(_purge_now_and_then(purge, every_seconds=settings.purge_interval_seconds))
            try:
                yield
            finally:
                purging.cancel()
                with suppress(asyncio.CancelledError):
                    await purging

    app = create_service_app(
        service=Service.IDENTITY, title="Handrail identity", lifespan=lifespan, problem_table=PROBLEMS
    )
    install_replays(app)
    for module in (sign_in, token, accounts):
        app.include_router(module.router)
    return app


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.identity.main:app_from_environment`."""
    app = create_app(IdentitySettings())
    set_loaded_memory_aside()
    return app


@dataclass(frozen=True, kw_only=True)
class OperatorTools:
    """What the command line can do."""

    bootstrap_tenant: BootstrapTenant
    register_client: RegisterClient
    rotate_keys: RotateKeys
    purge_expired: PurgeExpired


@asynccontextmanager
async def operator_tools() -> AsyncIterator[OperatorTools]:
    """What the command line works with, on the database of the environment."""
    settings = IdentitySettings()
    engine: AsyncEngine = create_engine(settings.database_url.get_secret_value(), pool_size=1)
    works, clock = PostgresWorks(engine), SystemClock()
    try:
        yield OperatorTools(
            bootstrap_tenant=BootstrapTenant(works=works, passwords=_passwords(settings), clock=clock),
            register_client=RegisterClient(works=works, public_keys=RsaAssertions(), clock=clock),
            rotate_keys=RotateKeys(works=works, signer=_signer(settings), clock=clock),
            purge_expired=PurgeExpired(works=works, clock=clock),
        )
    finally:
        await engine.dispose()


def _parts(settings: IdentitySettings, *, works: PostgresWorks, clock: Clock, cursors: CursorSigner) -> IdentityParts:
    passwords, signer = _passwords(settings), _signer(settings)
    digests = KeyedDigests(settings.key_secret.get_secret_value())
    issuer = settings.token_issuer.rstrip("/")
    return IdentityParts(
        sign_in=SignIn(
            works=works,
            passwords=passwords,
            signer=signer,
            digests=digests,
            clock=clock,
            issuer=issuer,
            session_lifetime=timedelta(hours=settings.session_hours),
        ),
        sign_out=SignOut(works=works, clock=clock),
        refresh_session=RefreshSession(works=works, digests=digests, signer=signer, clock=clock, issuer=issuer),
        issue_system_token=IssueSystemToken(
            works=works, assertions=RsaAssertions(), signer=signer, clock=clock, issuer=issuer
        ),
        create_account=CreateAccount(works=works, passwords=passwords, clock=clock),
        read_account=ReadAccount(works=works),
        list_accounts=ListAccounts(works=works),
        disable_account=DisableAccount(works=works, clock=clock),
        enable_account=EnableAccount(works=works),
        change_password=ChangePassword(works=works, passwords=passwords, digests=digests, clock=clock),
        publish_keys=PublishKeys(works=works, clock=clock),
        cursors=cursors,
        digests=digests,
        visitors=_visitors(settings, clock=clock),
    )


def _visitors(settings: IdentitySettings, *, clock: Clock) -> VisitorAddresses:
    if settings.visitor_key is None:
        return lambda sealed: None
    seal = VisitorSeal(settings.visitor_key.get_secret_value())
    return lambda sealed: seal.open(sealed, at=clock.now())


def _passwords(settings: IdentitySettings) -> Argon2Passwords:
    return Argon2Passwords(
        memory_kib=settings.password_memory_kib,
        time_cost=settings.password_time_cost,
        at_once=settings.password_hashes_at_once,
    )


def _signer(settings: IdentitySettings) -> RsaSigner:
    return RsaSigner(settings.key_secret.get_secret_value())


def _own_verifier(publish_keys: PublishKeys, *, issuer: str) -> TokenVerifier:
    """Identity verifies its own tokens without asking itself over HTTP."""

    async def keys() -> dict[str, Any]:
        return {"keys": list(await publish_keys())}

    return TokenVerifier(audience=Service.IDENTITY, issuer=issuer, keys=keys)


def _can_sign(works: PostgresWorks, *, signer: RsaSigner, clock: Clock) -> ReadinessCheck:
    async def check() -> bool:
        try:
            async with works.begin(None) as work:
                return signer.opens((await work.keys.ring()).signing_key(at=clock.now()))
        except (NoSigningKey, sa.exc.SQLAlchemyError, OSError, TimeoutError):
            return False

    return check


async def _purge_now_and_then(purge: PurgeExpired, *, every_seconds: float) -> None:
    """Identity has no worker of its own: the application tidies up after itself, in every process, harmlessly."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            _log.info("purged", count=await purge())
        except (sa.exc.SQLAlchemyError, OSError, TimeoutError) as error:
            # The next round will find the same rows; readiness tells operators that the database is away.
            _log.warning("purge_failed", error_type=type(error).__name__)
