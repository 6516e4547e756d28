"""What the use cases need of the world; adapters provide it, tests provide it on plain dictionaries."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.identity.domain.accounts import Account, Tenant
from services.identity.domain.attempts import AttemptKind, Attempts
from services.identity.domain.keyring import KeyMaterial, Keyring, SigningKey
from services.identity.domain.sessions import EndReason, RefreshToken, Session
from services.identity.domain.system_clients import SpentAssertion, SystemClient
from services.identity.use_cases.once import Once
from shared.contracts.codes import Service
from shared.contracts.tokens import TokenClaims


class VisitorAddresses(Protocol):
    """Reads the address that the console vouches for."""

    def __call__(self, sealed: str) -> str | None:
        """The address; nothing where nobody vouches for it."""
        ...


class Tenants(Protocol):
    """The health networks of this installation."""

    async def named(self, name: str) -> Tenant | None:
        """The tenant of that name."""
        ...

    async def add(self, tenant: Tenant) -> Tenant:
        """Keep a new tenant, or give back the one that has its name already."""
        ...


class Accounts(Protocol):
    """Accounts with their memberships. All but `opened_by` see one tenant only."""

    async def opened_by(self, email: str, *, tenant_id: UUID | None) -> Sequence[Account]:
        """Every account this e-mail may sign in to: the one place that looks across tenants."""
        ...

    async def read(self, account_id: UUID, *, tenant_id: UUID) -> Account:
        """The account. Raises AccountUnknown."""
        ...

    async def locked(self, account_id: UUID, *, tenant_id: UUID) -> Account:
        """The account, held against change until the work ends. Raises AccountUnknown."""
        ...

    async def with_email(self, email: str, *, tenant_id: UUID) -> Account | None:
        """The tenant's account with this e-mail."""
        ...

    async def page(self, *, tenant_id: UUID, after: UUID | None, limit: int) -> Sequence[Account]:
        """Up to `limit` accounts in the order of their ids."""
        ...

    async def add(self, account: Account) -> None:
        """Keep a new account. Raises EmailTaken, WorkerTaken."""
        ...

    async def save(self, account: Account) -> None:
        """Keep a changed account that was `locked` before."""
        ...


class Sessions(Protocol):
    """Sessions and the digests of their refresh tokens."""

    async def add(self, session: Session, token: RefreshToken) -> None:
        """Keep a new session with its first token."""
        ...

    async def locked(self, session_id: UUID, *, tenant_id: UUID) -> Session | None:
        """The session, held against change until the work ends."""
        ...

    async def token(self, digest: bytes, *, session: Session) -> RefreshToken | None:
        """What is known of a presented token."""
        ...

    async def rotate(self, used: RefreshToken, *, successor: RefreshToken) -> None:
        """Mark one token used and keep the next; its session must be `locked`."""
        ...

    async def end(self, session: Session) -> None:
        """Keep an ended session."""
        ...

    async def end_all(self, account: Account, *, reason: EndReason, at: datetime) -> None:
        """End every open session of an account."""
        ...


class AttemptCounts(Protocol):
    """Counts of attempts to sign in, by keyed digest."""

    async def locked(self, keys: Sequence[tuple[AttemptKind, bytes]], *, at: datetime) -> Sequence[Attempts]:
        """The counts in the order asked, held against change; unknown ones start from nothing."""
        ...

    async def save(self, counts: Sequence[Attempts]) -> None:
        """Keep counts that were `locked` before."""
        ...


class SigningKeys(Protocol):
    """The ring of signing keys."""

    async def ring(self) -> Keyring:
        """All keys that are kept."""
        ...

    async def locked_ring(self) -> Keyring:
        """The same, while nobody else may change the ring."""
        ...

    async def save(self, ring: Keyring) -> None:
        """Keep a changed ring that was `locked_ring` before."""
        ...


class SystemClients(Protocol):
    """Services and their public keys, and the assertions they have spent."""

    async def read(self, service: Service) -> SystemClient | None:
        """The registered client."""
        ...

    async def save(self, client: SystemClient) -> None:
        """Register a client, or give it another key."""
        ...

    async def spend(self, assertion: SpentAssertion) -> bool:
        """Remember an assertion; False when it was spent before."""
        ...


class Leftovers(Protocol):
    """Rows that no rule needs any more."""

    async def purge(self, *, at: datetime) -> int:
        """Remove what has expired; returns how many rows."""
        ...


class Work(Protocol):
    """One transaction. Leaving it cleanly commits everything, an exception nothing."""

    tenants: Tenants
    accounts: Accounts
    sessions: Sessions
    attempts: AttemptCounts
    keys: SigningKeys
    clients: SystemClients
    leftovers: Leftovers

    def answer(self, result: object) -> None:
        """The result to be remembered with the caller's idempotency key, in this same commit."""
        ...


class WorkSource(Protocol):
    """Begins units of work."""

    def begin(self, tenant_id: UUID | None, *, once: Once | None = None) -> AbstractAsyncContextManager[Work]:
        """Open a transaction of one tenant; None before the tenant is known, and for what belongs to no tenant.

        Raises AlreadyAnswered when `once` names a request that was answered before.
        """
        ...


class Passwords(Protocol):
    """Slow, salted hashing, away from the event loop."""

    async def hash(self, password: str) -> str:
        """What is stored."""
        ...

    async def matches(self, password: str, *, stored: str) -> bool:
        """Whether the password is the one that was hashed."""
        ...

    async def pretend(self, password: str) -> None:
        """Take as long as `matches` would, for an e-mail that nobody has."""
        ...


class Signer(Protocol):
    """Makes key pairs and signs with them."""

    async def make(self) -> KeyMaterial:
        """A fresh key pair, its private half encrypted."""
        ...

    def sign(self, claims: TokenClaims, *, key: SigningKey) -> str:
        """A compact RS256 token that names its key."""
        ...

    def opens(self, key: SigningKey) -> bool:
        """Whether the private half can be decrypted; not under another secret."""
        ...


class Assertions(Protocol):
    """Reads the assertions of system clients."""

    def claims(self, assertion: str) -> Mapping[str, Any]:
        """What it claims, unverified. Raises ClientRefused when it cannot be read or is not RS256."""
        ...

    def verified(self, assertion: str, *, public_key: str) -> Mapping[str, Any]:
        """What it claims, signature checked by RS256 alone. Raises ClientRefused."""
        ...


class Digests(Protocol):
    """Keyed digests, so that a stolen table of counts gives away no e-mail."""

    def digest(self, kind: str, text: str) -> bytes:
        """32 bytes; the same kind and text give the same digest."""
        ...


class PublicKeys(Protocol):
    """Judges public keys that operators bring."""

    def normal_form(self, pem: str) -> str:
        """The key as PEM SubjectPublicKeyInfo. Raises PublicKeyUnsuitable."""
        ...
