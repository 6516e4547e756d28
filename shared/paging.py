"""Keyset paging with signed cursors: a cursor cannot be forged, and a page never counts what it does not show."""

import base64
import binascii
import hashlib
import hmac
import json

from shared.problems import Problem

DEFAULT_PAGE = 50
MAX_PAGE = 200
_SIGNATURE_BYTES = 16


class CursorSigner:
    """Makes and reads the opaque cursors of one service."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"handrail-cursor:" + key.encode()).digest()

    def encode(self, position: dict[str, str]) -> str:
        """The cursor for the place after the item at `position` (sort key values as text)."""
        payload = json.dumps(position, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(payload) + payload).decode().rstrip("=")

    def decode(self, cursor: str) -> dict[str, str]:
        """The position in a cursor of ours. Raises Problem 400 `cursor_invalid` for any other text."""
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raise _invalid() from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(payload)):
            raise _invalid()
        return _Position(json.loads(payload))

    def _signature(self, payload: bytes) -> bytes:
        return hmac.new(self._key, payload, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


class _Position(dict[str, str]):
    """A position; asking it for a sort key of another list means that the cursor belongs to that list."""

    def __missing__(self, key: str) -> str:
        raise _invalid()


def _invalid() -> Problem:
    return Problem(400, "cursor_invalid", "This cursor is not one of ours; start again from the first page")
