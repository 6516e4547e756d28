"""The commands of these tests share one judge: reading all files takes about a second each time."""

import pytest

from services.scope_guard.cli import judging, policy
from tests.services.scope_guard.brain import judge


@pytest.fixture(autouse=True)
def one_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `load_judge` gives is loaded once for all tests, by the same function."""
    monkeypatch.setattr(judging, "load_judge", judge)
    monkeypatch.setattr(policy, "load_judge", judge)
