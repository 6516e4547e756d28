"""Record a worker's credential as its issuing body states it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.credential import Credential, CredentialStage
from services.referrals.domain.directory_facts import credential_fact
from services.referrals.domain.errors import InvalidField
from services.referrals.use_cases.act_for_house import check_acts_for_worker
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.contracts.events import EventType
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCredential:
    """What the issuing body says; see `Credential`."""

    issuer: str
    number: str
    jurisdiction: str
    stage: CredentialStage
    issued_on: date
    endorsement: str | None = None
    expires_on: date | None = None
    suspended_on: date | None = None


async def add_credential(
    worker_id: UUID, new: NewCredential, *, by: Actor, works: WorkSource[DirectoryWork], clock: Clock, once: Once
) -> Credential:
    """The recorded credential.

    Raises NotFound for an unknown worker, NotYours for another house's, AlreadyExists for a number that the issuer has given before, InvalidField
    where it would end before it begins.
    """
    if new.expires_on is not None and new.expires_on < new.issued_on:
        raise InvalidField("ends_before_it_begins", pointer="/expires_on")
    now = clock.now()
    credential = Credential(
        tenant_id=by.tenant_id,
        id=new_id(),
        version=1,
        recorded_at=now,
        worker_id=worker_id,
        issuer=new.issuer,
        number=new.number,
        jurisdiction=new.jurisdiction,
        stage=new.stage,
        issued_on=new.issued_on,
        endorsement=new.endorsement,
        expires_on=new.expires_on,
        suspended_on=new.suspended_on,
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await check_acts_for_worker(worker_id, by=by, work=work, command="record a credential")
        await work.credentials.add(credential)
        work.announce(EventType.CREDENTIAL_CHANGED, subject=credential.id, data=credential_fact(credential, at=now))
        work.answer(credential)
    return credential
