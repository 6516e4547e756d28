import base64
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from services.identity.adapters.rsa_signing import RsaSigner
from services.identity.domain.keyring import PUBLISHED_AFTER_SIGNING, PUBLISHED_BEFORE_SIGNING
from services.identity.use_cases.rotate_keys import RotateKeys
from shared.contracts.codes import AccessRole, Service
from shared.contracts.tokens import TokenClaims
from shared.tokens import ASSERTION_TYPE, TokenInvalid, TokenVerifier
from tests.services.identity.api.conftest import ISSUER, Identity


def verifier(identity: Identity, service: Service) -> TokenVerifier:
    """What a neighbour would verify with, reading the published keys over HTTP."""

    async def keys() -> dict[str, Any]:
        document: dict[str, Any] = (await identity.http.get("/.well-known/jwks.json")).json()
        return document

    return TokenVerifier(audience=service, issuer=ISSUER, keys=keys)


async def test_a_service_gets_a_token_that_its_neighbour_accepts_and_others_do_not(identity: Identity) -> None:
    answer = await identity.ask(identity.assertion())
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    token = answer.json()["access_token"]
    claims = await verifier(identity, Service.SCOPE_GUARD).verify(token)
    assert (claims.client_id, claims.access_role, claims.tenant_id) == ("referrals", AccessRole.SYSTEM, None)
    with pytest.raises(TokenInvalid):
        await verifier(identity, Service.NOTIFICATIONS).verify(token)


async def test_a_token_of_a_person_is_accepted_everywhere(identity: Identity) -> None:
    account = await identity.account("ada@northside.test", worker_id=uuid4())
    bearer = await identity.bearer("ada@northside.test")
    for service in (Service.REFERRALS, Service.NOTIFICATIONS):
        claims = await verifier(identity, service).verify(bearer["Authorization"].removeprefix("Bearer "))
        assert (claims.tenant_id, claims.worker_id) == (account.tenant_id, account.membership.worker_id)


async def test_an_assertion_works_once(identity: Identity) -> None:
    assertion = identity.assertion()
    assert (await identity.ask(assertion)).status_code == 200
    again = await identity.ask(assertion)
    assert (again.status_code, again.json()["code"], again.json()["error"]) == (401, "client_refused", "invalid_client")
    assert "replay" not in again.text


def made(identity: Identity, *, key: RSAKey | None = None, **claims: Any) -> str:
    now = int(time.time())
    good = {"iss": "referrals", "sub": "referrals", "aud": f"{ISSUER}/token", "exp": now + 60, "jti": str(uuid4())}
    kept = {name: value for name, value in (good | claims).items() if value is not None}
    return jwt.encode({"alg": "RS256"}, kept, key or identity.client_key)


REFUSED: dict[str, dict[str, Any]] = {
    "expired": {"exp": 1},
    "without expiry": {"exp": None},
    "too long": {"exp": 2**33},
    "for somebody else": {"aud": f"{ISSUER}/elsewhere"},
    "from nobody": {"iss": "clinic", "sub": "clinic"},
    "from a service that is not registered": {"iss": "interop", "sub": "interop"},
    "without id": {"jti": None},
    "by another key": {"key": RSAKey.generate_key(2048)},
}


@pytest.mark.parametrize("claims", REFUSED.values(), ids=REFUSED.keys())
async def test_an_improper_assertion_is_refused(identity: Identity, claims: dict[str, Any]) -> None:
    answer = await identity.ask(made(identity, **claims))
    assert (answer.status_code, answer.json()["code"]) == (401, "client_refused")
    assert (await identity.ask(made(identity))).status_code == 200


@pytest.mark.parametrize("audience", ["identity", "referrals", "console"])
async def test_a_service_speaks_only_to_its_neighbours(identity: Identity, audience: str) -> None:
    answer = await identity.ask(made(identity), audience=audience)
    assert (answer.status_code, answer.json()["code"]) == (403, "audience_refused")


async def test_rotation_keeps_old_tokens_valid_and_shows_new_keys_first(identity: Identity) -> None:
    await identity.account("ada@northside.test")

    async def kids() -> list[str]:
        answer = await identity.http.get("/.well-known/jwks.json")
        assert answer.headers["cache-control"] == "public, max-age=60"
        assert all(set(key) == {"kty", "n", "e", "use", "alg", "kid"} for key in answer.json()["keys"])
        return [key["kid"] for key in answer.json()["keys"]]

    async def token() -> str:
        return (await identity.bearer("ada@northside.test"))["Authorization"].removeprefix("Bearer ")

    def kid_of(text: str) -> str:
        return str(json.loads(base64.urlsafe_b64decode(text.split(".")[0] + "=="))["kid"])

    (old,) = await kids()
    old_token = await token()
    new = (await RotateKeys(works=identity.works, signer=RsaSigner("k" * 32), clock=identity.clock)()).key_id
    assert await kids() == [old, new]
    assert kid_of(await token()) == old
    identity.clock.advance(PUBLISHED_BEFORE_SIGNING)
    assert kid_of(await token()) == new
    published = KeySet.import_key_set((await identity.http.get("/.well-known/jwks.json")).json())
    assert TokenClaims.model_validate(jwt.decode(old_token, published, algorithms=["RS256"]).claims).iss == ISSUER
    identity.clock.advance(PUBLISHED_AFTER_SIGNING)
    assert await kids() == [new]


async def test_a_token_that_signs_itself_is_refused(identity: Identity) -> None:
    await identity.account("ada@northside.test")
    bearer = (await identity.bearer("ada@northside.test"))["Authorization"].removeprefix("Bearer ")
    header, claims, signature = bearer.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    nested = base64.urlsafe_b64encode(b"[" * 20_000).decode().rstrip("=")
    for forged in (
        f"{nested}.{claims}.AA",
        f"{none}.{claims}.",
        f"{none}.{claims}.{signature}",
        f"{header}.{claims}.",
        f"{header}.{claims}.AA",
    ):
        answer = await identity.http.get("/me", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401, forged


async def test_a_system_token_opens_no_persons_door(identity: Identity) -> None:
    token = (await identity.ask(identity.assertion())).json()["access_token"]
    for path in ("/me", "/accounts"):
        answer = await identity.http.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


FORMS: dict[str, tuple[bytes, str, int, str]] = {
    "no grant": (b"audience=scope_guard", "", 422, "grant_type_unsupported"),
    "unknown grant": (b"grant_type=password&username=ada", "", 422, "grant_type_unsupported"),
    "missing fields": (b"grant_type=client_credentials", "", 422, "missing"),
    "unknown audience": (
        f"grant_type=client_credentials&client_assertion_type={ASSERTION_TYPE}&client_assertion=x&audience=moon".encode(),
        "",
        422,
        "enum",
    ),
    "unknown field": (b"grant_type=refresh_token&refresh_token=x&scope=all", "", 422, "extra_forbidden"),
    "too long": (b"grant_type=refresh_token&refresh_token=" + b"x" * 201, "", 422, "string_too_long"),
    "repeated field": (b"grant_type=refresh_token&grant_type=refresh_token", "", 400, "form_field_repeated"),
    "too many fields": (b"&".join(b"%d=1" % number for number in range(20)), "", 400, "form_malformed"),
    "not UTF-8": (b"grant_type=\xff", "", 400, "form_malformed"),
    "JSON": (b'{"grant_type": "refresh_token"}', "application/json", 415, "unsupported_media_type"),
}


@pytest.mark.parametrize(("body", "kind", "status", "code"), FORMS.values(), ids=FORMS.keys())
async def test_an_improper_form_is_a_problem(
    identity: Identity, body: bytes, kind: str, status: int, code: str
) -> None:
    headers = {"Content-Type": kind or "application/x-www-form-urlencoded"}
    answer = await identity.http.post("/token", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    codes = {answer.json()["code"], *(error["code"] for error in answer.json().get("errors", []))}
    assert code in codes


async def test_an_old_assertion_is_forgotten_no_earlier_than_it_expires(identity: Identity) -> None:
    assertion = identity.assertion()
    await identity.ask(assertion)
    identity.clock.advance(timedelta(minutes=2, seconds=20))
    async with identity.works.begin(None) as work:
        await work.leftovers.purge(at=identity.clock.now())
    assert (await identity.ask(assertion)).status_code == 401
