"""What others are told of workers and credentials: ids and codes only."""

from datetime import datetime

from services.referrals.domain.credential import Credential
from services.referrals.domain.directory import Worker
from shared.contracts.events import CredentialChanged, WorkerData


def worker_fact(worker: Worker, *, at: datetime) -> WorkerData:
    """A worker at this version; `at` is when it became so."""
    return WorkerData(
        tenant_id=worker.tenant_id,
        version=worker.version,
        occurred_at=at,
        recorded_at=at,
        worker_id=worker.id,
        organization_id=worker.organization_id,
        practice_role=worker.practice_role,
        active=worker.active,
    )


def credential_fact(credential: Credential, *, at: datetime) -> CredentialChanged:
    """A credential at this version, in the state it has on that day."""
    return CredentialChanged(
        tenant_id=credential.tenant_id,
        version=credential.version,
        occurred_at=at,
        recorded_at=at,
        worker_id=credential.worker_id,
        credential_state=credential.state_on(at.date()),
    )
