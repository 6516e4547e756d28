"""What neighbours tell, as far as pages show it. Fields they may add later are left aside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.contracts.codes import AccessRole, IntegrationModel, PracticeRole, Setting
from shared.contracts.scope import Alternative, ConditionFinding, RuleFinding, TaskPart, Verdict


class Told(BaseModel):
    """Base of everything read from a neighbour."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _none_as_empty(value: object) -> object:
    return "" if value is None else value


MaybeText = Annotated[str, BeforeValidator(_none_as_empty)]


class Tokens(Told):
    """What identity gives for a sign-in or a refresh."""

    access_token: str
    expires_in: int
    refresh_token: str


class Account(Told):
    """The visitor's own account."""

    display_name: str
    access_role: AccessRole
    worker_id: UUID | None = None


class Worker(Told):
    """A colleague."""

    id: UUID
    organization_id: UUID
    display_name: str
    practice_role: PracticeRole
    active: bool


class Organization(Told):
    """An organisation of the network, or a partner of it."""

    id: UUID
    name: str
    active: bool


class Programme(Told):
    """A programme, as the directory has it."""

    id: UUID
    organization_id: UUID
    name: str
    setting: Setting
    jurisdiction: str
    time_zone: str
    integration_model: IntegrationModel
    protocol_code: str
    policy_flags: tuple[str, ...] = ()
    active: bool


class Notice(Told):
    """What must be told with anything that a consent lets somebody know (42 CFR 2.32): the statement, and the consent's scope."""

    statement: str
    scope: str


class Person(Told):
    """Somebody who is walked with; `redisclosure_notice` where the visitor is told of them by consent."""

    id: UUID
    given_name: str
    family_name: str
    preferred_name: str | None = None
    pronouns: str | None = None
    redisclosure_notice: Notice | None = None

    @property
    def listed_as(self) -> str:
        """For a list that staff choose from."""
        return f"{self.preferred_name or self.given_name} {self.family_name}"


class HandoffLine(Told):
    """One handoff in a list. `called` is absent while the visitor may not know who it is."""

    id: UUID
    transition_id: UUID
    programme_id: UUID
    called: str | None
    state: str
    version: int
    worker_id: UUID | None
    respond_by: datetime | None
    accepted_at: datetime | None
    introduced_at: datetime | None = None
    contacted_at: datetime | None
    attention: str | None


class NextStep(Told):
    """Who acts next, what, and by which clock."""

    who: str
    worker_id: UUID
    act: str
    clock: str | None
    due_at: datetime | None
    late: bool


class Called(Told):
    """First name and initial, and how to get in touch as far as the visitor may be told."""

    person_id: UUID
    called: str
    language: str | None
    contact_preference: str | None


class Offer(Told):
    """One colleague asked once."""

    offer_number: int
    worker_id: UUID
    kind: str
    status: str
    reason: str | None
    because: tuple[str, ...]
    offered_at: datetime
    respond_by: datetime
    answered_at: datetime | None


class Milestone(Told):
    """What should have happened by when."""

    code: str
    state: str
    due_at: datetime
    met_at: datetime | None


class Fact(Told):
    """One line of a timeline."""

    kind: str
    occurred_at: datetime
    by_worker_id: UUID | None
    worker_id: UUID | None
    code: str | None


class Handoff(Told):
    """One handoff with everything its page shows."""

    id: UUID
    transition_id: UUID
    programme_id: UUID
    state: str
    version: int
    owner_worker_id: UUID | None
    next: NextStep | None
    person: Called | None
    redisclosure_notice: Notice | None = None
    accepted_by: UUID | None
    introduced_at: datetime | None
    contacted_at: datetime | None
    outcome: str | None
    suggested_worker_id: UUID | None
    attention: str | None
    milestones: tuple[Milestone, ...]
    offers: tuple[Offer, ...]
    timeline: tuple[Fact, ...]


class Transition(Told):
    """A person leaving one place of care on the way to the next."""

    id: UUID
    version: int
    status: str
    person_id: UUID | None
    programme_id: UUID
    sender_worker_id: UUID | None
    owner_worker_id: UUID
    owner_since: datetime
    expected_at: datetime | None
    discharged_at: datetime | None


class Planned(Transition):
    """The answer to a plan: the handoff that came of it."""

    handoff_id: UUID


class Judgement(Told):
    """What the scope guard said of a task, for the page."""

    decision_id: UUID
    verdict: Verdict
    policy_version: str
    reason: str
    rules: tuple[RuleFinding, ...] = ()
    conditions: tuple[ConditionFinding, ...] = ()
    who_may: tuple[PracticeRole, ...] = ()
    alternative: Alternative | None = None
    split: tuple[TaskPart, ...] = ()
    decided_at: datetime


class Task(Told):
    """A task."""

    id: UUID
    version: int
    programme_id: UUID
    person_id: UUID | None
    assignee_worker_id: UUID
    assigner_worker_id: UUID
    title: str | None
    details: str
    due_at: datetime | None
    recorded_at: datetime
    status: str
    status_reason: str | None
    scope: str
    decision: Judgement | None
    unmet_conditions: tuple[ConditionFinding, ...] = ()
    review_due_at: datetime | None = None
    approved_by_worker_id: UUID | None = None


class InboxItem(Told):
    """One item of the visitor's own inbox."""

    item_id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    state: str
    created_at: datetime
    respond_by: datetime | None
    seen_at: datetime | None
    ended_reason: str | None


class Delivery(Told):
    """Something that was sent, or was not."""

    delivery_id: UUID
    kind: str
    worker_id: UUID
    subject_kind: str
    subject_id: UUID
    channel: str
    state: str
    code: str | None
    explanation: MaybeText
    due_at: datetime
    next_try_at: datetime | None
    attempts: int
    changed_at: datetime
