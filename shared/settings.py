"""Settings common to every service: environment variables `HANDRAIL_<SERVICE>_*`, or a file per secret.

For each setting `NAME`, `NAME_FILE` may hold the path of a file with its value (for container secrets).
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class Profile(StrEnum):
    """`demo` allows seed data, printed passwords, the SMTP sink and the demo protocol pack; `production` refuses each."""

    DEMO = "demo"
    PRODUCTION = "production"


class _FileSource(PydanticBaseSettingsSource):
    """Reads `<PREFIX><FIELD>_FILE`. A named file that cannot be read is an error, never an empty setting."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        prefix = self.config.get("env_prefix") or ""
        path = os.environ.get(f"{prefix}{field_name}_FILE".upper())
        if path is None:
            return None, field_name, False
        return Path(path).read_text(encoding="utf-8").strip(), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class StorelessSettings(BaseSettings):
    """What every service knows, one without database and broker too (the console)."""

    model_config = SettingsConfigDict(
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # the input holds passwords
    )

    profile: Profile = Field(default=Profile.PRODUCTION, validation_alias="HANDRAIL_PROFILE")
    host: str = "127.0.0.1"
    port: int
    identity_url: str = "http://127.0.0.1:8404"
    token_issuer: str = "http://127.0.0.1:8404"  # noqa: S105 - an address, not a secret
    client_private_key_file: Path | None = Field(
        default=None, description="PEM key this service signs its assertions with"
    )
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of trust: arguments, environment, then secret files."""
        return init_settings, env_settings, _FileSource(settings_cls)

    @property
    def is_demo(self) -> bool:
        """Whether demo conveniences are allowed."""
        return self.profile is Profile.DEMO


class ServiceSettings(StorelessSettings):
    """Base class: a service with stores subclasses it with its own `env_prefix` and extra fields."""

    database_url: SecretStr = Field(description="postgresql://role:password@host:port/database of the runtime role")
    migration_database_url: SecretStr | None = Field(default=None, description="the same for the role that owns tables")
    database_pool_size: int = Field(default=5, ge=1, le=50)
    redis_url: SecretStr = Field(description="broker and live hints; may be lost at any time without loss of facts")
    cursor_key: SecretStr = Field(description="signs paging cursors; shared by all processes of the service")
    sweep_interval_seconds: float = Field(default=5.0, gt=0)

    @model_validator(mode="after")
    def _production_is_not_demo(self) -> "ServiceSettings":
        if self.profile is Profile.PRODUCTION and len(self.cursor_key.get_secret_value()) < 32:
            raise ValueError("cursor_key must have at least 32 characters outside the demo profile")
        return self
