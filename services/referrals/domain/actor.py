"""Who is asking: the `by=` of every change."""

from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.errors import WorkerRequired
from shared.contracts.codes import AccessRole

SUPERVISING = frozenset({AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR})
CLINICAL = frozenset({AccessRole.CLINICIAN, AccessRole.CASE_MANAGER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A signed-in account in its tenant; `worker_id` where the account belongs to a worker."""

    tenant_id: UUID
    access_role: AccessRole
    worker_id: UUID | None = None
    subject: str = ""

    @property
    def supervises(self) -> bool:
        """Whether the account may act for others and see review queues."""
        return self.access_role in SUPERVISING

    @property
    def sees_whole_tenant(self) -> bool:
        """Whether lists show more than what the caller is party to."""
        return self.access_role in SUPERVISING | CLINICAL

    def acting_worker(self) -> UUID:
        """The worker behind the account. Raises WorkerRequired where there is none."""
        if self.worker_id is None:
            raise WorkerRequired
        return self.worker_id
