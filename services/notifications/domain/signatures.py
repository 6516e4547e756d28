"""Who said it: signatures of webhooks we send (Standard Webhooks 1.0) and of callbacks we are sent. No secret is stored.

Webhook secrets are derived: HMAC-SHA256 of the service's webhook key over tenant, endpoint and generation. So the database
and its backups hold none, rotating one is adding one to a number, and the same secret is there again after a restore.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

SECRET_PREFIX = "whsec_"  # noqa: S105 - the standard's prefix, not a secret
TOLERANCE = timedelta(minutes=5)
"""How far the time of a signed callback may be from ours; the standard's own figure for webhooks."""


def endpoint_secret(webhook_key: bytes, *, tenant_id: UUID, endpoint_id: UUID, generation: int) -> bytes:
    """32 bytes that only the endpoint's owner and whoever holds the webhook key know."""
    name = b"handrail.webhook\0" + tenant_id.bytes + endpoint_id.bytes + generation.to_bytes(4, "big")
    return hmac.digest(webhook_key, name, hashlib.sha256)


def shown_secret(secret: bytes) -> str:
    """As the standard writes secrets, for the owner to keep."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def webhook_headers(message_id: str, *, at: datetime, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The three headers of the standard; one signature for each secret that is valid now (two while a key is rotated)."""
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = ["v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets]
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def callback_signature(secret: bytes, *, url: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 over time, address and body, each closed by a line feed so that none runs into the next."""
    return hmac.new(secret, f"{timestamp}\n{url}\n".encode() + body, hashlib.sha256).hexdigest()


def is_genuine(secret: bytes, *, url: str, timestamp: str, body: bytes, signature: str, now: datetime) -> bool:
    """Whether this callback was signed with our secret, for this address, within the tolerance."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = callback_signature(secret, url=url, timestamp=timestamp, body=body)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))
