"""What somebody is to a referral. Whether they may know of it at all is decided earlier, in the query."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import CLINICAL, Actor
from services.referrals.domain.errors import WorkerRequired
from services.referrals.domain.referral import PartyRef, Referral
from services.referrals.domain.referral_states import ReferralParty
from services.referrals.domain.referral_words import QUALIFIED, ReferralKind
from shared.contracts.codes import PracticeRole


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """The caller, and what our own tables know of the worker behind the account.

    `member` says whether the worker belongs to the team that the referral was addressed to, `available` that they are
    neither away nor known to the person from elsewhere; the two are never told apart. `qualified` is false for a peer
    without a credential that counts in the programme's jurisdiction today.
    """

    actor: Actor
    organization_id: UUID | None = None
    practice_role: PracticeRole | None = None
    active: bool = False
    member: bool = False
    available: bool = True
    qualified: bool = True

    def working(self) -> UUID:
        """The worker. Raises WorkerRequired for an account without one, and for somebody who has left."""
        worker_id = self.actor.acting_worker()
        if not self.active:
            raise WorkerRequired
        return worker_id


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBy:
    """Who has it, as a colleague may be told: the first word of the worker's name, and the role."""

    first_name: str
    role: PracticeRole


def crosses_organizations(referral: Referral) -> bool:
    """Whether somebody of another organisation than the asking one may know of it: then only a consent says who it is about.

    Whatever the model: what is unknown is treated as protected by 42 CFR Part 2 (decision record 0015). Who is called in
    for a crisis is told: a medical emergency does not wait for a signature (2.51).
    """
    if referral.kind is ReferralKind.CRISIS_BRIDGE:
        return False
    own = referral.requester.organization_id
    others = (referral.recipient, referral.intermediary, referral.clinical_backup)
    return any(party is not None and party.organization_id != own for party in others)


def parties_of(referral: Referral, viewer: Viewer) -> frozenset[ReferralParty]:
    """Everything the viewer is to this referral."""
    found = set[ReferralParty]()
    receiving = _receives(referral, viewer)
    if any(_asks(party, viewer, receiving=receiving) for party in (referral.requester, referral.intermediary)):
        found.add(ReferralParty.REQUESTER)
    recipient, worker = referral.recipient, viewer.actor.worker_id
    if recipient is None:
        return frozenset(found)
    if worker is not None and worker == recipient.worker_id:
        found.add(ReferralParty.RECIPIENT)
    if recipient.worker_id is None and viewer.member and viewer.practice_role in QUALIFIED[referral.kind]:
        found.add(ReferralParty.MEMBER)
    if viewer.actor.supervises and viewer.organization_id == recipient.organization_id:
        found.add(ReferralParty.LEAD)
    return frozenset(found)


def _receives(referral: Referral, viewer: Viewer) -> bool:
    worker = viewer.actor.worker_id
    return viewer.member or (worker is not None and worker == referral.owner_worker_id)


def _asks(party: PartyRef | None, viewer: Viewer, *, receiving: bool) -> bool:
    """The worker who asked, or a clinical or supervising colleague of the same organisation who is not the one asked."""
    if party is None or viewer.actor.worker_id is None:
        return False
    if viewer.actor.worker_id == party.worker_id:
        return True
    colleague = viewer.actor.access_role in CLINICAL or viewer.actor.supervises
    return colleague and not receiving and viewer.organization_id == party.organization_id
