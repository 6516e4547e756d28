"""What a successful proof of identity gives back."""

from dataclasses import dataclass

from services.identity.domain.access_tokens import ACCESS_TOKEN_LIFETIME


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedTokens:
    """An access token (lifetime in seconds) and, for people, the refresh token that follows it."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int = int(ACCESS_TOKEN_LIFETIME.total_seconds())
