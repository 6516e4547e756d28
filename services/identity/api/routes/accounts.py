"""Accounts of a tenant, kept by its administrators."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.identity.api.dependencies import Administrator, Parts, caller, once, rendered, respond
from services.identity.api.schemas import AccountAnswer, CreateAccountRequest
from services.identity.domain.accounts import Account, Membership
from services.identity.use_cases.once import Rendered
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey
from shared.paging import DEFAULT_PAGE, MAX_PAGE
from shared.problems import Problem

router = APIRouter()

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=500)]


def _created(account: Any) -> Rendered:
    return _shown(account, status=201)


def _shown(account: Account, *, status: int = 200) -> Rendered:
    return rendered(AccountAnswer.of(account), status=status, version=account.version)


@router.post("/accounts", status_code=201)
async def create_account(
    request: Request, body: CreateAccountRequest, claims: Administrator, parts: Parts, key: IdempotencyKey
) -> Response:
    """Open an account in the administrator's own tenant."""
    account = await parts.create_account(
        body.email,
        password=body.password,
        display_name=body.display_name,
        membership=Membership(
            access_role=body.access_role, worker_id=body.worker_id, organization_id=body.organization_id
        ),
        by=caller(claims),
        once=once(request, claims=claims, key=key, body=body, digests=parts.digests, render=_created),
    )
    return respond(_created(account))


@router.get("/accounts")
async def list_accounts(
    claims: Administrator, parts: Parts, limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
) -> Response:
    """The tenant's accounts, oldest first."""
    after = None if cursor is None else _position(parts.cursors.decode(cursor))
    found, more = await parts.list_accounts(tenant_id=caller(claims).tenant_id, after=after, limit=limit)
    last = {"list": "accounts", "after": str(found[-1].account_id)} if found and more else None
    page = Page[AccountAnswer](
        items=[AccountAnswer.of(account) for account in found],
        next_cursor=None if last is None else parts.cursors.encode(last),
    )
    return respond(rendered(page, status=200))


def _position(position: dict[str, str]) -> UUID:
    if position.get("list") != "accounts":
        raise Problem(400, "cursor_invalid", "This cursor belongs to another list")
    return UUID(position["after"])


@router.get("/accounts/{account_id}")
async def read_account(account_id: UUID, claims: Administrator, parts: Parts) -> Response:
    """One account of the tenant."""
    return respond(_shown(await parts.read_account(account_id, tenant_id=caller(claims).tenant_id)))


@router.post("/accounts/{account_id}/disable")
async def disable_account(
    request: Request, account_id: UUID, claims: Administrator, parts: Parts, version: IfMatch, key: IdempotencyKey
) -> Response:
    """Close an account for sign-in; its sessions end."""
    repeated = once(request, claims=claims, key=key, body=None, digests=parts.digests, render=_shown, version=version)
    by = caller(claims)
    return respond(_shown(await parts.disable_account(account_id, expected_version=version, by=by, once=repeated)))


@router.post("/accounts/{account_id}/enable")
async def enable_account(
    request: Request, account_id: UUID, claims: Administrator, parts: Parts, version: IfMatch, key: IdempotencyKey
) -> Response:
    """Open an account for sign-in again."""
    repeated = once(request, claims=claims, key=key, body=None, digests=parts.digests, render=_shown, version=version)
    by = caller(claims)
    return respond(_shown(await parts.enable_account(account_id, expected_version=version, by=by, once=repeated)))
