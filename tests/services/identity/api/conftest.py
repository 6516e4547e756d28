"""The whole service over HTTP, on real PostgreSQL: composed by main.py, with a clock that tests may move."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from services.identity.adapters.argon2_passwords import Argon2Passwords
from services.identity.adapters.rsa_signing import RsaAssertions
from services.identity.adapters.unit_of_work import PostgresWorks
from services.identity.domain.accounts import Account, Membership, Tenant
from services.identity.main import create_app
from services.identity.settings import IdentitySettings
from services.identity.use_cases.register_client import RegisterClient
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, Service
from shared.database import create_engine
from shared.settings import Profile
from shared.tokens import ASSERTION_TYPE, client_assertion
from tests.fixtures.databases import ServiceDatabase

ISSUER = "http://identity.test"
PASSWORD = "walk beside me"
VISITOR_KEY = "v" * 32
QUICK = Argon2Passwords(memory_kib=1024, time_cost=1, at_once=2)
STORED = QUICK._hasher.hash(PASSWORD)


@dataclass(kw_only=True)
class Identity:
    """A running identity service and ways into it."""

    app: FastAPI
    http: httpx2.AsyncClient
    works: PostgresWorks
    clock: FixedClock
    client_key: RSAKey
    tenants: dict[str, UUID] = field(default_factory=dict)

    async def account(
        self,
        email: str,
        *,
        role: AccessRole = AccessRole.PEER,
        tenant: str = "Northside",
        worker_id: UUID | None = None,
    ) -> Account:
        """An account that exists already; its password is PASSWORD."""
        async with self.works.begin(None) as work:
            made = await work.tenants.add(Tenant(tenant_id=uuid4(), name=tenant, created_at=self.clock.now()))
        account = Account(
            account_id=uuid4(),
            tenant_id=made.tenant_id,
            email=email,
            display_name="Ada Example",
            password_hash=STORED,
            membership=Membership(access_role=role, worker_id=worker_id),
            created_at=self.clock.now(),
            created_by=None,
        )
        async with self.works.begin(made.tenant_id) as work:
            await work.accounts.add(account)
        return account

    async def sign_in(self, email: str, *, password: str = PASSWORD, **more: Any) -> httpx2.Response:
        return await self.http.post("/sign-in", json={"email": email, "password": password} | more)

    async def bearer(self, email: str, **more: Any) -> dict[str, str]:
        """Headers of somebody signed in."""
        answer = await self.sign_in(email, **more)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def administrator(self, email: str = "lead@northside.test", *, tenant: str = "Northside") -> dict[str, str]:
        await self.account(email, role=AccessRole.ADMINISTRATOR, tenant=tenant)
        return await self.bearer(email)

    async def grant(self, **form: str) -> httpx2.Response:
        return await self.http.post("/token", data=form)

    async def ask(self, assertion: str, *, audience: str = "scope_guard") -> httpx2.Response:
        return await self.grant(
            grant_type="client_credentials",
            client_assertion_type=ASSERTION_TYPE,
            client_assertion=assertion,
            audience=audience,
        )

    def assertion(self, *, key: RSAKey | None = None, audience: str = f"{ISSUER}/token") -> str:
        return client_assertion(Service.REFERRALS, key=key or self.client_key, audience=audience)


@pytest.fixture(scope="session")
def client_key() -> RSAKey:
    return RSAKey.generate_key(2048)


def settings_for(database: ServiceDatabase, **more: Any) -> IdentitySettings:
    """Demo settings, because production rightly refuses hashes as quick as tests want them."""
    return IdentitySettings(
        HANDRAIL_PROFILE=Profile.DEMO,
        database_url=SecretStr(database.runtime_url),
        redis_url=SecretStr("redis://127.0.0.1:1/0"),
        cursor_key=SecretStr("c" * 32),
        key_secret=SecretStr("k" * 32),
        visitor_key=SecretStr(VISITOR_KEY),
        token_issuer=ISSUER,
        password_memory_kib=1024,
        password_time_cost=1,
        **more,
    )


@pytest.fixture
async def identity(identity_database: ServiceDatabase, client_key: RSAKey) -> AsyncIterator[Identity]:
    clock = FixedClock(datetime.now(UTC))
    app = create_app(settings_for(identity_database), clock=clock)
    engine = create_engine(identity_database.runtime_url)
    works = PostgresWorks(engine)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        register = RegisterClient(works=works, public_keys=RsaAssertions(), clock=clock)
        await register(Service.REFERRALS, public_key=client_key.as_pem(private=False).decode())
        yield Identity(app=app, http=http, works=works, clock=clock, client_key=client_key)
    await engine.dispose()
