"""Renew, suspend or restore a credential."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.credential import Credential, CredentialStage
from services.referrals.domain.directory_facts import credential_fact
from services.referrals.domain.errors import InvalidField, NotFound, Stale
from services.referrals.use_cases.act_for_house import check_acts_for_worker
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.contracts.events import EventType


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialChange:
    """The parts of a credential that its issuer may change; all three are stated anew."""

    stage: CredentialStage
    expires_on: date | None
    suspended_on: date | None


async def change_credential(
    credential_id: UUID,
    change: CredentialChange,
    *,
    worker_id: UUID,
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> Credential:
    """The changed credential. Raises NotFound, NotYours, Stale, and InvalidField where it would end before it begins."""
    now = clock.now()
    async with works.begin(by.tenant_id, once=once) as work:
        known = await work.credentials.get(credential_id)
        if known.worker_id != worker_id:
            raise NotFound("credential")
        await check_acts_for_worker(worker_id, by=by, work=work, command="change a credential")
        if known.version != version:
            raise Stale(current=known.version)
        if change.expires_on is not None and change.expires_on < known.issued_on:
            raise InvalidField("ends_before_it_begins", pointer="/expires_on")
        changed = replace(
            known,
            version=version + 1,
            stage=change.stage,
            expires_on=change.expires_on,
            suspended_on=change.suspended_on,
        )
        await work.credentials.replace(changed)
        work.announce(EventType.CREDENTIAL_CHANGED, subject=changed.id, data=credential_fact(changed, at=now))
        work.answer(changed)
    return changed
