"""The errors of transitions and handoffs, as problems."""

from services.referrals.domain import handoff_errors as errors
from services.referrals.domain.protocol_shelf import ProtocolUnavailable
from shared.problems import FieldError, Problem, ProblemTable


def _already_taken(error: errors.AlreadyTaken) -> Problem:
    title = "You have already accepted this" if error.yours else "A colleague is already on it"
    return Problem(409, "already_accepted", title)


def _no_longer_offered(_: errors.NoLongerOffered) -> Problem:
    return Problem(409, "no_longer_offered", "This is no longer waiting for your answer")


def _nobody_left(_: errors.NobodyLeftToAsk) -> Problem:
    title = "There is nobody left to ask: accept this, or ask the sender to take it back"
    return Problem(409, "nobody_left_to_ask", title)


def _open_duplicate(_: errors.OpenDuplicate) -> Problem:
    pointer = FieldError(pointer="/visit_reference", code="open_duplicate")
    return Problem(409, "open_duplicate", "There is already an open transition for this visit", errors=[pointer])


def _protocol_unavailable(_: ProtocolUnavailable) -> Problem:
    return Problem(409, "protocol_unavailable", "This began under a protocol that is not available here")


HANDOFF_PROBLEMS: ProblemTable = {
    errors.AlreadyTaken: _already_taken,
    errors.NoLongerOffered: _no_longer_offered,
    errors.NobodyLeftToAsk: _nobody_left,
    errors.OpenDuplicate: _open_duplicate,
    ProtocolUnavailable: _protocol_unavailable,
}
