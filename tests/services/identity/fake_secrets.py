"""Passwords, signatures and digests without cryptography, for tests in milliseconds."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

from services.identity.domain.errors import ClientRefused, PublicKeyUnsuitable
from services.identity.domain.keyring import KeyMaterial, SigningKey
from shared.contracts.tokens import TokenClaims


class FakePasswords:
    """Says what it was asked, so that tests can hold the work for known and unknown e-mails against each other."""

    def __init__(self) -> None:
        self.hashes = 0

    async def hash(self, password: str) -> str:
        return f"hashed:{password}"

    async def matches(self, password: str, *, stored: str) -> bool:
        self.hashes += 1
        return stored == f"hashed:{password}"

    async def pretend(self, password: str) -> None:
        await self.matches(password, stored="hashed:nobody")


class FakeSigner:
    """Keeps the claims it signed instead of encoding them."""

    def __init__(self) -> None:
        self.signed: list[tuple[TokenClaims, str]] = []

    async def make(self) -> KeyMaterial:
        key_id = uuid4().hex
        return KeyMaterial(key_id=key_id, public_jwk={"kid": key_id, "kty": "RSA"}, sealed_private_key="sealed")

    def sign(self, claims: TokenClaims, *, key: SigningKey) -> str:
        self.signed.append((claims, key.key_id))
        return f"token-{len(self.signed)}"

    def opens(self, key: SigningKey) -> bool:
        return key.sealed_private_key == "sealed"


class FakeAssertions:
    """An assertion is a name of claims told before; `public_key` must be the one they were told with."""

    def __init__(self) -> None:
        self.told: dict[str, tuple[Mapping[str, Any], str]] = {}

    def tell(self, claims: Mapping[str, Any], *, public_key: str) -> str:
        name = f"assertion-{len(self.told)}"
        self.told[name] = (claims, public_key)
        return name

    def claims(self, assertion: str) -> Mapping[str, Any]:
        if assertion not in self.told:
            raise ClientRefused("assertion_malformed")
        return self.told[assertion][0]

    def verified(self, assertion: str, *, public_key: str) -> Mapping[str, Any]:
        claims, key = self.told[assertion]
        if key != public_key:
            raise ClientRefused("assertion_signature")
        return claims


class FakePublicKeys:
    def normal_form(self, pem: str) -> str:
        if not pem.startswith("key"):
            raise PublicKeyUnsuitable
        return pem.strip()


class FakeDigests:
    """32 bytes that differ with kind and text, without a key."""

    def digest(self, kind: str, text: str) -> bytes:
        return sha256(f"{kind}:{text}".encode()).digest()
