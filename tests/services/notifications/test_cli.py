"""The operator's commands, on a real database."""

from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from services.notifications.adapters.tables import event_inbox
from services.notifications.cli import commands
from services.notifications.main import app_from_environment
from tests.fixtures.databases import run_apart
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey


def run(*arguments: str) -> Any:
    return run_apart(lambda: CliRunner().invoke(commands, list(arguments)))


@pytest.fixture
def environment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_NOTIFICATIONS_DATABASE_URL", house.settings.database_url.get_secret_value())
    monkeypatch.setenv("HANDRAIL_NOTIFICATIONS_REDIS_URL", house.settings.redis_url.get_secret_value())
    monkeypatch.setenv("HANDRAIL_NOTIFICATIONS_CURSOR_KEY", "k" * 32)


def test_the_ladders_are_listed() -> None:
    result = run("ladders")
    assert result.exit_code == 0
    assert "emergency_department" in result.stdout


async def test_an_event_set_aside_is_listed_and_replayed(house: House, environment: None) -> None:
    broken = Journey().offered(uuid4(), version=2).model_dump(mode="json")
    kept = broken["data"].pop("respond_by")
    await house.live(broken)  # type: ignore[arg-type]
    assert "handoff.offered" in run("quarantine").stdout
    assert kept not in run("quarantine").stdout
    assert run("replay", broken["id"]).exit_code == 0
    assert [row.state for row in await house.rows(event_inbox)] == ["pending"]
    assert run("replay", broken["id"]).exit_code == 2


def test_an_app_is_made_from_the_environment(environment: None) -> None:
    assert app_from_environment().title == "Handrail notifications"


def test_a_sender_that_is_no_address_stops_the_start(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_NOTIFICATIONS_SMTP_SENDER", "Somebody\r\nBcc: everybody@people.example")
    with pytest.raises(ValueError, match="plain e-mail address"):
        app_from_environment()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SMS_URL": "https://sms.example/messages"}, "sms_url needs sms_sender"),
        ({"SMS_CALLBACK_URL": "https://handrail.example/callbacks/sms"}, "needs sms_callback_secret"),
        ({"SMS_URL": "http://sms.example/", "SMS_SENDER": "+12125550100"}, "must be an https address"),
        ({"WEBHOOK_KEY": "short"}, "at least 32 characters"),
    ],
)
def test_half_a_set_up_stops_the_start(
    environment: None, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], words: str
) -> None:
    monkeypatch.setenv("HANDRAIL_PROFILE", "production")
    for name, value in changes.items():
        monkeypatch.setenv(f"HANDRAIL_NOTIFICATIONS_{name}", value)
    with pytest.raises(ValueError, match=words):
        app_from_environment()
