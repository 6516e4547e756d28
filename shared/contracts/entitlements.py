"""May this worker still be told about this subject? Asked by notifications before every send, answered by referrals."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.codes import SubjectKind

MAX_QUESTIONS = 500


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntitlementReason(StrEnum):
    """Why a worker is or is not entitled; shown to operators as the reason a message was not sent."""

    OFFERED = "offered"
    OWNER = "owner"
    ASSIGNED = "assigned"
    ASSIGNER = "assigner"
    ESCALATED_TO = "escalated_to"
    NO_LONGER_OFFERED = "no_longer_offered"
    SUBJECT_CLOSED = "subject_closed"
    NO_LONGER_OVERDUE = "no_longer_overdue"
    WORKER_LEFT = "worker_left"
    UNKNOWN_SUBJECT = "unknown_subject"
    NOT_A_PARTY = "not_a_party"
    CONSENT_MISSING = "consent_missing"


class EntitlementQuestion(_Wire):
    """One pair of worker and subject, inside one tenant.

    `overdue` asks whether the worker may be told that a step of this handoff is overdue. `clock_id` names the clock (the
    subject of `milestone.missed`): it is about this one alone. Without it, as for items older than the field, any that is
    still owed will do.
    """

    tenant_id: UUID
    worker_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    overdue: bool = False
    clock_id: UUID | None = None


class EntitlementAnswer(_Wire):
    """The answer to the question at the same place in the request."""

    worker_id: UUID
    subject_id: UUID
    entitled: bool
    reason: EntitlementReason


class EntitlementRequest(_Wire):
    """Up to 500 questions in one call."""

    questions: Annotated[tuple[EntitlementQuestion, ...], Field(max_length=MAX_QUESTIONS)]


class EntitlementResponse(_Wire):
    """Answers in the order of the questions."""

    answers: tuple[EntitlementAnswer, ...]
