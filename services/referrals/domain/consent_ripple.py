"""What a revocation stops. What was told before stays told, and what somebody has relied on is not undone; nothing further goes.

An offer that nobody has answered is withdrawn. A referral that somebody has taken waits, without saying who it is
about, until the sender has spoken with the person. A handoff ends with custody at the sender.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from services.referrals.domain.consent import Consent, ConsentTerms, Revocation
from services.referrals.domain.consent_words import ConsentStatus, DiscloserClass, RecipientClass
from services.referrals.domain.handoff_commands import end_loop, take_back
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffCommand, HandoffState
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import WORKING, ReferralCommand, ReferralStatus, referral_moves
from services.referrals.domain.referral_versions import moved
from services.referrals.domain.referral_words import ReferralReason
from services.referrals.domain.transition_corrections import is_live

_WITH_A_WORKER = frozenset(
    {HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.INTRODUCED, HandoffState.CONTACTED}
)


def stop_referral(referral: Referral, revocation: Revocation) -> tuple[Referral, ReferralStep] | None:
    """The referral after the consent behind it was revoked; None where it is a draft or has ended.

    It hides its person from now on, whatever its model: until another consent covers it.
    """
    if referral.status not in (ReferralStatus.REQUESTED, *WORKING):
        return None
    (move,) = referral_moves(referral.status, ReferralCommand.CONSENT_REVOKED)
    said = Said(reason=ReferralReason.CONSENT_REVOKED, reported_by=revocation.reported_by)
    return moved(referral, move, at=_now(revocation), by=None, said=said, deidentified=True, status_reason=said.reason)


def stop_handoff(journey: Journey, revocation: Revocation) -> bool:
    """End a handoff that lies with whoever may not be told any more; whether there was anything to end."""
    if not is_live(journey) or journey.handoff.state not in _WITH_A_WORKER:
        return False
    at = _now(revocation)
    take_back(journey, HandoffCommand.RETRACT, reason=ReferralReason.CONSENT_REVOKED.value, by=None, at=at)
    # whoever had it is not accountable any more: custody goes back to the sender also after the first contact
    journey.handoff = replace(journey.handoff, accepted_by=None, accepted_at=None, contacted_at=None)
    end_loop(journey, at=at)
    journey.settle(at=at, by=None)
    return True


def speaks_of(terms: ConsentTerms, *, sender: UUID, receiver: UUID) -> bool:
    """Whether these terms let the sender's organisation tell the receiver's anything."""
    if sender == receiver:
        return False
    may_tell = terms.organization_id == sender or terms.discloser_class is DiscloserClass.NETWORK_ORGANIZATIONS
    return may_tell and (receiver in terms.receiving or terms.recipient_class is RecipientClass.PEER_SERVICES)


def falls_away(revoked: Consent, *, sender: UUID, receiver: UUID, others: Iterable[Consent], at: Moment) -> bool:
    """Whether the receiver loses, with this consent, the last one that speaks of both."""
    if not speaks_of(revoked.terms, sender=sender, receiver=receiver):
        return False
    standing = (one for one in others if one.id != revoked.id and one.status(at.recorded_at) is ConsentStatus.ACTIVE)
    return not any(speaks_of(one.terms, sender=sender, receiver=receiver) for one in standing)


def _now(revocation: Revocation) -> Moment:
    """It works from when it is written down, not from when it was said."""
    return Moment(occurred_at=revocation.recorded_at, recorded_at=revocation.recorded_at)
