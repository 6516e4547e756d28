"""What each container may do, and what may reach it."""

import re
from importlib import import_module
from typing import Any

import pytest
from pydantic import SecretStr

from handrail.runtime.processes import exists
from shared.contracts.codes import Service
from shared.settings import StorelessSettings
from tests.compose.reading import ONCE, ROOT, STORES, compose, environment, services

EVERY = sorted(services())
OURS = sorted(services().keys() - STORES)
STAYING = sorted(services().keys() - ONCE)
ENTRY_POINT_NEEDS = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
"""What the stores' own entry points need to hand a volume over and to become another user."""


@pytest.mark.parametrize("name", EVERY)
def test_every_container_is_shut_in(name: str) -> None:
    one = services()[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert one["pids_limit"] > 0
    assert one["tmpfs"]
    assert {"max-size", "max-file"} <= one["logging"]["options"].keys()
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "container_name", "env_file"} & one.keys()
    assert set(one.get("cap_add", [])) <= (ENTRY_POINT_NEEDS if name in STORES else set())


@pytest.mark.parametrize("name", OURS)
def test_ours_never_run_as_root(name: str) -> None:
    assert services()[name]["user"] == "${HANDRAIL_CONTAINER_USER:-10001:10001}"
    assert services()[name]["init"] is True


@pytest.mark.parametrize("name", STAYING)
def test_whatever_stays_says_how_it_is_and_is_given_time_to_end(name: str) -> None:
    health = services()[name]["healthcheck"]
    assert health["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries", "start_period"} <= health.keys()
    assert "disable" not in health
    assert re.fullmatch(r"\d+s", services()[name]["stop_grace_period"])


def test_only_the_door_for_people_is_published_and_only_on_loopback() -> None:
    published = {name: one["ports"] for name, one in services().items() if one.get("ports")}
    assert published == {"console-api": ["127.0.0.1:${HANDRAIL_CONSOLE_PORT:-8400}:8400"]}
    assert not [name for name, one in services().items() if "expose" in one]


def test_only_the_console_and_the_one_who_sends_mail_have_a_way_out() -> None:
    assert compose()["networks"] == {"inside": {"internal": True}, "outside": {}}
    outside = {name for name, one in services().items() if "outside" in one["networks"]}
    assert outside == {"console-api", "notifications-outgoing"}


def test_images_are_pinned() -> None:
    assert services()["postgres"]["image"] == "postgres:17"
    assert re.fullmatch(r"redis:\d+\.\d+", services()["redis"]["image"])
    assert {services()[name]["image"] for name in OURS} == {"handrail:${HANDRAIL_VERSION:-local}"}
    assert [name for name in OURS if "build" in services()[name]] == ["databases"]


def test_every_secret_is_a_file_below_one_folder() -> None:
    for name, secret in compose()["secrets"].items():
        assert secret == {"file": f"${{HANDRAIL_SECRETS:-./compose/secrets}}/{name}"}


def _secret_settings() -> set[str]:
    """Full names of all settings whose value must not be seen."""
    names = {"HANDRAIL_POSTGRES_URL", "HANDRAIL_BEAT_REDIS_URL", "POSTGRES_PASSWORD"}
    for service in Service:
        module = f"services.{service.value}.settings"
        if not exists(module):
            continue
        for settings in vars(import_module(module)).values():
            if isinstance(settings, type) and issubclass(settings, StorelessSettings):
                prefix = settings.model_config.get("env_prefix") or ""
                fields: dict[str, Any] = dict(settings.model_fields)
                secret = [name for name, field in fields.items() if _holds_secret(field.annotation)]
                names |= {f"{prefix}{name}".upper() for name in secret}
    return names


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in getattr(annotation, "__args__", ())


@pytest.mark.parametrize("name", EVERY)
def test_no_secret_stands_in_an_environment(name: str) -> None:
    secret = _secret_settings()
    assert len(secret) > 12
    assert not secret & environment(name).keys()
    for key, value in environment(name).items():
        assert "://" not in value or value.strip().startswith(("http://", "identity=http://")), (
            f"{key} holds an address"
        )


@pytest.mark.parametrize("name", EVERY)
def test_a_container_gets_the_secrets_it_names_and_no_other(name: str) -> None:
    named = {value for value in environment(name).values() if value.startswith("/run/secrets/")}
    said = " ".join(str(part) for key in ("command", "entrypoint") for part in services()[name].get(key, []))
    said += " ".join((ROOT / "compose" / "start-redis").read_text(encoding="utf-8").split()) if name == "redis" else ""
    named |= set(re.findall(r"/run/secrets/[\w.]+", said))
    assert {f"/run/secrets/{one}" for one in services()[name].get("secrets", [])} == named


def test_owners_passwords_are_where_tables_are_made_and_nowhere_else() -> None:
    for name, one in services().items():
        secrets = set(one.get("secrets", []))
        assert not any("migration" in secret for secret in secrets) or name in ("databases", "migrate")
        assert "postgres_url" not in secrets or name == "databases"
        assert "postgres_password" not in secrets or name == "postgres"


@pytest.mark.parametrize("name", EVERY)
def test_waiting_for_another_states_what_for(name: str) -> None:
    for other, how in services()[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ONCE else "service_healthy"
        assert how == {"condition": expected}
