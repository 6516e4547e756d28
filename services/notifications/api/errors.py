"""One table: error of the domain -> problem."""

from services.notifications.domain import errors
from shared.etags import StaleVersion, stale_problem
from shared.problems import FieldError, Problem, ProblemTable


def _item_not_found(_: errors.ItemNotFound) -> Problem:
    return Problem(404, "not_found", "There is no such item in your inbox")


def _not_yours(_: errors.NotYourContactPoints) -> Problem:
    return Problem(403, "not_yours", "These contact points belong to somebody else")


def _invalid(error: errors.ContactPointsInvalid) -> Problem:
    found = [FieldError(pointer=f"/{error.field}", code=error.code)]
    return Problem(422, "invalid_request", "Some fields are not as they should be", errors=found)


def _changed(error: errors.ContactPointsChanged) -> Problem:
    return stale_problem(StaleVersion(error.current_version))


PROBLEMS: ProblemTable = {
    errors.ItemNotFound: _item_not_found,
    errors.NotYourContactPoints: _not_yours,
    errors.ContactPointsInvalid: _invalid,
    errors.ContactPointsChanged: _changed,
}
