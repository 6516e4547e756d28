"""Webhook endpoints: registered, rotated, paused, resumed, removed and replayed by administrators of the tenant."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.notifications.api.dependencies import STANDARD_LIMIT, Cursor, Limit, TheParts, webhook_parts
from services.notifications.api.webhook_schemas import (
    CallRecord,
    EndpointBody,
    EndpointRecord,
    EndpointSecret,
    ReplayBody,
    Replayed,
)
from services.notifications.domain.endpoints import Endpoint
from services.notifications.use_cases.change_endpoint import EndpointChange, change_endpoint
from services.notifications.use_cases.register_endpoint import register_endpoint, secret_of
from services.notifications.use_cases.replay_calls import replay_calls, replay_time
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.contracts.tokens import TokenClaims
from shared.etags import IfMatch, etag
from shared.identifiers import new_id
from shared.problems import Problem
from shared.tokens import allow

router = APIRouter(prefix="/webhooks")

Administrator = Annotated[TokenClaims, Depends(allow(AccessRole.ADMINISTRATOR))]


@router.post("", status_code=201)
async def register(body: EndpointBody, parts: TheParts, claims: Administrator, response: Response) -> EndpointSecret:
    """The secret is in this answer and nowhere else; where the answer gets lost, rotate."""
    ours = webhook_parts(parts)
    now = parts.clock.now()
    wanted = Endpoint(
        tenant_id=_tenant(claims),
        endpoint_id=new_id(),
        organization_id=body.organization_id,
        url=body.url,
        event_types=tuple(dict.fromkeys(body.event_types)),
        contact_worker_id=body.contact_worker_id or claims.worker_id,
        created_at=now,
        changed_at=now,
    )
    endpoint, secret = await register_endpoint(
        wanted, by=claims.sub, endpoints=parts.endpoints, webhook_key=ours.key, strict=ours.strict
    )
    response.headers["ETag"] = etag(endpoint.version)
    return EndpointSecret.shown(endpoint, secret=secret)


@router.get("")
async def read_endpoints(parts: TheParts, claims: Administrator) -> list[EndpointRecord]:
    """All of the tenant, and how each stands."""
    return [EndpointRecord.of(one) for one in await parts.endpoints.listed(_tenant(claims))]


@router.post("/{endpoint_id}/rotate")
async def rotate(
    endpoint_id: UUID, seen_version: IfMatch, parts: TheParts, claims: Administrator, response: Response
) -> EndpointSecret:
    """A new secret; for a day both sign."""
    ours = webhook_parts(parts)
    endpoint = await _changed(endpoint_id, EndpointChange.ROTATE, seen_version, parts, claims, response)
    return EndpointSecret.shown(endpoint, secret=secret_of(endpoint, webhook_key=ours.key))


@router.post("/{endpoint_id}/pause")
async def pause(
    endpoint_id: UUID, seen_version: IfMatch, parts: TheParts, claims: Administrator, response: Response
) -> EndpointRecord:
    """Nothing is sent there, and nothing new is planned."""
    return EndpointRecord.of(await _changed(endpoint_id, EndpointChange.PAUSE, seen_version, parts, claims, response))


@router.post("/{endpoint_id}/resume")
async def resume(
    endpoint_id: UUID, seen_version: IfMatch, parts: TheParts, claims: Administrator, response: Response
) -> EndpointRecord:
    """From now on; what happened meanwhile can be replayed."""
    return EndpointRecord.of(await _changed(endpoint_id, EndpointChange.RESUME, seen_version, parts, claims, response))


@router.delete("/{endpoint_id}", status_code=204)
async def remove(
    endpoint_id: UUID, seen_version: IfMatch, parts: TheParts, claims: Administrator, response: Response
) -> None:
    """It is never called again."""
    await _changed(endpoint_id, EndpointChange.REMOVE, seen_version, parts, claims, response)


@router.get("/{endpoint_id}/calls")
async def read_calls(
    endpoint_id: UUID, parts: TheParts, claims: Administrator, cursor: Cursor = None, limit: Limit = STANDARD_LIMIT
) -> Page[CallRecord]:
    """What this endpoint was told and was not, newest first."""
    after = None
    if cursor is not None:
        position = parts.cursors.decode(cursor)
        if position.get("list") != "calls":
            raise Problem(400, "cursor_invalid", "This cursor belongs to another list")
        after = UUID(position["id"])
    found = await parts.calls.page(_tenant(claims), endpoint_id, after=after, limit=limit + 1)
    page = found[:limit]
    more = len(found) > limit
    following = parts.cursors.encode({"list": "calls", "id": str(page[-1].call_id)}) if more else None
    return Page(items=[CallRecord.of(one) for one in page], next_cursor=following)


@router.post("/{endpoint_id}/calls/{call_id}/replay", status_code=202)
async def replay(endpoint_id: UUID, call_id: UUID, parts: TheParts, claims: Administrator) -> Replayed:
    """One call again, under its own id; repeating this is harmless."""
    await replay_calls(_tenant(claims), endpoint_id, call_id=call_id, calls=parts.calls, clock=parts.clock)
    return Replayed(count=1)


@router.post("/{endpoint_id}/replay", status_code=202)
async def replay_range(endpoint_id: UUID, body: ReplayBody, parts: TheParts, claims: Administrator) -> Replayed:
    """Every fact of a time, those included that happened while the endpoint was paused."""
    count = await replay_time(
        _tenant(claims),
        endpoint_id,
        since=body.since,
        until=body.until,
        calls=parts.calls,
        endpoints=parts.endpoints,
        clock=parts.clock,
    )
    return Replayed(count=count)


async def _changed(
    endpoint_id: UUID,
    change: EndpointChange,
    seen_version: int,
    parts: TheParts,
    claims: TokenClaims,
    response: Response,
) -> Endpoint:
    endpoint = await change_endpoint(
        _tenant(claims),
        endpoint_id,
        change=change,
        seen_version=seen_version,
        by=claims.sub,
        endpoints=parts.endpoints,
        clock=parts.clock,
    )
    response.headers["ETag"] = etag(endpoint.version)
    return endpoint


def _tenant(claims: TokenClaims) -> UUID:
    assert claims.tenant_id is not None
    return claims.tenant_id
