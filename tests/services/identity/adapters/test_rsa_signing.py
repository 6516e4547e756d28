import base64
import hashlib
import hmac
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from services.identity.adapters.rsa_signing import RsaAssertions, RsaSigner
from services.identity.domain.access_tokens import claims_for_person, claims_for_system
from services.identity.domain.errors import ClientRefused, PublicKeyUnsuitable
from services.identity.domain.keyring import SigningKey
from shared.contracts.codes import AccessRole, Service
from shared.contracts.tokens import TokenClaims
from tests.services.identity.fakes import NOON, an_account

ISSUER = "http://identity.test"
CLIENT = RSAKey.generate_key(2048)
PUBLIC_PEM = CLIENT.as_pem(private=False).decode()
ASSERTIONS = RsaAssertions()
CLAIMS = {"sub": "referrals"}


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


async def a_key(signer: RsaSigner) -> SigningKey:
    material = await signer.make()
    return SigningKey(
        key_id=material.key_id,
        public_jwk=material.public_jwk,
        sealed_private_key=material.sealed_private_key,
        published_at=NOON,
        signs_from=NOON,
    )


async def test_what_is_signed_verifies_by_the_public_half_and_says_what_the_contract_says() -> None:
    signer = RsaSigner("s" * 32)
    key = await a_key(signer)
    account = an_account(tenant_id=uuid4(), worker_id=uuid4(), role=AccessRole.CLINICIAN)
    claims = claims_for_person(account, issuer=ISSUER, token_id=uuid4(), at=NOON)
    token = jwt.decode(signer.sign(claims, key=key), RSAKey.import_key(key.public_jwk), algorithms=["RS256"])
    assert token.header == {"alg": "RS256", "kid": key.key_id, "typ": "at+jwt"}
    assert TokenClaims.model_validate(token.claims) == claims
    assert claims.exp == int((NOON + timedelta(minutes=10)).timestamp())


async def test_a_system_token_has_no_tenant() -> None:
    signer = RsaSigner("s" * 32)
    key = await a_key(signer)
    claims = claims_for_system(
        Service.REFERRALS, audience=Service.SCOPE_GUARD, issuer=ISSUER, token_id=uuid4(), at=NOON
    )
    token = jwt.decode(signer.sign(claims, key=key), RSAKey.import_key(key.public_jwk), algorithms=["RS256"])
    assert "tenant_id" not in token.claims
    assert "worker_id" not in token.claims


async def test_another_secret_does_not_open_the_key() -> None:
    key = await a_key(RsaSigner("s" * 32))
    assert RsaSigner("s" * 32).opens(key)
    assert not RsaSigner("t" * 32).opens(key)
    claims = claims_for_person(an_account(tenant_id=uuid4()), issuer=ISSUER, token_id=uuid4(), at=NOON)
    with pytest.raises((JoseError, ValueError)):
        RsaSigner("t" * 32).sign(claims, key=key)


def test_an_assertion_by_the_registered_key_is_read() -> None:
    assertion = jwt.encode({"alg": "RS256"}, CLAIMS, CLIENT)
    assert ASSERTIONS.claims(assertion) == CLAIMS
    assert ASSERTIONS.verified(assertion, public_key=PUBLIC_PEM) == CLAIMS


def signed_with_the_public_key() -> str:
    """HS256 as an attacker would make it by hand: libraries rightly refuse to help."""
    signed = f"{encoded({'alg': 'HS256'})}.{encoded(CLAIMS)}"
    signature = hmac.new(PUBLIC_PEM.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


HOSTILE = {
    "none": f"{encoded({'alg': 'none'})}.{encoded(CLAIMS)}.",
    "HS256 keyed with the public key": signed_with_the_public_key(),
    "another RSA key": jwt.encode({"alg": "RS256"}, CLAIMS, RSAKey.generate_key(2048)),
    "RS512 by the right key": jws.serialize_compact(
        {"alg": "RS512"}, json.dumps(CLAIMS).encode(), CLIENT, algorithms=["RS512"]
    ),
    "a key of its own in the header": jwt.encode(
        {"alg": "RS256", "jwk": RSAKey.generate_key(2048).as_dict(private=False)}, CLAIMS, RSAKey.generate_key(2048)
    ),
    "claims changed after signing": ".".join(
        [
            (good := jwt.encode({"alg": "RS256"}, CLAIMS, CLIENT)).split(".")[0],
            encoded({"sub": "interop"}),
            good.split(".")[2],
        ]
    ),
    "no object": jws.serialize_compact({"alg": "RS256"}, b"[1]", CLIENT),
    "alg is a list": f"{encoded({'alg': ['RS256']})}.{encoded(CLAIMS)}.AA",
    "deeply nested": f"{encoded({'alg': 'RS256'})}.{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.AA",
    "deeply nested header": f"{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.{encoded(CLAIMS)}.AA",
    "critical header": f"{encoded({'alg': 'RS256', 'crit': ['x'], 'x': 1})}.{encoded(CLAIMS)}.AA",
}


@pytest.mark.parametrize("assertion", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_assertion_is_refused(assertion: str) -> None:
    with pytest.raises(ClientRefused):
        ASSERTIONS.verified(assertion, public_key=PUBLIC_PEM)


_PART = st.one_of(st.text(max_size=20), st.dictionaries(st.sampled_from(["alg", "kid", "crit"]), st.none() | st.integers() | st.just("RS256")).map(encoded))  # fmt: skip


@given(st.lists(_PART, max_size=5).map(".".join))
def test_any_text_is_refused_and_never_an_error_of_ours(text: str) -> None:
    with suppress(ClientRefused):
        ASSERTIONS.claims(text)
    with pytest.raises(ClientRefused):
        ASSERTIONS.verified(text, public_key=PUBLIC_PEM)


def test_a_public_key_has_one_form() -> None:
    assert ASSERTIONS.normal_form(f"\n{PUBLIC_PEM}\n") == PUBLIC_PEM


def unsuitable() -> dict[str, Any]:
    return {
        "nothing": "",
        "words": "not a key",
        "private": CLIENT.as_pem(private=True).decode(),
        "too short": RSAKey.generate_key(1024).as_pem(private=False).decode(),
        "elliptic": ECKey.generate_key("P-256").as_pem(private=False).decode(),
    }


@pytest.mark.parametrize("kind", ["nothing", "words", "private", "too short", "elliptic"])
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_other_keys_are_refused(kind: str) -> None:
    with pytest.raises(PublicKeyUnsuitable):
        ASSERTIONS.normal_form(unsuitable()[kind])
