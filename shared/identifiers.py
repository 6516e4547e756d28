"""Identifiers: time-ordered UUIDs (version 7), so that keys sort by creation and indexes stay dense."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 as the standard library's type."""
    return uuid_utils.compat.uuid7()
