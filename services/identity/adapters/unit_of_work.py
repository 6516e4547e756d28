"""One transaction: repositories and the remembered answer in a single commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.identity.adapters.account_repository import AccountRepository, TenantRepository
from services.identity.adapters.attempt_repository import AttemptRepository
from services.identity.adapters.key_repository import ClientRepository, KeyRepository
from services.identity.adapters.leftovers import LeftoverRemover
from services.identity.adapters.session_repository import SessionRepository
from services.identity.adapters.tables import idempotency_keys
from services.identity.use_cases import ports
from services.identity.use_cases.once import AlreadyAnswered, Once, Rendered
from shared.database import transaction
from shared.idempotency import RequestKey, claim, remember


class UnitOfWork:
    """What a use case holds while its transaction is open; see use_cases.ports.Work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.tenants: ports.Tenants = TenantRepository(connection)
        self.accounts: ports.Accounts = AccountRepository(connection)
        self.sessions: ports.Sessions = SessionRepository(connection)
        self.attempts: ports.AttemptCounts = AttemptRepository(connection)
        self.keys: ports.SigningKeys = KeyRepository(connection)
        self.clients: ports.SystemClients = ClientRepository(connection)
        self.leftovers: ports.Leftovers = LeftoverRemover(connection)
        self.result: object | None = None

    def answer(self, result: object) -> None:
        """The result that the caller's key will stand for."""
        self.result = result


class PostgresWorks:
    """Begins units of work on PostgreSQL; leaving one cleanly commits, an exception rolls back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def begin(self, tenant_id: UUID | None, *, once: Once | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; raises AlreadyAnswered when this request was answered before."""
        async with transaction(self._engine, tenant_id=tenant_id) as connection:
            work = UnitOfWork(connection)
            if once is None:
                yield work
                return
            assert tenant_id is not None, "a remembered answer belongs to a tenant"
            request = RequestKey(
                tenant_id=tenant_id,
                caller=once.caller,
                route=once.route,
                key=once.key,
                body_digest=once.body_digest,
            )
            stored = await claim(connection, idempotency_keys, request)
            if stored is not None:
                raise AlreadyAnswered(Rendered(status=stored.status, body=stored.body, etag=stored.etag))
            yield work
            if work.result is not None:
                answer = once.render(work.result)
                await remember(
                    connection, idempotency_keys, request, status=answer.status, body=answer.body, etag=answer.etag
                )
