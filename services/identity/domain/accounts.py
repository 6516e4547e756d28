"""Accounts and memberships: one sign-in, in one tenant, with one access role."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.identity.domain.errors import AccountChanged, OwnAccount, PasswordUnsuitable
from shared.contracts.codes import AccessRole

MIN_PASSWORD_CHARACTERS = 12
"""NIST SP 800-63B-4 asks for length and against rules of composition; 12 is the shortest we take."""
MAX_PASSWORD_CHARACTERS = 256
"""A bound, so that nobody makes the server hash a megabyte."""
MAX_EMAIL_CHARACTERS = 254
MAX_NAME_CHARACTERS = 120

_EMAIL = re.compile(r"[^@\s\"<>(),:;\\\[\]]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,187}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenant:
    """A health network; the wall that nothing crosses."""

    tenant_id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """What an account may do and for whom it speaks. `worker_id` is minted by referrals."""

    access_role: AccessRole
    worker_id: UUID | None = None
    organization_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody who can sign in. `email` is in normal form and unique within its tenant."""

    account_id: UUID
    tenant_id: UUID
    email: str
    display_name: str
    password_hash: str
    membership: Membership
    created_at: datetime
    created_by: UUID | None
    disabled_at: datetime | None = None
    version: int = 1

    @property
    def is_enabled(self) -> bool:
        """Whether the account may sign in and refresh."""
        return self.disabled_at is None

    def disable(self, *, by: UUID, expected_version: int, at: datetime) -> "Account":
        """The account closed for sign-in. Again is no change. Raises AccountChanged, OwnAccount."""
        self._expect(expected_version)
        if by == self.account_id:
            raise OwnAccount
        return self if not self.is_enabled else replace(self, disabled_at=at, version=self.version + 1)

    def enable(self, *, expected_version: int) -> "Account":
        """The account open again. Raises AccountChanged."""
        self._expect(expected_version)
        return self if self.is_enabled else replace(self, disabled_at=None, version=self.version + 1)

    def with_password(self, password_hash: str) -> "Account":
        """The account with another password."""
        return replace(self, password_hash=password_hash, version=self.version + 1)

    def _expect(self, version: int) -> None:
        if version != self.version:
            raise AccountChanged(self.version)


def normal_email(text: str) -> str:
    """The one form under which an e-mail address is kept and looked up (Unicode NFKC, lower case, no outer space).

    Raises ValueError for what cannot be an address; the text is not part of the message.
    """
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > MAX_EMAIL_CHARACTERS or not email.isprintable() or _EMAIL.fullmatch(email) is None or ".." in email:
        raise ValueError("not an e-mail address")
    return email


def check_password(password: str, *, email: str) -> None:
    """Refuse the easiest guess. Raises PasswordUnsuitable."""
    if email in password.lower() or len(set(password)) < 4:
        raise PasswordUnsuitable
