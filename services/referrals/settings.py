"""Settings of referrals, from `HANDRAIL_REFERRALS_*`; read by main.py and nobody else."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class ReferralsSettings(ServiceSettings):
    """Where the neighbours live and how long we wait for them."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_REFERRALS_", extra="ignore", frozen=True)

    port: int = 8401
    scope_guard_url: str = "http://127.0.0.1:8402"
    scope_guard_timeout_seconds: float = Field(default=2.0, gt=0, description="after this the verdict is undecided")
    notifications_url: str = "http://127.0.0.1:8403"
    ask_again_seconds: int = Field(
        default=5, ge=1, description="Retry-After of an undecided task, and when it is asked again"
    )
    review_hours: int = Field(default=24, ge=1, description="how long a proposed task may wait for a second person")
