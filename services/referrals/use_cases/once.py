"""The same request twice has one effect: what a use case needs to know about an idempotency key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """An answer as it will leave the service, kept with the key so that a repetition gets the same one.

    `body` is JSON text, `version` becomes the ETag, `retry_after` is in seconds.
    """

    status: int
    body: str
    version: int | None = None
    retry_after: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """The caller's key, and how to render the result that is to be remembered with it.

    `caller` is the account, `route` the kind of request, `body_digest` a SHA-256 in hex over path, version and body.
    """

    caller: str
    route: str
    key: str | None
    body_digest: str
    render: Callable[[Any], Rendered]


class AlreadyAnswered(Exception):  # noqa: N818 - nothing is wrong: the answer is known
    """Raised on entering a unit of work whose request was answered before; carries that answer."""

    def __init__(self, answer: Rendered) -> None:
        super().__init__("this request was answered before")
        self.answer = answer
