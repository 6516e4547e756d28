"""What an operator's shell knows of referrals."""

import pytest

from tests.fixtures.databases import ServiceDatabase


@pytest.fixture
def shell(referrals_database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the test's own database, and addresses where nobody answers."""
    for name, value in {
        "DATABASE_URL": referrals_database.runtime_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "CURSOR_KEY": "a key for tests only",
        "TOKEN_ISSUER": "http://issuer.example",
        "SCOPE_GUARD_URL": "http://127.0.0.1:1",
        "NOTIFICATIONS_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(f"HANDRAIL_REFERRALS_{name}", value)
    monkeypatch.setenv("HANDRAIL_PROFILE", "demo")
    monkeypatch.setenv("COLUMNS", "200")
