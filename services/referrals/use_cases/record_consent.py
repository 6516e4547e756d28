"""Record a consent that a person has given."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent import Consent, ConsentTerms
from services.referrals.domain.consent_elements import check_terms
from services.referrals.domain.errors import NotYours
from services.referrals.use_cases.browse_directory import check_known
from services.referrals.use_cases.consent_ports import ConsentWork
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import MAX_CLOCK_SKEW, Clock
from shared.contracts.codes import AccessRole, ReportedBy
from shared.contracts.events import ConsentData, EventType
from shared.identifiers import new_id

FOR_THE_NETWORK = frozenset({AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER})
"""Who keeps consents of every organisation."""


async def record_consent(
    person_id: UUID,
    terms: ConsentTerms,
    *,
    reported_by: ReportedBy,
    by: Actor,
    works: WorkSource[ConsentWork],
    clock: Clock,
    once: Once,
) -> Consent:
    """The consent. It is taken down where the person signs it: by the organisation that may disclose.

    Whoever supervises the peer who walks with somebody takes it down for them. Raises ConsentIncomplete (every element that is missing), InvalidField, NotFound (also for a person whom the caller's
    house does not know), NotYours.
    """
    now = clock.now()
    check_terms(terms, latest_signature=now + MAX_CLOCK_SKEW)
    assert terms.signed_at is not None, "an element"
    consent = Consent(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=now,
        person_id=person_id,
        terms=terms,
        reported_by=reported_by,
        by_worker_id=by.worker_id,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        if by.access_role not in FOR_THE_NETWORK:
            _check_side(terms, organization_id=await work.consents.organization_of(by))
            if not (by.supervises and await work.consents.is_walked_with_by_a_colleague(person_id, by=by)):
                await check_known(person_id, by=by, work=work)
        consent = replace(consent, person_id=await work.consents.goes_by(person_id))
        await work.consents.add(consent)
        work.announce(
            EventType.CONSENT_GRANTED,
            subject=consent.id,
            data=ConsentData(
                tenant_id=consent.tenant_id,
                version=1,
                occurred_at=terms.signed_at,
                recorded_at=now,
                consent_id=consent.id,
                person_id=consent.person_id,
            ),
        )
        work.answer(consent)
    return consent


def _check_side(terms: ConsentTerms, *, organization_id: UUID | None) -> None:
    """Nobody writes down for themselves that they may be told, nor for another house that it may tell.

    The whole network as discloser is every other house's word, so only those who keep the network's consents write it.
    """
    alone = organization_id is not None and terms.discloser_class is None
    if not alone or terms.organization_id != organization_id or organization_id in terms.receiving:
        raise NotYours(command="record-consent", belongs_to=("disclosing_organization", "privacy_officer"))
