"""Sessions and their refresh tokens: each token works once, and a later use of one ends its session.

For a few seconds after its use a token leads to the same successor once more: two processes of the console may renew one
session at the same moment, and the loser of that race is no thief.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")


RACE_GRACE = timedelta(seconds=10)
"""How long after its use a token still leads to its successor, while nobody has used that one."""


class EndReason(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a code, not a secret
    ACCOUNT_DISABLED = "account_disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a code, not a secret


class RefreshOutcome(StrEnum):
    """What presenting a refresh token leads to."""

    ROTATE = "rotate"
    SAME_SUCCESSOR = "same_successor"
    REFUSE = "refuse"
    END_SESSION = "end_session"


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One sign-in on one device. `expires_at` does not move: a new day asks for the password again."""

    session_id: UUID
    tenant_id: UUID
    account_id: UUID
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    def is_open(self, *, at: datetime) -> bool:
        """Whether the session still gives tokens."""
        return self.ended_at is None and at < self.expires_at

    def end(self, *, reason: EndReason, at: datetime) -> "Session":
        """The session ended; one that ended before keeps its first reason."""
        return self if self.ended_at is not None else replace(self, ended_at=at, end_reason=reason)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshToken:
    """What is stored of a refresh token: a SHA-256 digest (the secret has 256 random bits, so a plain digest is enough)."""

    tenant_id: UUID
    session_id: UUID
    digest: bytes
    issued_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PresentedToken:
    """A refresh token as it came in: opaque to its holder, it names tenant and session so that no search crosses tenants."""

    tenant_id: UUID
    session_id: UUID
    digest: bytes


def token_text(*, tenant_id: UUID, session_id: UUID, secret: str) -> str:
    """The text handed out once. `secret` is 43 characters of URL-safe base64."""
    return f"{tenant_id.hex}.{session_id.hex}.{secret}"


def token_digest(text: str) -> bytes:
    """What is kept of the text."""
    return hashlib.sha256(text.encode()).digest()


def read_token(text: str) -> PresentedToken | None:
    """The parts of a presented token, or None when it cannot be one of ours."""
    match = _TOKEN.fullmatch(text)
    if match is None:
        return None
    return PresentedToken(tenant_id=UUID(match[1]), session_id=UUID(match[2]), digest=token_digest(text))


def judge_refresh(
    session: Session, token: RefreshToken | None, *, successor: RefreshToken | None, at: datetime
) -> RefreshOutcome:
    """What happens to a presented token; `successor` is the one that came of its first use.

    A token used before means that two parties hold it, and the session ends; unless it was used just now and nobody has gone
    on from there.
    """
    if token is None or not session.is_open(at=at):
        return RefreshOutcome.REFUSE
    if token.used_at is None:
        return RefreshOutcome.ROTATE
    is_race = at - token.used_at < RACE_GRACE and successor is not None and successor.used_at is None
    return RefreshOutcome.SAME_SUCCESSOR if is_race else RefreshOutcome.END_SESSION
