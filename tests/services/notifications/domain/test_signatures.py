"""Signatures of webhooks as Standard Webhooks 1.0 prescribes them, and of callbacks."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.notifications.domain.signatures import (
    SECRET_PREFIX,
    callback_signature,
    endpoint_secret,
    is_genuine,
    shown_secret,
    webhook_headers,
)
from tests.services.notifications.journeys import NOON


def test_the_example_of_the_standard() -> None:
    """The vector that the standard's own libraries are tested with."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = webhook_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
        secrets=[secret],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert shown_secret(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def verifies(shown: str, *, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver does, written from the standard's text alone."""
    key = base64.b64decode(shown.removeprefix(SECRET_PREFIX))
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(one == f"v1,{mine}" for one in headers["webhook-signature"].split(" "))


def test_while_a_key_is_rotated_both_verify() -> None:
    tenant, endpoint = uuid4(), uuid4()
    new, old, other = (
        endpoint_secret(b"k" * 32, tenant_id=tenant, endpoint_id=endpoint, generation=number) for number in (2, 1, 3)
    )
    headers = webhook_headers("msg_1", at=NOON, body=b"{}", secrets=[new, old])
    assert verifies(shown_secret(new), headers=headers, body=b"{}")
    assert verifies(shown_secret(old), headers=headers, body=b"{}")
    assert not verifies(shown_secret(other), headers=headers, body=b"{}")
    assert not verifies(shown_secret(new), headers=headers, body=b"{ }")


def test_every_endpoint_and_every_key_has_its_own_secret() -> None:
    tenant, endpoint = uuid4(), uuid4()
    secrets = {
        endpoint_secret(key, tenant_id=one_tenant, endpoint_id=one_endpoint, generation=generation)
        for key in (b"k" * 32, b"l" * 32)
        for one_tenant in (tenant, uuid4())
        for one_endpoint in (endpoint, uuid4())
        for generation in (1, 2)
    }
    assert len(secrets) == 16
    assert all(len(secret) == 32 for secret in secrets)


URL, BODY = "https://handrail.example/callbacks/sms/a/b", b"MessageStatus=sent"
STAMP = str(int(NOON.timestamp()))
SIGNED = callback_signature(b"s" * 32, url=URL, timestamp=STAMP, body=BODY)
GOOD = {"url": URL, "timestamp": STAMP, "body": BODY, "signature": SIGNED, "now": NOON}


@pytest.mark.parametrize(
    ("change", "genuine"),
    [
        ({}, True),
        ({"now": NOON + timedelta(minutes=5)}, True),
        ({"now": NOON + timedelta(minutes=5, seconds=1)}, False),
        ({"now": NOON - timedelta(minutes=5, seconds=1)}, False),
        ({"body": b"MessageStatus=failed"}, False),
        ({"url": URL + "/c"}, False),
        ({"timestamp": str(int(STAMP) + 1)}, False),
        ({"timestamp": "now"}, False),
        ({"timestamp": "９" * 10}, False),
        ({"timestamp": ""}, False),
        ({"timestamp": "9" * 400}, False),
        ({"signature": ""}, False),
        ({"signature": SIGNED[:-1]}, False),
        ({"signature": "\udcff"}, False),
    ],
)
def test_only_what_was_signed_is_genuine(change: dict[str, object], genuine: bool) -> None:
    assert is_genuine(b"s" * 32, **(GOOD | change)) is genuine  # type: ignore[arg-type]
