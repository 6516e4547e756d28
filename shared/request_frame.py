"""The frame around every HTTP request: its body is bounded and is text that PostgreSQL can hold; its log line names nobody."""

import re
import time
from typing import Protocol
from urllib.parse import unquote_to_bytes

import structlog
from pydantic_core import from_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.identifiers import new_id
from shared.logs import get_logger
from shared.problems import FieldError, Problem

MAX_BODY_BYTES = 1024 * 1024

_NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped NUL; the backslash must not itself be escaped, as in a text that speaks about `\\\\u0000`."""

_CLIENT_LEFT = 499
_NOT_LOGGED = ("/health", "/metrics")

_log = get_logger()


class Measure(Protocol):
    """Counts an answer; `route` is a template."""

    def __call__(self, *, method: str, route: str, status: int, seconds: float) -> None: ...


class RequestFrame:
    """Limits and checks the body, gives the request an id, and logs route, status and time: never a path, query or body."""

    def __init__(self, app: ASGIApp, *, measure: Measure | None = None) -> None:
        self._app = app
        self._measure = measure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = str(new_id())
        status = 500

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        # Not undone at the end: the handler of unforeseen errors stands outside this frame and wants the id too.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            body = await _whole_body(scope, receive)
            _check_text(scope, body)
            await self._app(scope, _replaying(body, receive), noting_send)
        except _ClientLeft:
            status = _CLIENT_LEFT
        except _Refused as refused:
            await refused.problem.response()(scope, receive, noting_send)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            seconds = time.perf_counter() - began
            if self._measure is not None:
                self._measure(method=scope["method"], route=route, status=status, seconds=seconds)
            if not route.startswith(_NOT_LOGGED):
                duration = round(seconds * 1000, 1)
                _log.info("request", method=scope["method"], route=route, status=status, duration_ms=duration)


class _Refused(Exception):  # noqa: N818 - carries an answer, not a fault; a type of its own, so that no route's Problem passes for it
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _ClientLeft(Exception):  # noqa: N818 - a fact
    """The caller hung up before the body was complete: nobody is there to be answered."""


async def _whole_body(scope: Scope, receive: Receive) -> bytes:
    """The body, read before anything else happens, so that a chunked one too is refused by its size alone."""
    if _declared_length(scope) > MAX_BODY_BYTES:
        raise _too_large()
    parts: list[bytes] = []
    received = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientLeft()
        part = message.get("body", b"")
        received += len(part)
        if received > MAX_BODY_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return b"".join([*parts, part])
        parts.append(part)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Hand the body out once, as one message; after it the server's own word (that the caller has left)."""
    handed_out = False

    async def replay() -> Message:
        nonlocal handed_out
        if handed_out:
            return await receive()
        handed_out = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _check_text(scope: Scope, body: bytes) -> None:
    """Refuse what Python would read and the database or an answer could not hold.

    Half of a surrogate pair, NaN and infinity, bottomless nesting, numbers of thousands of digits (RFC 8259 and
    I-JSON know none of them), and NUL characters, which PostgreSQL keeps in no text.
    """
    if b"%00" in scope["query_string"] or "\x00" in scope["path"]:
        raise _nul_in("query:" if b"%00" in scope["query_string"] else "path:")
    if not body:
        return
    media_type = _media_type(scope)
    if media_type.endswith(b"json"):
        try:
            from_json(body, allow_inf_nan=False)
        except ValueError:
            raise _malformed() from None
        if b"\\u0000" in body and _NUL_ESCAPE.search(body):
            raise _nul_in("")
    elif media_type == b"application/x-www-form-urlencoded" and b"\x00" in unquote_to_bytes(body):
        raise _nul_in("")


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _media_type(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bytes(value).partition(b";")[0].strip().lower()
    return b""


def _too_large() -> _Refused:
    # Whatever the caller still wants to send must not be read as a next request on this connection.
    return _Refused(Problem(413, "body_too_large", "The request is too large", headers={"Connection": "close"}))


def _malformed() -> _Refused:
    finding = FieldError(pointer="", code="json_invalid")
    return _Refused(Problem(400, "malformed_json", "The body is not valid JSON", errors=[finding]))


def _nul_in(pointer: str) -> _Refused:
    finding = FieldError(pointer=pointer, code="nul_character")
    return _Refused(Problem(422, "invalid_request", "Some fields are not as they should be", errors=[finding]))
