"""A token is trusted only when every part of it was checked; a route lets in only whom it names."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from shared import tokens as tokens_module
from shared.contracts.codes import AccessRole, Service
from shared.tokens import (
    CLOCK_LEEWAY_SECONDS,
    TokenInvalid,
    TokenVerifier,
    jwks_over_http,
)
from tests.fixtures.tokens import ISSUER, TokenFor, VerifierFor
from tests.shared.conftest import MovableTime, Serve
from tests.shared.events import TENANT


async def refusal(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(TokenInvalid) as refused:
        await verifier.verify(token)
    return refused.value.code


@pytest.fixture
def verifier(verifier_for: VerifierFor) -> TokenVerifier:
    return verifier_for(Service.REFERRALS)


async def test_a_good_token_gives_its_claims(verifier: TokenVerifier, token_for: TokenFor) -> None:
    worker = uuid4()
    token = token_for(AccessRole.PEER, tenant_id=TENANT, worker_id=worker)
    claims = await verifier.verify(token)
    assert (claims.access_role, claims.tenant_id, claims.worker_id) == (AccessRole.PEER, TENANT, worker)
    assert await verifier.verify(token) is claims


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": int(time.time()) - CLOCK_LEEWAY_SECONDS - 1}, "token_expired"),
        ({"iat": int(time.time()) + 3600}, "token_from_the_future"),
        ({"iss": "http://somebody.else"}, "issuer_unknown"),
        ({"aud": "referrals"}, "audience_wrong"),
        ({"aud": ["handrail", "referrals"]}, "claims_malformed"),
        ({"tenant_id": "not a uuid"}, "claims_malformed"),
        ({"access_role": "superuser"}, "claims_malformed"),
        ({"exp": None}, "claims_malformed"),
        ({"access_role": "system", "aud": "referrals"}, "audience_wrong"),
        ({"access_role": "system", "client_id": "referrals"}, "audience_wrong"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else value,
)
async def test_a_signed_token_with_wrong_claims_is_refused(
    verifier: TokenVerifier, token_for: TokenFor, claims: dict[str, Any], code: str
) -> None:
    assert await refusal(verifier, token_for(AccessRole.PEER, **{"tenant_id": TENANT} | claims)) == code


async def test_a_system_token_is_for_one_service(verifier: TokenVerifier, system_token_for: TokenFor) -> None:
    assert (await verifier.verify(system_token_for(Service.SCOPE_GUARD, audience=Service.REFERRALS))).client_id
    other = system_token_for(Service.SCOPE_GUARD, audience=Service.NOTIFICATIONS)
    assert await refusal(verifier, other) == "audience_wrong"
    assert await refusal(verifier, system_token_for(Service.SCOPE_GUARD, audience=Service.REFERRALS, aud="handrail"))


async def test_a_person_without_a_tenant_is_nobody(verifier: TokenVerifier, system_token_for: TokenFor) -> None:
    token = system_token_for(Service.SCOPE_GUARD, audience=Service.REFERRALS, access_role="administrator")
    assert await refusal(verifier, token) == "audience_wrong"
    token = system_token_for(Service.SCOPE_GUARD, audience=Service.REFERRALS, access_role="peer", aud="handrail")
    assert await refusal(verifier, token) == "audience_wrong"


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return claims


async def test_no_signature_is_no_token(verifier: TokenVerifier, token_for: TokenFor) -> None:
    good = token_for(AccessRole.ADMINISTRATOR, tenant_id=TENANT)
    _, claims, signature = good.split(".")
    unsigned = part({"alg": "none", "kid": "test-key"})
    assert await refusal(verifier, f"{unsigned}.{claims}.") == "algorithm_refused"
    assert await refusal(verifier, f"{unsigned}.{claims}.{signature}") == "algorithm_refused"
    assert await refusal(verifier, f"{part({'alg': 'RS256', 'kid': 'test-key'})}.{claims}.") == "signature_invalid"


async def test_the_public_key_is_no_shared_secret(
    verifier: TokenVerifier, token_for: TokenFor, signing_key: RSAKey
) -> None:
    claims = part(claims_of(token_for(AccessRole.ADMINISTRATOR, tenant_id=TENANT)))
    secret = signing_key.as_pem(private=False)
    for algorithm in ("HS256", "RS256"):
        head = part({"alg": algorithm, "kid": "test-key"})
        signature = hmac.new(secret, f"{head}.{claims}".encode(), hashlib.sha256).digest()
        code = await refusal(verifier, f"{head}.{claims}.{part(signature)}")
        assert code == ("algorithm_refused" if algorithm == "HS256" else "signature_invalid")


async def test_a_published_secret_key_verifies_nothing(token_for: TokenFor) -> None:
    secret = OctKey.generate_key(256, {"kid": "oct"})

    async def keys() -> dict[str, Any]:
        return dict(KeySet([secret]).as_dict(private=True))

    verifier = TokenVerifier(audience=Service.REFERRALS, issuer=ISSUER, keys=keys)
    claims = claims_of(token_for(AccessRole.PEER, tenant_id=TENANT))
    assert await refusal(verifier, jwt.encode({"alg": "HS256", "kid": "oct"}, claims, secret)) == "algorithm_refused"
    body = part(claims)
    assert await refusal(verifier, f"{part({'alg': 'RS256', 'kid': 'oct'})}.{body}.AAAA") == "signature_invalid"


async def test_another_key_with_the_same_name_is_refused(verifier: TokenVerifier, token_for: TokenFor) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "test-key"})
    claims = claims_of(token_for(AccessRole.PEER, tenant_id=TENANT))
    forged = jwt.encode({"alg": "RS256", "kid": "test-key"}, claims, stranger)
    assert await refusal(verifier, forged) == "signature_invalid"


async def test_changed_claims_are_refused(verifier: TokenVerifier, token_for: TokenFor) -> None:
    token = token_for(AccessRole.PEER, tenant_id=TENANT)
    await verifier.verify(token)
    head, _, signature = token.split(".")
    raised = part(claims_of(token) | {"access_role": "administrator"})
    assert await refusal(verifier, f"{head}.{raised}.{signature}") == "signature_invalid"


RS256 = {"alg": "RS256", "kid": "test-key"}


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", "a.b.c", "é.é.é", "\0.\0.\0", "a" * 100_000, f"{part([])}.e.e", f"{part('x')}.e.e"),
        f"{part(None)}.e.e",
        f"{part(b'[' * 50_000)}.e.e",
        f"{part(b'9' * 5_000)}.e.e",
        f"{part({'alg': ['RS256'], 'kid': 'test-key'})}.e.e",
        f"{part({'alg': 'RS256'})}.{part({})}.AAAA",
        f"{part({'alg': 'RS256', 'kid': 7})}.{part({})}.AAAA",
        f"{part(RS256)}.{part({})}.!!",
        f"{part(RS256 | {'crit': ['exp']})}.{part({})}.AAAA",
        f"{part(RS256 | {'crit': ['b64'], 'b64': False})}.{part({})}.AAAA",
        f"{part(RS256 | {'zip': 'DEF'})}.{part({})}.AAAA",
    ],
    ids=lambda token: token[:20],
)
async def test_what_is_no_token_is_refused_and_nothing_breaks(verifier: TokenVerifier, token: str) -> None:
    assert await refusal(verifier, token) in {"token_malformed", "algorithm_refused", "signature_invalid"}


@given(st.text(max_size=80))
async def test_no_text_breaks_the_verifier(text: str) -> None:
    async def no_keys() -> dict[str, Any]:
        raise AssertionError("no key is needed to refuse this")

    verifier = TokenVerifier(audience=Service.REFERRALS, issuer=ISSUER, keys=no_keys)
    assert await refusal(verifier, text) in {"token_malformed", "algorithm_refused"}


@pytest.mark.parametrize("payload", [b"[]", b"null", b"\xff", b"[" * 50_000, b'{"exp": 1e999}'])
async def test_a_signed_payload_that_is_no_set_of_claims_is_refused(
    verifier: TokenVerifier, signing_key: RSAKey, payload: bytes
) -> None:
    token = jws.serialize_compact(RS256, payload, signing_key)
    assert await refusal(verifier, token) in {"claims_malformed", "signature_invalid"}


async def test_a_cached_verdict_ends_with_the_token(
    verifier: TokenVerifier, token_for: TokenFor, moving: MovableTime
) -> None:
    token = token_for(AccessRole.PEER, tenant_id=TENANT)
    await verifier.verify(token)
    moving.move(seconds=600 + CLOCK_LEEWAY_SECONDS - 2)
    await verifier.verify(token)
    moving.move(seconds=3)
    assert await refusal(verifier, token) == "token_expired"
    assert await refusal(verifier, token) == "token_expired"


async def test_the_cache_of_verdicts_is_bounded(
    verifier: TokenVerifier, token_for: TokenFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "_CACHED_VERDICTS", 3)
    held = [token_for(AccessRole.PEER, tenant_id=TENANT) for _ in range(5)]
    for token in held:
        await verifier.verify(token)
    assert list(verifier._verdicts) == held[-3:]


class Identity:
    """Publishes keys when it is up, and counts how often it was asked."""

    def __init__(self, *keys: RSAKey) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.answer_with: Callable[[], web.Response] | None = None

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.answer_with is not None:
            return self.answer_with()
        return web.json_response(KeySet(self.keys).as_dict(private=False))


@pytest.fixture
def identity(signing_key: RSAKey) -> Identity:
    return Identity(signing_key)


@pytest.fixture
async def asking(identity: Identity, serve: Serve, session: aiohttp.ClientSession) -> TokenVerifier:
    keys = jwks_over_http(await serve(identity.answer), session=session)
    return TokenVerifier(audience=Service.REFERRALS, issuer=ISSUER, keys=keys)


async def test_keys_are_fetched_once_by_many_at_once(
    asking: TokenVerifier, identity: Identity, token_for: TokenFor
) -> None:
    held = [token_for(AccessRole.PEER, tenant_id=TENANT) for _ in range(20)]
    await asyncio.gather(*(asking.verify(token) for token in held))
    assert identity.asked == 1


async def test_an_unknown_key_is_looked_for_at_most_every_few_seconds(
    asking: TokenVerifier, identity: Identity, token_for: TokenFor, moving: MovableTime
) -> None:
    known = token_for(AccessRole.PEER, tenant_id=TENANT)
    await asking.verify(known)
    fresh = RSAKey.generate_key(2048, {"kid": "fresh"})
    token = jwt.encode({"alg": "RS256", "kid": "fresh"}, claims_of(known), fresh)
    for _ in range(50):
        assert await refusal(asking, token) == "key_unknown"
    assert identity.asked == 1
    moving.move(seconds=tokens_module._REFETCH_SECONDS)
    assert await refusal(asking, token) == "key_unknown"
    assert identity.asked == 2
    identity.keys.append(fresh)
    moving.move(seconds=tokens_module._REFETCH_SECONDS)
    assert (await asking.verify(token)).tenant_id == TENANT
    assert identity.asked == 3


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=503),
        lambda: web.Response(text="<html>"),
        *(
            partial(web.json_response, document)
            for document in ([], {}, None, "x", {"keys": "x"}, {"keys": [1]}, {"keys": [{"kty": "XX"}]})
        ),
        lambda: web.Response(status=307, headers={"Location": "/elsewhere"}),
    ],
)
async def test_without_keys_nobody_is_trusted_until_they_are_back(
    asking: TokenVerifier,
    identity: Identity,
    token_for: TokenFor,
    moving: MovableTime,
    answer: Callable[[], web.Response],
) -> None:
    identity.answer_with = answer
    token = token_for(AccessRole.PEER, tenant_id=TENANT)
    codes = await asyncio.gather(*(refusal(asking, token) for _ in range(20)))
    assert set(codes) == {"keys_unreachable"}
    assert identity.asked == 1, "those who waited for a failed attempt share its failure"
    identity.answer_with = None
    moving.move(seconds=tokens_module._RETRY_SECONDS)
    assert (await asking.verify(token)).tenant_id == TENANT


async def test_known_keys_outlive_an_outage(asking: TokenVerifier, identity: Identity, token_for: TokenFor) -> None:
    await asking.verify(token_for(AccessRole.PEER, tenant_id=TENANT))
    identity.answer_with = lambda: web.Response(status=503)
    assert await asking.verify(token_for(AccessRole.PEER, tenant_id=TENANT))
