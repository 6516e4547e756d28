"""RS256 by joserfc: key pairs, access tokens, and the assertions of system clients."""

import asyncio
import hashlib
import json
import warnings
from collections.abc import Mapping
from typing import Any

from joserfc import jwe, jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OctKey, RSAKey

from services.identity.domain.errors import ClientRefused, PublicKeyUnsuitable
from services.identity.domain.keyring import KeyMaterial, SigningKey
from shared.contracts.tokens import TokenClaims
from shared.tokens import ALGORITHM

KEY_BITS = 2048
_SEAL = {"alg": "dir", "enc": "A256GCM"}

# What a hostile text can make a JSON or JWS reader raise; deep nesting is a RecursionError.
_UNREADABLE = (JoseError, ValueError, TypeError, RecursionError)


class RsaSigner:
    """See use_cases.ports.Signer. Private keys rest encrypted (AES-256-GCM) under a key derived from `secret`."""

    def __init__(self, secret: str) -> None:
        derived = hashlib.sha256(b"handrail-identity-key-seal:" + secret.encode()).digest()
        self._seal_key = OctKey.import_key(derived)
        self._opened: dict[str, RSAKey] = {}

    async def make(self) -> KeyMaterial:
        """A fresh key pair; its id is its RFC 7638 thumbprint."""
        return await asyncio.to_thread(self._make)

    def sign(self, claims: TokenClaims, *, key: SigningKey) -> str:
        """A compact RS256 token; claims without a value are left out."""
        header = {"alg": ALGORITHM, "kid": key.key_id, "typ": "at+jwt"}
        return jwt.encode(header, claims.model_dump(mode="json", exclude_none=True), self._private(key))

    def opens(self, key: SigningKey) -> bool:
        """Whether the private half can be decrypted; not under another secret."""
        try:
            self._private(key)
        except _UNREADABLE:
            return False
        return True

    def _make(self) -> KeyMaterial:
        pair = RSAKey.generate_key(KEY_BITS, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        assert pair.kid is not None
        header = _SEAL | {"kid": pair.kid}
        sealed = jwe.encrypt_compact(header, pair.as_pem(private=True), self._seal_key)
        return KeyMaterial(key_id=pair.kid, public_jwk=dict(pair.as_dict(private=False)), sealed_private_key=sealed)

    def _private(self, key: SigningKey) -> RSAKey:
        opened = self._opened.get(key.key_id)
        if opened is None:
            unsealed = jwe.decrypt_compact(key.sealed_private_key, self._seal_key).plaintext
            assert unsealed is not None
            opened = self._opened[key.key_id] = RSAKey.import_key(unsealed)
        return opened


class RsaAssertions:
    """See use_cases.ports.Assertions and PublicKeys."""

    def claims(self, assertion: str) -> Mapping[str, Any]:
        """What it claims, unverified: only to find out whose key to verify it by."""
        try:
            extracted = jws.extract_compact(assertion.encode())
            payload = json.loads(extracted.payload)
        except _UNREADABLE as error:
            raise ClientRefused("assertion_malformed") from error
        if extracted.headers().get("alg") != ALGORITHM:
            raise ClientRefused("assertion_algorithm")
        return _object(payload)

    def verified(self, assertion: str, *, public_key: str) -> Mapping[str, Any]:
        """What it claims, verified by RS256 alone: `none`, and HS256 keyed with our public key, are refused."""
        try:
            token = jwt.decode(assertion, RSAKey.import_key(public_key), algorithms=[ALGORITHM])
        except _UNREADABLE as error:
            raise ClientRefused("assertion_signature") from error
        return _object(token.claims)

    def normal_form(self, pem: str) -> str:
        """The public key as PEM. Raises PublicKeyUnsuitable, for a private key too: it has no business here."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", SecurityWarning)
                key = RSAKey.import_key(pem)
        except (JoseError, ValueError, TypeError, SecurityWarning) as error:
            raise PublicKeyUnsuitable from error
        if key.is_private:
            raise PublicKeyUnsuitable
        return key.as_pem(private=False).decode()


def _object(claims: object) -> Mapping[str, Any]:
    if not isinstance(claims, dict):
        raise ClientRefused("assertion_malformed")
    return claims
