"""Bodies and answers that only this API speaks; what crosses services lives in shared.contracts.scope."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

from services.scope_guard.domain.decision_log import BoundaryEvent
from services.scope_guard.domain.hash_chain import BreakKind
from services.scope_guard.use_cases.replay import ReplayOutcome
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import (
    MAX_TEXT_CHARACTERS,
    BoundaryEventView,
    Code,
    DecideMode,
    DecideRequest,
    FactsSnapshot,
    Verdict,
)
from shared.identifiers import new_id


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]


class PreviewRequest(_Body):
    """A question without consequences. A whole DecideRequest is taken too; its mode counts as preview."""

    request_id: UUID | None = None
    tenant_id: UUID | None = None
    mode: DecideMode = DecideMode.PREVIEW
    activity: Code | None = None
    responsibility: Responsibility = Responsibility.ASSIST
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)] = ""
    facts: FactsSnapshot
    assigner_worker_id: UUID | None = None
    assigner_role: PracticeRole | None = None
    team_id: UUID | None = None
    programme_id: UUID | None = None
    occurred_at: AwareDatetime | None = None

    def as_question(self, *, tenant_id: UUID) -> DecideRequest:
        """The question, asked in the name of a tenant."""
        content = dict(self) | {"tenant_id": tenant_id, "request_id": self.request_id or new_id()}
        return DecideRequest.model_construct(**content)


class WhoMayRequest(_Body):
    """The reverse question: who may do this here? `practice_role` in the facts is only the one who asks."""

    activity: Code
    responsibility: Responsibility = Responsibility.ASSIST
    facts: FactsSnapshot


class WhoMayAnswer(_Body):
    """Roles that may do it, and those of them that the facts name as present in the team."""

    activity: str
    policy_version: str
    roles: tuple[PracticeRole, ...]
    in_team: tuple[PracticeRole, ...]


class ActivityView(_Body):
    """One activity of the catalogue."""

    code: str
    group: str
    title: str
    description: str


class ActivityList(_Body):
    """The whole catalogue, in its own order; it has no pages."""

    policy_version: str
    items: tuple[ActivityView, ...]


class ReplayView(_Body):
    """A stored decision beside what the loaded policy says to the same question."""

    decision_id: UUID
    outcome: ReplayOutcome
    policy_version: str
    verdict: Verdict
    policy_version_now: str | None
    verdict_now: Verdict | None


class BrokenLinkView(_Body):
    """The first place where the chain does not hold."""

    position: int
    kind: BreakKind
    decision_id: UUID | None


class ChainView(_Body):
    """How far the chain of the decision log holds; note the head down elsewhere and hand it in next time."""

    holds: bool
    verified: int
    head_position: int
    head_link: str
    broken: BrokenLinkView | None


def boundary_view(event: BoundaryEvent) -> BoundaryEventView:
    """A boundary event as supervisors list it; the tenant is the reader's own."""
    return BoundaryEventView(
        boundary_event_id=event.boundary_event_id,
        decision_id=event.decision_id,
        practice_role=event.practice_role,
        assigner_worker_id=event.assigner_worker_id,
        team_id=event.team_id,
        programme_id=event.programme_id,
        rule_ids=event.rule_ids,
        activity=event.activity,
        setting=event.setting,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
    )
