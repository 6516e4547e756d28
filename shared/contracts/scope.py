"""The question to the scope guard and its answer, as they cross the wire.

The guard never receives a person's name or id: callers send a snapshot of facts about the worker, the
programme and the team, and the words of the task.
"""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.codes import (
    CredentialState,
    IntegrationModel,
    PracticeRole,
    Responsibility,
    Setting,
    SupervisionState,
)

MAX_TEXT_CHARACTERS = 4000
MAX_PREVIEWED = 100

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]


class Verdict(StrEnum):
    """What the guard says; only the first two can ever lead to an assignment."""

    WITHIN_SCOPE = "within_scope"
    WITHIN_SCOPE_WITH_CONDITIONS = "within_scope_with_conditions"
    NEEDS_REVIEW = "needs_review"
    OUT_OF_SCOPE = "out_of_scope"


class DecideMode(StrEnum):
    """`binding` is logged and may leave a boundary event; `preview` leaves nothing behind."""

    BINDING = "binding"
    PREVIEW = "preview"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FactsSnapshot(_Wire):
    """What the caller knows of the worker and the place at the moment of asking.

    `conditions_met` holds condition codes that the caller proves from its own records or that the assigner attests.
    `jurisdiction` is an ISO 3166-2 code such as `US-VA`. `credential_endorsement` is the issuing body's own code.
    """

    practice_role: PracticeRole
    credential_state: CredentialState = CredentialState.UNKNOWN
    credential_endorsement: Code | None = None
    supervision_state: SupervisionState = SupervisionState.UNKNOWN
    setting: Setting
    integration_model: IntegrationModel
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    team_roles: tuple[PracticeRole, ...] = ()
    conditions_met: tuple[Code, ...] = ()


class DecideRequest(_Wire):
    """One question. The same `request_id` always gets the same stored decision back."""

    request_id: UUID
    tenant_id: UUID
    mode: DecideMode = DecideMode.BINDING
    activity: Code | None = None
    responsibility: Responsibility = Responsibility.ASSIST
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)] = ""
    facts: FactsSnapshot
    assigner_worker_id: UUID | None = None
    assigner_role: PracticeRole | None = None
    team_id: UUID | None = None
    programme_id: UUID | None = None
    occurred_at: AwareDatetime | None = None


class SourceReference(_Wire):
    """Where a rule comes from: a source document or regulation, and the section in it."""

    document: str
    section: str


class Span(_Wire):
    """Character offsets into the text that was sent (end is exclusive)."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class RuleFinding(_Wire):
    """One rule that took part in the verdict, with the words that called it up."""

    rule_id: str
    activity: str
    verdict: Verdict
    reason: str
    source: SourceReference
    spans: tuple[Span, ...] = ()


class ConditionFinding(_Wire):
    """A checkable condition, in plain words what would satisfy it, and whether the facts sent prove it."""

    code: Code
    description: str
    met: bool


class Alternative(_Wire):
    """An in-role way forward that the guard itself allows for the same worker role."""

    activity: Code
    text: str


class TaskPart(_Wire):
    """One part of a mixed task: the words, the roles it may go to, and what the guard says of it for the asked role."""

    text: str
    span: Span
    activity: str | None
    verdict: Verdict
    who_may: tuple[PracticeRole, ...]


class Decision(_Wire):
    """The guard's answer. `rules` is empty only when nothing in the catalogue spoke to the question."""

    decision_id: UUID
    request_id: UUID
    mode: DecideMode
    verdict: Verdict
    policy_version: str
    input_digest: str
    reason: str
    rules: tuple[RuleFinding, ...] = ()
    conditions: tuple[ConditionFinding, ...] = ()
    who_may: tuple[PracticeRole, ...] = ()
    alternative: Alternative | None = None
    split: tuple[TaskPart, ...] = ()
    decided_at: AwareDatetime

    @property
    def permits_assignment(self) -> bool:
        """True only for an explicit permission: within scope, or with conditions that are all proven."""
        if self.verdict is Verdict.WITHIN_SCOPE:
            return True
        return (
            self.verdict is Verdict.WITHIN_SCOPE_WITH_CONDITIONS
            and bool(self.conditions)
            and all(condition.met for condition in self.conditions)
        )


def input_digest(request: DecideRequest) -> str:
    """SHA-256, in hex, over what was judged: everything but the request id, the mode and the time.

    The caller computes it again over what it is about to store and assigns only when both agree.
    """
    judged = request.model_dump(mode="json", exclude={"request_id", "mode", "occurred_at"})
    canonical = json.dumps(judged, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class PreviewEach(_Wire):
    """One question asked for several workers at once, as a preview: `facts` are looked at one by one, in order."""

    tenant_id: UUID | None = None
    activity: Code | None = None
    responsibility: Responsibility = Responsibility.ASSIST
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)] = ""
    facts: Annotated[tuple[FactsSnapshot, ...], Field(min_length=1, max_length=MAX_PREVIEWED)]


class PreviewedEach(_Wire):
    """A decision for each of the facts, in the order of the question."""

    items: tuple[Decision, ...]


class BoundaryEventView(_Wire):
    """A boundary event as supervisors list it: of the assignment, never of the peer."""

    boundary_event_id: UUID
    decision_id: UUID
    practice_role: PracticeRole
    assigner_worker_id: UUID | None
    team_id: UUID | None
    programme_id: UUID | None
    rule_ids: tuple[str, ...]
    activity: str | None
    setting: Setting
    occurred_at: datetime
    recorded_at: datetime
