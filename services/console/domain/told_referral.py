"""What referrals tells of one asking another to take somebody on. While nobody may know who it is about, `person` is absent."""

from datetime import date, datetime
from uuid import UUID

from services.console.domain.told import Called, Notice, Told
from shared.contracts.codes import PracticeRole


class Party(Told):
    """Whom a role of a referral lies with."""

    worker_id: UUID | None
    team_id: UUID | None


class TakenBy(Told):
    """Who has it, as a colleague may be told."""

    first_name: str
    role: PracticeRole


class Step(Told):
    """One row of history."""

    command: str
    status: str
    by_worker_id: UUID | None
    reason: str | None
    reported_by: str
    occurred_at: datetime


class Note(Told):
    """A text beside a referral."""

    kind: str
    text: str
    by_worker_id: UUID | None
    occurred_at: datetime


class Phase(Told):
    """A stretch of longer support; `until` is its last day."""

    code: str
    since: date
    until: date
    contact_every_days: int


class ReferralMade(Told):
    """The answer to whoever made one; `duplicate_of` is another open one for the same need."""

    id: UUID
    status: str
    duplicate_of: UUID | None


class Referral(Told):
    """One referral with everything its page shows."""

    id: UUID
    version: int
    status: str
    status_reason: str | None
    business_status: str
    scheduled_at: datetime | None
    programme_id: UUID
    model: str
    need: str
    kind: str
    priority: str
    recipient: Party | None
    clinical_backup: Party | None
    requester: Party
    intermediary: Party | None
    respond_by: datetime | None
    overdue_at: datetime | None
    accepted_at: datetime | None
    introduce_by: datetime | None
    introduced_at: datetime | None
    goodbye_by: datetime | None
    goodbye_at: datetime | None
    ended_at: datetime | None
    closing_word: str | None
    closed_by: str | None
    what_next: str | None
    offer_again_at: datetime | None
    person_word: str | None
    identified: bool
    person: Called | None
    you_are: tuple[str, ...]
    taken_by: TakenBy | None
    reported_by: str
    recorded_at: datetime
    text: str | None
    chart_sharing: str
    phases: tuple[Phase, ...]
    transition_id: UUID | None
    part_of: UUID | None
    follows: UUID | None
    follows_because: str | None
    duplicate_of: UUID | None
    children: tuple[UUID, ...]
    history: tuple[Step, ...]
    notes: tuple[Note, ...]
    redisclosure_notice: Notice | None = None

    @property
    def requester_worker_id(self) -> UUID | None:
        """Who asked."""
        return self.requester.worker_id

    @property
    def owner_worker_id(self) -> UUID | None:
        """Who was asked by name, or has taken it."""
        return self.recipient.worker_id if self.recipient else None

    @property
    def team_id(self) -> UUID | None:
        """The team that was asked."""
        return self.recipient.team_id if self.recipient else None


class PlanLine(Told):
    """One open thing of a shared plan; `title` of a task, `need` of a referral."""

    kind: str
    id: UUID
    status: str
    title: str | None
    need: str | None
    worker_id: UUID | None
    team_id: UUID | None
    due_at: datetime | None


class SharedPlan(Told):
    """What is open for one person, the soonest due first; `more` says that there is more than is shown."""

    items: tuple[PlanLine, ...]
    more: bool


class ReferralLine(Told):
    """One referral in a list."""

    id: UUID
    version: int
    programme_id: UUID
    need: str
    kind: str
    priority: str
    status: str
    business_status: str
    requester_worker_id: UUID | None
    owner_worker_id: UUID | None
    team_id: UUID | None
    person_id: UUID | None
    called: str | None
    respond_by: datetime | None
    overdue_at: datetime | None
    scheduled_at: datetime | None
    offer_again_at: datetime | None
    recorded_at: datetime
