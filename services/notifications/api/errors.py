"""One table: error of the domain -> problem."""

from services.notifications.domain import errors
from shared.etags import StaleVersion, stale_problem
from shared.problems import FieldError, Problem, ProblemTable


def _item_not_found(_: errors.ItemNotFound) -> Problem:
    return Problem(404, "not_found", "There is no such item in your inbox")


def _link_unknown(_: errors.LinkUnknown) -> Problem:
    return Problem(404, "link_unknown", "This link was not sent to you")


def _link_used(_: errors.LinkUsed) -> Problem:
    return Problem(409, "link_used", "This link has been used already; everything that waits is in your inbox")


def _link_expired(_: errors.LinkExpired) -> Problem:
    return Problem(410, "link_expired", "This link is over; everything that waits is in your inbox")


def _not_yours(_: errors.NotYourContactPoints) -> Problem:
    return Problem(403, "not_yours", "These contact points belong to somebody else")


def _invalid(error: errors.ContactPointsInvalid | errors.EndpointInvalid) -> Problem:
    found = [FieldError(pointer=f"/{error.field}", code=error.code)]
    return Problem(422, "invalid_request", "Some fields are not as they should be", errors=found)


def _changed(error: errors.ContactPointsChanged) -> Problem:
    return stale_problem(StaleVersion(error.current_version))


def _endpoint_not_found(_: errors.EndpointNotFound) -> Problem:
    return Problem(404, "not_found", "There is no such webhook endpoint, or no such call of it")


def _endpoint_changed(error: errors.EndpointChanged) -> Problem:
    return stale_problem(StaleVersion(error.current_version))


def _already_registered(_: errors.AlreadyRegistered) -> Problem:
    return Problem(409, "already_registered", "This address is registered already; rotate its secret if it got lost")


def _webhooks_off(_: errors.WebhooksOff) -> Problem:
    return Problem(409, "webhooks_off", "Webhooks are switched off here: the service has no webhook key")


PROBLEMS: ProblemTable = {
    errors.ItemNotFound: _item_not_found,
    errors.LinkUnknown: _link_unknown,
    errors.LinkUsed: _link_used,
    errors.LinkExpired: _link_expired,
    errors.NotYourContactPoints: _not_yours,
    errors.ContactPointsInvalid: _invalid,
    errors.ContactPointsChanged: _changed,
    errors.EndpointInvalid: _invalid,
    errors.EndpointNotFound: _endpoint_not_found,
    errors.EndpointChanged: _endpoint_changed,
    errors.AlreadyRegistered: _already_registered,
    errors.WebhooksOff: _webhooks_off,
}
