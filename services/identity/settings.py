"""Settings of identity, from `HANDRAIL_IDENTITY_*`; read by main.py and nobody else."""

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class IdentitySettings(ServiceSettings):
    """How long a sign-in lasts, how hard passwords are hashed, and what keys are sealed with."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_IDENTITY_", extra="ignore", frozen=True)

    port: int = 8404
    key_secret: SecretStr = Field(
        min_length=32,
        description="seals private signing keys in the database and keys the digests of e-mails; losing it means new keys",
    )
    visitor_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="the console's seal on visitors' addresses; without it the address of the connection counts",
    )
    session_hours: int = Field(
        default=12, ge=1, le=168, description="how long a sign-in lasts before the password is due"
    )
    password_memory_kib: int = Field(default=65536, ge=1024, description="argon2id memory per hash")
    password_time_cost: int = Field(default=3, ge=1, description="argon2id passes over the memory")
    password_hashes_at_once: int = Field(default=2, ge=1, le=64, description="more sign-ins than this wait in line")
    purge_interval_seconds: float = Field(default=600, gt=0, description="how often expired rows are removed")

    @model_validator(mode="after")
    def _production_hashes_slowly(self) -> "IdentitySettings":
        # OWASP's floor for argon2id: 19 MiB with two passes.
        if not self.is_demo and (self.password_memory_kib < 19456 or self.password_time_cost < 2):
            raise ValueError("password_memory_kib and password_time_cost are too low outside the demo profile")
        return self
