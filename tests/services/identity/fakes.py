"""Identity's ports on plain dictionaries; tests/services/identity/adapters/test_works.py holds them against PostgreSQL."""

import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.identity.domain.accounts import Account, Membership, Tenant
from services.identity.domain.attempts import FORGET_AFTER, AttemptKind, Attempts
from services.identity.domain.errors import AccountUnknown, EmailTaken, WorkerTaken
from services.identity.domain.keyring import Keyring
from services.identity.domain.sessions import EndReason, RefreshToken, Session
from services.identity.domain.system_clients import SpentAssertion, SystemClient
from services.identity.use_cases.once import AlreadyAnswered, Once, Rendered
from shared.contracts.codes import AccessRole, Service

NOON = datetime(2030, 1, 2, 12, 0, tzinfo=UTC)


@dataclass
class Rows:
    """What a database would hold."""

    tenants: dict[UUID, Tenant] = field(default_factory=dict)
    accounts: dict[UUID, Account] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)
    tokens: dict[bytes, RefreshToken] = field(default_factory=dict)
    attempts: dict[tuple[AttemptKind, bytes], Attempts] = field(default_factory=dict)
    ring: Keyring = field(default_factory=lambda: Keyring([]))
    clients: dict[Service, SystemClient] = field(default_factory=dict)
    spent: dict[tuple[Service, bytes], SpentAssertion] = field(default_factory=dict)
    answers: dict[tuple[UUID, str, str, str], Rendered] = field(default_factory=dict)


class FakeTenants:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def named(self, name: str) -> Tenant | None:
        return next((tenant for tenant in self.rows.tenants.values() if tenant.name == name), None)

    async def add(self, tenant: Tenant) -> Tenant:
        known = await self.named(tenant.name)
        return known or self.rows.tenants.setdefault(tenant.tenant_id, tenant)


class FakeAccounts:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def opened_by(self, email: str, *, tenant_id: UUID | None) -> Sequence[Account]:
        everyone = sorted(self.rows.accounts.values(), key=lambda account: account.account_id)
        return [one for one in everyone if one.email == email and tenant_id in (None, one.tenant_id)]

    async def read(self, account_id: UUID, *, tenant_id: UUID) -> Account:
        account = self.rows.accounts.get(account_id)
        if account is None or account.tenant_id != tenant_id:
            raise AccountUnknown
        return account

    locked = read

    async def with_email(self, email: str, *, tenant_id: UUID) -> Account | None:
        return next(iter(await self.opened_by(email, tenant_id=tenant_id)), None)

    async def page(self, *, tenant_id: UUID, after: UUID | None, limit: int) -> Sequence[Account]:
        own = sorted(
            (one for one in self.rows.accounts.values() if one.tenant_id == tenant_id), key=lambda one: one.account_id
        )
        return [one for one in own if after is None or one.account_id > after][:limit]

    async def add(self, account: Account) -> None:
        own = [one for one in self.rows.accounts.values() if one.tenant_id == account.tenant_id]
        if any(one.email == account.email for one in own):
            raise EmailTaken
        worker_id = account.membership.worker_id
        if worker_id is not None and any(one.membership.worker_id == worker_id for one in own):
            raise WorkerTaken
        self.rows.accounts[account.account_id] = account

    async def save(self, account: Account) -> None:
        self.rows.accounts[account.account_id] = account


class FakeSessions:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def add(self, session: Session, token: RefreshToken) -> None:
        self.rows.sessions[session.session_id] = session
        self.rows.tokens[token.digest] = token

    async def locked(self, session_id: UUID, *, tenant_id: UUID) -> Session | None:
        session = self.rows.sessions.get(session_id)
        return session if session is not None and session.tenant_id == tenant_id else None

    async def token(self, digest: bytes, *, session: Session) -> RefreshToken | None:
        token = self.rows.tokens.get(digest)
        return token if token is not None and token.session_id == session.session_id else None

    async def rotate(self, used: RefreshToken, *, successor: RefreshToken) -> None:
        self.rows.tokens[used.digest] = replace(used, used_at=successor.issued_at)
        self.rows.tokens[successor.digest] = successor

    async def end(self, session: Session) -> None:
        self.rows.sessions[session.session_id] = session

    async def end_all(self, account: Account, *, reason: EndReason, at: datetime) -> None:
        for session in list(self.rows.sessions.values()):
            if session.account_id == account.account_id:
                self.rows.sessions[session.session_id] = session.end(reason=reason, at=at)


class FakeAttempts:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def locked(self, keys: Sequence[tuple[AttemptKind, bytes]], *, at: datetime) -> Sequence[Attempts]:
        return [
            self.rows.attempts.setdefault(key, Attempts(kind=key[0], digest=key[1], count=0, last_at=at))
            for key in keys
        ]

    async def save(self, counts: Sequence[Attempts]) -> None:
        self.rows.attempts.update({(one.kind, one.digest): one for one in counts})


class FakeKeys:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def ring(self) -> Keyring:
        return self.rows.ring

    locked_ring = ring

    async def save(self, ring: Keyring) -> None:
        self.rows.ring = ring


class FakeClients:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def read(self, service: Service) -> SystemClient | None:
        return self.rows.clients.get(service)

    async def save(self, client: SystemClient) -> None:
        self.rows.clients[client.service] = client

    async def spend(self, assertion: SpentAssertion) -> bool:
        key = (assertion.service, assertion.digest)
        return self.rows.spent.setdefault(key, assertion) is assertion


class FakeLeftovers:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    async def purge(self, *, at: datetime) -> int:
        spent = [key for key, one in self.rows.spent.items() if one.expires_at < at]
        forgotten = [key for key, one in self.rows.attempts.items() if one.last_at < at - FORGET_AFTER]
        for key in spent:
            del self.rows.spent[key]
        for forgotten_key in forgotten:
            del self.rows.attempts[forgotten_key]
        return len(spent) + len(forgotten)


class FakeWork:
    def __init__(self, rows: Rows) -> None:
        self.tenants = FakeTenants(rows)
        self.accounts = FakeAccounts(rows)
        self.sessions = FakeSessions(rows)
        self.attempts = FakeAttempts(rows)
        self.keys = FakeKeys(rows)
        self.clients = FakeClients(rows)
        self.leftovers = FakeLeftovers(rows)
        self.result: object | None = None

    def answer(self, result: object) -> None:
        self.result = result


class FakeWorks:
    """Commits by keeping the rows a unit of work left behind; an exception leaves the former ones."""

    def __init__(self) -> None:
        self.rows = Rows()

    @asynccontextmanager
    async def begin(self, tenant_id: UUID | None, *, once: Once | None = None) -> AsyncIterator[FakeWork]:
        rows = copy.copy(self.rows)
        for name, value in vars(self.rows).items():
            setattr(rows, name, copy.copy(value))
        work = FakeWork(rows)
        if once is not None:
            assert tenant_id is not None
            key = (tenant_id, once.caller, once.route, once.key)
            if key in rows.answers:
                raise AlreadyAnswered(rows.answers[key])
        yield work
        if once is not None and work.result is not None:
            rows.answers[key] = once.render(work.result)
        self.rows = rows


def an_account(
    *,
    tenant_id: UUID,
    email: str = "ada.example@northside.test",
    password: str = "walk beside me",
    role: AccessRole = AccessRole.PEER,
    worker_id: UUID | None = None,
    disabled: bool = False,
) -> Account:
    """A plainly fictional colleague whose password `FakePasswords` knows."""
    return Account(
        account_id=uuid4(),
        tenant_id=tenant_id,
        email=email,
        display_name="Ada Example",
        password_hash=f"hashed:{password}",
        membership=Membership(access_role=role, worker_id=worker_id, organization_id=None),
        created_at=NOON - timedelta(days=1),
        created_by=None,
        disabled_at=NOON if disabled else None,
    )
