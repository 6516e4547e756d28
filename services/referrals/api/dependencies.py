"""What routes are given: the parts made at start, the caller, and how to answer the same request once."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from services.referrals.adapters.unit_of_work import PostgresWorks
from services.referrals.domain.actor import Actor
from services.referrals.use_cases.once import Once, Rendered
from shared.clock import Clock
from shared.contracts.tokens import TokenClaims
from shared.paging import CursorSigner
from shared.problems import MEDIA_TYPE


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The parts that main.py put together for the API."""

    works: PostgresWorks
    clock: Clock
    cursors: CursorSigner


def resources(request: Request) -> Resources:
    """The parts of the running application."""
    return cast(Resources, request.app.state.resources)


Parts = Annotated[Resources, Depends(resources)]


def actor(claims: TokenClaims) -> Actor:
    """The caller as the domain knows one. `shared.tokens.allow` has made sure that a person has a tenant."""
    assert claims.tenant_id is not None
    return Actor(
        tenant_id=claims.tenant_id, access_role=claims.access_role, worker_id=claims.worker_id, subject=claims.sub
    )


def once(
    request: Request,
    claims: TokenClaims,
    *,
    key: str | None,
    body: BaseModel | None,
    render: Callable[[Any], Rendered],
    version: int | None = None,
) -> Once:
    """The identity of a request: who, which route, which key, and a digest of everything that was asked."""
    asked = [request.url.path, version, None if body is None else body.model_dump(mode="json")]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    route = f"{request.method} {request.scope['route'].path}"
    return Once(caller=claims.sub, route=route, key=key, body_digest=digest, render=render)


def respond(answer: Rendered) -> Response:
    """The HTTP answer of a rendered result."""
    media_type = MEDIA_TYPE if answer.status >= 400 else "application/json"
    return JSONResponse(answer.body, status_code=answer.status, media_type=media_type, headers=dict(answer.headers))
