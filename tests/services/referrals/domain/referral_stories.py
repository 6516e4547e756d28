"""Short ways to a referral in any state, on the pure domain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.referrals.adapters.calendar_files import load_calendars
from services.referrals.adapters.model_files import load_models
from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_address import Backup, ReferralSurroundings, ReferralWish, TeamFacts
from services.referrals.domain.referral_beginning import Origin, address, draft
from services.referrals.domain.referral_commands import move_referral
from services.referrals.domain.referral_models import Model
from services.referrals.domain.referral_parties import TakenBy, Viewer
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_standing import Said, Standing
from services.referrals.domain.referral_states import REFERRAL_MOVES
from services.referrals.domain.referral_states import ReferralCommand as C
from services.referrals.domain.referral_states import ReferralStatus as S
from services.referrals.domain.referral_words import ClosingWord, ReferralKind, WhatNext
from shared.contracts.codes import AccessRole, IntegrationModel, PracticeRole
from tests.services.referrals.samples import a_programme, a_worker

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""A Monday morning in New York."""
MODELS = load_models()
CALENDARS = load_calendars()
TENANT, HERE, THERE, TEAM, PERSON = UUID(int=1), UUID(int=2), uuid4(), uuid4(), uuid4()
NURSE, PEER, OTHER_PEER, LEAD = uuid4(), uuid4(), uuid4(), uuid4()


def at(minutes: float = 0) -> Moment:
    """A moment that many minutes after the beginning."""
    instant = NOW + timedelta(minutes=minutes)
    return Moment(occurred_at=instant, recorded_at=instant)


def programme(model: IntegrationModel = IntegrationModel.CO_LOCATED) -> Programme:
    """A programme in New York, open on weekdays."""
    return a_programme(integration_model=model, calendar_code="weekdays")


def worker(worker_id: UUID, role: PracticeRole, organization_id: UUID = HERE, **more: Any) -> Worker:
    """Somebody who works here, or there."""
    return a_worker(worker_id, role, organization_id=organization_id, **more)


PEERS = TeamFacts(organization_id=THERE, roles=frozenset({PracticeRole.PEER_SUPPORT_SPECIALIST}))
CLINICIANS = TeamFacts(organization_id=HERE, roles=frozenset({PracticeRole.NURSE, PracticeRole.PSYCHIATRIST}))
BACKUP = Backup(team_id=uuid4(), worker_id=NURSE, team=CLINICIANS, worker_role=PracticeRole.NURSE)


def around(**more: Any) -> ReferralSurroundings:
    """Everybody is there: a nurse here asks, a peer there is asked."""
    fields: dict[str, Any] = {
        "programme": programme(),
        "requester": worker(NURSE, PracticeRole.NURSE),
        "person_id": PERSON,
        "recipient": worker(PEER, PracticeRole.PEER_SUPPORT_SPECIALIST, THERE),
        "team": PEERS,
    }
    return ReferralSurroundings(**(fields | more))


def wish(**more: Any) -> ReferralWish:
    """A nurse wants a peer for somebody."""
    fields: dict[str, Any] = {
        "programme_id": a_programme().id,
        "person_id": PERSON,
        "need": "peer_support",
        "kind": ReferralKind.PEER_SERVICE,
        "recipient_worker_id": PEER,
    }
    return ReferralWish(**(fields | more))


def model(code: str = "co_located") -> Model:
    """A model of the installation."""
    return MODELS.choose(code)


def drafted(asked: ReferralWish | None = None, places: ReferralSurroundings | None = None) -> Referral:
    """A draft."""
    return draft(
        asked or wish(),
        referral_id=uuid4(),
        tenant_id=TENANT,
        around=places or around(),
        origin=Origin(),
        at=at(),
    )


def requested(asked: ReferralWish | None = None, places: ReferralSurroundings | None = None) -> Referral:
    """A referral that waits for an answer."""
    asked, places = asked or wish(), places or around()
    assert places.programme is not None
    calendar = CALENDARS.choose(places.programme.calendar_code, time_zone=places.programme.time_zone)
    return address(
        drafted(asked, places),
        asked,
        around=places,
        model=MODELS.choose(places.programme.integration_model.value),
        calendar=calendar,
        at=at(),
    )


def viewer(role: AccessRole, worker_id: UUID | None, organization_id: UUID = HERE, **more: Any) -> Viewer:
    """Somebody's account, and what our tables know of the worker behind it."""
    fields: dict[str, Any] = {"practice_role": PracticeRole.NURSE, "active": worker_id is not None}
    actor = Actor(tenant_id=TENANT, access_role=role, worker_id=worker_id)
    return Viewer(actor=actor, organization_id=organization_id, **(fields | more))


REQUESTER = viewer(AccessRole.CLINICIAN, NURSE)
RECIPIENT = viewer(AccessRole.PEER, PEER, THERE, practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST)
MEMBER = viewer(AccessRole.PEER, OTHER_PEER, THERE, practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST, member=True)
SUPERVISOR = viewer(AccessRole.SUPERVISOR, LEAD, THERE, practice_role=PracticeRole.PEER_SUPERVISOR)
STRANGER = viewer(AccessRole.PEER, uuid4(), uuid4(), practice_role=PracticeRole.PEER_SUPPORT_SPECIALIST)


def standing(referral: Referral, who: Viewer) -> Standing:
    """The referral as that account finds it."""
    taken = None
    if referral.owner_worker_id is not None and referral.accepted_at is not None:
        taken = TakenBy(first_name="Pat", role=PracticeRole.PEER_SUPPORT_SPECIALIST)
    return Standing(referral=referral, viewer=who, programme=programme(), taken_by=taken)


def said_for(command: C) -> Said:
    """Whatever words the command needs."""
    rows = [move.reasons for move in REFERRAL_MOVES if move.command is command and move.reasons]
    reasons = sorted(frozenset.intersection(*rows)) if rows else []
    return Said(
        reason=reasons[0] if reasons else None,
        closing_word=ClosingWord.GOT_HELP if command in (C.COMPLETE, C.CLOSE) else None,
        what_next=WhatNext.NOTHING if command is C.REJECT else None,
    )


def moved(referral: Referral, command: C, who: Viewer, *, minutes: float = 1, said: Said | None = None) -> Referral:
    """The referral after a command."""
    words = said or said_for(command)
    place = standing(referral, who)
    return move_referral(place, command, said=words, model=model(referral.model), at=at(minutes))[0]


_WAYS: dict[S, tuple[tuple[C, Viewer], ...]] = {
    S.REQUESTED: (),
    S.ACCEPTED: ((C.ACCEPT, RECIPIENT),),
    S.REJECTED: ((C.REJECT, RECIPIENT),),
    S.IN_PROGRESS: ((C.ACCEPT, RECIPIENT), (C.START, RECIPIENT)),
    S.ON_HOLD: ((C.ACCEPT, RECIPIENT), (C.HOLD, RECIPIENT)),
    S.COMPLETED: ((C.ACCEPT, RECIPIENT), (C.COMPLETE, RECIPIENT)),
    S.FAILED: ((C.ACCEPT, RECIPIENT), (C.FAIL, RECIPIENT)),
    S.CANCELLED: ((C.CANCEL, REQUESTER),),
    S.ENTERED_IN_ERROR: ((C.MARK_ERROR, REQUESTER),),
}


def in_status(status: S) -> Referral:
    """A referral in that status, by the shortest way."""
    if status is S.DRAFT:
        return drafted()
    referral = requested()
    for command, who in _WAYS[status]:
        referral = moved(referral, command, who)
    assert referral.status is status
    return referral


def with_business(status: S, business: BusinessStatus) -> Referral:
    """The same with a business status, whether or not a way leads there."""
    return replace(in_status(status), business_status=business)
