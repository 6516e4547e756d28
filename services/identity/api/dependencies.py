"""What routes are given: the use cases put together at start, the caller, and how to answer the same request once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.identity.use_cases.caller import Caller
from services.identity.use_cases.change_password import ChangePassword
from services.identity.use_cases.create_account import CreateAccount
from services.identity.use_cases.disable_account import DisableAccount
from services.identity.use_cases.enable_account import EnableAccount
from services.identity.use_cases.issue_system_token import IssueSystemToken
from services.identity.use_cases.list_accounts import ListAccounts
from services.identity.use_cases.once import Once, Rendered
from services.identity.use_cases.ports import Digests, VisitorAddresses
from services.identity.use_cases.publish_keys import PublishKeys
from services.identity.use_cases.read_account import ReadAccount
from services.identity.use_cases.refresh_session import RefreshSession
from services.identity.use_cases.sign_in import SignIn
from services.identity.use_cases.sign_out import SignOut
from shared.contracts.codes import AccessRole
from shared.contracts.tokens import TokenClaims
from shared.etags import etag
from shared.paging import CursorSigner
from shared.tokens import PEOPLE, allow
from shared.visitor_address import VISITOR_ADDRESS


@dataclass(frozen=True, kw_only=True)
class IdentityParts:
    """Everything the routes can do, put together by main.py."""

    sign_in: SignIn
    sign_out: SignOut
    refresh_session: RefreshSession
    issue_system_token: IssueSystemToken
    create_account: CreateAccount
    read_account: ReadAccount
    list_accounts: ListAccounts
    disable_account: DisableAccount
    enable_account: EnableAccount
    change_password: ChangePassword
    publish_keys: PublishKeys
    cursors: CursorSigner
    digests: Digests
    visitors: VisitorAddresses


async def parts(request: Request) -> IdentityParts:
    """The parts of the running application."""
    return cast(IdentityParts, request.app.state.identity)


Parts = Annotated[IdentityParts, Depends(parts)]
Administrator = Annotated[TokenClaims, Depends(allow(AccessRole.ADMINISTRATOR))]
Person = Annotated[TokenClaims, Depends(allow(*PEOPLE))]


def caller(claims: TokenClaims) -> Caller:
    """The account behind a person's token. `shared.tokens` has made sure that a person has a tenant."""
    assert claims.tenant_id is not None
    return Caller(account_id=UUID(claims.sub), tenant_id=claims.tenant_id)


def address_of(request: Request, parts: IdentityParts) -> str | None:
    """Where the visitor is: what the console vouches for, otherwise the other end of the connection."""
    sealed = request.headers.get(VISITOR_ADDRESS)
    vouched = None if sealed is None else parts.visitors(sealed)
    if vouched is not None:
        return vouched
    return request.client.host if request.client is not None else None


def once(
    request: Request,
    *,
    claims: TokenClaims,
    key: str | None,
    body: BaseModel | None,
    digests: Digests,
    render: Callable[[Any], Rendered],
    version: int | None = None,
) -> Once | None:
    """The identity of a request with an idempotency key; None where the caller gave no key."""
    if key is None:
        return None
    asked = [request.url.path, version, None if body is None else body.model_dump(mode="json")]
    return Once(
        caller=claims.sub,
        route=f"{request.method} {request.scope['route'].path}",
        key=key,
        body_digest=digests.digest("idempotency-body", json.dumps(asked, sort_keys=True)).hex(),
        render=render,
    )


def rendered(answer: BaseModel, *, status: int, version: int | None = None) -> Rendered:
    """An answer as it leaves the service."""
    tag = None if version is None else etag(version)
    return Rendered(status=status, body=answer.model_dump_json(exclude_none=True), etag=tag)


def respond(answer: Rendered) -> Response:
    """The HTTP response of a rendered answer."""
    headers = {} if answer.etag is None else {"ETag": answer.etag}
    return Response(answer.body, status_code=answer.status, media_type="application/json", headers=headers)
