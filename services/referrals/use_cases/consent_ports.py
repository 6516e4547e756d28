"""What the use cases of consents need of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent import Consent, Revocation
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.use_cases.handoff_ports import HandoffWork
from services.referrals.use_cases.ports import PeopleWork


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffHeld:
    """A handoff that lies with a worker, and the organisations that it goes between."""

    handoff_id: UUID
    sender_organization_id: UUID
    receiver_organization_id: UUID


class Consents(Protocol):
    """The consents of one tenant, as far as a caller may know of them."""

    async def organization_of(self, by: Actor) -> UUID | None:
        """The caller's organisation by our own record; None for an account without a worker."""
        ...

    async def is_walked_with_by_a_colleague(self, person_id: UUID, *, by: Actor) -> bool:
        """Whether somebody of the caller's organisation has accepted a handoff of this person, and may know who it is."""
        ...

    async def goes_by(self, person_id: UUID) -> UUID:
        """The record that a person goes by now; the same one, unless records were joined."""
        ...

    async def add(self, consent: Consent) -> None:
        """Keep a new consent. Raises NotFound for a person or organisation that is not in this tenant."""
        ...

    async def get(self, consent_id: UUID, *, by: Actor, lock: bool = False) -> Consent:
        """The consent. Raises NotFound. With `lock`, nobody revokes it until the commit."""
        ...

    async def page(self, person_id: UUID, *, by: Actor, after: UUID | None, limit: int) -> Sequence[Consent]:
        """Up to `limit` of the person's consents that the caller may know of, newest first."""
        ...

    async def of_person(self, person_id: UUID) -> Sequence[Consent]:
        """All of them, for rules that act on nobody's behalf."""
        ...

    async def revoke(self, consent: Consent, revocation: Revocation) -> None:
        """Write the revocation down at once: what is asked next in this transaction knows of it."""
        ...

    async def stopped_referrals(self, consent: Consent) -> Sequence[Referral]:
        """Open referrals, locked, that this revoked consent spoke of and that none covers any more."""
        ...

    async def change_referral(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version and its row of history."""
        ...

    async def held_handoffs(self, person_id: UUID) -> Sequence[HandoffHeld]:
        """The person's handoffs that lie with a worker."""
        ...


class ConsentWork(HandoffWork, PeopleWork, Protocol):
    """A unit of work on consents, and on what they stop."""

    @property
    def consents(self) -> Consents: ...
