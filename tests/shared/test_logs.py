"""Only keys on the allow-list, only constant text of libraries, and never the words of an exception."""

import json
import logging
from typing import Any

import pytest

from shared.logs import ALLOWED_KEYS, MAX_VALUE_CHARACTERS, _CodeOnly, _JsonLine, keep_allowed, where


def written(message: Any, *arguments: Any, name: str = "library", exc_info: Any = None) -> dict[str, Any] | None:
    """The line that a library's record becomes, or None when it is left out."""
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, exc_info)
    if not _CodeOnly().filter(record):
        return None
    line = _JsonLine("referrals").format(record)
    assert "\n" not in line
    entry: dict[str, Any] = json.loads(line)
    return entry


def test_unlisted_keys_are_dropped_and_counted() -> None:
    entry = keep_allowed(None, "", {"event": "x", "status": 200, "name": "Maria", "email": "m@example.org"})
    assert entry == {"event": "x", "status": 200, "dropped_keys": 2}


@pytest.mark.parametrize("key", ["name", "email", "text", "body", "path", "url", "query", "address", "token", "value"])
def test_nothing_that_could_hold_words_about_people_is_listed(key: str) -> None:
    assert key not in ALLOWED_KEYS


def test_listed_values_are_numbers_or_short_text() -> None:
    entry = keep_allowed(None, "", {"reason": "x" * 1000, "count": 3, "seconds": 0.5, "state": None, "task": ["a"]})
    assert entry == {"reason": "x" * MAX_VALUE_CHARACTERS, "count": 3, "seconds": 0.5, "state": None, "task": "['a']"}


def test_arguments_of_libraries_are_dropped() -> None:
    entry = written("cannot reach %s of %s", "Maria", {"name": "Maria"})
    assert entry is not None
    assert (entry["event"], entry["logger"], entry["level"]) == ("cannot reach %s of %s", "library", "error")


def test_further_lines_and_long_lines_are_cut() -> None:
    entry = written("Task exception was never retrieved\nfuture: <Task exception=ValueError('Maria')>")
    assert entry is not None
    assert entry["event"] == "Task exception was never retrieved"
    long = written('"' * 1000)
    assert long is not None
    assert long["event"] == '"' * MAX_VALUE_CHARACTERS


def test_an_exception_keeps_its_type_and_place_and_loses_its_words() -> None:
    with pytest.raises(LookupError) as raised:
        raise LookupError("Maria is not here")
    assert where(raised.value).startswith("tests.shared.test_logs:")
    entry = written("failed for %s: Maria", "Maria", exc_info=(LookupError, raised.value, raised.tb))
    assert entry is not None
    assert "Maria" not in str(entry)
    assert entry["event"].startswith("LookupError at tests.shared.test_logs:")


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    assert where(LookupError("Maria")) == "unknown"


@pytest.mark.parametrize("name", ["uvicorn.access", "aiohttp.access"])
def test_access_logs_of_libraries_are_left_out(name: str) -> None:
    assert written("GET /people?name=Maria", name=name) is None


def test_a_message_that_is_an_exception_is_only_named() -> None:
    entry = written(LookupError("Maria"))
    assert entry is not None
    assert entry["event"] == "LookupError"
    assert written("") is not None
