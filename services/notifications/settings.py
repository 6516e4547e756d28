"""Settings of notifications, from `HANDRAIL_NOTIFICATIONS_*`; read by main.py and nobody else."""

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.notifications.domain.contact_points import usable_address
from services.notifications.use_cases.deliver_due import SEND_BUDGET
from shared.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    """Where referrals and the mail server live, and how long we wait for them."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_NOTIFICATIONS_", extra="ignore", frozen=True)

    port: int = 8403
    referrals_url: str = "http://127.0.0.1:8401"
    referrals_timeout_seconds: float = Field(default=2.0, gt=0, le=5)
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=8425, ge=1, le=65535)
    smtp_sender: str = Field(default="no-reply@handrail.example", description="neutral: no programme, no kind of care")
    smtp_timeout_seconds: float = Field(default=15.0, gt=0, lt=SEND_BUDGET.total_seconds())
    smtp_tls: bool = Field(default=False, description="TLS from the first byte; otherwise STARTTLS where it is offered")
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None

    @model_validator(mode="after")
    def _sender_is_an_address(self) -> "NotificationsSettings":
        if not usable_address(self.smtp_sender):
            raise ValueError("smtp_sender must be a plain e-mail address")
        return self
