"""The token endpoint (RFC 6749) and the public keys (RFC 7517)."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import Field, TypeAdapter, ValidationError

from services.identity.api.dependencies import Parts, rendered, respond
from services.identity.api.routes.sign_in import NOT_STORED
from services.identity.api.schemas import ClientGrant, RefreshGrant, TokenAnswer
from shared.problems import Problem
from shared.tokens import credentials_in_body, open_to_all

router = APIRouter()

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 16
JWKS_MAX_AGE_SECONDS = 60
"""Well below the time that a new key is published before it signs."""

Grant = Annotated[RefreshGrant | ClientGrant, Field(discriminator="grant_type")]
_GRANT: TypeAdapter[RefreshGrant | ClientGrant] = TypeAdapter(Grant)


async def _grant(request: Request) -> RefreshGrant | ClientGrant:
    """Read the form by hand: it is small, and a repeated field (RFC 6749, section 3.2) has to be refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Problem(415, "unsupported_media_type", f"Send {FORM}")
    try:
        fields = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except ValueError:
        raise _malformed("form_malformed") from None
    form = dict(fields)
    if len(form) != len(fields):
        raise _malformed("form_field_repeated")
    try:
        return _GRANT.validate_python(form)
    except ValidationError as error:
        raise RequestValidationError([_located(found) for found in error.errors(include_input=False)]) from None


def _malformed(code: str) -> Problem:
    return Problem(400, code, "This is not a proper form", extra={"error": "invalid_request"})


def _located(found: Any) -> dict[str, Any]:
    # A discriminated union puts the chosen grant first; the caller's form has no such level.
    location = found["loc"][1:] if found["loc"][:1] in (("refresh_token",), ("client_credentials",)) else found["loc"]
    kind = found["type"]
    if kind.startswith("union_tag"):
        location, kind = ("grant_type",), "grant_type_unsupported"
    return {"type": kind, "loc": ("body", *location)}


@router.post("/token", dependencies=[Depends(credentials_in_body())])
async def token(grant: Annotated[RefreshGrant | ClientGrant, Depends(_grant)], parts: Parts) -> Response:
    """The next tokens of a session, or a token for one service to speak to another."""
    if isinstance(grant, RefreshGrant):
        issued = await parts.refresh_session(grant.refresh_token)
    else:
        issued = await parts.issue_system_token(grant.client_assertion, audience=grant.audience)
    response = respond(rendered(TokenAnswer.of(issued), status=200))
    response.headers.update(NOT_STORED)
    return response


@router.get("/.well-known/jwks.json", dependencies=[Depends(open_to_all())])
async def public_keys(parts: Parts) -> Response:
    """The keys that tokens can be verified by."""
    headers = {"Cache-Control": f"public, max-age={JWKS_MAX_AGE_SECONDS}"}
    return JSONResponse({"keys": list(await parts.publish_keys())}, headers=headers)
