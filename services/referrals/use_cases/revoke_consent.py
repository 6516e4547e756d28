"""Record that a person has taken a consent back, and stop in the same commit what it let go out."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent import Consent, Revocation
from services.referrals.domain.consent_ripple import falls_away, stop_handoff, stop_referral
from services.referrals.domain.consent_words import RevocationMethod
from services.referrals.domain.errors import IllegalMove, Stale
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.referral_facts import referral_fact
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.consent_ports import ConsentWork
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.contracts.codes import ReportedBy
from shared.contracts.events import ConsentData, EventType


async def revoke_consent(
    consent_id: UUID,
    *,
    method: RevocationMethod,
    reported_by: ReportedBy,
    by: Actor,
    version: int,
    works: WorkSource[ConsentWork],
    clock: Clock,
    once: Once,
    occurred_at: datetime | None = None,
) -> Consent:
    """The revoked consent. It works from now on, whenever it was said.

    Raises NotFound, IllegalMove where it is revoked already, Stale, InvalidField for a time in the future.
    """
    occurred = not_in_the_future(occurred_at, clock=clock)
    async with works.begin(by.tenant_id, once=once) as work:
        consent = await work.consents.get(consent_id, by=by, lock=True)
        if consent.revocation is not None:
            raise IllegalMove(kind="consent", state="revoked", command="revoke")
        if consent.version != version:
            raise Stale(current=consent.version)
        revocation = Revocation(
            method=method,
            reported_by=reported_by,
            occurred_at=occurred,
            recorded_at=clock.now(),
            by_worker_id=by.worker_id,
        )
        revoked = replace(consent, version=consent.version + 1, revocation=revocation)
        await work.consents.revoke(revoked, revocation)
        await _stop_referrals(work, revoked, revocation)
        await _stop_handoffs(work, revoked, revocation)
        work.announce(EventType.CONSENT_REVOKED, subject=revoked.id, data=_fact(revoked, revocation))
        work.answer(revoked)
    return revoked


async def _stop_referrals(work: ConsentWork, consent: Consent, revocation: Revocation) -> None:
    for referral in await work.consents.stopped_referrals(consent):
        stopped = stop_referral(referral, revocation)
        if stopped is not None:
            after, step = stopped
            await work.consents.change_referral(referral, after, step)
            work.announce(EventType.REFERRAL_STATUS_CHANGED, subject=after.id, data=referral_fact(after, step))


async def _stop_handoffs(work: ConsentWork, consent: Consent, revocation: Revocation) -> None:
    held = await work.consents.held_handoffs(consent.person_id)
    if not held:
        return
    others = await work.consents.of_person(consent.person_id)
    at = Moment(occurred_at=revocation.occurred_at, recorded_at=revocation.recorded_at)

    def stop(journey: Journey, _: Moment, __: object) -> None:
        stop_handoff(journey, revocation)

    for one in held:
        sender, receiver = one.sender_organization_id, one.receiver_organization_id
        if falls_away(consent, sender=sender, receiver=receiver, others=others, at=at):
            await keep_turn(work, Turn(handoff_id=one.handoff_id), stop, at=at, expected_version=None)


def _fact(consent: Consent, revocation: Revocation) -> ConsentData:
    return ConsentData(
        tenant_id=consent.tenant_id,
        version=consent.version,
        occurred_at=revocation.occurred_at,
        recorded_at=revocation.recorded_at,
        consent_id=consent.id,
        person_id=consent.person_id,
    )
