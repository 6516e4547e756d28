"""One way to ask a neighbour in a visitor's name: kept-alive connection, total deadline, breaker, typed answer."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import aiohttp
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.console.domain.session import Session
from services.console.use_cases.ports import Refused, Unreachable
from shared.contracts.codes import Service
from shared.http_client import MAX_ANSWER_BYTES, Breaker
from shared.logs import get_logger

ToldT = TypeVar("ToldT")

_log = get_logger()


_AGAIN_SECONDS, _TIMES_AGAIN = 0.15, 8
"""A button pressed twice: the second press waits a moment for the first one's answer, which is then its own as well."""
_ETAG = re.compile(r'"([0-9]{1,9})"')


class _Given(NamedTuple):
    """An answer as it came."""

    status: int
    content: bytes
    etag: str


@dataclass(kw_only=True)
class Neighbour:
    """A service at an address. One per process; the HTTP session belongs to the caller."""

    service: Service
    base_url: str
    session: aiohttp.ClientSession
    timeout_seconds: float
    breaker: Breaker = field(default_factory=Breaker)

    async def get(
        self,
        path: str,
        *,
        by: Session,
        answer: type[ToldT],
        asked: Mapping[str, object] = MappingProxyType({}),
        **query: object,
    ) -> ToldT:
        """Read something; `asked` is for names of a query that are none here. Raises Unreachable or Refused."""
        every = {**asked, **query}
        given = {name: _plain(value) for name, value in every.items() if value is not None and value is not False}
        return self._read((await self._ask("GET", path, by=by, query=given)).content, answer)

    async def get_versioned(self, path: str, *, by: Session, answer: type[ToldT]) -> tuple[ToldT, int]:
        """Read something together with its version. Raises Unreachable or Refused."""
        found = await self._ask("GET", path, by=by)
        version = _ETAG.fullmatch(found.etag)
        if version is None:
            raise Unreachable(self.service.value)
        return self._read(found.content, answer), int(version[1])

    async def put(
        self, path: str, body: Mapping[str, Any], *, by: Session, version: int | None = None, key: str | None = None
    ) -> None:
        """Replace something, as it was in this version where it has any. Raises Unreachable or Refused."""
        await self._ask("PUT", path, by=by, body=body, version=version, key=key)

    async def patch(
        self, path: str, body: Mapping[str, Any], *, by: Session, version: int | None = None, key: str | None = None
    ) -> None:
        """Change some of something, as it was in this version. Raises Unreachable or Refused."""
        await self._ask("PATCH", path, by=by, body=body, version=version, key=key)

    async def post(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        by: Session | None,
        answer: type[ToldT],
        version: int | None = None,
        key: str | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ToldT:
        """Do something. Raises Unreachable or Refused."""
        given = await self._ask(
            "POST", path, by=by, body=body, version=version, key=key, form=form, further=headers or {}
        )
        return self._read(given.content, answer)

    async def tell(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        by: Session,
        version: int | None = None,
        key: str | None = None,
    ) -> None:
        """Do something whose answer no page shows. Raises Unreachable or Refused."""
        await self._ask("POST", path, by=by, body=body, version=version, key=key)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        by: Session | None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        version: int | None = None,
        key: str | None = None,
        further: Mapping[str, str] = MappingProxyType({}),
    ) -> "_Given":
        if not self.breaker.permits():
            raise Unreachable(self.service.value)
        headers = dict(further)
        if by is not None:
            headers["Authorization"] = f"Bearer {by.access_token}"
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            async with asyncio.timeout(self.timeout_seconds):
                given = await self._exchange(method, path, query, body, form, headers)
                for _ in range(_TIMES_AGAIN if key is not None else 0):
                    if not _in_flight(given):
                        break
                    await asyncio.sleep(_AGAIN_SECONDS)
                    given = await self._exchange(method, path, query, body, form, headers)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise self._failed(type(error).__name__) from None
        if given.status >= 500:
            raise self._failed(str(given.status))
        self.breaker.succeeded()
        if given.status >= 400:
            raise _refusal(self.service, given.status, given.content)
        return given

    async def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> "_Given":
        async with self.session.request(
            method,
            self.base_url.rstrip("/") + path,
            params=query,
            json=body,
            data=form,
            headers=headers,
            allow_redirects=False,  # a redirect would carry the visitor's token elsewhere
        ) as response:
            content = bytearray()
            async for part in response.content.iter_any():
                content += part
                if len(content) > MAX_ANSWER_BYTES:
                    raise ValueError("the answer is too large")
            return _Given(response.status, bytes(content), response.headers.get("ETag", ""))

    def _read(self, content: bytes, answer: type[ToldT]) -> ToldT:
        try:
            if isinstance(answer, type) and issubclass(answer, BaseModel):
                return answer.model_validate_json(content)
            return TypeAdapter(answer).validate_json(content)
        except ValidationError:
            _log.warning("unexpected_answer", target=self.service.value)
            raise Unreachable(self.service.value) from None

    def _failed(self, reason: str) -> Unreachable:
        self.breaker.failed()
        _log.warning("neighbour_unreachable", target=self.service.value, reason=reason)
        return Unreachable(self.service.value)


def _in_flight(given: _Given) -> bool:
    return given.status == 409 and b'"request_in_flight"' in given.content


def _plain(value: object) -> str:
    return "true" if value is True else str(value)


def _refusal(service: Service, status: int, content: bytes) -> Refused:
    try:
        document = json.loads(content)
    except ValueError:
        document = {}
    document = document if isinstance(document, dict) else {}
    return Refused(service.value, status=status, code=str(document.get("code", "")), document=document)
