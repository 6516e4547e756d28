"""Optimistic concurrency over HTTP: an ETag is the version, and a change must say which version it saw."""

import re
from typing import Annotated

from fastapi import Depends, Header

from shared.problems import Problem

_LARGEST_VERSION = 2**31 - 1
"""What an integer column holds; a larger number in If-Match is no version of anything."""

_STRONG = re.compile(r'^"([1-9][0-9]{0,9})"$')


class StaleVersion(Exception):  # noqa: N818 - names a fact, not a fault
    """The record has changed since the caller read it; `current` is its version now, where that may be told."""

    def __init__(self, current: int | None = None) -> None:
        super().__init__("the record has changed since it was read")
        self.current = current


def etag(version: int) -> str:
    """The strong entity tag of a version, quotes included."""
    return f'"{version}"'


async def required_version(if_match: Annotated[str | None, Header(alias="If-Match")] = None) -> int:
    """The version named in If-Match. Raises Problem 428 when absent, 400 when it is not one of our tags."""
    if if_match is None:
        raise Problem(428, "if_match_required", "Say which version you saw, in If-Match")
    match = _STRONG.match(if_match.strip())
    if match is None or int(match.group(1)) > _LARGEST_VERSION:
        raise Problem(400, "if_match_malformed", "If-Match must hold exactly the ETag that was sent with the record")
    return int(match.group(1))


IfMatch = Annotated[int, Depends(required_version)]


def stale_problem(error: StaleVersion) -> Problem:
    """412, with the current tag where it may be told."""
    headers = {"ETag": etag(error.current)} if error.current is not None else None
    return Problem(412, "stale_version", "Somebody changed this since you read it; read it again", headers=headers)
