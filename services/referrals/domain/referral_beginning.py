"""How a referral begins: checked against the people and places it names, and addressed by the rules of its model."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.referrals.domain.directory import Programme, Worker
from services.referrals.domain.errors import InvalidField, NotFound, WorkerRequired
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import PartyRef, Referral, ReferralStep
from services.referrals.domain.referral_address import (
    ReferralSurroundings,
    ReferralWish,
    intent_of,
    pointer_of,
    recipient_of,
)
from services.referrals.domain.referral_deadlines import ResponseCalendar
from services.referrals.domain.referral_models import Model, Urgency
from services.referrals.domain.referral_parties import crosses_organizations
from services.referrals.domain.referral_states import ReferralCommand, ReferralStatus, referral_moves
from services.referrals.domain.referral_versions import moved, step_of, taken
from services.referrals.domain.referral_words import LinkKind, ReferralReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a referral comes from, when it is not the first: passed on from one, or taking another up again.

    What takes up again what was passed on is passed on from the same one.
    """

    parent: Referral | None = None
    parent_follows: bool = False
    follows: Referral | None = None
    because: LinkKind | None = None


def draft(
    wish: ReferralWish, *, referral_id: UUID, tenant_id: UUID, around: ReferralSurroundings, origin: Origin, at: Moment
) -> Referral:
    """A referral that nobody has been asked about yet, at version 1.

    Raises WorkerRequired, NotFound, InvalidField for people and places that are not there.
    """
    programme, asker = _places(wish, around)
    own = PartyRef(organization_id=asker.organization_id, worker_id=asker.id)
    parent, follows = origin.parent, origin.follows
    before = parent or follows
    requester: PartyRef = own
    intermediary: PartyRef | None = None
    part_of: UUID | None = None
    if parent is not None:
        requester, intermediary, part_of = parent.requester, own, parent.id
    elif follows is not None and follows.part_of is not None:
        requester, intermediary, part_of = follows.requester, follows.intermediary, follows.part_of
    return Referral(
        tenant_id=tenant_id,
        id=referral_id,
        version=1,
        recorded_at=at.recorded_at,
        occurred_at=at.occurred_at,
        programme_id=programme.id,
        model=programme.integration_model.value,
        person_id=around.person_id,
        need=wish.need,
        kind=wish.kind,
        priority=wish.priority,
        reported_by=wish.reported_by,
        requester=requester,
        intermediary=intermediary,
        asks=wish.asks,
        transition_id=wish.transition_id,
        part_of=part_of,
        parent_follows=origin.parent_follows if follows is None else follows.parent_follows,
        follows=None if follows is None else follows.id,
        follows_because=origin.because,
        duplicate_of=None if before is not None and around.duplicate_of == before.id else around.duplicate_of,
    )


def address(
    referral: Referral,
    wish: ReferralWish,
    *,
    around: ReferralSurroundings,
    model: Model,
    calendar: ResponseCalendar,
    at: Moment,
) -> Referral:
    """The same version, requested of somebody and with its time to answer.

    Raises NotFound and InvalidField: nobody named, somebody who cannot take it, a circle, or what the model asks for.
    """
    recipient = recipient_of(wish, around)
    targets = {recipient.worker_id, recipient.team_id} - {None}
    if targets & around.chain:
        raise InvalidField("cycle_of_intermediaries", pointer=pointer_of(wish))
    model.check(intent_of(wish, around))
    rule = model.response[Urgency.of(wish.kind, wish.priority)]
    respond_by = rule.respond_by(at.occurred_at, calendar=calendar)
    backup = around.backup
    requested = replace(
        referral,
        status=ReferralStatus.REQUESTED,
        recipient=recipient,
        clinical_backup=None
        if backup is None or not backup.stands_by_name
        else PartyRef(organization_id=backup.team.organization_id, worker_id=backup.worker_id),
        respond_by=respond_by,
        overdue_after=rule.overdue_after(respond_by, calendar=calendar),
    )
    hidden = model.offer.hides_the_person(wish.kind) or crosses_organizations(requested)
    return replace(requested, deidentified=hidden)


def assign(
    referral: Referral, *, model: Model, time_zone: str, by: UUID | None, at: Moment
) -> tuple[Referral, ReferralStep]:
    """A requested referral that its model gives to the named colleague at once.

    Raises InvalidField where nothing is asked that the scope guard could have permitted: without its word nothing is assigned.
    """
    if referral.asks.decision_id is None:
        raise InvalidField("asks_required", pointer="/activity")
    assert referral.owner_worker_id is not None, "a direct assignment names a colleague"
    (move,) = referral_moves(referral.status, ReferralCommand.ASSIGN)
    changes = taken(referral, worker_id=referral.owner_worker_id, model=model, time_zone=time_zone, at=at)
    return moved(referral, move, at=at, by=by, **changes)


def first_step(referral: Referral, *, by: UUID | None, at: Moment) -> ReferralStep:
    """The first row of history."""
    is_draft = referral.status is ReferralStatus.DRAFT
    return step_of(referral, "draft" if is_draft else ReferralCommand.REQUEST.value, at=at, by=by)


def again(referral: Referral, *, referral_id: UUID, model: Model, calendar: ResponseCalendar, at: Moment) -> Referral:
    """The same need once more, after somebody stepped back from it: asked of the rest of the team, or a draft for the requester.

    Nobody's answer carries over, and nobody's judgement by the scope guard: whoever takes it is judged anew. What waits
    because the person took their consent back is a draft too: the requester speaks with the person first.
    """
    fresh = Referral(
        tenant_id=referral.tenant_id,
        id=referral_id,
        version=1,
        recorded_at=at.recorded_at,
        occurred_at=at.occurred_at,
        programme_id=referral.programme_id,
        model=referral.model,
        person_id=referral.person_id,
        need=referral.need,
        kind=referral.kind,
        priority=referral.priority,
        reported_by=referral.reported_by,
        requester=referral.requester,
        intermediary=referral.intermediary,
        asks=replace(referral.asks, decision_id=None, policy_version=None),
        transition_id=referral.transition_id,
        part_of=referral.part_of,
        parent_follows=referral.parent_follows,
        follows=referral.id,
        follows_because=LinkKind.STEPPED_BACK,
    )
    recipient = referral.recipient
    stopped = referral.status_reason is ReferralReason.CONSENT_REVOKED
    if stopped or recipient is None or recipient.team_id is None:
        return fresh
    rule = model.response[Urgency.of(referral.kind, referral.priority)]
    respond_by = rule.respond_by(at.occurred_at, calendar=calendar)
    return replace(
        fresh,
        status=ReferralStatus.REQUESTED,
        recipient=replace(recipient, worker_id=None),
        clinical_backup=referral.clinical_backup,
        deidentified=referral.deidentified,
        respond_by=respond_by,
        overdue_after=rule.overdue_after(respond_by, calendar=calendar),
    )


def _places(wish: ReferralWish, around: ReferralSurroundings) -> tuple[Programme, Worker]:
    if around.requester is None or not around.requester.active:
        raise WorkerRequired
    if around.programme is None:
        raise NotFound("programme", pointer="/programme_id")
    if not around.programme.active:
        raise InvalidField("programme_inactive", pointer="/programme_id")
    if not around.person_known:
        raise NotFound("person", pointer="/person_id")
    if wish.transition_id is not None:
        if around.transition_person_id is None:
            raise NotFound("transition", pointer="/transition_id")
        if around.transition_person_id != around.person_id:
            raise InvalidField("transition_of_somebody_else", pointer="/transition_id")
    return around.programme, around.requester
