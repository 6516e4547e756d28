"""Signing in and out, and one's own account."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.identity.api.dependencies import Parts, Person, address_of, caller, rendered, respond
from services.identity.api.schemas import (
    AccountAnswer,
    ChangePasswordRequest,
    SignInRequest,
    SignOutRequest,
    TokenAnswer,
)
from shared.tokens import credentials_in_body

router = APIRouter()

NOT_STORED = {"Cache-Control": "no-store"}
"""RFC 6749, section 5.1: answers with tokens are never cached."""


@router.post("/sign-in", dependencies=[Depends(credentials_in_body())])
async def sign_in(request: Request, body: SignInRequest, parts: Parts) -> Response:
    """E-mail and password for an access and a refresh token."""
    address = address_of(request, parts)
    issued = await parts.sign_in(body.email, password=body.password, tenant_id=body.tenant_id, address=address)
    response = respond(rendered(TokenAnswer.of(issued), status=200))
    response.headers.update(NOT_STORED)
    return response


@router.post("/sign-out", status_code=204)
async def sign_out(claims: Person, parts: Parts, body: SignOutRequest | None = None) -> Response:
    """End one session, or all of them."""
    await parts.sign_out(by=caller(claims), refresh_token=None if body is None else body.refresh_token)
    return Response(status_code=204)


@router.get("/me")
async def me(claims: Person, parts: Parts) -> Response:
    """The caller's own account."""
    by = caller(claims)
    account = await parts.read_account(by.account_id, tenant_id=by.tenant_id)
    return respond(rendered(AccountAnswer.of(account), status=200, version=account.version))


@router.post("/me/password", status_code=204)
async def change_password(claims: Person, body: ChangePasswordRequest, parts: Parts) -> Response:
    """Another password; every session of the account ends."""
    await parts.change_password(body.current_password, new=body.new_password, by=caller(claims))
    return Response(status_code=204)
