"""One table: domain error -> problem."""

from services.scope_guard.domain.catalogue import UnknownActivity
from services.scope_guard.domain.decision_log import OccurrenceOutOfRange, RequestIdReused, UnknownDecision
from shared.problems import FieldError, Problem, ProblemTable

PROBLEMS: ProblemTable = {
    RequestIdReused: lambda _: Problem(
        409, "request_id_reused", "This request id belongs to another question; its answer stays what it was"
    ),
    OccurrenceOutOfRange: lambda _: Problem(
        422,
        "invalid_request",
        "Some fields are not as they should be",
        errors=[FieldError(pointer="/occurred_at", code="out_of_range")],
    ),
    UnknownDecision: lambda _: Problem(404, "decision_unknown", "There is no such decision"),
    UnknownActivity: lambda _: Problem(
        422,
        "invalid_request",
        "Some fields are not as they should be",
        errors=[FieldError(pointer="/activity", code="activity_unknown")],
    ),
}
