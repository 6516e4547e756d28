"""One table: error of the domain -> problem. Denials are values and do not appear here."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import respond
from services.referrals.domain import errors
from services.referrals.use_cases.once import AlreadyAnswered
from shared.etags import StaleVersion, stale_problem
from shared.problems import FieldError, Problem, ProblemTable


def _at(error: errors.ReferralsError, code: str) -> list[FieldError]:
    return [] if error.pointer is None else [FieldError(pointer=error.pointer, code=code)]


def _not_found(error: errors.NotFound) -> Problem:
    return Problem(404, "not_found", f"There is no such {error.kind}", errors=_at(error, "not_found"))


def _invalid(error: errors.InvalidField) -> Problem:
    return Problem(422, "invalid_request", "Some fields are not as they should be", errors=_at(error, error.code))


def _illegal_move(error: errors.IllegalMove) -> Problem:
    title = f"A {error.kind} that is {error.state.replace('_', ' ')} cannot take this step"
    return Problem(409, "illegal_move", title, extra={"state": error.state, "command": error.command})


def _not_yours(error: errors.NotYours) -> Problem:
    return Problem(403, "not_yours", "This step belongs to somebody else", extra={"belongs_to": list(error.belongs_to)})


def _worker_required(_: errors.WorkerRequired) -> Problem:
    return Problem(403, "worker_required", "This account has no active worker, and this step needs one")


def _stale(error: errors.Stale) -> Problem:
    return stale_problem(StaleVersion(error.current))


def _exists(error: errors.AlreadyExists) -> Problem:
    return Problem(409, "already_exists", f"There is already such a {error.kind}", errors=_at(error, "already_exists"))


PROBLEMS: ProblemTable = {
    errors.NotFound: _not_found,
    errors.InvalidField: _invalid,
    errors.IllegalMove: _illegal_move,
    errors.NotYours: _not_yours,
    errors.WorkerRequired: _worker_required,
    errors.Stale: _stale,
    errors.AlreadyExists: _exists,
}


def install_replays(app: FastAPI) -> None:
    """A request that was answered before gets the same answer, marked as a repetition."""

    async def replay(_: Request, error: Exception) -> Response:
        assert isinstance(error, AlreadyAnswered)
        response = respond(error.answer)
        response.headers["Idempotent-Replayed"] = "true"
        return response

    app.add_exception_handler(AlreadyAnswered, replay)
