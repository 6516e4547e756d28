"""Codes that several services speak. FHIR or SAMHSA words where those exist; see docs/glossary.md."""

from enum import StrEnum


class Service(StrEnum):
    """The services that have an address and a system client of their own."""

    REFERRALS = "referrals"
    SCOPE_GUARD = "scope_guard"
    NOTIFICATIONS = "notifications"
    IDENTITY = "identity"
    CONSOLE = "console"
    INTEROP = "interop"


class AccessRole(StrEnum):
    """What a signed-in account may see and do (claim `access_role`); not what a worker may be asked to do."""

    CLINICIAN = "clinician"
    CASE_MANAGER = "case_manager"
    PEER = "peer"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    PRIVACY_OFFICER = "privacy_officer"
    SYSTEM = "system"


class PracticeRole(StrEnum):
    """The role a worker practises in; this is what the scope guard judges."""

    PEER_SUPPORT_SPECIALIST = "peer_support_specialist"
    NURSE = "nurse"
    PHYSICIAN = "physician"
    PSYCHIATRIST = "psychiatrist"
    THERAPIST = "therapist"
    COUNSELOR = "counselor"
    SOCIAL_WORKER = "social_worker"
    CASE_MANAGER = "case_manager"
    PHARMACIST = "pharmacist"
    PEER_SUPERVISOR = "peer_supervisor"
    CLINICAL_SUPERVISOR = "clinical_supervisor"
    SPONSOR = "sponsor"
    SUPPORT_STAFF = "support_staff"


class IntegrationModel(StrEnum):
    """The four ways a programme joins peers and clinicians (source document 004, section 6.2)."""

    CO_LOCATED = "co_located"
    INTEGRATED_TEAM = "integrated_team"
    TRANSITIONAL = "transitional"
    PEER_RUN_PARTNER = "peer_run_partner"


class Setting(StrEnum):
    """Where the work happens (source documents 003 and 004, section 3.3)."""

    INPATIENT_PSYCHIATRIC = "inpatient_psychiatric"
    SUBSTANCE_USE_TREATMENT = "substance_use_treatment"
    OUTPATIENT = "outpatient"
    COMMUNITY_MENTAL_HEALTH = "community_mental_health"
    EMERGENCY_DEPARTMENT = "emergency_department"
    PRIMARY_CARE = "primary_care"
    SHELTER_HOUSING = "shelter_housing"
    CORRECTIONAL_REENTRY = "correctional_reentry"
    DRUG_COURT = "drug_court"
    WARM_LINE = "warm_line"
    CRISIS_LINE = "crisis_line"
    PEER_RUN_ORGANIZATION = "peer_run_organization"
    SCHOOL_UNIVERSITY = "school_university"
    VETERANS = "veterans"
    YOUTH = "youth"


class CredentialState(StrEnum):
    """A worker's credential as it stands on the day of the question."""

    ACTIVE = "active"
    INITIAL = "initial"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    NONE = "none"
    UNKNOWN = "unknown"


class SupervisionState(StrEnum):
    """Whether the worker's supervision is up to date by the programme's own cadence."""

    CURRENT = "current"
    OVERDUE = "overdue"
    NONE = "none"
    UNKNOWN = "unknown"


class Responsibility(StrEnum):
    """Whether the worker would help with an activity or carry it."""

    ASSIST = "assist"
    PRIMARY = "primary"


class MilestoneCode(StrEnum):
    """What must have happened by when; joins the milestones of referrals to the ladders of notifications."""

    INTRODUCTION = "introduction"
    OWNER_ACCEPTS = "owner_accepts"
    FIRST_CONTACT = "first_contact"
    FOLLOW_UP_CALL = "follow_up_call"
    DAY_7 = "day_7"
    DAY_30 = "day_30"
    DAY_90 = "day_90"
    MATCH_SUGGESTED = "match_suggested"
    CONSENT_ASKED = "consent_asked"
    BEDSIDE_VISIT = "bedside_visit"
    ARRIVAL = "arrival"
    PHASE_1_CONTACT = "phase_1_contact"
    PHASE_2_CONTACT = "phase_2_contact"
    PHASE_3_CONTACT = "phase_3_contact"
    PLANNED_GOODBYE = "planned_goodbye"


class SubjectKind(StrEnum):
    """What an inbox item, a delivery or an entitlement question is about."""

    HANDOFF = "handoff"
    TASK = "task"
    TRANSITION = "transition"
    REFERRAL = "referral"


class OfferKind(StrEnum):
    """Why a worker is being asked about a handoff."""

    PEER_OFFER = "peer_offer"
    SUPERVISOR_ESCALATION = "supervisor_escalation"


class ReportedBy(StrEnum):
    """Whose word a record carries (the person supported has no account for now)."""

    STAFF = "staff"
    PERSON = "person"
