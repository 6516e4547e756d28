"""Links in messages: each leads one worker, signed in, to the one item its message tells of, once and for a day.

A link opens a way and nothing else: it signs nobody in, shows nothing by itself and accepts nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

LIFETIME = timedelta(hours=24)
TOKEN_BYTES = 24
MAX_TOKEN_CHARACTERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLink:
    """A link as it is stored. The token itself is in the message and nowhere else."""

    tenant_id: UUID
    worker_id: UUID
    item_id: UUID
    digest: str
    expires_at: datetime


def token_of(key: bytes, *, message_id: UUID, item_id: UUID) -> str:
    """24 bytes in URL-safe base64 that only whoever holds the service's key can name: HMAC-SHA256 over message and item.

    Derived and not drawn, so that a message that goes again is the same message letter for letter: a provider that
    honours `Idempotency-Key` refuses a key that comes with another text.
    """
    name = b"handrail.claim\0" + message_id.bytes + item_id.bytes
    return base64.urlsafe_b64encode(hmac.digest(key, name, hashlib.sha256)[:TOKEN_BYTES]).decode()


def digest_of(token: str) -> str:
    """SHA-256 in hex. The token cannot be guessed, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
