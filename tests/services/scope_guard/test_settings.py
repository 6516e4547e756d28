"""What the settings insist on."""

import pytest
from pydantic import ValidationError

from services.scope_guard.settings import ScopeGuardSettings

WHOLE = {
    "database_url": "postgresql://nobody:nothing@127.0.0.1:1/none",
    "redis_url": "redis://127.0.0.1:1/0",
    "cursor_key": "c" * 32,
}


def test_a_short_digest_key_is_for_the_demo_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        ScopeGuardSettings(**WHOLE, text_digest_key="short")  # type: ignore[arg-type]
    monkeypatch.setenv("HANDRAIL_PROFILE", "demo")
    assert ScopeGuardSettings(**WHOLE, text_digest_key="short").is_demo  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        ScopeGuardSettings(**WHOLE, text_digest_key="")  # type: ignore[arg-type]


def test_the_key_is_not_shown() -> None:
    settings = ScopeGuardSettings(**WHOLE, text_digest_key="q" * 40)  # type: ignore[arg-type]
    assert "q" * 40 not in repr(settings)
    assert "nothing" not in repr(settings)
