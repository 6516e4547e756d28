"""Settings of the scope guard, from `HANDRAIL_SCOPE_GUARD_*`; read by main.py and nobody else."""

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import Profile, ServiceSettings

SHORTEST_KEY = 32


class ScopeGuardSettings(ServiceSettings):
    """Where boundary events are told, and the key of the digests that outlive erased words."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_SCOPE_GUARD_", extra="ignore", frozen=True)

    port: int = 8402
    notifications_url: str = "http://127.0.0.1:8403"
    text_digest_key: SecretStr = Field(
        description="keys the digests of task texts; with another key, stored texts no longer match and repeats are refused"
    )

    @model_validator(mode="after")
    def _key_is_long_enough(self) -> "ScopeGuardSettings":
        key = self.text_digest_key.get_secret_value()
        if not key or (self.profile is Profile.PRODUCTION and len(key) < SHORTEST_KEY):
            raise ValueError(f"text_digest_key must have at least {SHORTEST_KEY} characters outside the demo profile")
        return self
