"""Settings of the console, from `HANDRAIL_CONSOLE_*`; read by main.py and nobody else."""

from ipaddress import ip_network

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import StorelessSettings


class ConsoleSettings(StorelessSettings):
    """Where the neighbours live, the key of the session cookie, and where live hints come from."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_CONSOLE_", extra="ignore", frozen=True)

    port: int = 8400
    referrals_url: str = "http://127.0.0.1:8401"
    scope_guard_url: str = "http://127.0.0.1:8402"
    notifications_url: str = "http://127.0.0.1:8403"
    neighbour_timeout_seconds: float = Field(default=4.0, gt=0, le=20)
    cookie_key: SecretStr = Field(description="seals session cookies; the same for all processes of the console")
    visitor_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="seals visitors' addresses for identity, which counts attempts to sign in by them",
    )
    trusted_proxies: str = Field(
        default="",
        description="addresses or networks of reverse proxies whose X-Forwarded-For is believed, with commas",
    )
    live_hints_url: SecretStr | None = Field(
        default=None, description="Valkey that notifications hints over; without it open pages ask every half minute"
    )
    neutral_page: str = Field(
        default="https://www.weather.gov/", pattern=r"^https://", description="where `Leave this site` leads"
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_addresses(cls, text: str) -> str:
        for part in filter(None, (one.strip() for one in text.split(","))):
            ip_network(part)  # a name, or `*`, would believe people who are not the proxy
        return text

    @model_validator(mode="after")
    def _key_is_long_enough(self) -> "ConsoleSettings":
        if len(self.cookie_key.get_secret_value()) < 32:
            raise ValueError("cookie_key must have at least 32 characters")
        return self
