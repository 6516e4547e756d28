"""What referrals tells of teams, of what a programme has agreed to do by when, and of who is there."""

from datetime import date, datetime
from uuid import UUID

from services.console.domain.told import Told
from services.console.domain.told_referral import ReferralLine
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting
from shared.contracts.scope import Verdict


class Team(Told):
    """A team and the ids of its workers."""

    id: UUID
    organization_id: UUID
    name: str
    member_worker_ids: tuple[UUID, ...] = ()


class Huddle(Told):
    """What a team talks about today; `more` says that there is more than is shown."""

    items: tuple[ReferralLine, ...]
    more: bool


class Missing(Told):
    """Something that has to hold and that nothing proves yet."""

    code: str
    description: str


class MayDo(Told):
    """One colleague and the guard's word about one thing to do."""

    worker_id: UUID
    practice_role: PracticeRole
    verdict: Verdict
    missing: tuple[Missing, ...]


class MayDoList(Told):
    """Everybody active, the freest first."""

    items: tuple[MayDo, ...]


class ProtocolStep(Told):
    """One milestone: what it counts from, when it is due (in words), and who looks when it is missed."""

    code: str
    anchor: str
    due: str
    times: int
    escalate_to: str | None
    source: str


class Protocol(Told):
    """What must happen by when, as it is in force."""

    code: str
    version: str
    effective_from: date
    effective_to: date | None
    settings: tuple[Setting, ...] = ()
    models: tuple[IntegrationModel, ...] = ()
    peer_answers_within_seconds: int
    escalation_answers_within_seconds: int
    unanswered_before_escalation: int
    steps: tuple[ProtocolStep, ...]


class Shift(Told):
    """Somebody is on call for a programme."""

    id: UUID
    version: int
    worker_id: UUID
    duty: str
    starts_at: datetime
    ends_at: datetime


class Absence(Told):
    """Somebody has stepped back; without `ends_at` until they are back."""

    id: UUID
    version: int
    worker_id: UUID
    starts_at: datetime
    ends_at: datetime | None

    def counts(self, now: datetime) -> bool:
        """Whether it goes on, or is still to come."""
        return self.ends_at is None or self.ends_at > now


class Backup(Told):
    """Who is called in when a peer meets a crisis."""

    team_id: UUID
    worker_id: UUID


class Match(Told):
    """Somebody to ask, and why in plain words."""

    worker_id: UUID
    because: tuple[str, ...]


class Passed(Told):
    """Somebody who is not asked now; what is private is only ever `not_available`."""

    worker_id: UUID
    reason: str


class Matches(Told):
    """Those to ask, best first, and the others."""

    offered: tuple[Match, ...]
    not_offered: tuple[Passed, ...]


class Capacity(Told):
    """Whether there is room; about nobody."""

    status: str
    as_of: datetime
