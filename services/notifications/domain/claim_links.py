"""Links in messages: each leads one worker, signed in, to the one item its message tells of, once and for a day.

A link opens a way and nothing else: it signs nobody in, shows nothing by itself and accepts nothing.
"""

import hashlib
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


def digest_of(token: str) -> str:
    """SHA-256 in hex. The token is random and long, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
