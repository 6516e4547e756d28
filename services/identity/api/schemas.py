"""What comes in and goes out over HTTP. Unknown fields are refused; nothing here repeats a password or a token back."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from services.identity.domain.accounts import (
    MAX_EMAIL_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_PASSWORD_CHARACTERS,
    MIN_PASSWORD_CHARACTERS,
    Account,
    normal_email,
)
from services.identity.use_cases.issued import IssuedTokens
from shared.contracts.codes import AccessRole, Service
from shared.tokens import ASSERTION_TYPE


def _email(text: str) -> str:
    try:
        return normal_email(text)
    except ValueError:
        raise PydanticCustomError("email_malformed", "not an e-mail address") from None


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("unprintable_characters", "only printable characters")
    return text


def _of_a_person(role: AccessRole) -> AccessRole:
    if role is AccessRole.SYSTEM:
        raise PydanticCustomError("access_role_reserved", "systems are registered by the operator")
    return role


Email = Annotated[str, StringConstraints(max_length=MAX_EMAIL_CHARACTERS), AfterValidator(_email)]
# At the door any length up to the bound is looked at: a rule for new passwords must not lock out old ones.
PresentedPassword = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PASSWORD_CHARACTERS)]
NewPassword = Annotated[str, StringConstraints(min_length=MIN_PASSWORD_CHARACTERS, max_length=MAX_PASSWORD_CHARACTERS)]
DisplayName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_NAME_CHARACTERS, strip_whitespace=True),
    AfterValidator(_printable),
]
RefreshText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
AssertionText = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
PersonsRole = Annotated[AccessRole, AfterValidator(_of_a_person)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignInRequest(_Request):
    """`tenant_id` is only needed by somebody whose e-mail and password open accounts in several tenants."""

    email: Email
    password: PresentedPassword
    tenant_id: UUID | None = None


class SignOutRequest(_Request):
    """The session to end; without a refresh token, all of the caller's."""

    refresh_token: RefreshText | None = None


class ChangePasswordRequest(_Request):
    """The current password, and the one to replace it."""

    current_password: PresentedPassword
    new_password: NewPassword


class CreateAccountRequest(_Request):
    """A colleague's account. `worker_id` and `organization_id` are minted by referrals."""

    email: Email
    password: NewPassword
    display_name: DisplayName
    access_role: PersonsRole
    worker_id: UUID | None = None
    organization_id: UUID | None = None


class GrantType(StrEnum):
    """The two grants of the token endpoint (RFC 6749)."""

    CLIENT_CREDENTIALS = "client_credentials"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a grant's name, not a secret


class RefreshGrant(_Request):
    """A form with `grant_type=refresh_token`."""

    grant_type: Literal[GrantType.REFRESH_TOKEN]
    refresh_token: RefreshText


class ClientGrant(_Request):
    """A form with `grant_type=client_credentials` and a signed assertion (RFC 7523)."""

    grant_type: Literal[GrantType.CLIENT_CREDENTIALS]
    client_assertion_type: Annotated[str, StringConstraints(pattern=f"^{ASSERTION_TYPE}$")]
    client_assertion: AssertionText
    audience: Service


class TokenAnswer(BaseModel):
    """RFC 6749, section 5.1. System tokens come without a refresh token."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme's name, not a secret
    expires_in: int
    refresh_token: str | None = None

    @classmethod
    def of(cls, issued: IssuedTokens) -> "TokenAnswer":
        """The answer for issued tokens."""
        return cls(access_token=issued.access_token, expires_in=issued.expires_in, refresh_token=issued.refresh_token)


class AccountAnswer(BaseModel):
    """An account as its tenant's administrators, and its own holder, see it."""

    account_id: UUID
    tenant_id: UUID
    email: str
    display_name: str
    access_role: AccessRole
    worker_id: UUID | None
    organization_id: UUID | None
    created_at: datetime
    disabled_at: datetime | None
    version: int

    @classmethod
    def of(cls, account: Account) -> "AccountAnswer":
        """The answer for an account."""
        return cls(
            account_id=account.account_id,
            tenant_id=account.tenant_id,
            email=account.email,
            display_name=account.display_name,
            access_role=account.membership.access_role,
            worker_id=account.membership.worker_id,
            organization_id=account.membership.organization_id,
            created_at=account.created_at,
            disabled_at=account.disabled_at,
            version=account.version,
        )
