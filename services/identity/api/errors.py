"""One table: error of the domain -> problem. OAuth's own word (`error`, RFC 6749) rides along where it has one."""

import math

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.identity.api.dependencies import respond
from services.identity.domain import errors
from services.identity.use_cases.once import AlreadyAnswered
from shared.etags import StaleVersion, stale_problem
from shared.logs import get_logger
from shared.problems import FieldError, Problem, ProblemTable

_log = get_logger()


def _sign_in_refused(_: errors.SignInRefused) -> Problem:
    return Problem(401, "sign_in_refused", "E-mail and password do not belong together")


def _too_many_attempts(error: errors.TooManyAttempts) -> Problem:
    seconds = str(max(1, math.ceil(error.retry_after.total_seconds())))
    return Problem(429, "too_many_attempts", "Wait a little before you try again", headers={"Retry-After": seconds})


def _tenant_needed(_: errors.TenantNeeded) -> Problem:
    errors_at = [FieldError(pointer="/tenant_id", code="missing")]
    return Problem(409, "tenant_needed", "You have accounts in several networks: say which one", errors=errors_at)


def _refresh_refused(_: errors.RefreshRefused) -> Problem:
    return Problem(401, "refresh_refused", "Sign in again", extra={"error": "invalid_grant"})


def _client_refused(error: errors.ClientRefused) -> Problem:
    _log.warning("client_refused", reason=error.reason)
    return Problem(401, "client_refused", "The client is not authenticated", extra={"error": "invalid_client"})


def _audience_refused(_: errors.AudienceRefused) -> Problem:
    return Problem(
        403, "audience_refused", "This client may not speak to that service", extra={"error": "invalid_target"}
    )


def _password_unsuitable(_: errors.PasswordUnsuitable) -> Problem:
    return Problem(422, "password_unsuitable", "This password is too easy to guess")


def _email_taken(_: errors.EmailTaken) -> Problem:
    errors_at = [FieldError(pointer="/email", code="email_taken")]
    return Problem(409, "email_taken", "There is already an account with this e-mail", errors=errors_at)


def _worker_taken(_: errors.WorkerTaken) -> Problem:
    errors_at = [FieldError(pointer="/worker_id", code="worker_taken")]
    return Problem(409, "worker_taken", "Another account already speaks for this worker", errors=errors_at)


def _account_unknown(_: errors.AccountUnknown) -> Problem:
    return Problem(404, "not_found", "There is no such account")


def _account_changed(error: errors.AccountChanged) -> Problem:
    return stale_problem(StaleVersion(error.current))


def _own_account(_: errors.OwnAccount) -> Problem:
    return Problem(409, "own_account", "You can't disable your own account; ask another administrator")


def _no_signing_key(_: errors.NoSigningKey) -> Problem:
    return Problem(503, "no_signing_key", "No tokens can be issued just now", headers={"Retry-After": "5"})


PROBLEMS: ProblemTable = {
    errors.SignInRefused: _sign_in_refused,
    errors.TooManyAttempts: _too_many_attempts,
    errors.TenantNeeded: _tenant_needed,
    errors.RefreshRefused: _refresh_refused,
    errors.ClientRefused: _client_refused,
    errors.AudienceRefused: _audience_refused,
    errors.PasswordUnsuitable: _password_unsuitable,
    errors.EmailTaken: _email_taken,
    errors.WorkerTaken: _worker_taken,
    errors.AccountUnknown: _account_unknown,
    errors.AccountChanged: _account_changed,
    errors.OwnAccount: _own_account,
    errors.NoSigningKey: _no_signing_key,
}


def install_replays(app: FastAPI) -> None:
    """A request that was answered before gets the same answer, marked as a repetition."""

    async def replay(_: Request, error: Exception) -> Response:
        assert isinstance(error, AlreadyAnswered)
        response = respond(error.answer)
        response.headers["Idempotent-Replayed"] = "true"
        return response

    app.add_exception_handler(AlreadyAnswered, replay)
