"""What can go wrong when somebody says who they are. None of these knows HTTP; none carries what was submitted."""

# ruff: noqa: N818 - these name facts, as a sentence would

from datetime import timedelta


class IdentityError(Exception):
    """Any refusal of this service."""


class SignInRefused(IdentityError):
    """E-mail and password do not belong together. Never says which of the two, nor whether the account is disabled."""

    def __init__(self) -> None:
        super().__init__("e-mail and password do not belong together")


class TooManyAttempts(IdentityError):
    """Too many attempts for one e-mail or from one address; `retry_after` is the wait until the next is looked at."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many attempts to sign in")
        self.retry_after = retry_after


class TenantNeeded(IdentityError):
    """The same e-mail and password open accounts of several tenants: the caller has to name one."""

    def __init__(self) -> None:
        super().__init__("the same credentials belong to several tenants")


class RefreshRefused(IdentityError):
    """The refresh token is unknown, used before, expired, or its session has ended."""

    def __init__(self) -> None:
        super().__init__("the refresh token is not valid")


class ClientRefused(IdentityError):
    """A system client did not prove who it is; `reason` is a code for the log, never told to the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__("the client is not authenticated")
        self.reason = reason


class AudienceRefused(IdentityError):
    """This client may not ask for a token for that service."""

    def __init__(self) -> None:
        super().__init__("the client may not ask for this audience")


class PasswordUnsuitable(IdentityError):
    """The password repeats the e-mail; lengths are checked at the door."""

    def __init__(self) -> None:
        super().__init__("the password is too easy to guess")


class EmailTaken(IdentityError):
    """The tenant already has an account with this e-mail."""

    def __init__(self) -> None:
        super().__init__("the tenant already has an account with this e-mail")


class WorkerTaken(IdentityError):
    """Another account already speaks for this worker."""

    def __init__(self) -> None:
        super().__init__("another account already speaks for this worker")


class AccountUnknown(IdentityError):
    """The caller's tenant has no such account (another tenant's accounts are unknown too)."""

    def __init__(self) -> None:
        super().__init__("no such account")


class AccountChanged(IdentityError):
    """The account has changed since the caller read it; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__("the account has changed since it was read")
        self.current = current


class OwnAccount(IdentityError):
    """Administrators do not lock themselves out."""

    def __init__(self) -> None:
        super().__init__("an administrator can't disable their own account")


class NoSigningKey(IdentityError):
    """No key is signing at this instant; the service is not ready."""

    def __init__(self) -> None:
        super().__init__("no key is signing")


class PublicKeyUnsuitable(IdentityError):
    """A client's public key is not an RSA public key of at least 2048 bits in PEM."""

    def __init__(self) -> None:
        super().__init__("not an RSA public key of at least 2048 bits in PEM")


class PasswordMissing(IdentityError):
    """The first administrator does not exist yet and no password was given."""

    def __init__(self) -> None:
        super().__init__("a new administrator needs a password")
