"""Signing keys in time: published before they sign, published until the last token they signed has expired.

      published          signs                 rests                 gone
    |------------------|---------------------|---------------------|
    published_at       signs_from            signs_until           published_until

Both edges follow from the times alone, so that every process agrees without being told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.identity.domain.access_tokens import ACCESS_TOKEN_LIFETIME
from services.identity.domain.errors import NoSigningKey

PUBLISHED_BEFORE_SIGNING = timedelta(minutes=5)
"""Longer than any verifier keeps a key set, so that nobody meets a signature by a key they have not seen."""

PUBLISHED_AFTER_SIGNING = ACCESS_TOKEN_LIFETIME + timedelta(minutes=5)
"""The life of the last token, and some room for clocks that differ."""

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningKey:
    """An RS256 key pair. `sealed_private_key` is encrypted; `public_jwk` is what verifiers see."""

    key_id: str
    public_jwk: dict[str, Any]
    sealed_private_key: str
    published_at: datetime
    signs_from: datetime
    signs_until: datetime | None = None

    @property
    def published_until(self) -> datetime | None:
        """When the key leaves the key set; None while its end is not known."""
        return None if self.signs_until is None else self.signs_until + PUBLISHED_AFTER_SIGNING

    def is_published(self, *, at: datetime) -> bool:
        """Whether verifiers are shown this key."""
        return self.published_until is None or at < self.published_until


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyMaterial:
    """A fresh key pair before it has its times."""

    key_id: str
    public_jwk: dict[str, Any]
    sealed_private_key: str


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys that are not gone yet."""

    keys: Sequence[SigningKey]

    def signing_key(self, *, at: datetime) -> SigningKey:
        """The key for new tokens. Raises NoSigningKey before the first one exists.

        A clock set back before the first key's time gets the earliest key, which everybody has seen, and not none.
        """
        unfinished = [key for key in self.keys if key.signs_until is None or at < key.signs_until]
        if not unfinished:
            raise NoSigningKey
        return min(unfinished, key=lambda key: key.signs_until or _NEVER)

    def published(self, *, at: datetime) -> list[SigningKey]:
        """The keys of the public key set, the one that signs included."""
        return [key for key in self.keys if key.is_published(at=at)]

    def gone(self, *, at: datetime) -> list[SigningKey]:
        """Keys that no living token needs."""
        return [key for key in self.keys if not key.is_published(at=at)]

    def successor(self, *, at: datetime) -> SigningKey | None:
        """The key that is published and waits for its turn, if there is one."""
        signing = self.signing_key(at=at) if self.keys else None
        return next((key for key in self.keys if key.signs_from > at and key is not signing), None)

    def rotate(self, material: KeyMaterial, *, at: datetime) -> "Keyring":
        """The ring with a new key: the very first signs at once, a successor after it has been seen by all."""
        current = self.signing_key(at=at) if self.keys else None
        signs_from = at if current is None else at + PUBLISHED_BEFORE_SIGNING
        added = SigningKey(
            key_id=material.key_id,
            public_jwk=material.public_jwk,
            sealed_private_key=material.sealed_private_key,
            published_at=at,
            signs_from=signs_from,
        )
        kept = [replace(key, signs_until=signs_from) if key is current else key for key in self.keys]
        return Keyring([*kept, added])
