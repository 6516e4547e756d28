"""A cursor is opaque, ours, and of this very list; anything else is a 400."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.paging import CursorSigner
from shared.problems import Problem

SIGNER = CursorSigner("a key of the test run")
POSITION = {"recorded_at": "2030-01-01T12:00:00+00:00", "id": "00000000-0000-7000-8000-000000000001"}


def refused(cursor: str, signer: CursorSigner = SIGNER) -> tuple[int, str]:
    with pytest.raises(Problem) as problem:
        signer.decode(cursor)
    return problem.value.status, problem.value.code


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=40), max_size=4))
def test_a_position_comes_back(position: dict[str, str]) -> None:
    cursor = SIGNER.encode(position)
    assert SIGNER.decode(cursor) == position
    assert cursor.isascii()
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    "cursor", ["", "x", "x" * 5, "ä", "😀", "\ud800", "===", "%%%%", "null", "A" * 100_000, "\0", " "]
)
def test_what_was_never_a_cursor_is_refused(cursor: str) -> None:
    assert refused(cursor) == (400, "cursor_invalid")


def test_every_truncation_and_every_changed_bit_is_refused() -> None:
    cursor = SIGNER.encode(POSITION)
    for length in range(len(cursor)):
        refused(cursor[:length])
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        refused(base64.urlsafe_b64encode(changed).decode().rstrip("="))


def test_a_cursor_of_another_service_is_refused() -> None:
    assert refused(CursorSigner("another key").encode(POSITION)) == (400, "cursor_invalid")


def test_a_cursor_of_another_list_is_refused_where_its_position_is_read() -> None:
    position = SIGNER.decode(SIGNER.encode({"name": "x"}))
    with pytest.raises(Problem) as problem:
        position["recorded_at"]
    assert (problem.value.status, problem.value.code) == (400, "cursor_invalid")
