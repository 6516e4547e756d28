"""Requests and answers about organisations, programmes, workers and teams."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.fields import (
    Code,
    Codes,
    Day,
    Jurisdiction,
    Language,
    Languages,
    Line,
    RequestBody,
    Telephone,
    View,
)
from services.referrals.domain.credential import CredentialStage
from services.referrals.domain.directory import ALWAYS_OPEN
from services.referrals.domain.person import ContactPreference
from services.referrals.use_cases.form_team import TeamWithMembers
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting

Members = Annotated[tuple[UUID, ...], Field(max_length=200)]


class OrganizationRequest(RequestBody):
    """A new organisation."""

    name: Line


class OrganizationView(View):
    """An organisation."""

    id: UUID
    version: int
    name: str
    active: bool
    recorded_at: datetime


class ProgrammeRequest(RequestBody):
    """A new programme."""

    organization_id: UUID
    name: Line
    setting: Setting
    jurisdiction: Jurisdiction
    time_zone: Line
    integration_model: IntegrationModel
    duty_owner_worker_id: UUID
    protocol_code: Code
    policy_flags: Codes = ()
    calendar_code: Code = ALWAYS_OPEN
    help_line: Telephone | None = None


class ProgrammeChangeRequest(RequestBody):
    """What may change; what is left out stays. An empty help line takes it away."""

    name: Line | None = None
    duty_owner_worker_id: UUID | None = None
    protocol_code: Code | None = None
    policy_flags: Codes | None = None
    calendar_code: Code | None = None
    help_line: Telephone | Literal[""] | None = None
    active: bool | None = None


class ProgrammeView(View):
    """A programme."""

    id: UUID
    version: int
    organization_id: UUID
    name: str
    setting: Setting
    jurisdiction: str
    time_zone: str
    integration_model: IntegrationModel
    duty_owner_worker_id: UUID
    protocol_code: str
    policy_flags: tuple[str, ...]
    calendar_code: str
    help_line: str | None
    active: bool
    recorded_at: datetime


class PersonRequest(RequestBody):
    """Somebody new."""

    given_name: Line
    family_name: Line
    preferred_name: Line | None = None
    pronouns: Line | None = None
    birth_date: Day | None = None
    language: Language = "en"
    contact_preference: ContactPreference = ContactPreference.STAFF_ONLY


class PersonChangeRequest(RequestBody):
    """What may change; what is left out stays."""

    given_name: Line | None = None
    family_name: Line | None = None
    preferred_name: Line | None = None
    pronouns: Line | None = None
    language: Language | None = None
    contact_preference: ContactPreference | None = None


class PersonView(View):
    """Somebody who is walked with; only ever shown to those who may know of them."""

    id: UUID
    version: int
    given_name: str
    family_name: str
    preferred_name: str | None
    pronouns: str | None
    birth_date: date | None
    language: str
    contact_preference: ContactPreference
    recorded_at: datetime
    redisclosure_notice: NoticeView | None = None


class WorkerRequest(RequestBody):
    """A new worker of an organisation."""

    organization_id: UUID
    display_name: Line
    practice_role: PracticeRole
    languages: Languages = ()


class WorkerChangeRequest(RequestBody):
    """What may change; what is left out stays."""

    display_name: Line | None = None
    practice_role: PracticeRole | None = None
    languages: Languages | None = None
    active: bool | None = None


class SupervisionRequest(RequestBody):
    """That supervision took place, and how often it should."""

    last_supervised_on: Day
    supervision_cadence_days: Annotated[int, Field(ge=1, le=366)]


class WorkerView(View):
    """A worker."""

    id: UUID
    version: int
    organization_id: UUID
    display_name: str
    practice_role: PracticeRole
    languages: tuple[str, ...]
    active: bool
    last_supervised_on: date | None
    supervision_cadence_days: int | None
    recorded_at: datetime


class CredentialRequest(RequestBody):
    """A credential as its issuing body states it."""

    issuer: Line
    number: Line
    jurisdiction: Jurisdiction
    stage: CredentialStage
    issued_on: Day
    endorsement: Code | None = None
    expires_on: Day | None = None
    suspended_on: Day | None = None


class CredentialChangeRequest(RequestBody):
    """A renewal, a suspension or its end; all three are stated anew."""

    stage: CredentialStage
    expires_on: Day | None
    suspended_on: Day | None


class CredentialView(View):
    """A credential."""

    id: UUID
    version: int
    worker_id: UUID
    issuer: str
    number: str
    jurisdiction: str
    stage: CredentialStage
    issued_on: date
    endorsement: str | None
    expires_on: date | None
    suspended_on: date | None
    recorded_at: datetime


class TeamRequest(RequestBody):
    """A new team."""

    organization_id: UUID
    name: Line
    member_worker_ids: Members = ()


class TeamMembersRequest(RequestBody):
    """Who joins and who leaves."""

    joining: Members = ()
    leaving: Members = ()


class TeamView(View):
    """A team."""

    id: UUID
    version: int
    organization_id: UUID
    name: str
    recorded_at: datetime


class TeamWithMembersView(TeamView):
    """A team and the ids of its workers."""

    member_worker_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, formed: TeamWithMembers) -> Self:
        """The view of a team and its members."""
        team = TeamView.model_validate(formed.team)
        return cls(**dict(team), member_worker_ids=formed.members)
