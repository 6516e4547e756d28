"""Settings come from the environment or from secret files, and never show themselves in an error."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from shared.settings import Profile, ServiceSettings


class ExampleSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="HANDRAIL_EXAMPLE_")

    webhook_secret: SecretStr | None = None


SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2"
REQUIRED = {
    "HANDRAIL_EXAMPLE_PORT": "8999",
    "HANDRAIL_EXAMPLE_DATABASE_URL": f"postgresql://role:{SECRET}@localhost/example",
    "HANDRAIL_EXAMPLE_REDIS_URL": f"redis://:{SECRET}@localhost/0",
    "HANDRAIL_EXAMPLE_CURSOR_KEY": SECRET,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HANDRAIL_PROFILE", raising=False)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)


def load() -> ExampleSettings:
    return ExampleSettings()  # type: ignore[call-arg]


def test_the_environment_is_read_and_production_is_the_default() -> None:
    settings = load()
    assert (settings.port, settings.profile, settings.is_demo) == (8999, Profile.PRODUCTION, False)
    assert SECRET not in repr(settings)


def test_the_profile_comes_from_one_variable_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_PROFILE", "demo")
    assert load().is_demo
    monkeypatch.setenv("HANDRAIL_PROFILE", "Demo ")
    with pytest.raises(ValidationError):
        load()


def test_a_test_may_name_the_profile_itself() -> None:
    assert ExampleSettings(profile=Profile.DEMO, cursor_key=SecretStr("short")).is_demo  # type: ignore[call-arg]


def test_a_secret_file_is_read_without_its_last_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    monkeypatch.setenv("HANDRAIL_EXAMPLE_WEBHOOK_SECRET_FILE", str(file))
    found = load().webhook_secret
    assert found is not None
    assert found.get_secret_value() == SECRET


def test_the_variable_itself_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("x" * 40, encoding="utf-8")
    monkeypatch.setenv("HANDRAIL_EXAMPLE_CURSOR_KEY_FILE", str(file))
    assert load().cursor_key.get_secret_value() == SECRET
    monkeypatch.delenv("HANDRAIL_EXAMPLE_CURSOR_KEY")
    assert load().cursor_key.get_secret_value() == "x" * 40


def test_a_named_file_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HANDRAIL_EXAMPLE_WEBHOOK_SECRET_FILE", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError):
        load()


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_cannot_be_left_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError) as refused:
        load()
    assert SECRET not in str(refused.value)


def test_production_refuses_a_short_cursor_key_and_demo_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_EXAMPLE_CURSOR_KEY", "short-secret")
    with pytest.raises(ValidationError, match="at least 32 characters") as refused:
        load()
    assert "short-secret" not in str(refused.value)
    assert SECRET[:8] not in str(refused.value)
    monkeypatch.setenv("HANDRAIL_PROFILE", "demo")
    assert load().cursor_key.get_secret_value() == "short-secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("DATABASE_POOL_SIZE", "0"), ("DATABASE_POOL_SIZE", "51"), ("SWEEP_INTERVAL_SECONDS", "0")],
)
def test_what_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"HANDRAIL_EXAMPLE_{name}", value)
    with pytest.raises(ValidationError):
        load()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load().port = 1  # type: ignore[misc]
