"""Recording and revoking in memory: who may, what is announced, and that a revocation stops everything in one commit."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent import Consent, ConsentTerms, Revocation
from services.referrals.domain.consent_elements import ConsentIncomplete
from services.referrals.domain.consent_words import DiscloserClass, RevocationMethod
from services.referrals.domain.errors import IllegalMove, InvalidField, NotFound, NotYours, Stale
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.person import Person
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_states import ReferralStatus
from services.referrals.use_cases.consent_ports import HandoffHeld
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.record_consent import record_consent
from services.referrals.use_cases.revoke_consent import revoke_consent
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, ReportedBy
from shared.contracts.events import EventType
from tests.services.referrals.domain.handoff_stories import NURSE, in_state
from tests.services.referrals.domain.referral_stories import NOW, in_status
from tests.services.referrals.domain.test_consents import CLINIC, HOUSE, WHOLE
from tests.services.referrals.fakes import MemoryRecords, once
from tests.services.referrals.memory_episodes import MemoryEpisodeWork

PERSON, TENANT = uuid4(), uuid4()
CLOCK = FixedClock(NOW)
ROBIN = Person(
    tenant_id=TENANT, id=PERSON, version=1, recorded_at=NOW, given_name="Robin", family_name="Example", language="en"
)


@dataclass
class MemoryConsents:
    """Consents by id; `referrals` are those that a revocation stops."""

    organization_id: UUID | None = CLINIC
    kept: dict[UUID, Consent] = field(default_factory=dict)
    referrals: list[Referral] = field(default_factory=list)
    steps: list[ReferralStep] = field(default_factory=list)
    held: list[HandoffHeld] = field(default_factory=list)

    async def organization_of(self, by: Actor) -> UUID | None:
        """Everybody works in one place."""
        return self.organization_id

    async def is_walked_with_by_a_colleague(self, person_id: UUID, *, by: Actor) -> bool:
        """Nobody walks with anybody here."""
        return False

    async def goes_by(self, person_id: UUID) -> UUID:
        """Nobody has two records here."""
        return person_id

    async def add(self, consent: Consent) -> None:
        """Keep it."""
        self.kept[consent.id] = consent

    async def get(self, consent_id: UUID, *, by: Actor, lock: bool = False) -> Consent:
        """The consent."""
        if consent_id not in self.kept:
            raise NotFound("consent")
        return self.kept[consent_id]

    async def page(self, person_id: UUID, *, by: Actor, after: UUID | None, limit: int) -> Sequence[Consent]:
        """Not needed here."""
        raise NotImplementedError

    async def of_person(self, person_id: UUID) -> Sequence[Consent]:
        """All of them."""
        return list(self.kept.values())

    async def revoke(self, consent: Consent, revocation: Revocation) -> None:
        """Keep it as revoked."""
        self.kept[consent.id] = consent

    async def stopped_referrals(self, consent: Consent) -> Sequence[Referral]:
        """Those that were put here."""
        return list(self.referrals)

    async def change_referral(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version."""
        self.referrals = [after if one.id == before.id else one for one in self.referrals]
        self.steps.extend(steps)

    async def held_handoffs(self, person_id: UUID) -> Sequence[HandoffHeld]:
        """Those that were put here."""
        return self.held


@dataclass
class MemoryConsentWork(MemoryEpisodeWork):
    """Everything in one place."""

    consents: MemoryConsents = field(default_factory=MemoryConsents)
    people: MemoryRecords[Person] = field(default_factory=lambda: MemoryRecords("person", kept={PERSON: ROBIN}))

    def holding(self, journey: Journey) -> None:
        """A handoff from the clinic to the house of peers."""
        self.handoffs.kept[journey.transition.id] = journey
        self.consents.held.append(
            HandoffHeld(handoff_id=journey.handoff.id, sender_organization_id=CLINIC, receiver_organization_id=HOUSE)
        )


@dataclass
class MemoryConsentWorks:
    """Hands out the one work."""

    work: MemoryConsentWork = field(default_factory=MemoryConsentWork)

    @asynccontextmanager
    async def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AsyncIterator[MemoryConsentWork]:
        """A unit of work."""
        yield self.work


def somebody(role: AccessRole = AccessRole.CLINICIAN) -> Actor:
    """An account of the tenant."""
    return Actor(tenant_id=TENANT, access_role=role, worker_id=NURSE)


async def recorded(works: MemoryConsentWorks, terms: ConsentTerms = WHOLE, by: Actor | None = None) -> Consent:
    """A paper is handed in."""
    return await record_consent(
        PERSON,
        terms,
        reported_by=ReportedBy.PERSON,
        by=by or somebody(),
        works=works,
        clock=CLOCK,
        once=once(),
    )


async def revoked(works: MemoryConsentWorks, consent: Consent, **more: Any) -> Consent:
    """The person takes it back."""
    asked = {"method": RevocationMethod.SPOKEN, "reported_by": ReportedBy.PERSON, "version": 1, "by": somebody()} | more
    return await revoke_consent(consent.id, works=works, clock=CLOCK, once=once(), **asked)  # type: ignore[arg-type]


async def test_it_is_kept_and_told_in_ids() -> None:
    works = MemoryConsentWorks()
    consent = await recorded(works)
    assert works.work.consents.kept == {consent.id: consent}
    (told,) = works.work.announced
    assert (told[0], told[1], told[2].version) == (EventType.CONSENT_GRANTED, consent.id, 1)
    assert set(told[2].model_dump()) == {
        *("tenant_id", "version", "occurred_at", "recorded_at", "consent_id", "person_id")
    }


async def test_what_is_not_whole_is_not_kept() -> None:
    works = MemoryConsentWorks()
    with pytest.raises(ConsentIncomplete):
        await recorded(works, replace(WHOLE, signature_method=None))
    assert works.work.consents.kept == {}
    assert works.work.announced == []


@pytest.mark.parametrize("organization_id", [HOUSE, None])
async def test_nobody_writes_down_for_themselves_that_they_may_be_told(organization_id: UUID | None) -> None:
    works = MemoryConsentWorks(MemoryConsentWork(consents=MemoryConsents(organization_id=organization_id)))
    with pytest.raises(NotYours):
        await recorded(works)
    for role in (AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER):
        assert (await recorded(works, by=somebody(role))).version == 1


async def test_nobody_writes_down_that_another_house_may_tell() -> None:
    works = MemoryConsentWorks()
    network = DiscloserClass.NETWORK_ORGANIZATIONS
    for terms in (
        replace(WHOLE, organization_id=None, discloser_class=network),
        replace(WHOLE, discloser_class=network),
    ):
        with pytest.raises(NotYours):
            await recorded(works, terms)
        assert (await recorded(works, terms, by=somebody(AccessRole.PRIVACY_OFFICER))).version == 1


async def test_whoever_writes_it_down_knows_the_person() -> None:
    works = MemoryConsentWorks()
    works.work.people.kept.clear()
    with pytest.raises(NotFound):
        await recorded(works)
    assert works.work.consents.kept == {}


async def test_a_revocation_stops_referrals_and_handoffs_at_once() -> None:
    works = MemoryConsentWorks()
    consent = await recorded(works)
    asked, taken = in_status(ReferralStatus.REQUESTED), in_status(ReferralStatus.IN_PROGRESS)
    works.work.consents.referrals = [asked, taken]
    journey = in_state(HandoffState.CONTACTED)
    works.work.holding(journey)
    back = await revoked(works, consent)
    assert (back.version, back.revocation is not None) == (2, True)
    assert [one.status for one in works.work.consents.referrals] == [ReferralStatus.CANCELLED, ReferralStatus.ON_HOLD]
    assert [step.command for step in works.work.consents.steps] == ["consent-revoked"] * 2
    ended = works.work.handoffs.kept[journey.transition.id]
    assert (ended.handoff.state, ended.transition.owner_worker_id) == (HandoffState.WITHDRAWN, NURSE)
    told = [event for event, _, _ in works.work.announced]
    assert told[-1] is EventType.CONSENT_REVOKED
    assert told.count(EventType.REFERRAL_STATUS_CHANGED) == 2
    assert {EventType.HANDOFF_WITHDRAWN, EventType.CUSTODY_MOVED} <= set(told)


async def test_what_another_consent_speaks_of_goes_on() -> None:
    works = MemoryConsentWorks()
    consent = await recorded(works)
    await recorded(works)
    journey = in_state(HandoffState.ACCEPTED)
    works.work.holding(journey)
    await revoked(works, consent)
    assert works.work.handoffs.kept[journey.transition.id].handoff.state is HandoffState.ACCEPTED


async def test_a_revocation_happens_once_and_to_the_version_that_was_seen() -> None:
    works = MemoryConsentWorks()
    consent = await recorded(works)
    with pytest.raises(Stale):
        await revoked(works, consent, version=3)
    with pytest.raises(InvalidField):
        await revoked(works, consent, occurred_at=NOW + timedelta(days=1))
    earlier = NOW - timedelta(hours=3)
    back = await revoked(works, consent, occurred_at=earlier, by=somebody(AccessRole.PEER))
    assert back.revocation is not None
    assert (back.revocation.occurred_at, back.revocation.recorded_at) == (earlier, NOW)
    with pytest.raises(IllegalMove):
        await revoked(works, consent, version=2)
