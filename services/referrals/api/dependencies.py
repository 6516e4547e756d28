"""What routes are given: the parts made at start, the caller, and how to answer the same request once."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, cast

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.referrals.domain.actor import Actor
from services.referrals.domain.outcome import Patience
from services.referrals.use_cases.directory_book_ports import DirectoryBookWork
from services.referrals.use_cases.find_colleagues import ScopePreviews
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.once import Once, Rendered
from services.referrals.use_cases.ports import AssignmentDesk, ScopeGuard, TaskWork, WorkSource
from shared.clock import Clock
from shared.contracts.codes import AccessRole
from shared.contracts.tokens import TokenClaims
from shared.etags import etag
from shared.paging import CursorSigner
from shared.problems import MEDIA_TYPE
from shared.tokens import PEOPLE, allow


class EveryWork(MatchingWork, DirectoryBookWork, TaskWork, Protocol):
    """A unit of work that serves every route; a new part of the service adds its own Work here."""


class EveryWorks(WorkSource[EveryWork], AssignmentDesk, Protocol):
    """Begins them, and knows the short way of assigning."""


class WholeGuard(ScopeGuard, ScopePreviews, Protocol):
    """The scope guard with everything that routes ask of it."""


@dataclass(frozen=True, kw_only=True)
class ReferralsParts:
    """The parts that main.py put together for the API."""

    works: EveryWorks
    guard: WholeGuard
    patience: Patience
    clock: Clock
    cursors: CursorSigner


async def _parts(request: Request) -> ReferralsParts:
    return cast(ReferralsParts, request.app.state.parts)


Parts = Annotated[ReferralsParts, Depends(_parts)]


def actor(claims: TokenClaims) -> Actor:
    """The caller as the domain knows one. `shared.tokens` has made sure that a person has a tenant."""
    assert claims.tenant_id is not None
    return Actor(
        tenant_id=claims.tenant_id, access_role=claims.access_role, worker_id=claims.worker_id, subject=claims.sub
    )


def once(
    request: Request,
    by: Actor,
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
    return Once(caller=by.subject, route=route, key=key, body_digest=digest, render=render)


def rendering(
    view: Callable[[Any], BaseModel], *, status: int, version: Callable[[Any], int] = lambda result: int(result.version)
) -> Callable[[Any], Rendered]:
    """How to render a record: its view as JSON, with its version as the ETag."""

    def render(result: Any) -> Rendered:
        return Rendered(status=status, body=view(result).model_dump_json(), version=version(result))

    return render


def rendered_once(render: Callable[[Any], Rendered]) -> Callable[[Any], Rendered]:
    """The same rendering, made once for one result: it is kept under the caller's key and sent as well."""
    made: list[tuple[object, Rendered]] = []

    def again(result: Any) -> Rendered:
        if not made or made[-1][0] is not result:
            made.append((result, render(result)))
        return made[-1][1]

    return again


def respond(answer: Rendered) -> Response:
    """The HTTP answer of a rendered result."""
    headers = {}
    if answer.version is not None:
        headers["ETag"] = etag(answer.version)
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    media_type = MEDIA_TYPE if answer.status >= 400 else "application/json"
    return Response(answer.body, status_code=answer.status, media_type=media_type, headers=headers)


Staff = Annotated[TokenClaims, Depends(allow(*PEOPLE))]
"""Everybody who works here."""
CareTeam = Annotated[
    TokenClaims,
    Depends(
        allow(
            AccessRole.CLINICIAN,
            AccessRole.CASE_MANAGER,
            AccessRole.PEER,
            AccessRole.SUPERVISOR,
            AccessRole.ADMINISTRATOR,
        )
    ),
]
"""Those who walk with people, and those who answer for them."""
Intake = Annotated[
    TokenClaims,
    Depends(allow(AccessRole.CLINICIAN, AccessRole.CASE_MANAGER, AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR)),
]
"""Those who may add people and change what is known of them."""
Supervising = Annotated[TokenClaims, Depends(allow(AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR))]
Administrators = Annotated[TokenClaims, Depends(allow(AccessRole.ADMINISTRATOR))]
