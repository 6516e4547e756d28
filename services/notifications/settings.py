"""Settings of notifications, from `HANDRAIL_NOTIFICATIONS_*`; read by main.py and nobody else."""

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.notifications.domain.contact_points import usable_address
from services.notifications.use_cases.send_messages import SEND_BUDGET
from shared.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    """Where referrals and the mail server live, and how long we wait for them."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_NOTIFICATIONS_", extra="ignore", frozen=True)

    port: int = 8403
    referrals_url: str = "http://127.0.0.1:8401"
    referrals_timeout_seconds: float = Field(default=2.0, gt=0, le=3, description="below the lease of an inbox item")
    console_url: str | None = Field(
        default=None, description="where people find the pages; messages about one thing then carry a link"
    )
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=8425, ge=1, le=65535)
    smtp_sender: str = Field(default="no-reply@handrail.example", description="neutral: no programme, no kind of care")
    smtp_timeout_seconds: float = Field(default=15.0, gt=0, lt=SEND_BUDGET.total_seconds())
    smtp_tls: bool = Field(default=False, description="TLS from the first byte; otherwise STARTTLS where it is offered")
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_messages_per_minute: int = Field(default=600, ge=1, le=100_000)
    worker_messages_per_minute: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="to one worker; 3, or 60 in the demo profile, whose ladders count in seconds",
    )
    sms_url: str | None = Field(default=None, description="where the provider takes texts; without it there are none")
    sms_sender: str = Field(default="", max_length=16, description="a number, or a name as neutral as the mail's")
    sms_username: str | None = None
    sms_password: SecretStr | None = None
    sms_token: SecretStr | None = Field(default=None, description="instead of username and password")
    sms_timeout_seconds: float = Field(default=10.0, gt=0, lt=SEND_BUDGET.total_seconds())
    sms_messages_per_minute: int = Field(default=60, ge=1, le=100_000)
    sms_callback_url: str | None = Field(
        default=None, description="`/callbacks/sms` of this service, as the provider reaches it"
    )
    sms_callback_secret: SecretStr | None = Field(default=None, description="with which the provider signs callbacks")
    webhook_key: SecretStr | None = Field(default=None, description="every webhook secret is derived from it")
    webhook_timeout_seconds: float = Field(default=15.0, gt=0, lt=SEND_BUDGET.total_seconds())

    @property
    def most_messages_in_a_minute(self) -> int:
        """How many messages one worker gets within a minute before the rest goes together."""
        return self.worker_messages_per_minute or (60 if self.is_demo else 3)

    @model_validator(mode="after")
    def _sender_is_an_address(self) -> "NotificationsSettings":
        if not usable_address(self.smtp_sender):
            raise ValueError("smtp_sender must be a plain e-mail address")
        return self

    @model_validator(mode="after")
    def _texts_are_set_up_whole(self) -> "NotificationsSettings":
        if self.sms_callback_url and not (self.sms_callback_secret and self.sms_callback_secret.get_secret_value()):
            raise ValueError("sms_callback_url needs sms_callback_secret")
        if self.sms_url is not None and not self.sms_sender:
            raise ValueError("sms_url needs sms_sender")
        return self

    @model_validator(mode="after")
    def _production_keeps_secrets(self) -> "NotificationsSettings":
        if self.is_demo:
            return self
        for name in ("sms_url", "sms_callback_url"):
            if (getattr(self, name) or "https://").partition(":")[0] != "https":
                raise ValueError(f"{name} must be an https address outside the demo profile")
        if not (self.console_url or "https://").startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("console_url must be an https address outside the demo profile")
        for name in ("sms_callback_secret", "webhook_key"):
            secret = getattr(self, name)
            if secret is not None and 0 < len(secret.get_secret_value()) < 32:
                raise ValueError(f"{name} must have at least 32 characters outside the demo profile")
        return self
