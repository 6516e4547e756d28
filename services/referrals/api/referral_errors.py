"""The errors of referrals, as problems."""

from services.referrals.api.refusals import refusal
from services.referrals.api.task_schemas import DecisionView
from services.referrals.domain import referral_errors as errors
from services.referrals.domain.consent_elements import ConsentIncomplete
from services.referrals.domain.referral_models import ModelUnavailable
from services.referrals.domain.verdicts import HeldForReview, Refused
from shared.problems import FieldError, Problem, ProblemTable

RETRY_AFTER_SECONDS = 5


def _already_claimed(error: errors.AlreadyClaimed) -> Problem:
    if error.yours or error.first_name is None or error.role is None:
        title = "You have already accepted this" if error.yours else "A colleague is already on it"
        return Problem(409, "already_accepted", title)
    title = f"{error.first_name} ({error.role.value.replace('_', ' ')}) is already on it"
    taken = {"first_name": error.first_name, "practice_role": error.role.value}
    return Problem(409, "already_accepted", title, extra={"taken_by": taken})


def _no_longer_waiting(_: errors.NoLongerWaiting) -> Problem:
    return Problem(409, "no_longer_offered", "This is no longer waiting for your answer")


def _not_permitted(error: errors.NotPermitted) -> Problem:
    """Refused with the way forward; held with what would satisfy it; or undecided, which is neither."""
    if isinstance(error.weighed, Refused):
        return refusal(error.weighed.decision)
    if isinstance(error.weighed, HeldForReview):
        shown = DecisionView.model_validate(error.weighed.decision).model_dump(mode="json")
        unmet = [condition for condition in shown["conditions"] if not condition["met"]]
        title = "This was not sent: it needs a condition that is not met yet, or a second person's look"
        return Problem(409, "not_permitted_yet", title, extra={**shown, "unmet_conditions": unmet})
    title = "This was not sent: the scope guard could not be asked. Nothing is allowed and nothing is denied; ask again"
    return Problem(503, "undecided", title, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _model_unavailable(_: ModelUnavailable) -> Problem:
    return Problem(409, "model_unavailable", "This began under an integration model that is not available here")


def _consent_incomplete(error: ConsentIncomplete) -> Problem:
    title = "This is not a consent yet: something that the law asks of it is missing"
    found = [FieldError(pointer=element.pointer, code=element.code) for element in error.missing]
    missing = [{"element": one.source, "pointer": one.pointer, "asks": one.asks} for one in error.missing]
    return Problem(422, "consent_incomplete", title, errors=found, extra={"missing": missing})


REFERRAL_PROBLEMS: ProblemTable = {
    ConsentIncomplete: _consent_incomplete,
    errors.AlreadyClaimed: _already_claimed,
    errors.NoLongerWaiting: _no_longer_waiting,
    errors.NotPermitted: _not_permitted,
    ModelUnavailable: _model_unavailable,
}
