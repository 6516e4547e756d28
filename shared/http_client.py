"""One way to ask another service: kept-alive connection, total deadline, circuit breaker, typed answer."""

import asyncio
import time
from typing import TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError

from shared.contracts.codes import Service
from shared.logs import get_logger
from shared.tokens import SystemTokenSource

AnswerT = TypeVar("AnswerT", bound=BaseModel)

MAX_ANSWER_BYTES = 4 * 1024 * 1024

_log = get_logger()


class ServiceCallFailed(Exception):  # noqa: N818
    """The question was not answered; the three subclasses say how. `code` is safe to store and show."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ServiceUnavailable(ServiceCallFailed):
    """No answer in time: no connection, too slow, a server error, or the breaker is open. Ask again later."""


class UnexpectedAnswer(ServiceCallFailed):
    """An answer that is not what the contract promises. It proves nothing; treat as no answer."""


class ServiceRefused(ServiceCallFailed):
    """A clear refusal (4xx). Asking the same again will not help. `status` is the HTTP status."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status


class Breaker:
    """Opens after `threshold` failures in a row, for `open_seconds`; then lets one question through to find out."""

    def __init__(self, *, threshold: int = 5, open_seconds: float = 2.0) -> None:
        self._threshold = threshold
        self._open_seconds = open_seconds
        self._failures = 0
        self._open_until = 0.0

    def permits(self) -> bool:
        """Whether a question may be asked now."""
        if self._failures < self._threshold:
            return True
        if time.monotonic() < self._open_until:
            return False
        self._open_until = time.monotonic() + self._open_seconds
        return True

    @property
    def is_open(self) -> bool:
        """Whether too many questions in a row went unanswered, and none has been answered since."""
        return self._failures >= self._threshold

    def succeeded(self) -> None:
        """The other side answered."""
        self._failures = 0

    def failed(self) -> None:
        """The other side did not answer."""
        self._failures += 1
        if self._failures >= self._threshold:
            self._open_until = time.monotonic() + self._open_seconds


class ServiceClient:
    """Asks one other service. Make one per process and target; the session belongs to the caller."""

    def __init__(
        self,
        *,
        base_url: str,
        target: Service,
        session: aiohttp.ClientSession,
        tokens: SystemTokenSource | None,
        timeout_seconds: float = 2.0,
        breaker: Breaker | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._target = target
        self._session = session
        self._tokens = tokens
        self._timeout_seconds = timeout_seconds
        self._breaker = breaker or Breaker()

    @property
    def target(self) -> Service:
        """Who is asked."""
        return self._target

    @property
    def is_cut_off(self) -> bool:
        """Whether the breaker is open."""
        return self._breaker.is_open

    async def post(
        self, path: str, body: BaseModel, *, answer: type[AnswerT], timeout_seconds: float | None = None
    ) -> AnswerT:
        """POST `body` and read the answer as `answer`. Raises a subclass of ServiceCallFailed, nothing else."""
        return await self.post_json(
            path, body.model_dump_json().encode(), answer=answer, timeout_seconds=timeout_seconds
        )

    async def post_json(
        self, path: str, body: bytes, *, answer: type[AnswerT], timeout_seconds: float | None = None
    ) -> AnswerT:
        """The same for a body that is JSON already."""
        if self._session.closed:
            raise ServiceUnavailable("session_closed")
        if not self._breaker.permits():
            raise ServiceUnavailable("breaker_open")
        try:
            # One deadline over everything, so that an answer that trickles in byte by byte also ends.
            async with asyncio.timeout(timeout_seconds or self._timeout_seconds):
                status, content = await self._exchange(path, body)
        except TimeoutError:
            raise self._failure("timeout") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise self._failure("connection_failed") from None
        if status >= 500:
            raise self._failure(f"server_error_{status}")
        self._breaker.succeeded()
        if status >= 400:
            raise ServiceRefused(status, f"refused_{status}")
        try:
            return answer.model_validate_json(content)
        except ValidationError:
            _log.warning("unexpected_answer", target=self._target.value)
            raise UnexpectedAnswer("answer_malformed") from None

    async def _exchange(self, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        if self._tokens is not None:
            headers["Authorization"] = f"Bearer {await self._tokens.token_for(self._target)}"
        # A redirect would carry the token and the body to whoever it names.
        async with self._session.post(
            self._base_url + path, data=body, headers=headers, allow_redirects=False
        ) as response:
            if response.status == 401 and self._tokens is not None:
                self._tokens.forget(self._target)
            content = await response.content.read(MAX_ANSWER_BYTES)
            while not response.content.at_eof():
                more = await response.content.read(MAX_ANSWER_BYTES)
                content += more
                if len(content) > MAX_ANSWER_BYTES:
                    raise ValueError("the answer is too large")
            return response.status, content

    def _failure(self, code: str) -> ServiceUnavailable:
        self._breaker.failed()
        return ServiceUnavailable(code)


def new_session() -> aiohttp.ClientSession:
    """The process's HTTP session: kept-alive connections, no cookies, no redirects followed by accident."""
    connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=60)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
