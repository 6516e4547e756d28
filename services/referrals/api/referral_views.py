"""How a referral is shown: to those who asked with the person's name, to those asked as far as they may know."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.fields import View
from services.referrals.domain.consent_words import Information
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_deadlines import PlannedPhase
from services.referrals.domain.referral_models import Model
from services.referrals.domain.referral_parties import parties_of
from services.referrals.domain.referral_policies import ChartSharing
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_states import ReferralParty, ReferralStatus
from services.referrals.domain.referral_words import (
    ClosingWord,
    LinkKind,
    NoteKind,
    PersonWord,
    Priority,
    ReferralKind,
    ReferralReason,
    WhatNext,
)
from services.referrals.use_cases.referral_ports import ReferralLine, ReferralReading
from shared.contracts.codes import PracticeRole, ReportedBy, SubjectKind


class PartyView(View):
    """Whom a role lies with."""

    organization_id: UUID
    worker_id: UUID | None
    team_id: UUID | None


class ReferralReceipt(View):
    """The answer to a command: nothing in it says who the person is."""

    id: UUID
    version: int
    status: ReferralStatus
    status_reason: ReferralReason | None
    business_status: BusinessStatus
    scheduled_at: datetime | None
    programme_id: UUID
    model: str
    need: str
    kind: ReferralKind
    priority: Priority
    recipient: PartyView | None
    clinical_backup: PartyView | None
    respond_by: datetime | None
    overdue_after: datetime | None
    overdue_at: datetime | None
    accepted_at: datetime | None
    introduce_by: datetime | None
    introduced_at: datetime | None
    goodbye_by: datetime | None
    goodbye_at: datetime | None
    ended_at: datetime | None
    closing_word: ClosingWord | None
    closed_by: ReportedBy | None
    what_next: WhatNext | None
    offer_again_at: datetime | None
    person_word: PersonWord | None


class ReferralMade(ReferralReceipt):
    """The answer to whoever made it. `duplicate_of` warns of an open referral for the same need; nothing is blocked."""

    person_id: UUID
    transition_id: UUID | None
    part_of: UUID | None
    follows: UUID | None
    follows_because: LinkKind | None
    duplicate_of: UUID | None
    decision_id: UUID | None

    @classmethod
    def of(cls, referral: Referral) -> Self:
        """The view of a referral that its reader has just made."""
        return cls(**_receipt(referral), **_own(referral))


class PersonView(View):
    """As much of the person as a referral shows."""

    person_id: UUID
    called: str
    language: str | None
    contact_preference: str | None


class StepView(View):
    """One row of history."""

    version: int
    command: str
    status: ReferralStatus
    business_status: BusinessStatus
    by_worker_id: UUID | None
    reason: str | None
    reported_by: ReportedBy
    occurred_at: datetime
    recorded_at: datetime


class NoteView(View):
    """A text beside a referral."""

    id: UUID
    kind: NoteKind
    text: str
    by_worker_id: UUID | None
    reported_by: ReportedBy
    occurred_at: datetime
    recorded_at: datetime


class PhaseView(View):
    """A stretch of longer support; `until` is its last day."""

    code: str
    since: date
    until: date
    contact_every_days: int


class TakenByView(View):
    """Who has it, as a colleague may be told."""

    first_name: str
    role: PracticeRole


class ReferralView(ReferralReceipt):
    """A referral to its reader. While `identified` is false, everything that leads to the person is absent."""

    identified: bool
    person: PersonView | None
    redisclosure_notice: NoticeView | None
    you_are: tuple[ReferralParty, ...]
    taken_by: TakenByView | None
    requester: PartyView
    intermediary: PartyView | None
    reported_by: ReportedBy
    occurred_at: datetime
    recorded_at: datetime
    activity: str | None
    text: str | None
    chart_sharing: ChartSharing
    phases: tuple[PhaseView, ...]
    transition_id: UUID | None
    part_of: UUID | None
    follows: UUID | None
    follows_because: LinkKind | None
    duplicate_of: UUID | None
    decision_id: UUID | None
    children: tuple[UUID, ...]
    history: tuple[StepView, ...]
    notes: tuple[NoteView, ...]

    @classmethod
    def of(cls, reading: ReferralReading, *, model: Model) -> Self:
        """The view of a reading."""
        standing, referral = reading.standing, reading.standing.referral
        identified, worded = reading.person is not None, reading.tells(Information.REQUEST)
        planned: tuple[PlannedPhase, ...] = ()
        if referral.accepted_at is not None:
            planned = model.plan(referral.accepted_at, kind=referral.kind, time_zone=standing.time_zone)
        own = _own(referral) if worded else dict.fromkeys(_own(referral))
        own.pop("person_id")
        return cls(
            **_receipt(referral),
            **own,
            identified=identified,
            person=None if reading.person is None else PersonView.model_validate(reading.person),
            redisclosure_notice=NoticeView.of(reading.basis),
            you_are=tuple(sorted(parties_of(referral, standing.viewer))),
            taken_by=None if standing.taken_by is None else TakenByView.model_validate(standing.taken_by),
            requester=PartyView.model_validate(referral.requester),
            intermediary=_party(referral.intermediary),
            reported_by=referral.reported_by,
            occurred_at=referral.occurred_at,
            recorded_at=referral.recorded_at,
            activity=referral.asks.activity,
            text=referral.asks.text if worded else None,
            chart_sharing=model.chart_sharing,
            phases=tuple(PhaseView.model_validate(phase) for phase in planned),
            children=tuple(reading.children),
            history=tuple(StepView.model_validate(step) for step in reading.history),
            notes=tuple(NoteView.model_validate(note) for note in reading.notes),
        )


class ReferralLineView(View):
    """One referral in a list."""

    id: UUID
    version: int
    programme_id: UUID
    model: str
    need: str
    kind: ReferralKind
    priority: Priority
    status: ReferralStatus
    business_status: BusinessStatus
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
    redisclosure_notice: NoticeView | None

    @classmethod
    def of(cls, line: ReferralLine) -> Self:
        """The view of a line."""
        values = {name: getattr(line, name) for name in cls.model_fields if name != "redisclosure_notice"}
        return cls(**values, redisclosure_notice=NoticeView.of(line.basis))


class HuddleView(View):
    """What a team should talk about today; `more` says that there is more than is shown."""

    items: tuple[ReferralLineView, ...]
    more: bool


class PlanLineView(View):
    """One open thing of a shared plan; `title` of a task, `need` of a referral."""

    kind: SubjectKind
    id: UUID
    status: str
    title: str | None
    need: str | None
    worker_id: UUID | None
    team_id: UUID | None
    due_at: datetime | None


class SharedPlanView(View):
    """What is open for one person, the soonest due first; `more` says that there is more than is shown."""

    items: tuple[PlanLineView, ...]
    more: bool


class BackupView(View):
    """A programme's clinical backup."""

    programme_id: UUID
    team_id: UUID
    worker_id: UUID
    recorded_at: datetime


_OF_BOTH = [name for name in ReferralReceipt.model_fields if name not in ("recipient", "clinical_backup")]


def receipt_of(referral: Referral) -> ReferralReceipt:
    """The answer to a command."""
    return ReferralReceipt(**_receipt(referral))


def _receipt(referral: Referral) -> dict[str, Any]:
    shown = {name: getattr(referral, name) for name in _OF_BOTH}
    return shown | {"recipient": _party(referral.recipient), "clinical_backup": _party(referral.clinical_backup)}


def _own(referral: Referral) -> dict[str, Any]:
    return {
        "person_id": referral.person_id,
        "transition_id": referral.transition_id,
        "part_of": referral.part_of,
        "follows": referral.follows,
        "follows_because": referral.follows_because,
        "duplicate_of": referral.duplicate_of,
        "decision_id": referral.asks.decision_id,
    }


def _party(party: object | None) -> PartyView | None:
    return None if party is None else PartyView.model_validate(party)
